"""Tables as full as those of a large site, written by PostgreSQL itself: nine tenths of the records
belong to one company, five kinds take turns, and a preview of many changes waits for a yes.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgspec
from django.contrib.auth.models import User
from django.db import connection as database
from django.utils import timezone

from benchmarks import full_books
from benchmarks.record_sql import (
    AMOUNT,
    COMPANY,
    KIND,
    LABEL,
    MODEL,
    NUMBER,
    REASON,
    REMOTE_TYPE,
    STATE,
)
from benchmarks.rows_by_sql import bare_tables, insert, numbers
from quicksync.models import (
    Alert,
    Attempt,
    CodeMapping,
    Connection,
    Counted,
    EntityMapping,
    Operation,
    Reconciliation,
    RemoteRecord,
    SyncRun,
    WebhookDelivery,
    WebhookEvent,
)
from quicksync.sync.actions import connect
from quicksync.sync.monitor import reconciling, sheet
from quicksync.sync.monitor.comparison import Difference, Line
from quicksync.sync.worker import run_sums

COMPANIES = 10
# Of so many operations a run of every day consists.
RUN = 200
DRAFTS = 20
CHANGES = json.dumps(
    [{"name": "total", "label": "Total", "agreed": "90", "here": "95", "there": "90", "will": "95"}]
)


def fill(records: int) -> None:
    """So many records, five times as many operations, and what belongs to them."""
    if Connection.objects.exists():
        return
    User.objects.create_superuser("office", "", "office")
    for number in range(1, COMPANIES + 1):
        made = Connection.objects.create(
            pk=number,
            name=f"Company {number}",
            status="connected",
            realm_id=str(9000 + number),
            country="US",
            home_currency="USD",
            connected_at=timezone.now(),
        )
        connect.categories(made)
        made.categories.filter(
            kind__in=("customer", "invoice", "payment", "item", "vendor")
        ).update(enabled=True, approved_at=timezone.now(), needs_scan=False)
    with database.cursor() as cursor, bare_tables(cursor):
        full_books.fill(cursor, records)
        pairs(cursor, numbers(records))
        told(cursor, numbers(records))
        _runs(cursor, records)
        _operations(cursor, records)
        _attempts(cursor, records)
        _draft(cursor, records)
        _reconciliation()
        _notifications(cursor, records)
        _beside(cursor, records)
    with database.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def pairs(cursor: Any, rows: str, *, company: str = COMPANY) -> None:
    """What is paired, under the numbers of these rows."""
    agreed = f"""('{{"id": "' || m || '", "number": "' || {NUMBER} || '"}}')::jsonb"""
    insert(
        cursor,
        EntityMapping,
        rows,
        {
            "id": "m",
            "connection_id": company,
            "kind": KIND,
            "model_label": MODEL,
            "object_key": "m::text",
            "remote_type": REMOTE_TYPE,
            "remote_id": "m::text",
            "label": LABEL,
            "block": "md5(m::text)",
            "keyed": "true",
            "agreed_here": agreed,
            "agreed_there": agreed,
            "state": STATE,
            "reason": REASON,
            "reason_values": """'{"other": "VAT20"}'""",
            "since": "now() - m * interval '1 minute'",
            "origin": "'there'",
        },
    )


def told(cursor: Any, rows: str, *, company: str = COMPANY) -> None:
    """What QuickBooks told of them."""
    payload = (
        f"""'{{"Id": "' || m || '", "SyncToken": "0", "DocNumber": "' || {NUMBER}"""
        """ || '", "PrivateNote": "' || repeat(md5(m::text), 24) || '"}'"""
    )
    insert(
        cursor,
        RemoteRecord,
        rows,
        {
            "id": "m",
            "connection_id": company,
            "type": REMOTE_TYPE,
            "remote_id": "m::text",
            "kind": KIND,
            "token": "'0'",
            "payload": payload,
            "fingerprint": "md5(m::text)",
            "name": LABEL,
            "name_key": f"lower({LABEL})",
            "active": "m % 50 <> 0",
            "deleted": "m % 500 = 0",
            "modified": "'2026-01-05T10:00:00-08:00'",
        },
    )


def _runs(cursor: Any, records: int) -> None:
    """Each company's first run, then a run after the other of the large company's."""
    daily = records * 4
    runs = COMPANIES + daily // RUN
    counts = """'{"invoice": {"push": {"created": 120, "updated": 80}}}'"""
    insert(
        cursor,
        SyncRun,
        numbers(runs),
        {
            "id": "m",
            "connection_id": f"CASE WHEN m <= {COMPANIES} THEN m ELSE 1 END",
            "state": "CASE WHEN m % 50 = 0 THEN 'failed' ELSE 'done' END",
            "counts": counts,
            "started_at": f"now() - ({runs} - m) * interval '20 minutes'",
            "finished_at": f"now() - ({runs} - m) * interval '20 minutes'",
            "calls": "3",
            "done": str(RUN),
            "total": str(RUN),
            "phase": "'end'",
        },
    )


def _operations(cursor: Any, records: int) -> None:
    """Five times as many as records; the newest run's wait to be sent."""
    # The large company's records are 900 of each thousand: the n-th of them is
    large = f"(n * 13 % {records * 9 // 10})"
    rows = f"""SELECT n, n AS m, {COMPANY.replace("m", "n")} AS run FROM
 generate_series(1::bigint, {records}) AS n UNION ALL SELECT n, 1 + {large} / 900 * 1000
 + {large} % 900, {COMPANIES} + 1 + (n - {records} - 1) / {RUN}
 FROM generate_series({records + 1}::bigint, {records * 5}) AS n ORDER BY 1"""
    newest = records * 5 - RUN
    insert(
        cursor,
        Operation,
        rows,
        _operation(
            id="n",
            run_id="run",
            state=f"CASE WHEN n > {newest} THEN 'pending' WHEN n % 100 = 0 THEN 'failed'"
            " WHEN n % 100 = 1 THEN 'skipped' ELSE 'done' END",
            action=f"CASE WHEN n % 100 = 1 THEN 'hold' WHEN n <= {records} THEN 'create'"
            " ELSE 'update' END",
            reason="CASE WHEN n % 100 < 2 THEN 'tax-code-unmapped' ELSE '' END",
            parcel="'p-' || n / 30",
            settled_at=f"now() - ({records * 5} - n) * interval '6 seconds'",
        ),
    )


def _attempts(cursor: Any, records: int) -> None:
    """One of each operation that was sent."""
    insert(
        cursor,
        Attempt,
        f"SELECT n AS m FROM generate_series(2::bigint, {records * 5}, 2) n",
        {
            "operation_id": "m",
            "parcel": "'p-' || m / 30",
            "outcome": "CASE WHEN m % 100 = 0 THEN 'refused' ELSE 'done' END",
            "status": "200",
            "fault": "CASE WHEN m % 100 = 0 THEN '6000' ELSE '' END",
            "trace_id": "md5(m::text)",
            "at": f"now() - ({records * 5} - m) * interval '6 seconds'",
        },
    )


def _operation(**values: str) -> dict[str, str]:
    usual = {
        "connection_id": COMPANY,
        "mapping_id": "m",
        "kind": KIND,
        "rank": "5",
        "label": LABEL,
        "direction": "CASE WHEN n % 2 = 0 THEN 'push' ELSE 'pull' END",
        "currency": "'USD'",
        "amount": f"CASE WHEN {KIND} IN ('invoice', 'payment') THEN {AMOUNT} END",
        "fields": """'["total"]'""",
        "reason_values": """'{"other": "VAT20"}'""",
    }
    return usual | values


def _reconciliation() -> None:
    """What a comparison of the large company has found: four years, and as many differences as are
    kept.
    """
    amount = Decimal("95037.50")
    found = [
        Difference(
            where="both", label=f"Invoice INV-{n:08d}", sentence="It differs.", mapping=n + 1
        )
        for n in range(2 * sheet.MOST_LISTED)
    ]
    months = [f"{2022 + n // 12}-{n % 12 + 1:02}" for n in range(48)]
    each = len(found) // len(months)
    lines = [
        Line(
            kind="invoice",
            month=month,
            currency="USD",
            paired=1_000,
            differences=tuple(found[place * each : (place + 1) * each]),
            here_count=1_000,
            there_count=1_000,
            here_total=amount,
            there_total=amount,
            here_open=amount,
            there_open=amount,
        )
        for place, month in enumerate(months)
    ]
    Reconciliation.objects.create(
        connection_id=1,
        finished_at=timezone.now(),
        verdict=reconciling.verdict(lines),
        result=msgspec.to_builtins(lines),
    )


def _draft(cursor: Any, records: int) -> None:
    """A preview of the large company that waits for a yes."""
    found = SyncRun.objects.create(
        connection_id=1, trigger="preview", preview=True, state="draft", planned_from=timezone.now()
    )
    proposed = records // DRAFTS
    rows = f"""SELECT n, 1 + (n / 900) * 1000 + n % 900 AS m
 FROM generate_series(0::bigint, {proposed - 1}) AS n"""
    held = "n % 50 = 0"
    insert(
        cursor,
        Operation,
        rows,
        _operation(
            run_id=str(found.pk),
            state=f"CASE WHEN {held} THEN 'skipped' ELSE 'draft' END",
            action=f"CASE WHEN {held} THEN 'hold' ELSE 'update' END",
            changes=f"'{CHANGES}'",
            direction=f"CASE WHEN {held} THEN '' WHEN n % 2 = 0 THEN 'push' ELSE 'pull' END",
            reason=f"CASE WHEN {held} THEN 'tax-code-unmapped' ELSE '' END",
        ),
    )
    insert(
        cursor,
        Counted,
        rows,
        {
            "run_id": str(found.pk),
            "key": "m",
            "kind": KIND,
            "direction": "'push'",
            "outcome": f"CASE WHEN {held} OR n % 7 = 0 THEN 'skipped' ELSE 'updated' END",
        },
    )
    found.total = proposed
    run_sums.keep(found)
    # As a run of so many ends.
    first = SyncRun.objects.get(pk=1)
    first.total = first.operations.count()
    run_sums.keep(first)


def _notifications(cursor: Any, records: int) -> None:
    """Notifications from QuickBooks."""
    few = records // 5
    when = f"now() - ({few} - m) * interval '2 minutes'"
    insert(
        cursor,
        WebhookDelivery,
        numbers(few),
        {
            "id": "m",
            "digest": "md5(m::text)",
            "body": "'[]'",
            "state": "'used'",
            "realms": "jsonb_build_array('9001')",
            "events": "2",
            "received_at": when,
            "used_at": when,
        },
    )
    insert(
        cursor,
        WebhookEvent,
        numbers(few),
        {
            "delivery_id": "m",
            "key": "md5(m::text)",
            "realm_id": "'9001'",
            "type": "'Invoice'",
            "remote_id": "m::text",
            "operation": "'Update'",
        },
    )


def _beside(cursor: Any, records: int) -> None:
    """Alerts and codes."""
    insert(
        cursor,
        Alert,
        numbers(records // 500),
        {
            "connection_id": f"1 + m % {COMPANIES}",
            "level": "'warning'",
            "code": "'records-wait'",
            "sentence": "'Records that need you: ' || m",
            "since": "now() - m * interval '1 hour'",
            "told_at": "now()",
            "ended_at": "now() - m * interval '1 minute'",
        },
    )
    insert(
        cursor,
        CodeMapping,
        numbers(records // 500),
        {
            "connection_id": f"1 + m % {COMPANIES}",
            "kind": "'account'",
            "code": "'A-' || m",
            "remote_id": "m::text",
            "confidence": "100",
            "origin": "'chosen'",
        },
    )
