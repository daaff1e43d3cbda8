"""A file is read and checked while the site goes on: only the writing is a transaction, and it does
nothing else.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quicksync.books.importing import Refused, Result, import_bytes
from quicksync.books.importing.base import Importer
from quicksync.books.models import Client, Invoice, Product, Receipt, Vendor

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "customer": "name,notes\n" + "".join(f"Client {n},new\n" for n in range(30)),
    "item": "name,unit_price\n" + "".join(f"Item {n},5\n" for n in range(30)),
    "invoice": "number,client,date,item,unit_price\n"
    + "".join(f"I-{n},Ada,2026-01-01,Work,5\n" for n in range(30)),
    "payment": "number,client,date,amount,invoice,applied\n"
    + "".join(f"P-{n},Ada,2026-01-02,1,OPEN,1\n" for n in range(30)),
    "vendor": "name,notes\n" + "".join(f"Vendor {n},new\n" for n in range(30)),
    "credit_note": "number,client,date,invoice,item,unit_price\n"
    + "".join(f"C-{n},Ada,2026-01-01,OPEN,Work,5\n" for n in range(30)),
    "bill": "number,vendor,date,item,unit_cost\n"
    + "".join(f"B-{n},Bea,2026-01-01,Work,5\n" for n in range(30)),
}


@pytest.fixture(autouse=True)
def books():
    client = Client.objects.create(name="Ada")
    product = Product.objects.create(name="Work", unit_price=5, taxable=False)
    invoice = Invoice.objects.create(client=client, number="OPEN", currency="USD")
    invoice.lines.create(product=product, quantity=1, unit_price=100)
    Client.objects.create(name="Client 3")
    Vendor.objects.create(name="Bea")


def statements(work):
    with CaptureQueriesContext(connection) as caught:
        work()
    return [one["sql"] for one in caught]


@pytest.mark.parametrize("kind", FILES)
def test_checking_only_holds_no_lock(kind):
    found = statements(lambda: import_bytes(FILES[kind].encode(), kind, dry_run=True))
    assert found
    assert {sql.split()[0] for sql in found} == {"SELECT"}, "no BEGIN, no SAVEPOINT, no write"


@pytest.mark.parametrize("kind", FILES)
def test_what_is_read_and_checked_is_outside_the_transaction(kind, monkeypatch):
    inside = []

    def watched(name):
        real = getattr(Importer, name)

        def look(self, *args, **kwargs):
            inside.append((name, connection.in_atomic_block))
            return real(self, *args, **kwargs)

        monkeypatch.setattr(Importer, name, look)

    for name in ("read", "check"):
        watched(name)
    assert import_bytes(FILES[kind].encode(), kind).created
    assert {("read", False), ("check", False)} == set(inside)


@pytest.mark.parametrize("kind", FILES)
def test_the_transaction_does_nothing_but_write(kind):
    """It begins when all is checked; what it reads is only whether that still holds."""
    found = statements(lambda: import_bytes(FILES[kind].encode(), kind))
    begun = next(place for place, sql in enumerate(found) if sql.startswith("BEGIN"))
    assert all(sql.startswith("SELECT") for sql in found[:begun])
    assert len([sql for sql in found if sql.startswith("BEGIN")]) == 1


def test_all_or_nothing_when_the_writing_fails_half_way(monkeypatch):
    real = Client.save
    done = []

    def save(self, *args, **kwargs):
        done.append(self)
        if len(done) == 10:
            raise RuntimeError("The disk is full.")
        real(self, *args, **kwargs)

    monkeypatch.setattr(Client, "save", save)
    with pytest.raises(RuntimeError):
        import_bytes(FILES["customer"].encode(), "customer")
    assert Client.objects.count() == 2


def between(monkeypatch, change):
    """Something happens after the checks and before the writing."""
    real = Importer.write

    def write(self):
        change()
        real(self)

    monkeypatch.setattr(Importer, "write", write)


def test_what_somebody_changed_between_check_and_writing_is_not_written_over(monkeypatch):
    between(monkeypatch, lambda: [one.save() for one in Client.objects.filter(name="Client 3")])
    with pytest.raises(Refused, match="while the file was being checked"):
        import_bytes(FILES["customer"].encode(), "customer")
    assert Client.objects.count() == 2


def test_what_somebody_paid_meanwhile_is_not_paid_twice(monkeypatch):
    def pay():
        invoice = Invoice.objects.get(number="OPEN")
        receipt = Receipt.objects.create(client=invoice.client, amount=90, currency="USD")
        receipt.allocations.create(invoice=invoice, amount=90)

    between(monkeypatch, pay)
    with pytest.raises(Refused, match="while the file was being checked"):
        import_bytes(FILES["payment"].encode(), "payment")
    assert Receipt.objects.count() == 1


def test_a_number_that_somebody_took_meanwhile_refuses_the_file(monkeypatch):
    client = Client.objects.get(name="Ada")
    between(
        monkeypatch, lambda: Invoice.objects.create(client=client, number="I-7", currency="USD")
    )
    with pytest.raises(Refused, match="while the file was being checked"):
        import_bytes(FILES["invoice"].encode(), "invoice")
    assert Invoice.objects.count() == 2


def test_statements_for_checking_do_not_grow_with_the_file():
    few = statements(lambda: import_bytes(FILES["invoice"].encode(), "invoice", dry_run=True))
    text = FILES["invoice"] + "".join(f"J-{n},Ada,2026-01-01,Work,5\n" for n in range(300))
    many = statements(lambda: import_bytes(text.encode(), "invoice", dry_run=True))
    assert len(few) == len(many)
    assert import_bytes(FILES["customer"].encode(), "customer", dry_run=True) == Result(29, 1, 0)
