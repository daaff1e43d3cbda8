"""What is held while a record lands, with two real transactions: the host's, and ours."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import pytest
from django.db import connection, transaction

import quicksync
from quicksync.local.messages import Write
from quicksync.local.registry import registry
from quicksync.records import Customer
from tests.at_once import behind
from tests.host.fixtures import shop_tables
from tests.host.models import Bill, BillRow, Firm, Patron

__all__ = ["shop_tables"]


class FirmAdapter(quicksync.CustomerAdapter):
    """Firms, sorted out by a query that no lock goes with."""

    modified = "changed"
    fields: ClassVar = {"name": "full_name", "company": "house"}

    def queryset(self, connection):
        return Firm.objects.distinct()


def held(adapter, *objects):
    """What is found and what is busy, in a transaction of its own."""
    with transaction.atomic():
        found, busy = adapter.hold(None, [str(obj.pk) for obj in objects])
    return set(found), set(busy)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
class TestHeld:
    """Rows that another transaction writes are told as busy, and wait for nobody."""

    @pytest.fixture
    def adapters(self, shop_tables):
        with registry.snapshot(empty=True):
            registry.register(Firm, FirmAdapter)
            registry.register(Bill, type("Bills", (quicksync.InvoiceAdapter,), BILLS))
            yield registry

    @pytest.fixture
    def firm(self, adapters):
        return Firm.objects.create(full_name="Acme", house="Acme Ltd")

    @pytest.fixture
    def bill(self, firm):
        bill = Bill.objects.create(
            ref="B-1", patron=firm, made_at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
        )
        BillRow.objects.create(bill=bill, text="Cards", qty=1, price=5, place=1)
        return bill

    @pytest.fixture(autouse=True)
    def _empty(self, adapters):
        yield
        for model in (BillRow, Bill, Firm, Patron):
            model.objects.all().delete()

    def test_what_nobody_writes(self, adapters, firm):
        gone = Firm(id="6a8a3d0c-4b5f-4e0c-9d62-3c6f1d8f0a11")
        assert held(adapters.for_kind("customer")[0], firm, gone) == ({str(firm.pk)}, set())

    def test_an_inherited_object_is_written_in_both_tables(self, adapters, firm):
        adapter, key = adapters.for_kind("customer")[0], str(firm.pk)
        with transaction.atomic():
            before = adapter.hold(None, [key]).found[key].record
            record = Customer(name="Acme & Sons", company="Acme Inc")
            (written,) = adapter.write(
                None, [Write("1", key, record, frozenset({"name", "company"}), before)]
            )
        assert (written.error, written.record.name, written.record.company) == (
            "",
            "Acme & Sons",
            "Acme Inc",
        )
        assert Firm.objects.values_list("full_name", "house").get() == ("Acme & Sons", "Acme Inc")

    if connection.vendor == "postgresql":

        def test_the_inherited_table_counts(self, adapters, firm):
            """Somebody writes the part of the firm that all patrons have."""
            adapter = adapters.for_kind("customer")[0]
            _, got = behind(
                lambda: Patron.objects.update(mail="a@example.com"), lambda: held(adapter, firm)
            )
            assert got == (set(), {str(firm.pk)})

        def test_a_row_of_a_document_counts(self, adapters, bill):
            adapter = adapters.for_kind("invoice")[0]
            _, got = behind(
                lambda: BillRow.objects.update(text="Mine"), lambda: held(adapter, bill)
            )
            assert got == (set(), {str(bill.pk)})

        def test_who_only_names_the_object_is_not_in_the_way(self, adapters, firm):
            """A new bill of the firm locks its row against deletion only."""
            adapter, day = (
                adapters.for_kind("customer")[0],
                dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
            )
            _, got = behind(
                lambda: Bill.objects.create(ref="B-2", patron=firm, made_at=day),
                lambda: held(adapter, firm),
            )
            assert got == ({str(firm.pk)}, set())

        def test_the_host_waits_for_what_is_held(self, adapters, firm):
            adapter = adapters.for_kind("customer")[0]
            behind(
                lambda: adapter.hold(None, [str(firm.pk)]),
                lambda: Patron.objects.update(mail="b@example.com"),
            )
            assert Patron.objects.get().mail == "b@example.com"


BILLS = {
    "modified": "changed",
    "fields": {"number": "ref", "customer": "patron", "issued_on": "made_at"},
    "lines": quicksync.Lines(
        "rows", item=None, tax_code=None, quantity="qty", unit_price="price", order="place"
    ),
}
