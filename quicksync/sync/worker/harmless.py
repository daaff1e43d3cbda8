"""What of ours runs in a host's request must not break it: it is logged, and made up for later."""

from __future__ import annotations

import logging
from types import TracebackType

log = logging.getLogger("quicksync.harmless")


class Harmless:
    """Whatever is raised in this block ends there, with an entry in the log under its `action`.

    Brokers, databases and the hooks of hosts each have errors of their own. `failed` tells
    afterwards.
    """

    def __init__(self, action: str, sentence: str, **about: object) -> None:
        self.failed = False
        self._sentence = sentence
        self._about = {"action": action, **about}

    def __enter__(self) -> Harmless:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        self.failed = isinstance(error, Exception)
        if self.failed:
            log.error(self._sentence, exc_info=error, extra=self._about)
        return self.failed
