"""What records say of themselves, by which the rest of the house treats them without knowing their
kind.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.records import (
    Account,
    Allocation,
    Bill,
    CreditNote,
    CreditUse,
    Customer,
    Estimate,
    Invoice,
    Payment,
    PaymentMethod,
    PurchaseLine,
    Ref,
    Refund,
    SalesLine,
    SalesReceipt,
    TaxCode,
    Term,
    Vendor,
)
from quicksync.records.base import Part
from quicksync.records.documents import Billed, Line
from quicksync.records.roles import roles_of

ADA, BOB = Ref("customer", "1"), Ref("customer", "2")
ACME = Ref("vendor", "7")
DAY = dt.date(2026, 11, 2)


def there(ref):
    """The identity that a party has on the other side."""
    return f"there-{ref.id}"


# --- Lines ----------------------------------------------------------------------------------------


def test_a_line_with_quantity_and_price_comes_to_their_product():
    """F6: a host whose lines have no amount of their own."""
    line = SalesLine(quantity=Decimal(3), unit_price=Decimal("19.995"))
    assert line.worked_out().amount == Decimal("59.99")
    stated = SalesLine(quantity=Decimal(3), unit_price=Decimal(20), amount=Decimal(5))
    assert stated.worked_out() == stated
    assert SalesLine(description="Thanks").worked_out() == SalesLine(description="Thanks")


def test_a_part_that_says_all_is_left_as_it_is():
    part = Part()
    assert part.worked_out() is part


def test_a_remark_names_nothing_and_costs_nothing():
    assert Line().names() == ()
    assert SalesLine(description="Thanks").is_remark()
    assert not SalesLine(item=Ref("item", "1")).is_remark()
    assert not PurchaseLine(account=Ref("account", "1")).is_remark()


# --- Whose it is, and by what it is known ---------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "owners"),
    [
        (Customer(name="Ada"), []),
        (Invoice(customer=ADA), [ADA]),
        (Bill(vendor=ACME), [ACME]),
        (
            Payment(
                customer=ADA,
                allocations=(Allocation(document=Ref("invoice", "5"), amount=Decimal(1)),),
            ),
            [ADA, Ref("invoice", "5")],
        ),
    ],
    ids=["nobody", "customer", "vendor", "customer and what it pays"],
)
def test_owners(record, owners):
    assert list(record.owners()) == owners


def test_a_number_belongs_to_whom_it_is_unique_for():
    """F16: invoices are numbered per company, bills by each vendor."""
    assert Invoice(number="A-1", customer=ADA).number_key(there) == "a-1"
    assert Bill(number="A-1", vendor=ACME).number_key(there) == "a-1|there-7"
    assert Bill(number="A-1").number_key(there) == ""
    assert Bill(vendor=ACME).number_key(there) == ""
    assert Vendor(name="Acme").number_key(there) == ""


def test_two_vendors_may_use_one_number():
    one, other = (Bill(number="7", vendor=Ref("vendor", key)) for key in "12")
    assert one.identity(there) != other.identity(there)
    assert one.identity(there) == one.replace(number=" 7 ").identity(there)


@pytest.mark.parametrize(
    "record",
    [Invoice(number="1"), Invoice(customer=ADA), Payment(customer=ADA), Payment(paid_on=DAY)],
)
def test_who_lacks_a_part_of_it_has_no_identity(record):
    assert record.identity(there) is None


def test_what_is_left_where_quickbooks_numbers_or_dates_by_itself():
    lines = (SalesLine(amount=Decimal(5)),)
    invoice = Invoice(customer=ADA, issued_on=DAY, lines=lines)
    assert invoice.identity_left(there) == ("there-1", DAY, Decimal(5))
    assert Invoice(lines=lines).identity_left(there) is None
    payment = Payment(customer=ADA, total=Decimal(5), reference="Cash")
    assert payment.identity_left(there) == ("there-1", Decimal(5), "cash")
    assert Payment(total=Decimal(5)).identity_left(there) is None
    assert Customer(name="Ada").identity_left(there) is None


def test_who_names_it_in_quickbooks():
    """F16: a company may keep numbers of its own; QuickBooks dates a payment without a date."""
    assert Invoice(number="1").is_named_there(own_numbers=False)
    assert not Invoice(number="1").is_named_there(own_numbers=True)
    assert Invoice().is_named_there(own_numbers=True)
    assert CreditNote().is_named_there(own_numbers=True)
    assert Bill().is_named_there(own_numbers=False)
    assert not Bill(number="1").is_named_there(own_numbers=False)
    assert Payment().is_named_there(own_numbers=True)
    assert not Payment(paid_on=DAY).is_named_there(own_numbers=True)
    assert not Customer(name="Ada").is_named_there(own_numbers=False)


# --- Sales that were paid at once, and money given back at once (F23, F5) -------------------------

SETTLED = pytest.mark.parametrize("sort", [SalesReceipt, Refund])


@SETTLED
def test_over_the_counter_its_number_alone_tells_which_it_is(sort):
    nobodys, adas = sort(number="S-1"), sort(number="S-1", customer=ADA)
    assert nobodys.identity(there) == sort(number="s-1").identity(there) is not None
    assert adas.identity(there) != nobodys.identity(there)
    assert adas.identity(there) != sort(number="S-1", customer=BOB).identity(there)
    assert sort().identity(there) is None


@SETTLED
def test_without_its_number_it_is_known_by_how_it_was_paid(sort):
    cash, card = Ref("payment_method", "1"), Ref("payment_method", "2")
    sold = sort(issued_on=DAY, total=Decimal(5), method=cash)
    same = sort(number="7", issued_on=DAY, total=Decimal("5.00"), method=cash)
    assert sold.identity_left(there) == same.identity_left(there)
    for other in (
        sold.replace(method=card),
        sold.replace(method=None),
        sold.replace(reference="0042"),
        sold.replace(customer=ADA),
        sold.replace(total=Decimal(6)),
        sold.replace(issued_on=DAY + dt.timedelta(days=1)),
    ):
        assert other.identity_left(there) != sold.identity_left(there)


@SETTLED
def test_nothing_is_left_open_of_it(sort):
    assert sort(total=Decimal(5)).open_amount() == 0
    assert not hasattr(sort(), "balance")


@pytest.mark.parametrize(("sort", "word"), [(SalesReceipt, "Sales receipt"), (Refund, "Refund")])
def test_it_is_called_by_its_number(sort, word):
    assert sort(number="7").label() == f"{word} 7"
    assert sort().label() == f"{word} without a number"


# --- What was only offered (F18) ------------------------------------------------------------------


def test_nothing_is_owed_for_an_estimate():
    assert Estimate(total=Decimal(5)).open_amount() == 0
    assert not hasattr(Estimate(), "balance")
    assert not hasattr(Estimate(), "due_on")


def test_an_estimate_is_called_by_its_number():
    assert Estimate(number="7").label() == "Estimate 7"
    assert Estimate().label() == "Estimate without a number"


def test_one_invoice_is_made_of_an_estimate():
    assert not Estimate(status="accepted").is_taken()
    assert Estimate(status="closed").is_taken()
    assert Estimate(status="accepted", invoiced=True).is_taken()
    assert not Estimate(status="closed").is_bound(), "Closed by hand, it may be deleted."
    assert Estimate(invoiced=True).is_bound()
    assert not Invoice().is_taken()
    assert not Invoice().is_bound()


def test_an_invoice_takes_its_estimate_along_nowhere():
    made = Invoice(customer=ADA, estimate=Ref("estimate", "9"), term=Ref("term", "N30"))
    assert {ref.kind for _, ref in made.refs()} == {"customer", "estimate", "term"}
    assert {ref.kind for ref in made.brought()} == {"customer", "term"}


# --- What it is worth -----------------------------------------------------------------------------


def test_money():
    assert Customer(name="Ada").worth() is None
    assert Customer(name="Ada").open_amount() is None
    assert Customer(name="Ada").applies_to() == ()
    assert Customer(name="Ada").tax_codes() == ()
    assert Customer(name="Ada").booked_on() is None
    assert Invoice(issued_on=DAY, balance=Decimal(4)).open_amount() == Decimal(4)
    assert Bill(issued_on=DAY, balance=Decimal(3)).open_amount() == Decimal(3)
    assert Billed.discount_amount(Bill()) == 0
    taxed = SalesLine(amount=Decimal(10), tax_code=Ref("tax_code", "20"))
    unknown = Invoice(lines=(taxed, taxed))
    assert unknown.amount() is None
    assert unknown.worth() == Decimal(20)
    assert unknown.tax_codes() == (Ref("tax_code", "20"),)


def test_what_a_payment_leaves_open():
    """G3: what is unapplied is the customer's credit; no parts may also mean that none are told."""
    part = Allocation(document=Ref("invoice", "5"), amount=Decimal(3))
    payment = Payment(total=Decimal(10), allocations=(part,))
    assert payment.open_amount(("allocations",)) == Decimal(7)
    assert payment.open_amount() is None
    assert payment.replace(unapplied=Decimal(1)).open_amount(("allocations",)) == Decimal(1)
    assert payment.block() == "None|1E+1"


# --- Entries of lists -----------------------------------------------------------------------------


def test_accounts():
    """F7: what QuickBooks posts to by itself bars a line."""
    receivable = Account(name="A/R", type="Accounts Receivable")
    bank = Account(name="Bank", number="10", type="Bank", currency="USD")
    assert receivable.bars_lines()
    assert not bank.bars_lines()
    assert bank.detail() == "10 · Bank · USD"
    assert bank.contradicts(receivable)
    assert not bank.contradicts(Account(name="Other", type="Bank"))
    assert Account(name="Code").contradicts(receivable)
    assert not Account(name="Code").contradicts(bank)
    assert not bank.contradicts(Term(name="Bank"))


def test_tax_codes_and_terms():
    code = TaxCode(name="VAT", rate=Decimal("20.0"), description="Standard")
    assert code.detail() == "20 % · Standard"
    assert TaxCode(name="None").detail() == ""
    assert code.has_detail_of(TaxCode(name="20", rate=Decimal(20)))
    assert not code.has_detail_of(Term(name="20"))
    month = Term(name="Net 30", due_days=30)
    assert (month.detail(), Term(name="Later").detail()) == ("30 days", "")
    assert month.has_detail_of(Term(name="Month", due_days=30))
    assert not month.has_detail_of(Term(name="Later"))
    assert month.contradicts(Term(name="Net 15", due_days=15))
    assert not month.contradicts(Term(name="Later"))


def test_ways_to_pay():
    card = PaymentMethod(name="Visa", is_card=True)
    assert (card.detail(), PaymentMethod(name="Cash").detail()) == ("Card", "")
    for record in (card, Customer(name="Ada")):
        assert not record.has_detail_of(card)
        assert not record.contradicts(card)
        assert not record.bars_lines()
    assert Customer(name="Ada").detail() == ""
    assert Customer(name="Ada").alias() == ""


def test_only_accounts_serve_as_default_accounts():
    assert roles_of(Term(name="Net 30")) == roles_of("a sentence") == roles_of(None) == frozenset()
    assert roles_of(Account(name="Bank", type="Bank"))


@pytest.mark.parametrize(
    ("unapplied", "fields", "besides"),
    [
        ("0", ("allocations", "credits"), "0"),
        ("0", ("allocations",), "30"),
        ("-5", ("allocations", "credits"), "-5"),
        ("5", ("allocations", "credits"), "5"),
    ],
)
def test_what_is_left_tells_what_else_is_counted_to_a_payment(unapplied, fields, besides):
    """Credits that a host has no place for, and links to what is no kind of ours."""
    paid = (Allocation(document=Ref("invoice", "1"), amount=Decimal(100)),)
    used = (CreditUse(document=Ref("credit_note", "2"), amount=Decimal(30)),)
    payment = Payment(
        total=Decimal(70), allocations=paid, credits=used, unapplied=Decimal(unapplied)
    )
    assert payment.besides(fields) == Decimal(besides)
    assert payment.replace(unapplied=None).besides(fields) == 0
    assert {ref.document.kind for ref in payment.applies_to()} == {"invoice", "credit_note"}
