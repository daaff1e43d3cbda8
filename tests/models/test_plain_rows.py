"""Rows of plain values are the rows that objects would have been."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DataError, connection, transaction
from django.utils import timezone

from quicksync.models import EntityMapping, Operation, RemoteRecord, plain_rows
from tests.models import make

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def values(row):
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


def test_an_insert_has_every_column_as_an_object_has():
    run = make.run(make.connection())
    halves = [make.half(run.connection, str(n)) for n in range(3)]
    now = timezone.now()
    same = {
        "connection_id": run.connection_id,
        "run_id": run.pk,
        "kind": "customer",
        "state": "done",
    }
    same |= {"settled_at": now, "direction": "pull", "action": "create"}
    told = ("mapping_id", "label", "amount", "record", "fields", "touched_at")
    given = [
        (halves[0].pk, 'Ä "x" %s', Decimal("12.5000"), {"v": 1, "d": {"name": "Ä"}}, ["name"], now),
        (halves[1].pk, "", None, None, [], None),
        (halves[2].pk, "true", Decimal(0), {"d": None}, ["a", "b"], now - dt.timedelta(days=1)),
    ]
    plain_rows.insert(Operation, same, told, given)
    mine = Operation.objects.order_by("pk")
    for row, one in zip(mine, given, strict=True):
        like = Operation(**same, **dict(zip(told, one, strict=True)))
        assert values(row) | {"id": None} == values(like)


def test_an_update_changes_its_rows_and_no_others():
    of = make.connection()
    first, second, other = (make.half(of, str(n)) for n in range(3))
    now = timezone.now()
    same = {"since": now, "touched_at": None, "choice": {}, "keyed": True}
    fields = ("label", "agreed_here", "line_ids", "version")
    rows = [(first.pk, "A'b", {"d": {}}, {"1": "2"}, 4), (second.pk, "", None, {}, 2)]
    plain_rows.update(EntityMapping, same, fields, rows)
    found = EntityMapping.objects.values_list(*fields, "since", "keyed").order_by("pk")
    assert [one[:4] for one in found[:2]] == [row[1:] for row in rows]
    assert all(one[4:] == (now, True) for one in found[:2])
    before = values(other)
    other.refresh_from_db()
    assert values(other) == before


def test_what_is_there_gets_the_news_unless_it_is_newer():
    """Tokens are whole numbers as text: 10 is newer than 9."""
    of = make.connection()
    told = ("type", "remote_id", "token", "name", "payload", "deleted")

    def store(*rows):
        same = {"connection_id": of.pk, "kind": "customer"}
        unique = ("connection", "type", "remote_id")
        plain_rows.insert(RemoteRecord, same, told, rows, unique=unique, rising="token")

    store(("Customer", "1", "9", "Ada", "{}", False), ("Customer", "2", "10", "Bob", "{}", False))
    store(
        ("Customer", "1", "10", "Ada Byron", '{"a": "\\u00e9"}', True),
        ("Customer", "2", "9", "Robert", "", False),
        ("Customer", "3", "", "Cleo", "", False),
    )
    found = RemoteRecord.objects.order_by("remote_id").values_list(*told[1:])
    assert list(found) == [
        ("1", "10", "Ada Byron", '{"a": "\\u00e9"}', True),
        ("2", "10", "Bob", "{}", False),
        ("3", "", "Cleo", "", False),
    ]


def test_what_may_be_known_stays_as_it_is():
    of = make.connection()
    known = make.half(of, "1", label="Ada")
    same = {"connection_id": of.pk, "kind": "customer", "model_label": "books.client"}
    rows = [("1", "Another"), ("2", "Bob"), ("2", "Bob again")]
    plain_rows.insert(EntityMapping, same, ("object_key", "label"), rows, known=True)
    assert list(EntityMapping.objects.order_by("pk").values_list("object_key", "label")) == [
        ("1", known.label),
        ("2", "Bob"),
    ]


def test_nothing_is_cut():
    """A database that counts the letters of a text refuses one that is too long."""
    of, key = make.connection(), "k" * 121
    same = {"connection_id": of.pk, "kind": "customer", "model_label": "books.client"}
    if connection.vendor == "postgresql":
        with pytest.raises(DataError), transaction.atomic():
            plain_rows.insert(EntityMapping, same, ("object_key",), [(key,)])
        assert not EntityMapping.objects.exists()
    else:
        plain_rows.insert(EntityMapping, same, ("object_key",), [(key,)])
        assert EntityMapping.objects.get().object_key == key
