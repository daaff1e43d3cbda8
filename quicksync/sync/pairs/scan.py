"""Find the records of both sides that have no mapping yet: at first, after a change of settings,
and every night.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from itertools import islice

from django.db.models import Exists, OuterRef
from django.utils import timezone

from quicksync.local.messages import Seen
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Category, Connection, EntityMapping, RemoteRecord, bulk
from quicksync.records.kinds import going_without
from quicksync.sync.pairs import state
from quicksync.sync.pairs.halves import add_halves, half_there

CHUNK = 500

Alive = Callable[[], None]


def scan(category: Category, alive: Alive) -> None:
    """Give every record of the category a mapping, and look again at those that are not in step,
    and at those that went without such records so far.
    """
    connection = category.connection
    for adapter in registry.for_kind(category.kind):
        find_here(connection, adapter, alive)
    find_there(connection, category.kind, alive)
    state.touch(
        EntityMapping.objects.filter(connection=connection, kind=category.kind).exclude(
            state__in=(
                EntityMapping.State.IN_SYNC,
                EntityMapping.State.EXCLUDED,
                EntityMapping.State.GONE,
            )
        )
    )
    touch_those_without(connection.pk, [category.kind])
    Category.objects.filter(pk=category.pk).update(needs_scan=False)


def touch_those_without(connection: int, kinds: Iterable[str]) -> None:
    """Look again at the records that went without those of these kinds while they were off."""
    without = {one for kind in kinds for one in going_without(kind)}
    if without:
        rows = EntityMapping.objects.filter(connection=connection, kind__in=without)
        state.touch(
            rows.exclude(state__in=(EntityMapping.State.EXCLUDED, EntityMapping.State.GONE))
        )


def find_here(
    connection: Connection, adapter: Adapter, alive: Alive, *, since: dt.datetime | None = None
) -> int:
    """Mappings for the host's objects; with `since`, objects changed after it are touched as well.
    Returns how many.
    """
    found = 0
    seen = adapter.seen(connection, since=since)
    while chunk := list(islice(seen, CHUNK)):
        if since is not None:
            keys = [one.key for one in chunk]
            rows = EntityMapping.objects.filter(connection=connection, kind=adapter.kind)
            state.touch(rows.filter(model_label=adapter.label_lower, object_key__in=keys))
        _touch_changed(connection, adapter, chunk)
        add_halves(connection, adapter, chunk)
        found += len(chunk)
        alive()
    return found


def _touch_changed(connection: Connection, adapter: Adapter, chunk: list[Seen]) -> None:
    """Changes that no signal told of: made in bulk, by raw SQL, or while the company or the
    category was off.
    """
    known = EntityMapping.objects.filter(
        connection=connection, kind=adapter.kind, model_label=adapter.label_lower, touched_at=None
    ).exclude(state__in=(EntityMapping.State.EXCLUDED, EntityMapping.State.GONE))
    rows = known.filter(object_key__in=[one.key for one in chunk])
    since = dict(rows.values_list("object_key", "since"))
    moved = [
        one.key
        for one in chunk
        if one.key in since and (one.modified is None or one.modified > since[one.key])
    ]
    if moved:
        state.touch(known.filter(object_key__in=moved))


def find_there(connection: Connection, kind: str, alive: Alive) -> None:
    """Mappings for QuickBooks' records of a kind that have none."""
    mapped = EntityMapping.objects.filter(
        connection=connection, remote_type=OuterRef("type"), remote_id=OuterRef("remote_id")
    )
    unmapped = RemoteRecord.objects.filter(
        ~Exists(mapped), connection=connection, kind=kind, deleted=False
    )
    last = 0
    while chunk := list(unmapped.filter(pk__gt=last).order_by("id").defer("payload")[:CHUNK]):
        last, now = chunk[-1].pk, timezone.now()
        bulk.add([half_there(connection, remote, now) for remote in chunk])
        alive()


def find_gone(connection: Connection, adapter: Adapter) -> int:
    """Touch the mappings of host objects that are no longer there. Returns how many."""
    rows = EntityMapping.objects.filter(
        connection=connection,
        kind=adapter.kind,
        model_label=adapter.label_lower,
        object_key__isnull=False,
    ).exclude(state=EntityMapping.State.GONE)
    found, last = 0, 0
    while chunk := list(
        rows.filter(pk__gt=last).order_by("pk").values_list("pk", "object_key")[:CHUNK]
    ):
        last = chunk[-1][0]
        keys = [key for _, key in chunk]
        objects = adapter.queryset(connection).filter(**{f"{adapter.key_field}__in": keys})
        there = {str(key) for key in objects.values_list(adapter.key_field, flat=True)}
        gone = [pk for pk, key in chunk if key not in there]
        found += len(gone)
        state.touch_keys(gone)
    return found
