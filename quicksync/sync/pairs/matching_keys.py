"""Keys by which likely partners of a half are found, so that matching never compares each record
with each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from django.db.models import Q, QuerySet

from quicksync.models import Connection, EntityMapping, bulk
from quicksync.planning.matching.near import pairs_alike
from quicksync.records import KINDS, Record

CHUNK = 500


def keys_of(record: Record) -> tuple[str, str]:
    """(block, alias) of a record: its folded name or number, and what else it may be known by
    (C10).
    """
    return record.block()[:80], record.alias()[:120]


def halves(connection: Connection, kind: str) -> QuerySet[EntityMapping]:
    """The mappings of a kind that are still alone."""
    alone = Q(object_key=None) | Q(remote_id=None)
    rows = EntityMapping.objects.filter(alone, connection=connection, kind=kind)
    return rows.exclude(state=EntityMapping.State.GONE)


def pairs(connection: Connection, *kinds: str) -> QuerySet[EntityMapping]:
    """The mappings of these kinds that join both sides."""
    return EntityMapping.objects.filter(
        connection=connection, kind__in=kinds, object_key__isnull=False, remote_id__isnull=False
    )


def has_both_sides(connection: Connection, kind: str) -> bool:
    """Whether there is anything to match: halves here and halves there."""
    rows = halves(connection, kind)
    return rows.filter(object_key=None).exists() and rows.filter(remote_id=None).exists()


def key_halves(
    connection: Connection,
    kind: str,
    records: Callable[[list[EntityMapping]], Mapping[int, Record]],
    alive: Callable[[], None],
) -> None:
    """Give every half that has none its keys; `records` reads a chunk of them."""
    rows = halves(connection, kind).filter(keyed=False).order_by("pk")
    while chunk := list(rows[:CHUNK]):
        found = records(chunk)
        for mapping in chunk:
            record = found.get(mapping.pk)
            mapping.block, mapping.alias = keys_of(record) if record is not None else ("", "")
            mapping.keyed = True
        bulk.save(chunk, ["block", "alias", "keyed"])
        alive()


def near_partners(connection: Connection, kind: str) -> dict[int, set[int]]:
    """Mapping -> mappings of the other side whose names look alike; both ways."""
    near: dict[int, set[int]] = defaultdict(set)
    if not KINDS[kind].spelt_freely:
        return near
    rows = halves(connection, kind).exclude(block="")
    here = dict(rows.filter(remote_id=None).values_list("pk", "block"))
    there = dict(rows.filter(object_key=None).values_list("pk", "block"))
    for mine, theirs in pairs_alike(here, there):
        near[mine].add(theirs)
        near[theirs].add(mine)
    return near
