"""What the books themselves keep right: totals, open balances, due dates, rules."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quicksync.books.models import Client, Invoice, Receipt, ReceiptAllocation, TaxCode, Term

pytestmark = pytest.mark.django_db


def pay(invoice, amount, total=None):
    receipt = Receipt.objects.create(client=invoice.client, amount=total or amount, number="R")
    return ReceiptAllocation.objects.create(receipt=receipt, invoice=invoice, amount=amount)


def test_totals_follow_the_lines(invoice):
    invoice.refresh_from_db()
    assert (invoice.net, invoice.tax, invoice.total) == (
        Decimal("37.50"),
        Decimal("3.00"),
        Decimal("40.50"),
    )
    invoice.lines.get().delete()
    invoice.refresh_from_db()
    assert invoice.total == 0


def test_partial_and_split_payments_leave_the_rest_open_g4_g5(invoice):
    pay(invoice, Decimal("10.50"))
    pay(invoice, Decimal(10), total=Decimal(25))
    invoice.refresh_from_db()
    assert invoice.balance == Decimal(20)
    assert Invoice.objects.with_paid().get().balance == Decimal(20)


def test_what_a_payment_leaves_over_is_the_clients_credit_g3(invoice):
    receipt = pay(invoice, Decimal("40.50"), total=Decimal(50)).receipt
    assert receipt.unapplied == Decimal("9.50")
    assert invoice.client.open_balance == Decimal("-9.50")


def test_void_payments_pay_nothing(invoice):
    receipt = pay(invoice, Decimal("40.50")).receipt
    receipt.voided = True
    receipt.save()
    invoice.refresh_from_db()
    assert (invoice.balance, receipt.unapplied) == (Decimal("40.50"), 0)
    assert Invoice.objects.with_paid().get().balance == Decimal("40.50")


def test_a_void_invoice_comes_to_nothing_and_keeps_its_lines(invoice):
    invoice.status = Invoice.Status.VOID
    invoice.save()
    assert (invoice.total, invoice.tax, invoice.balance, invoice.lines.count()) == (0, 0, 0, 1)


def test_a_due_date_comes_from_the_term_else_from_the_clients(zoe):
    day = dt.date(2026, 1, 31)
    zoe.term = Term.objects.get(code="Net 15")
    zoe.save()
    by_client = Invoice.objects.create(number="1", client=zoe, issued_on=day)
    own = Invoice.objects.create(
        number="2", client=zoe, issued_on=day, term=Term.objects.get(code="Net 30")
    )
    assert (by_client.due_on, own.due_on) == (dt.date(2026, 2, 15), dt.date(2026, 3, 2))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due_on": dt.date(2020, 1, 1)}, "The due date is before"),
        ({"currency": "EUR"}, "is invoiced in USD"),
        ({"discount": Decimal(-1)}, "greater than or equal to 0"),
        ({"discount_percent": Decimal(101)}, "less than or equal to 100"),
        ({"email": "nobody"}, "nobody is no e-mail address"),
    ],
)
def test_wrong_invoices_are_told_in_a_sentence(invoice, changes, sentence):
    for name, value in changes.items():
        setattr(invoice, name, value)
    with pytest.raises(ValidationError, match=sentence):
        invoice.full_clean()


def test_names_differ_in_more_than_case(zoe):
    with pytest.raises(ValidationError, match="There is a client of this name already"):
        Client(name="zoë's CAFé").full_clean()


def test_parts_of_a_tax_code_make_up_its_rate():
    TaxCode(code="A", rate=Decimal("9.1"), parts="7.1 + 2").full_clean()
    with pytest.raises(ValidationError, match=r"The parts come to 9.0 %, the rate is 9.1 %"):
        TaxCode(code="A", rate=Decimal("9.1"), parts="7.0+2").full_clean()
    with pytest.raises(ValidationError, match="with plus signs"):
        TaxCode(code="A", rate=Decimal("9.1"), parts="lots").full_clean()


def test_a_payment_pays_its_own_client_and_no_more_than_it_is(invoice):
    receipt = Receipt(client=invoice.client, amount=Decimal(10))
    with pytest.raises(ValidationError, match="only 10"):
        receipt.check_allocations([ReceiptAllocation(invoice=invoice, amount=Decimal(11))])
    stranger = Receipt(client=Client.objects.create(name="Other"), amount=Decimal(10))
    with pytest.raises(ValidationError, match="another client"):
        stranger.check_allocations([ReceiptAllocation(invoice=invoice, amount=Decimal(1))])
    with pytest.raises(ValidationError, match=r"has only 40.50 open"):
        ReceiptAllocation(invoice=invoice, amount=Decimal("40.51")).check_room()
