"""Change data: everything touched since a moment, deletions as stubs."""

from __future__ import annotations

from quicksync.simulator.accounting.answers import Telling, telling
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import parse_moment, stamp
from quicksync.simulator.accounting.entities import find_entity
from quicksync.simulator.accounting.errors import ApiError, missing
from quicksync.simulator.accounting.jsontext import dumps
from quicksync.simulator.company import select

LIMIT, WINDOW_DAYS = 1000, 30
_GONE = "SELECT updated, id, NULL FROM gone WHERE type=? AND updated>=?"


def answer(book: Book, names: str, since: str) -> str:
    """The list of QueryResponse blocks, one per entity, at most 1,000 objects over all of them."""
    words = [word.strip() for word in names.split(",") if word.strip()]
    if not words:
        raise missing("entities")
    moment = parse_moment(since.replace(" ", "+") if "T" in since else since)
    if not since:
        raise missing("changedSince")
    if moment is None:
        raise ApiError(2060, f"Invalid Date Format. Supplied value:{since}", element="changedSince")
    oldest = book.clock.now() - WINDOW_DAYS * 86400
    if book.switches.cdc_window == "all":
        oldest = 0
    if moment < oldest and book.switches.cdc_window == "refuse":
        raise ApiError(
            4001, f"changedSince lies more than {WINDOW_DAYS} days back.", element="changedSince"
        )
    blocks, left = [], LIMIT
    for word in words:
        entity = find_entity(word)
        if entity is None or not entity.allows("X"):
            raise ApiError(2000, f"Invalid or unsupported object name. Object Name: {word}")
        bodies = _changed(book, entity.name, int(max(moment, oldest)), left)
        left -= len(bodies)
        blocks.append(select.page(entity.name, bodies, 1, total=len(bodies)))
    return "[{}]" if set(blocks) == {"{}"} else f"[{','.join(blocks)}]"


def _changed(book: Book, name: str, since: int, limit: int) -> list[str]:
    there = " ".join(
        (
            "SELECT updated, id,",
            telling(name, Telling.ROWS),
            "FROM entity WHERE type=? AND updated>=?",
        )
    )
    rows = book.store.all(
        " ".join((there, "UNION ALL", _GONE, "ORDER BY 1, 2 LIMIT ?")),
        name,
        since,
        name,
        since,
        limit,
    )
    return [body or _stub(str(id_), updated) for updated, id_, body in rows]


def _stub(id_: str, updated: int) -> str:
    return dumps(
        {
            "domain": "QBO",
            "status": "Deleted",
            "Id": id_,
            "MetaData": {"LastUpdatedTime": stamp(updated)},
        }
    )
