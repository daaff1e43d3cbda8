"""Reads: paged queries for everything, the change feed for what moved since, single records by id.

The cursor is QuickBooks' own answer time of a cycle's first read, minus an overlap: its clock is the only one that
counts, and what the overlap brings twice compares equal and changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from quicksync.exceptions import TryLater
from quicksync.quickbooks.online import faults
from quicksync.quickbooks.online.entities import (
    BY_KIND,
    COMPANIONS,
    CURRENCY,
    ENTITIES,
    SET_UP,
    gone,
    remote_of,
    types_of,
)
from quicksync.quickbooks.wire import Purpose, Read, ReadResult, Remote, WireReply, WireRequest

FIRST, QUERY, CHANGES, RECORDS = "first", "query", "changes", "records"
CHANGES_OF_ONE, COUNT = "changes-of-one", "count"
PAGE = 1000
"""Most records of a query's page, and of one answer of the change feed (over all types together)."""
IDS = 100
"""Records that one read by id asks for."""
OVERLAP = dt.timedelta(seconds=60)
LONGEST_ADDRESS = 1500
"""Statements beyond this many characters travel in the body: addresses have a limit, bodies do not."""
MINOR_VERSION = ("minorversion", "75")


# --- Which reads ----------------------------------------------------------------------------------------------------


def everything(kinds: Sequence[str]) -> tuple[Read, ...]:
    """The first pages of all records, set-up first: the first read's answer time becomes the cursor."""
    first, *rest = SET_UP
    return (Read(how=FIRST, type=first), *_queries([*rest, *types_of(kinds)]))


def since(kinds: Sequence[str], cursor: str) -> tuple[Read, ...]:
    """One read of the change feed for all kinds that it has."""
    names = [name for name in types_of(kinds) if ENTITIES[name].in_changes]
    if not names:
        return ()
    return (Read(how=CHANGES, type=",".join(names), kinds=tuple(kinds), since=cursor),)


def daily(kinds: Sequence[str]) -> tuple[Read, ...]:
    """Set-up records and the types that the change feed lacks: read once a day, and on an unknown reference."""
    names = [name for name in types_of(kinds) if not ENTITIES[name].in_changes]
    return _queries([*SET_UP, *names])


def by_id(kind: str, remote_ids: Sequence[str]) -> tuple[Read, ...]:
    """Reads of single records, many to a call; those that are not found are reported as deleted."""
    wanted = list(dict.fromkeys(remote_ids))
    return tuple(
        Read(how=RECORDS, type=BY_KIND[kind].type, kinds=(kind,), ids=tuple(wanted[start : start + IDS]))
        for start in range(0, len(wanted), IDS)
    )


def _queries(names: Sequence[str]) -> tuple[Read, ...]:
    return tuple(Read(how=QUERY, type=name, kinds=_kinds(name)) for name in names)


def _kinds(name: str) -> tuple[str, ...]:
    kind = ENTITIES[name].kind
    if kind:
        return (kind,)
    return tuple(kind for kind, names in COMPANIONS.items() if name in names)


# --- Their requests -------------------------------------------------------------------------------------------------


def request(read: Read, request_id: str) -> WireRequest:
    """The request of a read; reads carry no request id to QuickBooks, since repeating them costs nothing."""
    if read.how in {CHANGES, CHANGES_OF_ONE}:
        asked = (("entities", read.type), ("changedSince", read.since), MINOR_VERSION)
        return WireRequest(id=request_id, purpose=Purpose.READ, method="GET", path="cdc", params=asked)
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
    return WireRequest(id=request_id, purpose=Purpose.READ, method="GET", path="query", params=params)


def _statement(read: Read) -> str:
    entity = ENTITIES[read.type]
    conditions = ["Active IN (true, false)"] if entity.switched else []
    if read.how == RECORDS:
        listed = ", ".join(f"'{_quoted(remote_id)}'" for remote_id in read.ids)
        conditions.append(f"Id IN ({listed})")
    elif read.since:
        conditions.append(f"MetaData.LastUpdatedTime >= '{_quoted(read.since)}'")
    words = ["SELECT COUNT(*) FROM" if read.how == COUNT else "SELECT * FROM", read.type]
    if conditions:
        words += ["WHERE", " AND ".join(conditions)]
    if read.type not in SET_UP and read.how != COUNT:
        words += ["ORDERBY Id", f"STARTPOSITION {read.position}", f"MAXRESULTS {PAGE}"]
    return " ".join(words)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


# --- Their answers --------------------------------------------------------------------------------------------------


class _QueryAnswer(msgspec.Struct):
    QueryResponse: dict[str, msgspec.Raw] | None = None
    time: str | int = ""


class _ChangeSet(msgspec.Struct):
    QueryResponse: list[dict[str, msgspec.Raw]] = []


class _ChangesAnswer(msgspec.Struct):
    CDCResponse: list[_ChangeSet] | None = None
    time: str | int = ""


_query_answer = msgspec.json.Decoder(_QueryAnswer)
_changes_answer = msgspec.json.Decoder(_ChangesAnswer)
_pieces = msgspec.json.Decoder(list[msgspec.Raw])


def result(read: Read, reply: WireReply) -> ReadResult:
    """What the reply of a read says. Raises ConnectionTrouble when it says nothing."""
    faults.check(reply)
    if reply.status != 200:
        raise faults.refused_read(reply)
    try:
        return _changes(read, reply) if read.how in {CHANGES, CHANGES_OF_ONE} else _page(read, reply)
    except (msgspec.DecodeError, KeyError, ValueError) as error:
        raise TryLater(
            "QuickBooks' answer cannot be read: it is damaged or of an unknown form.",
            detail=str(error),
            trace_id=reply.trace_id,
        ) from error


def _page(read: Read, reply: WireReply) -> ReadResult:
    answer = _query_answer.decode(reply.body)
    if answer.QueryResponse is None:
        raise ValueError("no QueryResponse in the answer")
    if read.how == COUNT:
        return ReadResult(totals={read.type: msgspec.json.decode(answer.QueryResponse["totalCount"], type=int)})
    remotes = tuple(_remotes(answer.QueryResponse))
    if read.how == RECORDS:
        found = {remote.id for remote in remotes}
        return ReadResult(remotes=remotes + tuple(gone(read.type, each) for each in read.ids if each not in found))
    more: tuple[Read, ...] = ()
    if read.type == "Preferences" and any(_several_currencies(remote) for remote in remotes):
        more = _queries([CURRENCY])
    if len(remotes) >= PAGE:
        more = (msgspec.structs.replace(read, position=read.position + PAGE),)
    return ReadResult(remotes=remotes, more=more, cursor=cursor_of(answer.time) if read.how == FIRST else None)


class _CurrencyPrefs(msgspec.Struct):
    MultiCurrencyEnabled: bool = False


class _Preferences(msgspec.Struct):
    CurrencyPrefs: _CurrencyPrefs | None = None


def _several_currencies(preferences: Remote) -> bool:
    """Whether there are currencies to read: a company with one alone refuses to be asked for them."""
    told = msgspec.json.decode(preferences.payload, type=_Preferences).CurrencyPrefs
    return told is not None and told.MultiCurrencyEnabled


def _changes(read: Read, reply: WireReply) -> ReadResult:
    answer = _changes_answer.decode(reply.body)
    if answer.CDCResponse is None:
        raise ValueError("no CDCResponse in the answer")
    remotes = tuple(
        remote for change_set in answer.CDCResponse for part in change_set.QueryResponse for remote in _remotes(part)
    )
    # A read that another read asked for must not move the cursor: only the first knows when the cycle began.
    cursor = cursor_of(answer.time) if read.how == CHANGES else None
    return ReadResult(remotes=remotes, more=_rest(read) if len(remotes) >= PAGE else (), cursor=cursor)


def _rest(read: Read) -> tuple[Read, ...]:
    """What to read after a full answer. Each type by itself first: only the change feed tells of deletions. A type that
    is full even alone is paged by query; its number tells whether there were deletions among so many changes."""
    names = read.type.split(",")
    if len(names) > 1:
        return tuple(Read(how=CHANGES_OF_ONE, type=name, kinds=_kinds(name), since=read.since) for name in names)
    return (
        Read(how=QUERY, type=read.type, kinds=read.kinds, since=read.since),
        Read(how=COUNT, type=read.type, kinds=read.kinds),
    )


def _remotes(parts: dict[str, msgspec.Raw]) -> Iterator[Remote]:
    for name, raw in parts.items():
        if name in ENTITIES:
            for piece in _pieces.decode(raw):
                yield remote_of(name, piece)


def cursor_of(time: Any) -> str:
    """The cursor that an answer's own time allows. Raises ValueError for an answer without one."""
    return (dt.datetime.fromisoformat(str(time)) - OVERLAP).isoformat(timespec="milliseconds")
