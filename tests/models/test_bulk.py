"""Rows of quicksync's own tables in bulk: every column arrives as Django itself would have written
it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone

from quicksync.models import (
    Attempt,
    Connection,
    EntityMapping,
    Operation,
    RemoteRecord,
    SyncRun,
    bulk,
)

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
MOMENT = dt.datetime(2026, 3, 1, 12, 30, 15, 250_000, tzinfo=dt.UTC)


@pytest.fixture
def connection():
    return Connection.objects.create(name="Acme")


def half(connection, number, **fields):
    return EntityMapping(
        connection=connection,
        kind="invoice",
        remote_type="Invoice",
        remote_id=str(number),
        **fields,
    )


def operation(connection, mapping, **fields):
    run = SyncRun.objects.create(connection=connection, state=SyncRun.State.DONE)
    return Operation(
        connection=connection, run=run, mapping=mapping, kind="invoice", action="create", **fields
    )


def columns(row):
    """Every value of a row as the database has it, without what differs from row to row."""
    fresh = type(row).objects.get(pk=row.pk)
    names = {field.attname for field in row._meta.concrete_fields} - {"id", "mapping_id", "run_id"}
    return {name: getattr(fresh, name) for name in names}


def test_an_added_row_is_as_django_would_have_written_it(connection):
    """Quotes and percent signs, decimals, nested JSON, nothing, moments, true and false."""
    values = {
        "label": 'O\'Brien "50 %" %s 日本',
        "amount": Decimal("1234.5600"),
        "currency": "EUR",
        "record": {"v": 1, "d": {"lines": [{"x": "1.50"}], "none": None}},
        "changes": [{"name": "a", "will": None}],
        "state": Operation.State.DONE,
        "settled_at": MOMENT,
        "mapping_version": 7,
    }
    mapping = half(connection, 1)
    mapping.save()
    theirs = operation(connection, mapping, **values)
    theirs.save()
    bulk.add([operation(connection, mapping, **values), operation(connection, None, state="stale")])
    ours, other = Operation.objects.exclude(pk=theirs.pk).order_by("pk")
    assert columns(ours) == columns(theirs)
    assert (other.mapping, other.record, other.changes, other.amount) == (None, None, [], None)


def test_rows_beyond_one_statement_all_arrive_in_their_order(connection):
    bulk.add([half(connection, number, label=f"Invoice {number}") for number in range(500)])
    found = EntityMapping.objects.order_by("pk").values_list("remote_id", "label")
    assert list(found) == [(str(number), f"Invoice {number}") for number in range(500)]


def test_rows_that_are_there_get_the_named_fields_only(connection):
    bulk.add(
        [
            RemoteRecord(
                connection=connection, type="Invoice", remote_id="1", name="Old", kind="invoice"
            )
        ]
    )
    again = [
        RemoteRecord(connection=connection, type="Invoice", remote_id=key, name="New")
        for key in ("1", "2")
    ]
    bulk.add(again, unique=["connection", "type", "remote_id"], fields=["name"])
    found = RemoteRecord.objects.order_by("remote_id").values_list("remote_id", "name", "kind")
    assert list(found) == [("1", "New", "invoice"), ("2", "New", "")]


def test_a_time_of_making_is_set(connection):
    mapping = half(connection, 1)
    mapping.save()
    made = operation(connection, mapping)
    made.save()
    before = timezone.now()
    bulk.add([Attempt(operation=made, outcome="done")])
    assert before <= Attempt.objects.get().at <= timezone.now()


def test_each_row_gets_values_of_its_own_and_only_where_asked(connection):
    """A column in which all is nothing too: PostgreSQL would take it for text."""
    bulk.add(
        [
            half(connection, number, label="before", note="stays", retry_at=MOMENT)
            for number in range(200)
        ]
    )
    rows = list(EntityMapping.objects.order_by("pk"))
    for number, row in enumerate(rows):
        row.label, row.note, row.retry_at = f"after {number}", "not asked", None
        row.agreed_here, row.choice = {"n": number} if number % 2 else None, {"distinct": True}
        row.since, row.keyed, row.version = MOMENT, True, number
    bulk.save(rows, ["label", "retry_at", "agreed_here", "choice", "since", "keyed", "version"])
    for number, row in enumerate(EntityMapping.objects.order_by("pk")):
        assert (row.label, row.note, row.retry_at) == (f"after {number}", "stays", None)
        assert (row.agreed_here, row.choice) == (
            {"n": number} if number % 2 else None,
            {"distinct": True},
        )
        assert (row.since, row.keyed, row.version) == (MOMENT, True, number)


def test_a_row_that_has_gone_meanwhile_does_not_come_back(connection):
    bulk.add([half(connection, 1), half(connection, 2)])
    rows = list(EntityMapping.objects.order_by("pk"))
    EntityMapping.objects.filter(remote_id="1").delete()
    for row in rows:
        row.label = "changed"
    bulk.save(rows, ["label"])
    assert list(EntityMapping.objects.values_list("remote_id", "label")) == [("2", "changed")]


@pytest.mark.django_db(transaction=True)
def test_one_refused_row_takes_all_of_them_back(connection):
    with pytest.raises(IntegrityError):
        bulk.add([half(connection, number) for number in (*range(300), 7)])
    assert not EntityMapping.objects.exists()


def test_nothing_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.add([])
        bulk.save([], ["label"])


def test_an_older_sqlite_is_written_as_well(connection, monkeypatch):
    """Before 3.33 an UPDATE takes no rows that are given with it."""
    monkeypatch.setattr(bulk, "_takes_given_rows", lambda database: False)
    rows = [half(connection, number) for number in range(3)]
    bulk.add(rows)
    rows = list(EntityMapping.objects.order_by("pk"))
    for row in rows:
        row.label, row.state = f"Invoice {row.remote_id}", EntityMapping.State.HELD
    bulk.save(rows, ["label"])
    found = EntityMapping.objects.order_by("pk").values_list("label", "state")
    assert list(found) == [
        (f"Invoice {number}", EntityMapping.State.PENDING) for number in range(3)
    ]
