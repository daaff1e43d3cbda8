"""What is wrong with a file: where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

SHOWN = 50


class Problem(NamedTuple):
    """One problem: its line (the heading is line 1; 0 is the whole file), its column by name or
    place, a sentence.
    """

    line: int
    column: str
    sentence: str

    def __str__(self) -> str:
        if not self.line:
            return self.sentence
        if not self.column:
            return _("Line %(line)s: %(sentence)s") % {"line": self.line, "sentence": self.sentence}
        values = {"line": self.line, "column": self.column, "sentence": self.sentence}
        return _("Line %(line)s, column %(column)s: %(sentence)s") % values


class Refused(Exception):
    """A file that cannot be imported. Nothing of it was."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__("\n".join(map(str, self.problems)))

    def lines(self) -> list[str]:
        """The problems for people: the first fifty, and how many more there are."""
        shown = [str(problem) for problem in self.problems[:SHOWN]]
        if (more := len(self.problems) - SHOWN) > 0:
            shown.append(_("... and %(count)s more.") % {"count": more})
        return shown


def moved() -> Refused:
    """What was checked is not so any more."""
    sentence = _(
        "Somebody changed these records while the file was being checked. Nothing was"
        " imported: import it again."
    )
    return Refused([Problem(0, "", sentence)])


class CellError(ValueError):
    """A cell that cannot be read; its text is the sentence."""
