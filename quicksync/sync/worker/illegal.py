"""What is raised for a move that no table of moves has."""

from __future__ import annotations

from django.utils.translation import gettext as _

from quicksync.exceptions import NotAllowed


class IllegalMove(NotAllowed):
    """A move between states that its table does not have. `detail` says which one."""

    def __init__(self, detail: str) -> None:
        super().__init__(_("This has changed in the meantime: look at it again."), detail=detail)
