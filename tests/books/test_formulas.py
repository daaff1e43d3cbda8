"""No text becomes a formula in a spreadsheet, and what was exported is imported as it was."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quicksync.books.exporting import RESOURCES
from quicksync.books.importing import Result, import_bytes
from quicksync.books.importing.cells import escaped, unescaped
from quicksync.books.models import (
    Account,
    Bill,
    BillLine,
    Client,
    CreditNote,
    CreditNoteLine,
    Employee,
    Estimate,
    EstimateLine,
    Invoice,
    InvoiceLine,
    Product,
    ProductCategory,
    Receipt,
    ReceiptAllocation,
    Refund,
    RefundLine,
    SalesReceipt,
    SalesReceiptLine,
    Vendor,
)

EVIL = "=cmd|' /C calc'!A0"
OBJECTS = {
    "customer": Client,
    "vendor": Vendor,
    "employee": Employee,
    "item_category": ProductCategory,
    "item": Product,
    "estimate": Estimate,
    "invoice": Invoice,
    "credit_note": CreditNote,
    "sales_receipt": SalesReceipt,
    "refund": Refund,
    "payment": Receipt,
    "bill": Bill,
}
STARTS = ("=", "+", "-", "@", "\t", "\r")


@given(st.text(alphabet="'=+-@\t\ra1", max_size=8))
def test_escaping_is_undone_and_leaves_no_formula(text):
    assert unescaped(escaped(text)) == text
    assert not escaped(text).startswith(STARTS)


@pytest.fixture
def evil(db):
    client = Client.objects.create(
        name=EVIL, notes="@SUM(A1)", phone="+1 555", email="a@b.ee", company="-2+3"
    )
    category = ProductCategory.objects.create(name="@c")
    product = Product.objects.create(
        name="+1+1",
        category=category,
        description="'=quoted",
        sku="-5",
        unit_price=10,
        taxable=False,
    )
    offer = Estimate.objects.create(client=client, number="-4", memo="=m", accepted_by="@a")
    EstimateLine.objects.create(estimate=offer, description="+s", unit_price=2, position=1)
    invoice = Invoice.objects.create(
        client=client, number="=1+1", memo="-x", private_note="@y", currency="USD", estimate=offer
    )
    InvoiceLine.objects.create(
        invoice=invoice, product=product, description="=z", unit_price=-1, position=1
    )
    InvoiceLine.objects.create(
        invoice=invoice, product=product, quantity=2, unit_price=10, position=2
    )
    receipt = Receipt.objects.create(
        client=client, number="+9", amount=5, currency="USD", note="=1"
    )
    ReceiptAllocation.objects.create(receipt=receipt, invoice=invoice, amount=5)
    note = CreditNote.objects.create(client=client, number="@2", memo="+y", invoice=invoice)
    CreditNoteLine.objects.create(credit_note=note, description="=z", unit_price=1, position=1)
    sold = SalesReceipt.objects.create(number="-3", reference="=4", memo="@m")
    SalesReceiptLine.objects.create(receipt=sold, description="+s", unit_price=2, position=1)
    back = Refund.objects.create(number="+3", reference="@4", memo="=m")
    RefundLine.objects.create(refund=back, description="-s", unit_price=2, position=1)
    Employee.objects.create(name="=2+3", number="-4", street="@x", phone="+1 555")
    vendor = Vendor.objects.create(name="-1+1", account_number="=7", notes="@z", street="+x")
    bill = Bill.objects.create(vendor=vendor, number="=2+2", memo="-m")
    account = Account.objects.create(code="+6000", name="=Rent", type=Account.Type.EXPENSE)
    BillLine.objects.create(bill=bill, account=account, amount=7, description="-d", position=1)
    BillLine.objects.create(bill=bill, account=account, amount=-2, client=client, position=2)


@pytest.mark.parametrize("kind", RESOURCES)
def test_every_export_is_escaped_and_numbers_stay_numbers(evil, kind):
    table = RESOURCES[kind]().export(OBJECTS[kind].objects.order_by("pk"))
    for row in table:
        for cell in row:
            try:
                Decimal(cell)
            except ArithmeticError:
                assert not cell.startswith(STARTS), cell
    if kind == "invoice":
        assert "-1.0000" in [row[table.headers.index("unit_price")] for row in table]


def test_our_own_export_brings_the_same_values_back(evil):
    for kind in OBJECTS:
        table = RESOURCES[kind]().export(OBJECTS[kind].objects.order_by("pk"))
        found = import_bytes(table.export("csv").encode(), kind)
        assert (found.created, found.updated) == (0, 0), kind
        assert found == Result(0, 0, 1)
