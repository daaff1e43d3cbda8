"""A few books to work with."""

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.models import (
    Account,
    Bill,
    BillLine,
    Client,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    Product,
    TaxCode,
    Vendor,
)
from quicksync.books.sample import sample_books


@pytest.fixture
def lists(db):
    """The sample lists: accounts, tax codes, terms and the like."""
    sample_books()


@pytest.fixture
def zoe(lists):
    """A client whose name has an accent and an apostrophe."""
    return Client.objects.create(name="Zoë's Café", email="zoe@example.com")


@pytest.fixture
def seed(lists):
    """A product with a price of four decimals."""
    return Product.objects.create(name="Seed", unit_price=Decimal("0.0375"))


@pytest.fixture
def invoice(zoe, seed):
    """1,000 x 0.0375 with 8 % tax: 40.50."""
    invoice = Invoice.objects.create(number="A-1", client=zoe, issued_on=dt.date(2026, 3, 1))
    code = TaxCode.objects.get(code="California")
    InvoiceLine.objects.create(
        invoice=invoice, product=seed, quantity=1000, unit_price=seed.unit_price, tax_code=code
    )
    return invoice


@pytest.fixture
def note(invoice):
    """100 x 0.0375 given back of the invoice, with 8 % tax: 4.05."""
    note = CreditNote.objects.create(
        number="C-1", client=invoice.client, invoice=invoice, issued_on=dt.date(2026, 3, 9)
    )
    line = invoice.lines.get()
    CreditNoteLine.objects.create(
        credit_note=note,
        product=line.product,
        quantity=100,
        unit_price=line.unit_price,
        tax_code=line.tax_code,
    )
    return note


@pytest.fixture
def vendor(lists):
    """A vendor without anything to pay."""
    return Vendor.objects.create(name="Nursery")


@pytest.fixture
def bill(vendor, seed):
    """2,000 x 0.0110 of seed and 10.50 of rent: 32.50."""
    bill = Bill.objects.create(number="V-1", vendor=vendor, issued_on=dt.date(2026, 3, 2))
    BillLine.objects.create(
        bill=bill, product=seed, quantity=2000, unit_cost=Decimal("0.0110"), position=1
    )
    rent = Account.objects.get(code="6600")
    BillLine.objects.create(bill=bill, account=rent, amount=Decimal("10.50"), position=2)
    return bill
