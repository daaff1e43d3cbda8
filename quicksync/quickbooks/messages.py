"""Plain values that travel between the engine, an edition and whoever owns the wire."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from typing import Any

import msgspec

from quicksync.records import Record, Ref


class Purpose(enum.StrEnum):
    """Why a request is made; decides what a lost answer means."""

    READ = "read"  # may be repeated freely
    WRITE = "write"  # a parcel of operations; a lost answer leaves its outcome unknown
    RECOVER = "recover"  # asks what became of a parcel whose answer was lost


class WireRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request as bytes and plain values, ready for a wire.

    `id` is the request id: minted once, kept for ever; the same id always goes with the same
    `body`. `weight` is how many of the edition's batch allowance it uses (0: an ordinary request).
    """

    id: str
    purpose: Purpose
    method: str = "POST"
    path: str = ""
    params: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = "application/json"
    weight: int = 0


class WireReply(msgspec.Struct, frozen=True, kw_only=True):
    """What came back: an HTTP status (or the edition's own), the body, QuickBooks' trace id, the
    milliseconds it took.

    `wait` is how many seconds QuickBooks told us to wait, 0 where it said nothing.
    """

    status: int
    body: bytes = b""
    trace_id: str = ""
    took_ms: int = 0
    wait: int = 0


class Fate(enum.StrEnum):
    """What the engine does with an operation that QuickBooks refused."""

    # nobody can say whether it was done: asked about, under the same request id
    UNKNOWN = "unknown"
    LOOK = "look"  # asking brings no more: QuickBooks is read before anything is created
    REPLAN = "replan"  # what we knew is out of date: read the record again, plan again (5010)
    RETRY = "retry"  # surely not done, by trouble of QuickBooks' own: once more, in another parcel
    PERSON = "person"  # somebody has to change something: held with reason, cause and fix
    REFRESH = "refresh"  # the access token: refresh and repeat
    RECONNECT = "reconnect"  # access is lost: a person connects again
    WAIT = "wait"  # throttled: the same request after a pause


class Fault(msgspec.Struct, frozen=True):
    """One fault of QuickBooks, classified. `reason` is a code of `planning.reasons`."""

    code: str
    fate: Fate
    reason: str
    message: str = ""
    detail: str = ""
    element: str = ""
    wait: int = 0
    whole: bool = False
    """The parcel as such was refused, for the sake of one or all of its items: each may be tried
    alone.
    """


class Remote(msgspec.Struct, frozen=True, kw_only=True):
    """One record of QuickBooks as it told us, with what the engine must know without decoding it.

    `payload` is the record's JSON as received (compact text); `token` its SyncToken or
    EditSequence; `name` the natural key for matching; `modified` an ISO time with offset;
    `fingerprint` changes when and only when the parts of the payload that we read do.
    """

    type: str
    id: str
    kind: str = ""
    token: str = ""
    payload: str = ""
    name: str = ""
    active: bool = True
    deleted: bool = False
    modified: str = ""


# The years in which a company may have changed a record: one outside of them is a mistake, and
# would outdo all others.
_YEARS = range(1980, 2200)


def moment(text: str) -> dt.datetime | None:
    """The moment that an ISO text names; None if it is empty, has no offset, or cannot be."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None and found.year in _YEARS else None


# A record that came without an id is kept under one that begins with this, as none of QuickBooks'
# does.
NAMELESS = "?"


class WriteItem(msgspec.Struct, frozen=True, kw_only=True):
    """One operation as the edition must write it. References in `record` are QuickBooks ids
    already.

    `fields` are the record fields to send on an update (all writable ones on a create). `remote` is
    what we last saw there (token, payload: lines are rebuilt from it so that a bookkeeper's
    additions stay); None on a create. `line_ids` maps this side's line ids to QuickBooks' line ids;
    `agreed_lines` are the ids there of the lines that were this side's when both last agreed, None
    where they never did. In the fields of `decided` a person has said that this side is right:
    there a bookkeeper's additions go.
    """

    key: str
    action: str
    kind: str
    record: Record
    fields: frozenset[str] = frozenset()
    remote: Remote | None = None
    line_ids: Mapping[str, str] = {}
    agreed_lines: frozenset[str] | None = None
    decided: frozenset[str] = frozenset()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one item of a parcel. Exactly one of `remote` and `fault` is set.

    `line_ids` maps this side's line ids to the ids that QuickBooks gave; `foreign_lines` are the
    ids of the lines there that are none of the item's: a bookkeeper's.
    """

    key: str
    remote: Remote | None = None
    fault: Fault | None = None
    line_ids: Mapping[str, str] = {}
    foreign_lines: frozenset[str] = frozenset()


class NotReceived(msgspec.Struct, frozen=True):
    """A recovery's answer: QuickBooks never saw the parcel, so it may go (under the same id)."""


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """One read to do, as a JSON-ready value that outlives a slice and travels to another process.

    `how` is the edition's own word ("changes", "query", "record"); `kinds` what it brings; `since`
    the cursor it starts from; `after` and `position` where a paged read goes on; `ids` restrict it
    to single records.
    """

    how: str
    type: str = ""
    kinds: tuple[str, ...] = ()
    since: str = ""
    position: int = 1
    after: str = ""
    ids: tuple[str, ...] = ()


class ReadResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a read brought, what is still to be read because of it, and the cursor it allows.

    `cursor` is QuickBooks' own answer time (minus an overlap): the next cycle reads changes since
    then. It is None for reads that do not move it. `facts` are company facts found on the way
    (preferences, closing date ...). `totals`, type -> how many records there are, come where
    deletions may be missing among the changes.
    """

    remotes: tuple[Remote, ...] = ()
    more: tuple[Read, ...] = ()
    cursor: str | None = None
    facts: Mapping[str, Any] = {}
    totals: Mapping[str, int] = {}


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a notification: something happened to a record of a company. A hint to read; the
    truth is read anew.

    `operation` is "create", "update", "delete", "merge", "void" or "emailed"; `merged` the id that
    a merge did away with; `key` tells deliveries of the same event apart from new ones; `time` is
    ISO text.
    """

    realm: str
    type: str
    id: str
    operation: str
    time: str = ""
    key: str = ""
    merged: str = ""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery of notifications: its events, and how many others could not be read, with some
    of the reasons.
    """

    notices: tuple[Notice, ...] = ()
    unread: int = 0
    troubles: tuple[str, ...] = ()


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What an edition must know of the company to write and read its records.

    `defaults` maps a role, one of `records.roles` such as "income" or "deposit", to a QuickBooks
    id. `method_accounts` maps a payment method's id to that of the account that such money goes to.
    `tax_codes` maps a tax code's QuickBooks id to its sales rate in percent as text, "" where
    unknown; `tax_rates` maps it to the rates it is made of, as (rate id, percent as text).
    `purchase_codes` and `purchase_rates` are the same for what is bought.
    """

    country: str = "US"
    home_currency: str = "USD"
    multicurrency: bool = False
    tax_kind: str = "us"
    custom_numbers: bool = False
    features: frozenset[str] = frozenset()
    defaults: Mapping[str, str] = {}
    method_accounts: Mapping[str, str] = {}
    tax_codes: Mapping[str, str] = {}
    tax_rates: Mapping[str, tuple[tuple[str, str], ...]] = {}
    purchase_codes: Mapping[str, str] = {}
    purchase_rates: Mapping[str, tuple[tuple[str, str], ...]] = {}

    def for_purchases(self) -> Facts:
        """The facts as documents of purchases see them: no sales tax of the United States."""
        return msgspec.structs.replace(
            self,
            tax_kind="global" if self.tax_kind == "global" else "none",
            tax_codes=self.purchase_codes,
            tax_rates=self.purchase_rates,
        )


__all__ = [
    "NAMELESS",
    "Delivery",
    "Facts",
    "Fate",
    "Fault",
    "NotReceived",
    "Outcome",
    "Purpose",
    "Read",
    "ReadResult",
    "Record",
    "Ref",
    "Remote",
    "WireReply",
    "WireRequest",
    "WriteItem",
    "moment",
]
