"""Whose an object is: the connections that its adapter names, and no other hears of it, shows it or
reads for it.

An adapter says so by `connections_for`, or by the objects that its `queryset` gives each
connection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import router
from django.db.models import Exists, OuterRef, Q, QuerySet

from quicksync.local.adapter import ModelAdapter
from quicksync.local.protocol import Adapter
from quicksync.models import Connection, EntityMapping

# So many companies are asked about in one statement: SQLite nests no conditions deeper than a
# thousand.
AT_ONCE = 200


def owners(
    adapter: Adapter, key: str, obj: Any, connections: Sequence[Connection]
) -> Iterator[QuerySet[Connection]]:
    """Those of these connections that an object belongs to or has belonged to, as queries that are
    still to be made.
    """
    named = _named(adapter, key, obj)
    known = EntityMapping.objects.filter(
        connection=OuterRef("pk"),
        kind=adapter.kind,
        model_label=adapter.label_lower,
        object_key=key,
    )
    for start in range(0, len(connections), AT_ONCE):
        some = connections[start : start + AT_ONCE]
        rows = Connection.objects.filter(pk__in=[one.pk for one in some])
        if named is not None:
            yield rows.filter(Q(pk__in=named) | Q(Exists(known)))
        elif obj is not None and is_everybodys(adapter):
            yield rows
        else:
            yield rows.filter(_asked(adapter, key, some) | Q(Exists(known)))


def of_keys(adapter: Adapter, keys: Sequence[str], connection: Connection) -> set[str]:
    """Those of these objects that belong to a connection: one query, none where all objects are
    everybody's.
    """
    if type(adapter).connections_for is not ModelAdapter.connections_for:
        found = adapter.objects(adapter.model._base_manager.all(), keys, rows=False)
        return {
            key
            for key, obj in found.items()
            if connection.pk in _pks(adapter.connections_for(obj) or ())
        }
    if is_everybodys(adapter):
        return set(keys)
    rows = adapter.queryset(connection).filter(**{f"{adapter.key_field}__in": list(keys)})
    return {str(key) for key in rows.values_list(adapter.key_field, flat=True)}


def shown(adapter: Adapter, mappings: Iterable[EntityMapping]) -> dict[str, list[EntityMapping]]:
    """Object key -> the mappings that its own pages show: those of the companies it belongs to.

    An object that belongs to no company any more shows where it is still in QuickBooks. Only where
    a record could be another company's is that asked, once for each company.
    """
    by_key: dict[str, list[EntityMapping]] = defaultdict(list)
    for mapping in mappings:
        by_key[str(mapping.object_key)].append(mapping)
    asked: dict[Connection, list[str]] = defaultdict(list)
    for rows in by_key.values():
        if len(rows) > 1 or rows[0].state == EntityMapping.State.GONE:
            for one in rows:
                asked[one.connection].append(str(one.object_key))
    own = {connection.pk: of_keys(adapter, keys, connection) for connection, keys in asked.items()}
    return {key: _shown(key, rows, own) for key, rows in by_key.items()}


def _shown(
    key: str, rows: Sequence[EntityMapping], own: Mapping[int, set[str]]
) -> list[EntityMapping]:
    mine = [one for one in rows if key in own.get(one.connection_id, {key})]
    return mine or [one for one in rows if one.remote_id is not None]


def is_everybodys(adapter: Adapter) -> bool:
    """Whether the host has said nothing of whose its objects are: then they are everybody's."""
    return type(adapter).queryset is ModelAdapter.queryset


def _named(adapter: Adapter, key: str, obj: Any) -> set[int] | None:
    if type(adapter).connections_for is ModelAdapter.connections_for:
        return None
    if obj is None:
        obj = adapter.objects(adapter.model._base_manager.all(), [key], rows=False).get(key)
    if obj is None:
        return set()
    named = adapter.connections_for(obj)
    return None if named is None else _pks(named)


def _pks(connections: Iterable[Any]) -> set[int]:
    return {getattr(one, "pk", one) for one in connections}


def _asked(adapter: Adapter, key: str, connections: Sequence[Connection]) -> Q:
    """All of them are asked in the one statement that acts on the answer."""
    if is_everybodys(adapter):
        return _has(adapter.queryset(None), adapter, key)
    found = Q(pk__in=())
    for one in connections:
        found |= Q(pk=one.pk) & _has(adapter.queryset(one), adapter, key)
    return found


def _has(objects: QuerySet[Any], adapter: Adapter, key: str) -> Q:
    mine = objects.filter(**{adapter.key_field: key})
    if mine.db == router.db_for_write(Connection):
        return Q(Exists(mine))
    # Tables of another database cannot be asked in one statement with ours.
    return ~Q(pk__in=()) if mine.exists() else Q(pk__in=())
