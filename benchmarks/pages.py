"""Every admin page on tables as full as those of a large site: statements, seconds to the first
byte, and the large tables that PostgreSQL reads from end to end for it.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection as database
from django.test import Client
from django.urls import reverse

from benchmarks import full_tables
from quicksync.models import EntityMapping, Operation, SyncRun

LISTS = (
    *(
        (f"quicksync_{model}", words)
        for model, words in (
            ("connection", "connections"),
            ("syncrun", "runs"),
            ("skippedrecord", "skipped records"),
            ("entitymapping", "records"),
            ("operation", "operations"),
            ("attempt", "attempts"),
            ("remoterecord", "QuickBooks records"),
            ("codemapping", "code mappings"),
            ("bookmark", "bookmarks"),
            ("webhookdelivery", "notifications"),
            ("alert", "alerts"),
        )
    ),
    *(
        (f"books_{model}", f"books: {words}")
        for model, words in (
            ("invoice", "invoices"),
            ("creditnote", "credit notes"),
            ("bill", "bills"),
            ("receipt", "payments"),
            ("client", "clients"),
            ("vendor", "vendors"),
            ("product", "products"),
        )
    ),
)
# A number, a part of one, a name, what half of all have, an amount, what none has, a short number.
TERMS = ("00012345", "12345", "Okafor Dental", "INV-", "9503.77", "zzzzz", "42")
# The choices of one filter that are looked at.
CHOICES = 5
# A table of so many rows is not to be read from end to end.
LARGE = 50_000
TIMES = 3


class Page(NamedTuple):
    """One page: what it took; `whole` are the large tables that were read from end to end."""

    name: str
    seconds: float
    statements: int
    whole: tuple[str, ...]


def prepare(*, records: int) -> None:
    """Full tables."""
    call_command("migrate", verbosity=0, interactive=False)
    full_tables.fill(records)


def run(*, records: int) -> dict[str, Any]:
    """All pages: those of single things, and each list as it opens, at its end, filtered and
    searched.
    """
    assert EntityMapping.objects.count() == records, "A database of another size was kept."
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="office"))
    return {
        "pages": [visit(client, name, url)._asdict() for name, url in single()],
        "lists": [_list(client, name, words) for name, words in LISTS],
        "server": _server(),
    }


def single() -> Iterator[tuple[str, str]]:
    """Name and address of the pages that are no lists."""
    draft = SyncRun.objects.filter(state="draft").latest("pk")
    done = Operation.objects.filter(direction="push", state="done").earliest("pk")
    held = EntityMapping.objects.filter(state="held").earliest("pk")
    section = {"kind": "invoice", "section": "update-push"}
    window = {"since": "2024-01-01", "until": "2024-12-31", "kinds": "invoice"}
    proposed = draft.operations.count()
    everything = Operation.objects.filter(run=1).count()
    own = ("codes", "past", "preset", "reconcile", "health_of")
    yield "connection", at("quicksync_connection_change", 1)
    yield from ((f"connection: {name}", at(f"quicksync_connection_{name}", 1)) for name in own)
    yield "an estimate of the past", f"{at('quicksync_connection_past', 1)}?{urlencode(window)}"
    yield "a list in QuickBooks", at("quicksync_connection_list", 1, "account")
    yield "health of all", at("quicksync_connection_health")
    yield "changes of settings", at("quicksync_connection_audit")
    yield "set-up", at("quicksync_connection_setup")
    yield f"a preview of {proposed:,} operations", at("quicksync_syncrun_change", draft.pk)
    yield (
        "one section of it",
        f"{at('quicksync_syncrun_change', draft.pk)}?{urlencode(section)}",
    )
    yield f"a run of {everything:,} operations", at("quicksync_syncrun_change", 1)
    yield "a run of a usual size", at("quicksync_syncrun_change", draft.pk - 1)
    yield "an operation", at("quicksync_operation_change", done.pk)
    yield "a record", at("quicksync_entitymapping_change", done.mapping_id)
    yield "a skipped record", at("quicksync_skippedrecord_change", held.pk)
    yield "a QuickBooks record", at("quicksync_remoterecord_change", held.pk)
    yield "an attempt", at("quicksync_attempt_change", done.attempts.latest("pk").pk)
    yield "an invoice with its panel", at("books_invoice_change", 5)
    yield "a client with its panel", at("books_client_change", 1)


def at(name: str, *args: object) -> str:
    """The address of an admin page."""
    return reverse(f"admin:{name}", args=args)


def _list(client: Client, name: str, words: str) -> dict[str, Any]:
    """One list: as it opens, its last page, and the slowest of its filters and searches."""
    url = at(f"{name}_changelist")
    response: Any = client.get(url)
    shown = response.context_data["cl"]
    last = min(shown.paginator.num_pages, 100)
    filters = [
        (f"{spec.title}: {choice['display']}", url + choice["query_string"])
        for spec in shown.filter_specs
        for choice in list(spec.choices(shown))[1 : CHOICES + 1]
    ]
    terms = TERMS if shown.search_fields else ()
    searches = [(term, f"{url}?{urlencode({'q': term})}") for term in terms]
    groups = {
        "first": [("", url)],
        "last": [("", f"{url}?p={last}")],
        "filter": filters,
        "search": searches,
    }
    every = {
        group: [visit(client, *one)._asdict() for one in some] for group, some in groups.items()
    }
    return {"name": words, "searched": len(searches), "filtered": len(filters), **every}


def visit(client: Client, name: str, url: str) -> Page:
    """One page, with its statements and their plans; the median of several times, of one where it
    is slow.
    """
    with recorded() as statements:
        assert client.get(url).status_code == 200, url
    seconds = [_timed(client, url)]
    while seconds[0] < 1 and len(seconds) < TIMES:
        seconds.append(_timed(client, url))
    whole = {table for sql, params in statements for table in read_whole(sql, params)}
    return Page(name, statistics.median(seconds), len(statements), tuple(sorted(whole)))


def _timed(client: Client, url: str) -> float:
    started = time.perf_counter()
    client.get(url)
    return time.perf_counter() - started


@contextmanager
def recorded() -> Iterator[list[tuple[str, Any]]]:
    """The statements of the block, with their values."""
    found: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, *args: Any) -> Any:
        if not sql.startswith(("SAVEPOINT", "RELEASE")):
            found.append((sql, params))
        return execute(sql, params, *args)

    with database.execute_wrapper(note):
        yield found


def read_whole(sql: str, params: Any) -> Iterator[str]:
    """The large tables of which a statement really reads nearly all rows one after the other."""
    if not sql.lstrip("( ").startswith("SELECT"):
        return
    with database.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params)
        found = cursor.fetchone()[0]
        nodes = [(json.loads(found) if isinstance(found, str) else found)[0]["Plan"]]
        while nodes:
            node = nodes.pop()
            nodes += node.get("Plans", ())
            if node["Node Type"] == "Seq Scan":
                read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                name = node["Relation Name"]
                cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [name])
                rows = cursor.fetchone()[0]
                if rows >= LARGE and read * node["Actual Loops"] > rows * 0.9:
                    yield name


def _server() -> str:
    with database.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
