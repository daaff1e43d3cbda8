"""The port: what the engine asks of an edition, in three parts. Each edition has the first, which
makes requests and reads replies but never sends; a wire, and access with notices, only those that
say so in `Capabilities`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from quicksync.quickbooks.messages import (
    Delivery,
    Facts,
    NotReceived,
    Outcome,
    Read,
    ReadResult,
    Remote,
    WireReply,
    WireRequest,
    WriteItem,
)
from quicksync.records import Record
from quicksync.records.limits import FieldLimit


class Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    """What an edition has and can do. `title` is its name for people. `polled` says that the other
    side asks us for work; `signs_in` that it needs the keys of an app at Intuit and a person's
    sign-in there; `notifies` that QuickBooks sends us webhooks; `metered` that Intuit counts reads
    against the plan of the app.

    `parcel` is the most operations in one write; `in_flight` the most parcels at once. Where to ask
    what became of a parcel is to send it again, `remembers` is for how many hours QuickBooks surely
    knows its id; 0 elsewhere. `untouched` is the token of a record that nobody has changed since it
    was made, "" where tokens do not tell. A deposit leaves the token and the time of what is put
    into it as they are: records of `deposit_kinds` are read afresh before they are changed, to see
    whether they lie in one. `name_types` are types that share the one list of names with our kinds,
    whether they are kinds themselves or not (C14).
    """

    title: str
    parcel: int
    in_flight: int
    polled: bool
    signs_in: bool = False
    notifies: bool = False
    metered: bool = False
    remembers: int = 0
    untouched: str = ""
    kinds: frozenset[str]
    void_kinds: frozenset[str] = frozenset()
    delete_kinds: frozenset[str] = frozenset()
    inactive_kinds: frozenset[str] = frozenset()
    deposit_kinds: frozenset[str] = frozenset()
    name_types: frozenset[str] = frozenset()

    def takes_back(self, kind: str) -> frozenset[str]:
        """What can be done with a record of this kind that is not wanted any more: "void",
        "delete", "inactive".
        """
        ways = {
            "void": self.void_kinds,
            "delete": self.delete_kinds,
            "inactive": self.inactive_kinds,
        }
        return frozenset(way for way, kinds in ways.items() if kind in kinds)


# --- Records and messages: every edition ----------------------------------------------------------


class Edition(Protocol):
    """A product of QuickBooks, whichever way its requests travel; loaded by dotted path from
    settings, so that a third party can add one.
    """

    name: str
    can: Capabilities
    set_up: frozenset[str]
    """Types of the records, lists apart, from which `company_facts` reads."""

    def fields(self, kind: str) -> frozenset[str]:
        """The record fields that travel both ways in this kind's wire table."""
        ...

    def told(self, kind: str) -> frozenset[str]:
        """The record fields that QuickBooks tells, those that it works out by itself included."""
        ...

    def limits(self) -> Mapping[tuple[str, str], FieldLimit]:
        """(kind, field) -> what the edition takes in it."""
        ...

    def link(
        self, realm: str, remote_type: str, remote_id: str, *, environment: str = "production"
    ) -> str:
        """The address of the record in QuickBooks' own pages, "" where there is none (I16)."""
        ...

    def remote_types(self, kind: str) -> tuple[str, ...]:
        """The edition's words for a kind, such as "Invoice"; several where its records are of
        several types. No two records of a kind have the same id.
        """
        ...

    def reads(self, kinds: Sequence[str], cursor: str) -> tuple[Read, ...]:
        """The reads of a cycle: everything when `cursor` is "", else what changed since (one read,
        one call).
        """
        ...

    def reads_daily(self, kinds: Sequence[str]) -> tuple[Read, ...]:
        """What a cycle's reads do not tell: company, preferences, lists that change feeds lack."""
        ...

    def read_again(self, remote_type: str, remote_ids: Sequence[str]) -> tuple[Read, ...]:
        """Reads of single records of a type, whose state we must know afresh (after a stale token,
        for "Get from QuickBooks").
        """
        ...

    def read_whole(self, remote_type: str) -> tuple[Read, ...]:
        """All records of a type once more: `ReadResult.totals` told of more than were read."""
        ...

    def read_request(self, read: Read, request_id: str) -> WireRequest:
        """The request of a read; but for its id, the same read makes the same request."""
        ...

    def read_reply(self, read: Read, reply: WireReply) -> ReadResult:
        """What the reply of a read says. Raises ConnectionTrouble (such as TryLater) when it says
        nothing.
        """
        ...

    def body(self, item: WriteItem, facts: Facts) -> str:
        """One operation's text inside a parcel; stored with the operation, sent again unchanged.

        Raises BadValue, with a sentence for people, when the edition has no way to say the record.
        """
        ...

    def write_request(self, request_id: str, bodies: Sequence[str]) -> WireRequest:
        """The parcel's request: the bodies in their order under one id; the same input gives the
        same bytes.
        """
        ...

    def write_reply(self, items: Sequence[WriteItem], reply: WireReply) -> tuple[Outcome, ...]:
        """One outcome for each item, in their order. Raises ConnectionTrouble when the parcel got
        no answer.

        The items need neither `remote` nor references of QuickBooks any more: what was sent is on
        record.
        """
        ...

    def recover_request(self, request_id: str, bodies: Sequence[str]) -> WireRequest:
        """Asks what became of a parcel. It may be the same request, if its id makes QuickBooks
        replay its answer.
        """
        ...

    def recover_reply(
        self, items: Sequence[WriteItem], reply: WireReply
    ) -> tuple[Outcome, ...] | NotReceived:
        """What became of the parcel."""
        ...

    def decode(self, remote: Remote, facts: Facts) -> Record | None:
        """The record that a remote shows (references are QuickBooks ids); None when its kind is not
        ours.
        """
        ...

    def company_facts(
        self, payloads: Mapping[str, Sequence[Mapping[str, object]]]
    ) -> Mapping[str, object]:
        """Company facts (fields of `Facts` and of the connection) read from the edition's own
        set-up records.
        """
        ...


# --- The direct wire: editions that are not polled ------------------------------------------------


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What a wire needs of a connection: plain values, and two callables of the engine.

    `token()` gives the access token in force; `renew(refused)` is called when QuickBooks refused
    that token and gives a fresh one (only one refresh happens however many callers ask) or raises
    AccessLost. `window` is the limiter's state as the last slice left it.
    """

    realm: str
    environment: str
    token: Callable[[], str]
    renew: Callable[[str], str]
    window: str = ""


class Wire(Protocol):
    """A way to send requests to one company; thread-safe."""

    calls: int
    """Requests sent so far."""
    reads: int
    """Of these, the reads that Intuit meters."""

    def send(self, request: WireRequest) -> WireReply:
        """Send, within the company's limits, renewing the token once if it is refused.

        Raises TryLater (`sent` says whether the outcome is unknown), Throttled, AccessLost.
        """
        ...

    def window(self) -> str:
        """The limiter's state, to be kept on the connection for the next slice."""
        ...

    def close(self) -> None:
        """Give the connections of the pool back."""
        ...


class DirectWire(Protocol):
    """The part of an edition that we ask ourselves."""

    def open(self, account: Account) -> Wire:
        """A wire to the company of the account."""
        ...


# --- Access and notices: editions that sign in, editions that notify ------------------------------


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What Intuit gave; lives are seconds from now, 0 where it did not say.

    `hard_expires_in` is the day on which no refresh helps any more and the person must connect
    again (A16).
    """

    access: str
    refresh: str
    expires_in: int = 3600
    refresh_expires_in: int = 0
    hard_expires_in: int = 0

    def __repr__(self) -> str:
        return "Tokens(...)"


class AppKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of this site's app at Intuit in one of its environments; empty texts where there are
    none.
    """

    environment: str
    client_id: str = ""
    client_secret: str = ""

    def __bool__(self) -> bool:
        return bool(self.client_id and self.client_secret)

    def __repr__(self) -> str:
        return f"AppKeys({self.environment!r}, ...)"


class Access(Protocol):
    """The part of an edition with `signs_in`: how granted access is kept and given back."""

    def refresh(self, refresh_token: str, keys: AppKeys) -> Tokens:
        """Fresh tokens. Raises AccessLost when the refresh token is no longer good, KeysRefused
        when the keys are not, TryLater without an answer.
        """
        ...

    def revoke(self, token: str, keys: AppKeys) -> None:
        """Give the access back; a token already dead is no error. Raises TryLater, KeysRefused."""
        ...


class Notices(Protocol):
    """The part of an edition with `notifies`."""

    def notices(self, body: bytes) -> Delivery:
        """What a proved notification of QuickBooks tells, of several companies perhaps.

        Raises UnknownShape when nothing of it can be read.
        """
        ...


class DirectEdition(Edition, DirectWire, Access, Protocol):
    """What the direct driver works with: a wire opens with the tokens that access keeps fresh."""
