"""Reads: paged queries for everything, the change feed for what moved since, single records by id.

The cursor is QuickBooks' own answer time of a cycle's first read, minus an overlap: its clock is
the only one that counts, and what the overlap brings twice compares equal and changes nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import operator
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from quicksync.exceptions import TryLater
from quicksync.quickbooks.messages import (
    NAMELESS,
    Purpose,
    Read,
    ReadResult,
    Remote,
    WireReply,
    WireRequest,
    moment,
)
from quicksync.quickbooks.online.entities import (
    CURRENCY,
    ENTITIES,
    SET_UP,
    gone,
    named,
    remote_of,
    types_of,
)
from quicksync.quickbooks.online.payloads import exact_json
from quicksync.quickbooks.online.transport import faults
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.wire_table import take
from quicksync.records import KINDS

log = logging.getLogger("quicksync.online")

FIRST, QUERY, PAGED, CHANGES, RECORDS = "first", "query", "page", "changes", "records"
CHANGES_OF_ONE, COUNT, PLACED = "changes-of-one", "count", "place"
PAGE = 1000
"""Most records of a query's page, and of one answer of the change feed (over all types
together).
"""
SHARED = 50
"""Records that two pages have in common where places are counted: so many may be deleted in
between.
"""
IDS = 100
"""Records that one read by id asks for."""
OVERLAP = dt.timedelta(seconds=60)
LONGEST_ADDRESS = 1500
"""Statements beyond this many characters travel in the body: addresses have a limit, bodies do
not.
"""
MINOR_VERSION = ("minorversion", "75")


# --- Which reads ----------------------------------------------------------------------------------


def everything(kinds: Sequence[str]) -> tuple[Read, ...]:
    """The first pages of all records, set-up first: its answer's time becomes the cursor."""
    first, *rest = SET_UP
    return (Read(how=FIRST, type=first), *_queries([*rest, *types_of(kinds)]))


def since(kinds: Sequence[str], cursor: str) -> tuple[Read, ...]:
    """One read of the change feed for all kinds that it has."""
    names = [name for name in types_of(kinds) if ENTITIES[name].in_changes]
    if not names:
        return ()
    return (Read(how=CHANGES, type=",".join(names), kinds=tuple(kinds), since=cursor),)


def daily(kinds: Sequence[str]) -> tuple[Read, ...]:
    """Set-up records and the types that the change feed lacks: read once a day, and on an unknown
    reference.

    Contacts and products are counted: the feed does not tell which of them a bookkeeper merged
    away.
    """
    names = [name for name in types_of(kinds) if not ENTITIES[name].in_changes]
    merged = [kind for kind in kinds if not (KINDS[kind].is_list or KINDS[kind].is_document)]
    counted = dict.fromkeys(
        name for kind in merged if kind in WIRED.of_kind for name in WIRED.types(kind)
    )
    counts = [Read(how=COUNT, type=name, kinds=_kinds(name)) for name in counted]
    return (*_queries([*SET_UP, *names]), *counts)


def by_id(name: str, remote_ids: Sequence[str]) -> tuple[Read, ...]:
    """Reads of single records of a type, many to a call; those that are not found are reported as
    deleted.
    """
    wanted = [each for each in dict.fromkeys(remote_ids) if not each.startswith(NAMELESS)]
    return tuple(
        Read(how=RECORDS, type=name, kinds=_kinds(name), ids=tuple(wanted[start : start + IDS]))
        for start in range(0, len(wanted), IDS)
    )


def whole(name: str) -> tuple[Read, ...]:
    """All records of a type once more: there are more of them than were read."""
    return (Read(how=PAGED, type=name, kinds=_kinds(name)),)


def _queries(names: Sequence[str]) -> tuple[Read, ...]:
    return tuple(Read(how=QUERY, type=name, kinds=_kinds(name)) for name in names)


def _kinds(name: str) -> tuple[str, ...]:
    kinds = tuple(wired.kind for wired in ENTITIES[name].kinds)
    named = (wired.kind for wired in WIRED.all if name in wired.companions)
    return kinds or tuple(dict.fromkeys(named))


# --- Their requests -------------------------------------------------------------------------------


def request(read: Read, request_id: str) -> WireRequest:
    """The request of a read; reads carry no request id to QuickBooks, since repeating them costs
    nothing.
    """
    if read.how in {CHANGES, CHANGES_OF_ONE}:
        asked = (("entities", read.type), ("changedSince", read.since), MINOR_VERSION)
        return WireRequest(
            id=request_id, purpose=Purpose.READ, method="GET", path="cdc", params=asked
        )
    statement = _statement(read)
    if len(statement) > LONGEST_ADDRESS:
        return WireRequest(
            id=request_id,
            purpose=Purpose.READ,
            path="query",
            params=(MINOR_VERSION,),
            body=statement.encode(),
            content_type="application/text",
        )
    params = (("query", statement), MINOR_VERSION)
    return WireRequest(
        id=request_id, purpose=Purpose.READ, method="GET", path="query", params=params
    )


def _statement(read: Read) -> str:
    entity = ENTITIES[read.type]
    conditions = ["Active IN (true, false)"] if entity.switched else []
    if read.how == RECORDS:
        listed = ", ".join(f"'{_quoted(remote_id)}'" for remote_id in read.ids)
        conditions.append(f"Id IN ({listed})")
    elif read.after or read.since:
        conditions.append(f"MetaData.LastUpdatedTime >= '{_quoted(read.after or read.since)}'")
    words = ["SELECT COUNT(*) FROM" if read.how == COUNT else "SELECT * FROM", read.type]
    if conditions:
        words += ["WHERE", " AND ".join(conditions)]
    if read.how == PAGED:
        words.append("ORDERBY MetaData.LastUpdatedTime")
    if read.type not in SET_UP and read.how != COUNT:
        words += [f"STARTPOSITION {read.position}", f"MAXRESULTS {PAGE}"]
    return " ".join(words)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


# --- Their answers --------------------------------------------------------------------------------


Text: TypeAlias = "bytes | msgspec.Raw"

_parts = msgspec.json.Decoder(dict[str, msgspec.Raw])
_entries = msgspec.json.Decoder(list[msgspec.Raw])
_time = msgspec.json.Decoder(str | int)


def _parts_of(text: Text) -> Mapping[str, Text]:
    """An object's parts as they are. One nested without end costs its own record, not the page."""
    try:
        return _parts.decode(text)
    except RecursionError:
        found = exact_json.pieces(bytes(text))
        if not isinstance(found, dict):
            raise ValueError("a list instead of an object") from None
        return found


def _entries_of(text: Text) -> Sequence[Text]:
    """A list's entries as they are."""
    try:
        return _entries.decode(text)
    except RecursionError:
        found = exact_json.pieces(bytes(text))
        if not isinstance(found, list):
            raise ValueError("an object instead of a list") from None
        return found


def _answer(reply: WireReply, name: str) -> tuple[Text, str]:
    """What the answer holds under this name, and QuickBooks' own time."""
    answer = _parts_of(reply.body)
    if name not in answer:
        raise ValueError(f"no {name} in the answer")
    return answer[name], str(_time.decode(answer["time"])) if "time" in answer else ""


def result(read: Read, reply: WireReply) -> ReadResult:
    """What the reply of a read says. Raises ConnectionTrouble when it says nothing."""
    faults.check(reply)
    if reply.status != 200:
        return _refused(read, reply)
    try:
        return (
            _changes(read, reply) if read.how in {CHANGES, CHANGES_OF_ONE} else _page(read, reply)
        )
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        raise TryLater(
            "QuickBooks' answer cannot be read: it is damaged or of an unknown form.",
            detail=str(error),
            trace_id=reply.trace_id,
        ) from error


def _refused(read: Read, reply: WireReply) -> ReadResult:
    """A page by the time of change that QuickBooks refuses, as it may refuse to sort by it, is read
    by places instead: the number at the end tells whether all were read. What it refuses without an
    order as well is refused.
    """
    error = faults.refused_read(reply)
    if read.how != PAGED:
        raise error
    log.warning(
        "no pages by time of change",
        extra={"action": "unsorted", "type": read.type, "detail": error.detail},
    )
    return ReadResult(more=(Read(how=PLACED, type=read.type, kinds=read.kinds, since=read.since),))


def _page(read: Read, reply: WireReply) -> ReadResult:
    told, time = _answer(reply, "QueryResponse")
    parts = _parts_of(told)
    if read.how == COUNT:
        return ReadResult(totals={read.type: msgspec.json.decode(parts["totalCount"], type=int)})
    remotes = tuple(_remotes(parts))
    if read.how == RECORDS:
        return ReadResult(remotes=_asked_for(read, remotes))
    more: tuple[Read, ...] = ()
    if read.type == "Preferences" and any(_several_currencies(remote) for remote in remotes):
        more = _queries([CURRENCY])
    if len(remotes) >= PAGE:
        more = (_next_page(read, remotes),)
    elif read.how in {PAGED, PLACED} and not read.since:
        more = (Read(how=COUNT, type=read.type, kinds=read.kinds),)
    return ReadResult(
        remotes=remotes, more=more, cursor=cursor_of(time) if read.how == FIRST else None
    )


def _asked_for(read: Read, remotes: tuple[Remote, ...]) -> tuple[Remote, ...]:
    """The records that were asked for; those not found are gone.

    An answer that tells of others, or of one without an Id, is not believed about what it leaves
    out (V11).
    """
    found = {remote.id: remote for remote in remotes}
    known = tuple(found[each] for each in read.ids if each in found)
    if len(known) < len(found):
        log.warning(
            "an answer about other records than were asked for",
            extra={"action": "other_records", "type": read.type, "others": len(found) - len(known)},
        )
        return known
    return known + tuple(gone(read.type, each) for each in read.ids if each not in found)


def _next_page(read: Read, remotes: Sequence[Remote]) -> Read:
    """Where a read goes on after a full page.

    A first page has no order, which most types never need. From then on the key is when a record
    was changed last: one that changes meanwhile moves on to where it is still to be read, and one
    that is deleted moves none of the others. Only where more than a page share one moment, or no
    order is kept, are places counted; pages overlap then, and the number of records at the end
    tells whether all were read.
    """
    if read.how not in {PAGED, PLACED}:
        return Read(how=PAGED, type=read.type, kinds=read.kinds, since=read.since)
    times = [moment(remote.modified) for remote in remotes]
    known = [time for time in times if time is not None]
    ordered = len(known) == len(times) and all(map(operator.le, known, known[1:]))
    last, after = remotes[-1].modified, moment(read.after)
    if read.how == PAGED and ordered and (after is None or known[-1] > after):
        return msgspec.structs.replace(read, after=last, position=1)
    return msgspec.structs.replace(read, position=read.position + PAGE - SHARED)


def _several_currencies(preferences: Remote) -> bool:
    """Whether there are currencies to read: a company with just one refuses to be asked."""
    try:
        tree = exact_json.read(preferences.payload)
    except ValueError:
        return False
    return isinstance(tree, dict) and take(tree, "CurrencyPrefs.MultiCurrencyEnabled") is True


_NOTHING = b"[]"


def _changes(read: Read, reply: WireReply) -> ReadResult:
    told, time = _answer(reply, "CDCResponse")
    sets = [
        _parts_of(change_set).get("QueryResponse", _NOTHING) for change_set in _entries_of(told)
    ]
    remotes = tuple(
        remote
        for change_set in sets
        for part in _entries_of(change_set)
        for remote in _remotes(_parts_of(part))
    )
    # A read that another read asked for must not move the cursor: only the first knows when the
    # cycle began.
    cursor = cursor_of(time) if read.how == CHANGES else None
    more = _rest(read) if len(remotes) >= PAGE else _in_other_words(read, remotes)
    return ReadResult(remotes=remotes, more=more, cursor=cursor)


def _in_other_words(read: Read, remotes: Sequence[Remote]) -> tuple[Read, ...]:
    """A change without an Id belongs to a record that nobody would look at again: its type's
    changes are asked for once more, by query.
    """
    names = dict.fromkeys(remote.type for remote in remotes if remote.id.startswith(NAMELESS))
    return tuple(Read(how=QUERY, type=name, kinds=_kinds(name), since=read.since) for name in names)


def _rest(read: Read) -> tuple[Read, ...]:
    """What to read after a full answer. Each type by itself first: only the change feed tells of
    deletions. A type that is full even alone is paged by query; its number tells whether there were
    deletions among so many changes.
    """
    names = read.type.split(",")
    if len(names) > 1:
        return tuple(
            Read(how=CHANGES_OF_ONE, type=name, kinds=_kinds(name), since=read.since)
            for name in names
        )
    return (
        Read(how=QUERY, type=read.type, kinds=read.kinds, since=read.since),
        Read(how=COUNT, type=read.type, kinds=read.kinds),
    )


def _remotes(parts: Mapping[str, Text]) -> Iterator[Remote]:
    """One for each row, whatever stands in it: a strange one is held by itself, and the page goes
    on (invariant 5).
    """
    for name, raw in parts.items():
        if name in ENTITIES:
            for piece in _entries_of(raw):
                yield named(remote_of(name, piece))


def cursor_of(time: Any) -> str:
    """The cursor that an answer's own time allows. Raises ValueError for an answer without one."""
    return (dt.datetime.fromisoformat(str(time)) - OVERLAP).isoformat(timespec="milliseconds")
