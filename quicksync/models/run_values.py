"""What was asked of a run, how far it is, and what it came to: the structs of its columns `scope`,
`progress`, `position`, `reads` and `sums`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec

from quicksync.quickbooks.messages import Read


class Past(msgspec.Struct, frozen=True, omit_defaults=True):
    """A window of dates, both included, that takes in records from before the start date (A15)."""

    since: dt.date
    until: dt.date
    kinds: tuple[str, ...]
    # "push", "pull" or "" for both ways.
    direction: str = ""


class Scope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was asked of a run; nothing changes it afterwards."""

    # Only these mappings, by their keys; None for all.
    mappings: tuple[int, ...] | None = None
    # The direction that a person asked for: "push", "pull" or "".
    forced: str = ""
    # Every field of them once more (B10).
    resend: bool = False
    # QuickBooks' type -> ids of the records to read, instead of what has changed.
    read: dict[str, tuple[str, ...]] = {}
    # Only these kinds are read; empty for all.
    kinds: tuple[str, ...] = ()
    # A look at the company's set-up, which carries nothing over.
    setup: bool = False
    # An import of the past.
    past: Past | None = None

    @property
    def is_own_yes(self) -> bool:
        """What a person asked for singly is their own yes to these records; a look at the set-up
        carries nothing over.
        """
        return self.mappings is not None or self.setup

    @property
    def is_narrow(self) -> bool:
        """Whether the run looks at a part only."""
        return self.is_own_yes or bool(self.read or self.kinds)


class Sweep(msgspec.Struct, omit_defaults=True):
    """A look for all that is known, in the order of its keys: up to `after` it is done."""

    after: int = 0
    # Only these types of QuickBooks; None for all.
    types: tuple[str, ...] | None = None


class Progress(msgspec.Struct, kw_only=True, omit_defaults=True):
    """How far a run is, from slice to slice. Whoever changes it saves it under the lease."""

    # Its first reads are on its list.
    began: bool = False
    # It has read the lists, or is about to.
    lists: bool = False
    # Something of the company's set-up was among what it has read.
    setup_seen: bool = False
    # When the answer came that its cursor is from.
    cursor_at: dt.datetime | None = None
    # What is looked for because nothing tells whether it is still there.
    sweep: Sweep | None = None
    # How many records of each type QuickBooks counts; None until it has said so.
    totals: dict[str, int] | None = None
    # Types of which fewer could be read than there are, and that were read once more.
    short: tuple[str, ...] = ()
    # The kinds that the approval of this preview is the first for.
    first: tuple[str, ...] = ()
    # What was read afresh for the chunk that is being planned, by type and id (G9).
    afresh: tuple[tuple[str, str], ...] = ()
    # Records that nobody but an answer has told of, by type and id, while another is there by their
    # name.
    doubted: tuple[tuple[str, str], ...] = ()
    # When it began to look for what was made there and never answered.
    look_began: dt.datetime | None = None
    # When it last looked for what has changed in QuickBooks, before it made something there.
    looked_at: dt.datetime | None = None
    # It has asked once more about what was given up on.
    asked: bool = False


class Position(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the next slice goes on within the run's phase."""

    # The kind that is being planned, and the last of its mappings that has been.
    kind: str = ""
    id: int = 0
    # The rank of which all halves have been joined; None while none is known of.
    joined: int | None = None


# What was to be read, where another version wrote it and nobody can tell any more.
UNKNOWN = Read(how="")


class ToRead(msgspec.Struct):
    """A read that a run still has before it."""

    # The request id that it travels under.
    id: str = ""
    read: Read = UNKNOWN
    # Somebody has it in hand.
    out: bool = False


class Alike(msgspec.Struct, frozen=True, array_like=True):
    """So many operations that are alike, and what they come to."""

    kind: str
    rank: int
    state: str
    action: str
    direction: str
    currency: str
    number: int
    amount: Decimal | None


class Silent(msgspec.Struct, frozen=True, array_like=True):
    """So many records of a kind were skipped without a word, and so many of these wait all the
    same.
    """

    kind: str
    number: int
    waiting: int


class Sums(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the operations of a large run add up to (`sync.worker.run_sums`), but for the `open`
    ones, which stand there by their keys.
    """

    alike: tuple[Alike, ...] = ()
    open: tuple[int, ...] = ()
    silent: tuple[Silent, ...] = ()
