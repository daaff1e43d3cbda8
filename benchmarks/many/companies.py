"""Ten thousand connected companies in a few minutes: one is really read, the others are copies of
it with fewer invoices, in the simulator as in the tables.

The books are one host's: customers, items and lists stand there once, each company has invoices of
its own.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import connection as database
from django.utils import timezone

from benchmarks import full_tables, world
from benchmarks.rows_by_sql import bare_tables, copied, numbers
from quicksync import tasks
from quicksync.books.models import Invoice, InvoiceLine
from quicksync.models import (
    Category,
    Connection,
    ConnectionAccess,
    ConnectionClock,
    EntityMapping,
    RemoteRecord,
    SyncRun,
)
from quicksync.sync.runs import turns
from quicksync.sync.worker import wakes

KINDS = ("account", "tax_code", "term", "payment_method", "customer", "item", "invoice")
BOTH_WAYS = ("customer", "item", "invoice")
# Invoices of one company begin so far behind those of the one before.
STRIDE = 10_000
# The pairs of the company that has a million begin where no copy has any.
BEYOND = 50_000_000
# An access token lasts for an hour: in a quarter of it a quarter of them is renewed.
HOUR = dt.timedelta(hours=1)
# So many cycles of one company are measured by themselves.
ALONE = 50


def prepare(*, told: str, mappings: int) -> dict[str, Any]:
    """Connect the companies that the simulator has: `told` is a file with what it said of them,
    `large` with many invoices, `busy` with some, `quiet` with few, each a list of which the first
    has `invoices`.

    Returns the connections of each sort, and the ids of the invoices.
    """
    groups = json.loads(Path(told).read_text(encoding="utf-8"))
    (original,) = groups["large"]["companies"]
    template = world.joined(original["realm_id"], *KINDS, direction="pull")
    world.synchronize(template)
    # As if that had been a while ago: the overlap of the change feed is behind us.
    world.simulator("POST", "clock", {"minutes": 10})
    world.synchronize(template)
    Category.objects.filter(kind__in=BOTH_WAYS).update(direction="both")
    invoices = RemoteRecord.objects.filter(type="Invoice")
    ids = sorted(int(one) for one in invoices.values_list("remote_id", flat=True))
    made = {"large": [template.pk]}
    for name in ("busy", "quiet"):
        made[name] = connected(groups[name]["companies"])
    with database.cursor() as cursor, bare_tables(cursor):
        cursor.execute("ALTER TABLE books_invoice DROP CONSTRAINT books_invoice_number_key")
        for name in ("busy", "quiet"):
            last = ids[groups[name]["invoices"] - 1]
            _copied(cursor, template.pk, made[name], last)
        rows = numbers(mappings, first=BEYOND)
        million = str(made["quiet"][-1])
        full_tables.pairs(cursor, rows, company=million)
        full_tables.told(cursor, rows, company=million)
    as_read(template)
    User.objects.create_superuser("office", "office@example.com", "office")
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {**made, "invoices": [str(one) for one in ids]}


def connected(companies: list[dict[str, str]]) -> list[int]:
    """Connections to these companies, with access to them; their keys."""
    now = timezone.now()
    rows = Connection.objects.bulk_create(
        [
            Connection(
                name=f"{one['name']} {one['realm_id']}",
                realm_id=one["realm_id"],
                status=Connection.Status.CONNECTED,
                company_name=one["name"],
                country=one["country"],
                home_currency=one["currency"],
                connected_at=now,
            )
            for one in companies
        ]
    )
    fields = ["access_token", "refresh_token", "access_expires_at", "refresh_expires_at"]
    ConnectionAccess.objects.bulk_create(
        [
            ConnectionAccess(
                connection=row,
                access_token=one["access_token"],
                refresh_token=one["refresh_token"],
                access_expires_at=now + HOUR * (place + 1) / len(rows),
                refresh_expires_at=now + dt.timedelta(days=100),
            )
            for place, (row, one) in enumerate(zip(rows, companies, strict=True))
        ],
        update_conflicts=True,
        unique_fields=["connection"],
        update_fields=fields,
    )
    return [row.pk for row in rows]


def _copied(cursor: Any, original: int, keys: list[int], last: int) -> None:
    """What is known of the original is known of these too, with its invoices up to the last."""
    rows = f"generate_series({min(keys)}, {max(keys)}) AS c WHERE r.connection_id = {original}"
    some = f"{rows} AND (r.kind <> 'invoice' OR r.remote_id::bigint <= {last})"
    behind = f"(c - {original}) * {STRIDE}"
    key = (
        f"CASE r.kind WHEN 'invoice' THEN (r.object_key::bigint + {behind})::text"
        " ELSE r.object_key END"
    )
    copied(cursor, Category, rows, {"connection_id": "c"})
    copied(cursor, RemoteRecord, some, {"connection_id": "c"})
    copied(cursor, EntityMapping, some, {"connection_id": "c", "object_key": key})
    ours = (
        f"(SELECT object_key::bigint AS key FROM quicksync_entitymapping WHERE kind = 'invoice'"
        f" AND connection_id = {original} AND remote_id::bigint <= {last}) AS m,"
        f" generate_series({min(keys)}, {max(keys)}) AS c"
    )
    copied(cursor, Invoice, f"{ours} WHERE r.id = m.key", {"id": f"r.id + {behind}"})
    copied(
        cursor,
        InvoiceLine,
        f"{ours} WHERE r.invoice_id = m.key",
        {"invoice_id": f"r.invoice_id + {behind}"},
    )


def as_read(template: Connection) -> None:
    """All were read when this one was, and come due in the interval that begins now."""
    read = ConnectionClock.objects.get(pk=template.pk)
    ConnectionClock.objects.update(
        cursor=read.cursor,
        read_at=read.read_at,
        read_kinds=read.read_kinds,
        lists_read_at=read.lists_read_at,
    )
    Connection.objects.update(paused=False, facts=template.facts)
    now, at = timezone.now(), defaultdict(list)
    for pk in Connection.objects.values_list("pk", flat=True):
        at[turns.own(pk, now, template.interval)].append(pk)
    for turn, keys in at.items():
        ConnectionClock.objects.filter(pk__in=keys).update(next_sync_at=turn)


def wake(*, connections: list[int]) -> dict[str, Any]:
    """A notification from QuickBooks for each of these, at once; when that was."""
    at = timezone.now()
    wakes.wake(connections, SyncRun.Trigger.WEBHOOK)
    return {"at": at.isoformat()}


def alone(*, few: int, million: int) -> dict[str, Any]:
    """What a cycle takes by itself, of a company with few pairs and of the one with a million, in
    turns.
    """
    world.without_limits()
    sums = {few: dict.fromkeys(("statements", "processor"), 0.0)}
    sums[million] = dict(sums[few])
    for number in range(ALONE + 5):
        for pk, sum_ in sums.items():
            ConnectionClock.objects.filter(pk=pk).update(next_sync_at=None, woken_at=None)
            figures: world.Figures = {}
            with world.metered(figures):
                assert tasks.cycle(pk), "a run was at work"
            # The first ones also load what is needed.
            if number >= 5:
                for name in sum_:
                    sum_[name] += figures[name]
    names = {few: "few", million: "million"}
    return {
        names[pk]: {name: value / ALONE for name, value in sum_.items()}
        for pk, sum_ in sums.items()
    }
