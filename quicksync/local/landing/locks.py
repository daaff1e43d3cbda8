"""The host's own rows, held until the transaction ends, so that what lands in them is compared with
what stands there.

Whoever holds many rows must not wait for one: the host's own transaction, which has that one, may
want another. So rows that somebody is writing are left out and told. SQLite has one writer at a
time and needs no locks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import connections, models, router

from quicksync.local.bound_rows import BoundRows
from quicksync.local.messages import Held
from quicksync.local.protocol import Adapter


def hold(adapter: Adapter, connection: Any, keys: Sequence[str]) -> Held:
    """Lock these objects and their rows; objects that are gone are in neither."""
    using = router.db_for_write(adapter.model)
    if not keys or not connections[using].features.has_select_for_update:
        return Held(adapter.find(connection, keys) if keys else {}, frozenset())
    pks = adapter.pks(connection, keys)
    free = locked(adapter.model, pks.values(), using, wait=False)
    for rows in adapter.table.rows.values():
        free -= _with_busy_rows(rows, free, using)
    busy = {key for key, pk in pks.items() if pk not in free}
    return Held(adapter.find(connection, [key for key in pks if key not in busy]), frozenset(busy))


def locked(model: type[models.Model], pks: Collection[Any], using: str, *, wait: bool) -> set[Any]:
    """The keys of those of these rows that are locked now, in the tables of inherited models too.

    Through the model's base manager: a host's own querysets may group or sort out doubles, which no
    lock goes with.
    """
    if not connections[using].features.has_select_for_update:
        return set(pks)
    rows = model._base_manager.using(using).filter(pk__in=pks)
    return {row.pk for row in _for_update(rows, wait=wait)}


def _for_update(rows: models.QuerySet[Any], *, wait: bool) -> models.QuerySet[Any]:
    features = connections[rows.db].features
    return rows.order_by("pk").select_for_update(
        skip_locked=not wait and features.has_select_for_update_skip_locked,
        no_key=features.has_select_for_no_key_update,
    )


def _with_busy_rows(rows: BoundRows, parents: Collection[Any], using: str) -> set[Any]:
    """Those of the parents of which somebody is writing a row."""
    of_these = rows.model._base_manager.using(using).filter(
        **{f"{rows.parent.name}__pk__in": parents}
    )
    mine = {row.pk for row in _for_update(of_these, wait=False)}
    known = of_these.order_by().values_list("pk", f"{rows.parent.name}__pk")
    return {parent for pk, parent in known if pk not in mine}
