"""What holds for every adapter, shown on every kind of the books and of the print shop: reading and
writing agree.
"""

import datetime as dt

import pytest

from quicksync.books.models import Invoice
from quicksync.books.sample import load_examples
from quicksync.local.messages import Write
from quicksync.local.registry import registry
from quicksync.records import KINDS
from tests.host.models import (
    Bill,
    BillRow,
    Credit,
    CreditRow,
    Debt,
    DebtRow,
    Hand,
    Levy,
    Patron,
    Share,
    Supplier,
    Takings,
    Ware,
)

DAY = dt.datetime(2026, 3, 1, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def books(db):
    load_examples()
    void = Invoice.objects.filter(allocations=None).first()
    void.status = Invoice.Status.VOID
    void.save()
    return registry


@pytest.fixture
def stocked_shop(shop):
    patron = Patron.objects.create(full_name="P", street="1", street2="2", town="T")
    levy, ware = Levy.objects.create(code="VAT", percent=5), Ware.objects.create(title="W")
    bill = Bill.objects.create(ref="1", patron=patron, made_at=DAY, terms="N30", net="0.31")
    BillRow.objects.create(bill=bill, ware=ware, qty="2.5", price="0.1234", levy=levy, place=1)
    takings = Takings.objects.create(patron=patron, day=DAY.date(), amount=1)
    Share.objects.create(takings=takings, bill=bill, part="0.5")
    debt = Debt.objects.create(supplier=Supplier.objects.create(title="S"), day=DAY.date())
    DebtRow.objects.create(debt=debt, ware=ware, qty=2, price="1.5", amount=3, place=1)
    DebtRow.objects.create(
        debt=debt, booked_on="6000", text="x", amount=5, for_whom=patron, place=2
    )
    Hand.objects.create(called="H B", first_name="H", staff_number="7", since=DAY.date())
    credit = Credit.objects.create(ref="C", patron=patron, day=DAY.date())
    CreditRow.objects.create(credit=credit, ware=ware, price="2.5", place=1)
    return shop


def keeps_its_word(adapter):
    """Everything seen is found under its key; a record written back as read changes nothing."""
    seen = {one.key: one for one in adapter.seen(None)}
    assert seen
    found = adapter.find(None, list(seen))
    assert found.keys() == seen.keys()
    writes = []
    for key, one in found.items():
        assert (one.key, one.error, one.label, one.modified) == (
            key,
            "",
            seen[key].label,
            seen[key].modified,
        )
        assert {name for name, _ in one.record.refs()} <= adapter.carried()
        writes.append(Write(key, key, one.record, adapter.writable()))
    for written in adapter.write(None, writes):
        assert (written.error, written.op) == ("", written.key)
        assert written.record == found[written.key].record
        lines = getattr(written.record, "lines", ())
        assert written.line_ids == tuple(line.id for line in lines)
    assert {one.key for one in adapter.seen(None)} == seen.keys()


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_books_read_and_write_the_same_j3(books, kind, bulk, monkeypatch):
    (adapter,) = books.for_kind(kind)
    monkeypatch.setattr(type(adapter), "bulk", bulk)
    keeps_its_word(adapter)


SHOP = [
    "customer",
    "item",
    "tax_code",
    "invoice",
    "payment",
    "vendor",
    "employee",
    "bill",
    "credit_note",
]


@pytest.mark.parametrize("kind", SHOP)
def test_a_hosts_own_models_read_and_write_the_same_j2(stocked_shop, kind):
    (adapter,) = stocked_shop.for_kind(kind)
    keeps_its_word(adapter)


def test_codes_that_records_keep_as_plain_text_are_known_a13(stocked_shop):
    """A list without a model of its own: its codes are those that bills name, each once."""
    patron = Patron.objects.get()
    for ref, terms in (("2", "N30"), ("3", "")):
        Bill.objects.create(ref=ref, patron=patron, made_at=DAY, terms=terms, net="0")
    (bills,) = stocked_shop.for_kind("invoice")
    assert list(bills.codes(None, "term")) == ["N30"]
    assert list(bills.codes(None, "tax_code")) == []
