"""The books through the public adapter API, in bulk: what QuickBooks shows lands, and reads back
the same (J3).
"""

import datetime as dt
from decimal import Decimal

import pytest
from msgspec import structs

from quicksync.books.models import (
    Account,
    Bill,
    BillLine,
    Client,
    CreditNote,
    Invoice,
    InvoiceLine,
    Product,
    Receipt,
    ReceiptAllocation,
    TaxCode,
    Vendor,
)
from quicksync.local.messages import Write
from quicksync.local.registry import registry
from quicksync.records import (
    KINDS,
    Address,
    Allocation,
    Customer,
    Item,
    Payment,
    PurchaseLine,
    Ref,
    SalesLine,
)
from quicksync.records import Account as AccountRecord
from quicksync.records import Bill as BillRecord
from quicksync.records import CreditNote as NoteRecord
from quicksync.records import Invoice as InvoiceRecord
from quicksync.records import TaxCode as TaxRecord
from quicksync.records import Vendor as VendorRecord

pytestmark = pytest.mark.django_db

DAY, DUE = dt.date(2026, 3, 1), dt.date(2026, 3, 31)


def adapter(kind):
    return registry.for_kind(kind)[0]


def land(*records, keys=None, fields=None):
    one = adapter(records[0].kind)
    keys = keys or [None] * len(records)
    names = one.writable() if fields is None else frozenset(fields)
    return one.write(
        None, [Write(str(n), keys[n], record, names) for n, record in enumerate(records)]
    )


def sold(zoe, seed, number="B-1", **changes):
    values = {
        "number": number,
        "customer": Ref("customer", str(zoe.pk)),
        "issued_on": DAY,
        "due_on": DUE,
        "currency": "USD",
        "lines": (
            SalesLine(
                item=Ref("item", str(seed.pk)),
                quantity=Decimal(1000),
                unit_price=Decimal("0.0375"),
                amount=Decimal("37.50"),
                tax_code=Ref("tax_code", "California"),
            ),
            SalesLine(description="A remark"),
        ),
    }
    return InvoiceRecord(**{**values, **changes})


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sound_adapter(kind):
    assert not adapter(kind).problems()


def test_a_customer_lands_and_reads_back_the_same(lists):
    record = Customer(
        name="東京ガーデン株式会社",
        company="Tokyo Garden",
        given_name="花子",
        email="a@example.com, b@example.com",
        phone="1",
        mobile="2",
        website="tokyo.example",
        notes="N",
        currency="JPY",
        tax_exempt=True,
        active=False,
        billing=Address(lines="1-2-3\nMarunouchi", city="Tokyo", country="Japan"),
        term=Ref("term", "Net 60"),
        payment_method=Ref("payment_method", "Visa"),
    )
    (written,) = land(record)
    assert written.error == ""
    assert written.record == record
    assert Client.objects.get(pk=written.key).billing_street == "1-2-3\nMarunouchi"


def test_items_land_in_bulk_and_bad_ones_stay_out(lists):
    Product.objects.create(name="Taken")
    income = Ref("account", "4000")
    written = land(
        Item(name="Seed", unit_price=Decimal("0.0375"), income_account=income),
        Item(name="taken"),
        Item(name="x" * 300),
        Item(name="Odd", income_account=Ref("account", "none")),
    )
    assert [one.error == "" for one in written] == [True, False, False, False]
    assert "already" in written[1].error
    assert "255 characters" in written[2].error
    assert written[3].error == "The account none is not here."
    assert set(Product.objects.values_list("name", flat=True)) == {"Taken", "Seed"}
    assert written[0].record.income_account == income


def test_an_invoice_lands_with_lines_and_the_books_own_totals_f2(zoe, seed):
    (written,) = land(sold(zoe, seed, discount_percent=Decimal(10)))
    assert written.error == ""
    made = Invoice.objects.get(pk=written.key)
    assert (made.total, made.discount, made.due_on) == (Decimal("36.45"), Decimal("3.75"), DUE)
    assert written.line_ids == tuple(str(line.pk) for line in made.lines.all())
    assert written.record.total == written.record.balance == Decimal("36.45")
    assert [line.amount for line in written.record.lines] == [Decimal("37.50"), Decimal(0)]


def test_changed_fields_only_and_lines_that_keep_their_identity(zoe, seed):
    (first,) = land(sold(zoe, seed))
    kept = first.record.lines[0]
    lines = (
        kept,
        SalesLine(
            description="More", quantity=Decimal(2), unit_price=Decimal(5), amount=Decimal(10)
        ),
    )
    (second,) = land(
        first.record.replace(lines=lines, memo="Left alone"),
        keys=[first.key],
        fields={"lines", "private_note"},
    )
    assert second.line_ids[0] == kept.id
    made = Invoice.objects.get()
    assert (made.total, made.memo, made.lines.count()) == (Decimal("50.50"), "", 2)


@pytest.mark.parametrize(
    ("line", "quantity", "price"),
    [
        ({"amount": Decimal("10.00")}, 1, "10.00"),
        ({"amount": Decimal("10.00"), "quantity": Decimal(4)}, 4, "2.5"),
        ({"amount": Decimal("10.00"), "quantity": Decimal(3)}, 3, "3.3333"),
        (
            {
                "amount": Decimal("1.23"),
                "quantity": Decimal(1000),
                "unit_price": Decimal("0.0012345"),
            },
            1,
            "1.23",
        ),
        ({"amount": Decimal("-5.00"), "quantity": Decimal(-1), "unit_price": Decimal(5)}, -1, "5"),
    ],
)
def test_whatever_quickbooks_says_of_a_line_it_comes_to_its_amount_f15(
    zoe, seed, line, quantity, price
):
    land(sold(zoe, seed, lines=(SalesLine(description="L", **line),)))
    made = InvoiceLine.objects.get()
    assert (made.quantity, made.unit_price) == (quantity, Decimal(price))
    assert Invoice.objects.get().total == line["amount"]


def test_statements_for_many_are_about_those_for_one(zoe, seed, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        written = land(*(sold(zoe, seed, number=f"N-{n}") for n in range(200)))
    assert not [one.error for one in written if one.error]
    keys = [one.key for one in written]
    with django_assert_max_num_queries(60):
        land(*(sold(zoe, seed, number=f"M-{n}") for n in range(200)), keys=keys)
    assert Invoice.objects.filter(number__startswith="M-").count() == 200


@pytest.mark.parametrize("count", [1, 25])
def test_reading_takes_as_many_statements_for_one_as_for_many(
    zoe, seed, count, django_assert_num_queries
):
    keys = [one.key for one in land(*(sold(zoe, seed, number=f"N-{n}") for n in range(count)))]
    with django_assert_num_queries(2):
        assert len(adapter("invoice").find(None, keys)) == count


def test_a_change_in_bulk_moves_the_modification_time_and_keeps_the_creation_time(zoe):
    made, changed = zoe.created_at, zoe.updated_at
    land(Customer(name="Zoë", currency="USD"), keys=[str(zoe.pk)], fields={"name"})
    zoe.refresh_from_db()
    assert (zoe.name, zoe.email, zoe.created_at) == ("Zoë", "zoe@example.com", made)
    assert zoe.updated_at > changed


def test_a_payment_lands_split_and_partial_and_over_g3_g4_g5_g6(invoice, zoe, seed):
    (other,) = land(sold(zoe, seed))
    parts = (
        Allocation(document=Ref("invoice", str(invoice.pk)), amount=Decimal("40.50")),
        Allocation(document=Ref("invoice", other.key), amount=Decimal(10)),
    )
    record = Payment(
        reference="R-1",
        customer=Ref("customer", str(zoe.pk)),
        paid_on=DAY,
        currency="USD",
        total=Decimal(60),
        allocations=parts,
        method=Ref("payment_method", "Check"),
        account=Ref("account", "1000"),
    )
    (written,) = land(record)
    assert written.error == ""
    assert written.record == record.replace(unapplied=Decimal("9.50"))
    rows = dict(ReceiptAllocation.objects.values_list("invoice__number", "pk"))
    moved = (parts[0], Allocation(document=parts[1].document, amount=Decimal("19.50")))
    land(record.replace(allocations=moved), keys=[written.key], fields={"allocations"})
    assert dict(ReceiptAllocation.objects.values_list("invoice__number", "pk")) == rows
    assert Receipt.objects.get().unapplied == 0


def test_a_vendor_lands_and_reads_back_the_same(lists):
    record = VendorRecord(
        name="広島造園資材",
        company="Hiroshima Garden Supplies",
        family_name="山田",
        email="a@example.com, b@example.com",
        phone="1",
        mobile="2",
        website="hiroshima.example",
        billing=Address(lines="1-2\nMotomachi", city="Hiroshima", country="Japan"),
        notes="N",
        currency="JPY",
        term=Ref("term", "Net 60"),
        account_number="KD 10",
        tax_id="94-1",
        is_1099=True,
        active=False,
    )
    (written,) = land(record)
    assert written.error == ""
    assert written.record == record
    assert Vendor.objects.get(pk=written.key).street == "1-2\nMotomachi"


def billed(vendor, seed, **changes):
    """50.00 of seed and 12.50 of rent, bought for nobody."""
    values = {
        "number": "V-9",
        "vendor": Ref("vendor", str(vendor.pk)),
        "issued_on": DAY,
        "due_on": DUE,
        "currency": "USD",
        "lines": (
            PurchaseLine(
                item=Ref("item", str(seed.pk)),
                quantity=Decimal(4),
                unit_price=Decimal("12.50"),
                amount=Decimal("50.00"),
            ),
            PurchaseLine(account=Ref("account", "6600"), amount=Decimal("12.50")),
        ),
    }
    return BillRecord(**{**values, **changes})


def test_a_bill_lands_with_products_and_accounts_and_what_was_paid_of_it(vendor, seed, zoe):
    record = billed(vendor, seed, private_note="N", total=Decimal("62.50"), balance=Decimal(60))
    rent = structs.replace(record.lines[1], customer=Ref("customer", str(zoe.pk)), billable=True)
    (written,) = land(record.replace(lines=(record.lines[0], rent)))
    assert written.error == ""
    made = Bill.objects.get(pk=written.key)
    assert (made.total, made.paid, made.memo) == (Decimal("62.50"), Decimal("2.50"), "N")
    assert written.record.balance == 60
    assert [line.amount for line in written.record.lines] == [50, Decimal("12.50")]
    assert written.record.lines[1].customer == Ref("customer", str(zoe.pk))


def test_a_changed_account_leaves_the_other_line_as_it_is(vendor, seed):
    (first,) = land(billed(vendor, seed))
    kept, rent = first.record.lines
    moved = structs.replace(rent, account=Ref("account", "5100"), amount=Decimal(13))
    (second,) = land(first.record.replace(lines=(kept, moved)), keys=[first.key], fields={"lines"})
    assert (second.error, second.line_ids) == ("", first.line_ids)
    assert Bill.objects.get().total == 63


@pytest.mark.parametrize(
    ("quantity", "price", "expected"),
    [("4", "2.5", ("4", "2.5")), ("3", "3.33333", ("3", "3.3333")), (None, None, ("1", "10"))],
)
def test_a_product_on_a_bill_comes_to_its_amount(vendor, seed, quantity, price, expected):
    line = PurchaseLine(
        item=Ref("item", str(seed.pk)),
        quantity=quantity and Decimal(quantity),
        unit_price=price and Decimal(price),
        amount=Decimal(10),
    )
    land(billed(vendor, seed, lines=(line,)))
    made = BillLine.objects.get()
    assert (made.quantity, made.unit_cost, made.amount) == (*map(Decimal, expected), Decimal(10))


def test_two_vendors_may_use_one_number_and_one_vendor_may_not(vendor, seed):
    other = Vendor.objects.create(name="Other")
    written = land(billed(vendor, seed), billed(other, seed), billed(vendor, seed))
    assert [one.error == "" for one in written] == [True, True, False]
    assert "number already" in written[2].error


def test_a_credit_note_lands_and_what_was_used_of_it(zoe, seed):
    lines = (
        SalesLine(
            description="Half", quantity=Decimal(1), unit_price=Decimal(5), amount=Decimal(5)
        ),
    )
    record = NoteRecord(
        number="C-9",
        customer=Ref("customer", str(zoe.pk)),
        issued_on=DAY,
        currency="USD",
        lines=lines,
        total=Decimal(5),
        balance=Decimal(2),
    )
    (written,) = land(record)
    assert written.error == ""
    made = CreditNote.objects.get(pk=written.key)
    assert (made.total, made.used) == (5, 3)
    assert written.record.balance == 2
    assert adapter("credit_note").remove(None, written.key, "void") == ""
    assert adapter("credit_note").find(None, [written.key])[written.key].record.voided


@pytest.mark.parametrize("kind", ["credit_note", "bill"])
def test_reading_the_others_takes_as_many_statements_for_one_as_for_many(
    zoe, vendor, seed, kind, django_assert_num_queries
):
    if kind == "bill":
        records = [billed(vendor, seed, number=f"N-{n}") for n in range(25)]
    else:
        sale = sold(zoe, seed)
        records = [
            NoteRecord(number=f"N-{n}", customer=sale.customer, currency="USD", lines=sale.lines)
            for n in range(25)
        ]
    keys = [one.key for one in land(*records)]
    for some in (keys[:1], keys):
        with django_assert_num_queries(2):
            assert len(adapter(kind).find(None, some)) == len(some)


def test_void_and_delete_f4(invoice, zoe):
    invoices = adapter("invoice")
    key = str(invoice.pk)
    assert invoices.remove(None, key, "void") == ""
    found = invoices.find(None, [key])[key].record
    assert (found.voided, found.total, found.balance) == (True, 0, 0)
    assert "protected" in adapter("customer").remove(None, str(zoe.pk), "delete")
    assert invoices.remove(None, key, "delete") == ""


def test_a_rate_that_quickbooks_changed_has_no_parts_any_more_a12(lists):
    code = TaxCode.objects.get(code="Tucson")
    (written,) = land(
        TaxRecord(name="Tucson", rate=Decimal("8.7")), keys=["Tucson"], fields={"rate"}
    )
    code.refresh_from_db()
    assert (written.error, code.rate, code.parts) == ("", Decimal("8.7"), "")


def test_an_account_without_a_number_is_named_by_its_whole_name_a10(lists):
    (written,) = land(AccountRecord(name="Fuel", full_name="Automobile:Fuel", type="Expense"))
    assert (written.error, written.key) == ("", "Automobile:Fuel")
    assert Account.objects.get(code="Automobile:Fuel").type == "Expense"


def test_objects_have_their_admin_page(zoe, lists):
    assert adapter("customer").admin_url(str(zoe.pk)) == f"/admin/books/client/{zoe.pk}/change/"
    code = TaxCode.objects.get(code="NON")
    assert adapter("tax_code").admin_url("NON") == f"/admin/books/taxcode/{code.pk}/change/"
    assert adapter("tax_code").admin_url("none") == ""
