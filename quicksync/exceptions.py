"""One error tree. The class decides the fate of the work: try again, wait, ask a person, or mend
the configuration.
"""

from __future__ import annotations


class QuicksyncError(Exception):
    """Base of all errors that quicksync raises on purpose.

    `sentence` is for people; `detail` for engineers; `trace_id` is QuickBooks' own id for its
    support (intuit_tid).
    """

    def __init__(self, sentence: str, *, detail: str = "", trace_id: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail
        self.trace_id = trace_id


class BadValue(QuicksyncError, ValueError):
    """A value that cannot be: a float for money, letters for a number, an unreadable record."""


class UnreadableOptions(BadValue):
    """Settings that a later version has chosen, of which nobody here can say what they mean."""


class UnknownShape(QuicksyncError, ValueError):
    """A notification in no shape that we know: somebody should look, events may be missed."""


class NotAllowed(QuicksyncError):
    """A move that the present state does not allow, such as approving a plan twice."""


class Busy(QuicksyncError):
    """Somebody else is doing this right now; the sentence says who, what and since when (A14)."""


class ConnectionTrouble(QuicksyncError):
    """Base for what stops a whole connection, never one record."""


class TryLater(ConnectionTrouble):
    """QuickBooks did not answer or is down: the same request may be sent again later.

    `sent` tells whether the request may have reached QuickBooks, so that its outcome is unknown.
    """

    def __init__(
        self,
        sentence: str,
        *,
        sent: bool = False,
        wait: int = 60,
        detail: str = "",
        trace_id: str = "",
    ) -> None:
        super().__init__(sentence, detail=detail, trace_id=trace_id)
        self.sent = sent
        self.wait = wait


class Throttled(TryLater):
    """QuickBooks asked us to slow down; nothing was done. `wait` is in seconds."""


class AccessExpired(ConnectionTrouble):
    """The access token was refused: refresh once and repeat."""


class AccessLost(ConnectionTrouble):
    """The company no longer lets us in: a person must connect again (A5).

    `version` is that of the tokens which were refused, where known: those of a later one may be
    good.
    """

    version: int | None = None


class AppRefused(AccessLost):
    """The company does not take this app: keys of the other environment, or the app was
    disconnected there.
    """


class ConfigurationError(Exception):
    """The host project is set up wrongly; not a QuicksyncError, so that no retry can swallow it."""


class KeysRefused(ConfigurationError):
    """The keys of the app at Intuit are missing, or Intuit does not know them."""
