"""Bills of the books: products and accounts on lines, numbers per vendor, files and pages."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from quicksync.books.importing import Refused, Result, import_bytes
from quicksync.books.models import Account, Bill, BillLine, Product, TaxCode, Vendor

pytestmark = pytest.mark.django_db

HEAD = "number,vendor,date,item,account,quantity,unit_cost,amount,client,billable\n"
FILE = HEAD + (
    "V-9,Nursery,2026-03-05,Seed,,2000,0.0110,,,\n"
    "V-9,,,,6600,,,10.50,Zoë's Café,yes\n"
    ",Nursery,2026-03-06,,6600,,,3,,\n"
    ",,,,6600,,,-1,,\n"
    ",Nursery,2026-03-07,,6600,,,4,,\n"
)


def line(bill, **values):
    return BillLine(bill=bill, **values)


def test_totals_follow_products_and_accounts_and_tax(bill):
    bill.refresh_from_db()
    assert (bill.net, bill.tax, bill.total) == (Decimal("32.50"), 0, Decimal("32.50"))
    rent = bill.lines.get(account__code="6600")
    rent.tax_code = TaxCode.objects.get(code="California")
    rent.save()
    bill.refresh_from_db()
    assert (bill.tax, bill.total, bill.balance) == tuple(map(Decimal, ("0.84", "33.34", "33.34")))
    rent.delete()
    bill.refresh_from_db()
    assert bill.total == 22


def test_a_product_costs_what_it_usually_costs_unless_something_is_said(bill, seed):
    Product.objects.filter(pk=seed.pk).update(purchase_cost=Decimal("0.0110"))
    seed.refresh_from_db()
    made = BillLine.objects.create(bill=bill, product=seed)
    assert (made.quantity, made.unit_cost, made.amount) == (1, Decimal("0.0110"), Decimal("0.01"))
    made.quantity, made.unit_cost = Decimal(3), Decimal("0.335")
    made.save()
    assert made.amount == Decimal("1.01")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "without a product needs an amount"),
        ({"product": 1, "account": 1, "amount": 1}, "A line names a product or an account"),
        ({"account": 1, "amount": 1, "quantity": 2}, "without a product has an amount only"),
        ({"account": 1}, "without a product needs an amount"),
        ({"account": 1, "amount": 1, "billable": True}, "Which client is billed for it"),
    ],
)
def test_a_line_is_a_product_or_an_amount_on_an_account(bill, seed, values, sentence):
    real = {"product": seed, "account": Account.objects.get(code="6600")}
    made = line(bill, **{name: real.get(name, value) for name, value in values.items()})
    with pytest.raises(ValidationError, match=sentence):
        made.full_clean()


@pytest.mark.parametrize(
    ("quantity", "cost", "amount", "expected"),
    [
        ("4", "2.50", "10.00", ("4", "2.50")),
        ("3", "3.3333", "10.00", ("3", "3.3333")),
        ("3", "3.33", "10.00", ("1", "10.00")),
        (None, "2.50", "10.00", ("1", "10.00")),
        ("4", None, "10.00", ("1", "10.00")),
    ],
)
def test_quantity_and_cost_are_made_to_come_to_the_amount(
    bill, seed, quantity, cost, amount, expected
):
    as_number = [None if one is None else Decimal(one) for one in (quantity, cost, amount)]
    made = line(bill, product=seed)
    made.quantity, made.unit_cost, made.amount = as_number
    made.fit()
    assert (made.quantity, made.unit_cost) == tuple(map(Decimal, expected))
    assert made.amount == Decimal(amount)


def test_a_number_is_used_once_by_a_vendor_and_an_empty_one_as_often_as_one_likes(bill, vendor):
    with pytest.raises(IntegrityError), transaction.atomic():
        Bill.objects.create(vendor=vendor, number="V-1")
    with pytest.raises(ValidationError, match="This vendor has a bill with this number already"):
        Bill(vendor=vendor, number="V-1").full_clean()
    Bill.objects.create(vendor=vendor)
    Bill.objects.create(vendor=vendor)
    Bill.objects.create(vendor=Vendor.objects.create(name="Other"), number="V-1")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"due_on": dt.date(2020, 1, 1)}, "The due date is before the bill's date"),
        ({"currency": "EUR"}, "Nursery bills in USD"),
        ({"paid": Decimal(-1)}, "greater than or equal to 0"),
    ],
)
def test_wrong_bills_are_told_in_a_sentence(bill, changes, sentence):
    for name, value in changes.items():
        setattr(bill, name, value)
    with pytest.raises(ValidationError, match=sentence):
        bill.full_clean()


def test_a_file_makes_bills_with_and_without_numbers(vendor, seed, zoe):
    assert import_bytes(FILE.encode(), "bill") == Result(3, 0, 0)
    totals = dict(Bill.objects.values_list("issued_on", "total"))
    days = (dt.date(2026, 3, day) for day in (5, 6, 7))
    assert [totals[day] for day in days] == [Decimal("32.50"), 2, 4]
    rent = Bill.objects.get(number="V-9").lines.get(account__code="6600")
    assert (rent.client, rent.billable, rent.quantity) == (zoe, True, None)
    assert import_bytes(FILE.encode(), "bill") == Result(0, 0, 3)
    assert import_bytes(FILE.replace("-1", "-2").encode(), "bill") == Result(0, 1, 2)


def test_two_vendors_may_use_the_same_number_in_one_file(vendor, seed, zoe):
    Vendor.objects.create(name="Other")
    text = FILE + "V-9,Other,2026-03-05,,6600,,,1,,\n"
    assert import_bytes(text.encode(), "bill") == Result(4, 0, 0)
    beside = HEAD + "8,Nursery,2026-04-01,,6600,,,1,,\n8,Other,2026-04-01,,6600,,,1,,\n"
    assert import_bytes(beside.encode(), "bill") == Result(2, 0, 0)


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("8,Nobody,2026-03-05,,6600,,,1,,", "vendor", "There is no vendor “Nobody”"),
        ("8,Nursery,2026-03-05,,9999,,,1,,", "account", "There is no account “9999”"),
        ("8,Nursery,2026-03-05,,6600,,,,Zoë's Café,", "amount", "needs an amount"),
        ("8,Nursery,2026-03-05,Seed,6600,1,7,7,,", "account", "not both"),
        ("8,Nursery,2026-03-05,,,,,7,,yes", "client", "Which client is billed"),
        ("8,Nursery,2026-03-05,Seed,,2,3,7,,", "amount", "quantity and unit cost come to 6"),
        ("8,Nursery,2026-03-05,Seed,,-2,3,,,", "quantity", "-2 is negative"),
        ("8,Nursery,2026-03-05,,6600,,,-7,,", "amount", "makes a vendor credit, not a bill"),
        (",Nursery,05.03.2026,,6600,,,7,,", "date", "“05.03.2026” is not a date"),
        (",,2026-03-05,,6600,,,7,,", "vendor", "must not be empty"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_line_and_column(
    vendor, seed, zoe, row, column, sentence
):
    with pytest.raises(Refused) as caught:
        import_bytes((FILE + row + "\n").encode(), "bill")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (7, column)
    assert sentence in problem.sentence
    assert not Bill.objects.exists()


def test_the_same_bill_twice_in_a_file_is_told(vendor, seed, zoe):
    with pytest.raises(Refused, match=r"Line 7, column number: .*is already in line 4"):
        import_bytes((FILE + ",nursery,2026-03-06,,6600,,,3,,\n").encode(), "bill")


def test_bills_without_a_number_that_look_the_same_are_not_guessed_at(vendor, seed, zoe):
    for _ in range(2):
        Bill.objects.create(vendor=vendor, issued_on=dt.date(2026, 3, 6))
    with pytest.raises(Refused, match="Line 4, column number: The books have 2 bills"):
        import_bytes(FILE.encode(), "bill")


def form(bill, **changes):
    product, rent = bill.lines.all()
    values = {
        "vendor": bill.vendor_id,
        "number": "V-1",
        "issued_on": "2026-03-02",
        "currency": "USD",
        "paid": "0",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "2",
        "lines-0-id": product.pk,
        "lines-0-bill": bill.pk,
        "lines-0-position": "1",
        "lines-0-product": product.product_id,
        "lines-0-quantity": "2000",
        "lines-0-unit_cost": "0.0110",
        "lines-0-amount": "22.00",
        "lines-1-id": rent.pk,
        "lines-1-bill": bill.pk,
        "lines-1-position": "2",
        "lines-1-account": rent.account_id,
        "lines-1-amount": "10.50",
    }
    return {**values, **changes}


def test_a_bill_is_changed_on_its_page(admin_client, bill):
    address = f"/admin/books/bill/{bill.pk}/change/"
    changes = {"lines-0-quantity": "1000", "lines-1-amount": "11", "paid": "2"}
    assert admin_client.post(address, form(bill, **changes)).status_code == 302
    bill.refresh_from_db()
    assert (bill.total, bill.balance) == (22, 20)
    assert "20.00\xa0USD" in admin_client.get(address).content.decode()


def test_a_wrong_line_is_told_on_the_page(admin_client, bill):
    address = f"/admin/books/bill/{bill.pk}/change/"
    page = admin_client.post(address, form(bill, **{"lines-0-quantity": "-1"}))
    assert "enter a negative unit cost" in page.content.decode()
    product = bill.lines.first().product_id
    page = admin_client.post(address, form(bill, **{"lines-1-product": product}))
    assert "A line names a product or an account, not both" in page.content.decode()


@pytest.mark.parametrize(("state", "shown"), [("open", True), ("overdue", True), ("paid", False)])
def test_bills_are_found_by_whether_they_are_paid(admin_client, bill, state, shown):
    page = admin_client.get(f"/admin/books/bill/?paid_state={state}").content.decode()
    assert (f"/admin/books/bill/{bill.pk}/change/" in page) is shown
    assert ("Open <strong>32.50\xa0USD</strong>" in page) is shown
