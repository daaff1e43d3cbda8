"""A few books to work with."""

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.models import Client, Invoice, InvoiceLine, Product, TaxCode
from quicksync.books.sample import sample_books


@pytest.fixture
def lists(db):
    sample_books()


@pytest.fixture
def zoe(lists):
    return Client.objects.create(name="Zoë's Café", email="zoe@example.com")


@pytest.fixture
def seed(lists):
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
