"""What is received of an invoice is kept on it, whoever writes payments and however many at once:
the list is filtered by it (G4, G5).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection as database
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quicksync.books.importing import import_bytes
from quicksync.books.models import Client, Invoice, Receipt, ReceiptAllocation
from quicksync.local.messages import Write
from quicksync.local.registry import registry
from quicksync.records import Allocation, Payment, Ref
from tests.at_once import behind

DAY = dt.date(2026, 3, 1)
INVOICES = 3
MOVES = (
    "pay",
    "form",
    "amount",
    "elsewhere",
    "void",
    "void all",
    "give back",
    "unpay",
    "delete",
    "delete all",
    "import",
    "bulk",
    "update amounts",
    "move all",
    "bulk update",
    "land",
    "land again",
    "land void",
    "take back",
    "stale",
    "cancel",
)


class Books:
    """Three invoices of one client, and whatever pays them; what cannot be done now does
    nothing.
    """

    def __init__(self):
        self.client = Client.objects.create(name="Zoe")
        made = [Invoice(number=f"I-{n}", client=self.client, total=100) for n in range(INVOICES)]
        self.invoices = Invoice.objects.bulk_create(made)
        self.read = list(Invoice.objects.order_by("pk"))
        self.adapter = registry.for_kind("payment")[0]
        self.number = 0

    def do(self, move, which, amount):
        getattr(self, move.replace(" ", "_"))(self.invoices[which], Decimal(amount) / 100, which)

    def receipt(self):
        self.number += 1
        return Receipt.objects.create(client=self.client, amount=500, number=f"R-{self.number}")

    def some(self, which):
        return ReceiptAllocation.objects.order_by("pk")[which : which + 1].first()

    def pay(self, invoice, amount, which):
        self.receipt().allocations.create(invoice=invoice, amount=amount)

    def form(self, invoice, amount, which):
        row = ReceiptAllocation(receipt=self.receipt(), amount=amount, invoice=invoice)
        row.full_clean()
        row.save()

    def amount(self, invoice, amount, which):
        if one := self.some(which):
            one.amount = amount
            one.save(update_fields=["amount"])

    def elsewhere(self, invoice, amount, which):
        paying = ReceiptAllocation.objects.filter(invoice=invoice).values("receipt")
        if one := ReceiptAllocation.objects.exclude(receipt__in=paying).first():
            one.invoice = invoice
            one.save()

    def void(self, invoice, amount, which):
        if one := Receipt.objects.order_by("pk")[which : which + 1].first():
            one.voided = not one.voided
            one.save()

    def void_all(self, invoice, amount, which):
        Receipt.objects.filter(allocations__invoice=invoice).update(voided=True)

    def give_back(self, invoice, amount, which):
        Receipt.objects.update(voided=False)

    def unpay(self, invoice, amount, which):
        if one := self.some(which):
            one.delete()

    def delete(self, invoice, amount, which):
        if one := Receipt.objects.order_by("pk")[which : which + 1].first():
            one.delete()

    def delete_all(self, invoice, amount, which):
        Receipt.objects.filter(allocations__invoice=invoice).delete()

    def import_(self, invoice, amount, which):
        self.number += 1
        parts = [(invoice, amount), (self.invoices[which - 1], amount)]
        rows = [f"F-{which},Zoe,2026-03-01,500,{one.number},{paid}" for one, paid in parts]
        open_ = Invoice.objects.with_paid().in_bulk()
        if all(open_[one.pk].balance >= amount for one, _ in parts):
            text = "\n".join(["number,client,date,amount,invoice,applied", *rows])
            import_bytes(text.encode(), "payment")

    def bulk(self, invoice, amount, which):
        receipts = Receipt.objects.bulk_create(
            Receipt(client=self.client, amount=500, voided=n == which) for n in range(2)
        )
        ReceiptAllocation.objects.bulk_create(
            ReceiptAllocation(receipt=one, invoice=paid, amount=amount)
            for one in receipts
            for paid in self.invoices
        )

    def update_amounts(self, invoice, amount, which):
        ReceiptAllocation.objects.filter(amount__gt=amount).update(amount=amount)

    def move_all(self, invoice, amount, which):
        paying = ReceiptAllocation.objects.filter(invoice=invoice).values("receipt")
        rows = ReceiptAllocation.objects.exclude(receipt__in=paying)
        alone = {one.receipt_id: one.pk for one in rows}
        ReceiptAllocation.objects.filter(pk__in=alone.values()).update(invoice=invoice)

    def bulk_update(self, invoice, amount, which):
        rows = list(ReceiptAllocation.objects.all())
        for one in rows:
            one.amount = amount
        ReceiptAllocation.objects.bulk_update(rows, ["amount"])

    def land(self, invoice, amount, which):
        self.write(None, [invoice, self.invoices[which - 1]], amount)

    def land_again(self, invoice, amount, which):
        if one := Receipt.objects.order_by("pk")[which : which + 1].first():
            self.write(str(one.pk), [invoice], amount)

    def land_void(self, invoice, amount, which):
        if one := Receipt.objects.order_by("pk")[which : which + 1].first():
            self.write(str(one.pk), [invoice], amount, voided=True)

    def write(self, key, invoices, amount, *, voided=False):
        parts = tuple(
            Allocation(document=Ref("invoice", str(one.pk)), amount=amount) for one in invoices
        )
        record = Payment(
            customer=Ref("customer", str(self.client.pk)),
            paid_on=DAY,
            currency="USD",
            total=Decimal(500),
            allocations=parts,
            voided=voided,
        )
        (written,) = self.adapter.write(
            None, [Write("0", key, record, self.adapter.writable() | {"voided"})]
        )
        assert not written.error

    def take_back(self, invoice, amount, which):
        if one := Receipt.objects.order_by("pk")[which : which + 1].first():
            self.adapter.remove(None, str(one.pk), "void" if which else "delete")

    def stale(self, invoice, amount, which):
        """Somebody had the invoice open since long before it was paid."""
        self.read[which].memo = "Thank you"
        self.read[which].save()

    def cancel(self, invoice, amount, which):
        one = Invoice.objects.get(pk=invoice.pk)
        one.status = Invoice.Status.ISSUED if one.voided else Invoice.Status.VOID
        one.save()


setattr(Books, "import", Books.import_)


def differing():
    """Invoices of which another amount is kept than is received."""
    rows = Invoice.objects.with_paid()
    return [(one.number, one.received, one.paid) for one in rows if one.received != one.paid]


STEPS = st.lists(
    st.tuples(st.sampled_from(MOVES), st.integers(0, INVOICES - 1), st.integers(1, 3_000)),
    min_size=1,
    max_size=12,
)


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(steps=STEPS)
def test_whatever_is_done_to_payments_it_is_what_is_received(db, steps):
    with transaction.atomic():
        books = Books()
        for number, step in enumerate(steps):
            books.do(*step)
            assert not differing(), steps[: number + 1]
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("move", MOVES)
def test_after_each_kind_of_change(move):
    books = Books()
    books.pay(books.invoices[0], Decimal(10), 0)
    books.bulk(books.invoices[1], Decimal(20), 1)
    books.land(books.invoices[2], Decimal(5), 2)
    assert not differing()
    before = dict(Invoice.objects.values_list("number", "received"))
    assert sum(before.values()) > 0
    books.do(move, 1, 700)
    assert not differing()
    changed = dict(Invoice.objects.values_list("number", "received")) != before
    assert changed is (move not in ("stale", "cancel"))


@pytest.mark.django_db
def test_the_books_of_before_get_it_by_the_migration():
    books = Books()
    books.bulk(books.invoices[0], Decimal(20), 1)
    kept = dict(Invoice.objects.values_list("number", "received"))
    Invoice.objects.update(received=0)
    import_module("quicksync.books.migrations.0010_money_received").fill(apps, None)
    assert dict(Invoice.objects.values_list("number", "received")) == kept
    assert set(kept.values()) == {20}


@pytest.mark.django_db
def test_by_hand_after_plain_sql():
    books = Books()
    books.pay(books.invoices[0], Decimal(20), 0)
    with database.cursor() as cursor:
        cursor.execute("UPDATE books_receiptallocation SET amount = 30")
    assert differing()
    Invoice.objects.all().settle()
    assert not differing()


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
class TestAtOnce:
    """Two at the same moment, on one invoice."""

    @pytest.fixture
    def books(self):
        return Books()

    def test_two_payments(self, books):
        behind(
            lambda: books.pay(books.invoices[0], Decimal(10), 0),
            lambda: Receipt.objects.create(client=books.client, amount=9).allocations.create(
                invoice=books.invoices[0], amount=9
            ),
        )
        assert Invoice.objects.get(pk=books.invoices[0].pk).received == 19

    @pytest.mark.parametrize("voids_first", [True, False])
    def test_a_payment_is_voided_while_another_writes_what_it_pays(self, books, voids_first):
        receipt = books.receipt()

        def void():
            Receipt.objects.filter(pk=receipt.pk).update(voided=True)

        def pay():
            ReceiptAllocation.objects.create(
                receipt_id=receipt.pk, invoice=books.invoices[0], amount=10
            )

        behind(*((void, pay) if voids_first else (pay, void)))
        assert Invoice.objects.get(pk=books.invoices[0].pk).received == 0

    def test_an_invoice_is_saved_while_it_is_paid(self, books):
        def edit():
            books.read[0].memo = "Thank you"
            books.read[0].save()

        behind(lambda: books.pay(books.invoices[0], Decimal(10), 0), edit)
        found = Invoice.objects.get(pk=books.invoices[0].pk)
        assert (found.received, found.memo) == (10, "Thank you")
