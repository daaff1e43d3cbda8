"""What a write answers is what stands in the tables, whether it was read anew or is known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from quicksync.books.models import Client, Invoice, InvoiceLine, Product
from quicksync.books.quicksync_adapters import ClientAdapter, InvoiceAdapter
from quicksync.local.landing import inserts, triggers
from quicksync.local.messages import Write
from quicksync.local.registry import registry
from quicksync.records import KINDS, Address, Ref, SalesLine

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def _asked_anew():
    """Whether a table has triggers is asked once a process."""
    triggers.acts.cache_clear()
    yield
    triggers.acts.cache_clear()


def land(kind, *records):
    """What the adapter of a kind answers to new records."""
    (adapter,) = registry.for_kind(kind)
    fields = adapter.writable() & adapter.carried()
    writes = [
        Write(op=str(place), key=None, record=record, fields=fields)
        for place, record in enumerate(records)
    ]
    return adapter, adapter.write(None, writes)


def customer(name, **values):
    return KINDS["customer"].record(name=name, currency="USD", **values)


def invoice(number, client, **values):
    product = Product.objects.create(name=f"Hours {number}", unit_price=1)
    lines = [
        SalesLine(
            id="7",
            item=Ref("item", str(product.pk)),
            quantity=Decimal(2),
            amount=Decimal(5),
            unit_price=Decimal("2.5"),
        ),
        SalesLine(id="8", description="A word", quantity=None, amount=Decimal("0.10")),
    ]
    who = Ref("customer", str(client.pk))
    day = dt.date(2026, 2, 1)
    return KINDS["invoice"].record(
        number=number, customer=who, issued_on=day, currency="USD", lines=tuple(lines), **values
    )


def read_anew(adapter, answers):
    found = adapter.find(None, [one.key for one in answers])
    return [found[one.key].record for one in answers]


def test_customers():
    address = Address(lines="1 Main St\nFloor 2", city="Wien")
    adapter, told = land(
        "customer", customer("Ada", billing=address, email="a@example.com"), customer("Bob")
    )
    assert [one.record for one in told] == read_anew(adapter, told)
    assert [one.label for one in told] == ["Ada", "Bob"]
    assert told[0].record.billing == address


def test_documents_with_their_lines():
    ada = Client.objects.create(name="Ada")
    adapter, told = land("invoice", invoice("1", ada), invoice("2", ada, voided=True))
    assert [one.record for one in told] == read_anew(adapter, told)
    assert [repr(one.record) for one in told] == list(map(repr, read_anew(adapter, told)))
    assert told[0].record.total == Decimal("5.10")
    rows = InvoiceLine.objects.filter(invoice=told[0].key).order_by("position")
    assert told[0].line_ids == tuple(str(row.pk) for row in rows)


def test_what_is_known_is_not_asked():
    with CaptureQueriesContext(connection) as found:
        land("customer", *(customer(f"C{n}") for n in range(50)))
    assert [one["sql"] for one in found if 'FROM "books_client"' in one["sql"]] == []


def trigger(table):
    """The table takes names in capitals, whoever writes them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"CREATE TRIGGER shout AFTER INSERT ON {table} BEGIN UPDATE {table} SET name ="
                " upper(name) WHERE id = NEW.id; END"
            )
            return
        cursor.execute(
            "CREATE FUNCTION shout() RETURNS trigger AS $$ BEGIN NEW.name := upper(NEW.name);"
            " RETURN NEW; END $$ LANGUAGE plpgsql"
        )
        cursor.execute(
            f"CREATE TRIGGER shout BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION shout()"
        )


def test_a_table_that_acts_by_itself_is_read():
    trigger("books_client")
    adapter, told = land("customer", customer("Ada"))
    assert told[0].record.name == "ADA"
    assert [one.record for one in told] == read_anew(adapter, told)


def test_a_host_that_finishes_objects_is_asked(monkeypatch):
    def finish(self, obj, *, created):
        Client.objects.filter(pk=obj.pk).update(phone="5")

    monkeypatch.setattr(ClientAdapter, "finish", finish)
    _, told = land("customer", customer("Ada"))
    assert told[0].record.phone == "5"


def test_a_host_that_reads_its_objects_in_its_own_way_is_asked(monkeypatch):
    def queryset(self, connection):
        return Client.objects.defer("phone")

    monkeypatch.setattr(ClientAdapter, "queryset", queryset)
    with CaptureQueriesContext(connection) as found:
        _, told = land("customer", customer("Ada"))
    assert any('FROM "books_client"' in one["sql"] for one in found)
    assert told[0].record.name == "Ada"


def test_a_host_that_makes_its_objects_itself_has_all_fields_set(monkeypatch):
    def new(self, connection, record):
        return Client(phone="by hand", active=False)

    monkeypatch.setattr(ClientAdapter, "new", new)
    _, told = land("customer", customer("Ada"))
    assert (told[0].record.phone, told[0].record.active) == ("", True)


def test_a_field_of_the_hosts_own_is_always_told(monkeypatch):
    """It may do anything, also with what a record does not say."""
    heard = []
    real = InvoiceAdapter.prepare

    def prepare(self, obj, rows, record):
        heard.append((obj.memo, obj.status))
        real(self, obj, rows, record)

    monkeypatch.setattr(InvoiceAdapter, "prepare", prepare)
    land("invoice", invoice("1", Client.objects.create(name="Ada")))
    assert heard == [("", Invoice.Status.ISSUED)]


def test_objects_hold_what_comes_back():
    """Choices as texts, numbers with the decimals of their columns, one moment for all."""
    client = Client.objects.create(name="Ada")
    made = [
        Invoice(number=str(n), client=client, total=Decimal(n), status=Invoice.Status.VOID)
        for n in range(3)
    ]
    assert inserts.create(made)
    for one in made:
        back = Invoice.objects.get(pk=one.pk)
        for column in Invoice._meta.concrete_fields:
            mine, theirs = getattr(one, column.attname), getattr(back, column.attname)
            assert (type(mine), str(mine)) == (type(theirs), str(theirs)), column.name


def test_more_digits_than_a_float_has_are_not_taken_for_granted():
    column = models.DecimalField(max_digits=20, decimal_places=4)
    assert inserts._keeps(column, connection) is (connection.vendor != "sqlite")
