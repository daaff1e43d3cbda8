"""The different values of a column, without reading the table."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from quicksync import distinct
from quicksync.books.models import Account, Client, Invoice
from quicksync.models import EntityMapping
from quicksync.sync.company import currencies
from tests.models import make

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def clients(*codes):
    Client.objects.bulk_create(Client(name=f"C{n}", currency=code) for n, code in enumerate(codes))


@pytest.mark.parametrize("codes", [(), ("USD",), ("EUR", "USD", "EUR", "CHF", "USD"), ("", "USD")])
def test_each_value_once_in_its_order(codes):
    clients(*codes)
    assert distinct.steps(Client.objects.all(), "currency") == sorted(set(codes))


def test_nothing_is_no_value():
    company = make.bare(name="Main", realm_id="1")
    for number, key in enumerate((None, "1", "2")):
        make.half(company, key, remote_type="Customer", remote_id=str(number), kind="customer")
    rows = EntityMapping.objects.all()
    assert distinct.steps(rows, "object_key") == ["1", "2"]
    assert distinct.steps(rows.filter(object_key=None), "object_key") == []


def test_of_rows_that_are_chosen():
    clients("EUR", "USD", "CHF")
    rows = Client.objects.exclude(name="C0").annotate(shown=F("name"))
    assert distinct.steps(rows, "currency") == ["CHF", "USD"]


def test_one_statement_however_many():
    clients(*(f"A{n:02}" for n in range(50)))
    with CaptureQueriesContext(database) as caught:
        assert len(distinct.steps(Client.objects.all(), "currency")) == 50
    assert len(caught) == 1


@pytest.mark.parametrize(
    ("model", "column", "indexed"),
    [
        (Client, "currency", True),
        (Client, "active", True),
        (Account, "code", True),
        (Client, "phone", False),
        (Invoice, "total", True),
        # Its indexes hold only some rows.
        (EntityMapping, "label", False),
    ],
)
def test_what_an_index_of_all_rows_begins_with(model, column, indexed):
    assert distinct.is_indexed(model, column) is indexed


@pytest.mark.parametrize(
    ("rows", "quick"),
    [
        (Client.objects.all(), True),
        (Invoice.objects.with_paid(), True),
        (Client.objects.filter(active=True), False),
        (Client.objects.all()[:5], False),
    ],
)
def test_only_of_all_rows_it_is_quick(rows, quick):
    assert distinct.can_step(rows, "currency") is quick


def test_no_large_table_is_read():
    """The index is, and no more of it than its values."""
    on_postgresql = database.vendor == "postgresql"
    number = 20_000 if on_postgresql else 20
    clients(*("EUR" if n % 2 else "USD" for n in range(number)))
    with database.cursor() as cursor:
        cursor.execute("ANALYZE books_client")
    with CaptureQueriesContext(database) as caught:
        assert distinct.steps(Client.objects.all(), "currency") == ["EUR", "USD"]
    plan_of = "EXPLAIN" if on_postgresql else "EXPLAIN QUERY PLAN"
    with database.cursor() as cursor:
        cursor.execute(f"{plan_of} {caught[0]['sql']}")
        plan = "\n".join(str(line[-1]) for line in cursor.fetchall())
    assert "Seq Scan on books_client" not in plan
    assert "books_client_currency" in plan


class TestCurrenciesOfAPage:
    """A9: those of a model with an index all, those of another as far as its newest objects go."""

    @pytest.fixture
    def company(self, settings):
        return make.connection(home_currency="USD")

    def test_all_where_an_index_tells(self, company, monkeypatch):
        monkeypatch.setattr(currencies, "NEWEST", 1)
        clients("CHF", "EUR", "USD")
        assert currencies.glance(company) == currencies.compare(company)
        assert currencies.glance(company).here == ("CHF", "EUR", "USD")

    def test_the_newest_where_none_does(self, company, monkeypatch):
        monkeypatch.setattr(distinct, "is_indexed", lambda model, column: False)
        clients("CHF", "EUR", "USD")
        assert not currencies.glance(company).newest
        monkeypatch.setattr(currencies, "NEWEST", 2)
        found = currencies.glance(company)
        assert (found.here, found.newest) == (("EUR", "USD"), True)
        assert currencies.compare(company).here == ("CHF", "EUR", "USD")
