"""Guards: what QuickBooks would refuse is found before anything is sent (I7, X27), each with a
reason in words.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.planning.policy import Company, NameEntry
from quicksync.planning.steps import Candidate
from quicksync.records import Address, Allocation, Class, Item, Location, Ref, TaxCode
from quicksync.records.limits import FieldLimit
from tests.planning.sides import (
    LINKED,
    client,
    codes,
    here,
    invoice,
    line,
    linked,
    only,
    pair,
    payment,
    product,
    shape,
    steps,
    there,
)

CUSTOMER = (Ref("customer", "c"), Ref("customer", "C"))


def company(**values) -> Company:
    return linked(CUSTOMER, **values)


def held(candidate: Candidate, known: Company, **chosen) -> list[str]:
    """The reasons for which a write is held."""
    step = only(candidate, company=known, **chosen)
    assert shape(step)[:2] == ("hold", ""), step
    return codes(step)


def goes(candidate: Candidate, known: Company, **chosen) -> bool:
    return only(candidate, company=known, **chosen).direction == "push"


# --- Closed period --------------------------------------------------------------------------------

CLOSED = company(closing_date=dt.date(2026, 4, 30))
APRIL = dt.date(2026, 4, 30)


def test_closed_period_stops_new_documents_up_to_the_closing_date_i7():
    assert held(here(invoice(issued_on=APRIL)), CLOSED) == ["closed-period"]
    assert held(here(payment(paid_on=APRIL)), CLOSED) == ["closed-period"]
    assert goes(here(invoice(issued_on=dt.date(2026, 5, 1))), CLOSED)


def test_closed_period_stops_moving_a_document_out_of_it_and_voiding_it_i7():
    old = invoice(issued_on=APRIL)
    assert held(pair(old.replace(issued_on=dt.date(2026, 6, 1)), old, old), CLOSED) == [
        "closed-period"
    ]
    assert held(pair(None, old, old), CLOSED) == ["closed-period"]


def test_closed_period_does_not_stop_contacts_or_what_comes_here_i7():
    assert goes(here(client()), CLOSED)
    assert (
        only(there(invoice(customer=CUSTOMER[1], issued_on=APRIL)), company=CLOSED).direction
        == "pull"
    )


# --- Names and numbers ----------------------------------------------------------------------------


def taken(name: str, *entries: NameEntry) -> Company:
    return company(names={name: entries})


@pytest.mark.parametrize("kind", ["vendor", "employee", "customer"])
@pytest.mark.parametrize("active", [True, False])
def test_a_name_is_taken_across_customers_vendors_and_employees_inactive_too_i7_c14(kind, active):
    known = taken("acme", NameEntry(kind=kind, id="9", name="ACME", active=active))
    assert held(here(client("Acme")), known) == ["name-taken"]


def test_a_name_is_ones_own_and_products_have_their_own_list_i7():
    known = taken("acme", NameEntry(kind="customer", id="q1", name="Acme"))
    assert goes(pair(client("ACME"), client("Acme"), client("Acme")), known)
    assert goes(pair(client("Acme", phone="2"), client("Acme"), client("Acme")), company())
    known = taken("item:hammer", NameEntry(kind="item", id="9", name="Hammer"))
    assert held(here(product("Hammer")), known) == ["name-taken"]
    assert goes(here(client("Hammer")), known)


def test_a_document_number_is_taken_by_another_document_of_its_kind_i7_f16():
    numbers = {("invoice", "a-1"): ("9",)}
    assert held(here(invoice("A-1")), company(numbers=numbers)) == ["number-taken"]
    own = invoice("A-1")
    assert goes(
        pair(own.replace(memo="x"), own, own), company(numbers={("invoice", "a-1"): ("q1",)})
    )
    assert goes(
        pair(own, own.replace(number="A-0"), own.replace(number="A-0")), company(numbers={})
    )


def test_two_writes_of_one_plan_do_not_want_the_same_name_or_number_i7_f16():
    renamed = pair(client("Acme"), client("Bolt"), client("Bolt"), key=1)
    assert [codes(step) for step in steps(renamed, here(client("ACME"), 2))] == [
        ["name-taken"],
        ["name-taken"],
    ]
    other = invoice(customer=Ref("customer", "d"))
    known = linked(CUSTOMER, (Ref("customer", "d"), Ref("customer", "D")))
    both = [here(invoice(), 1), here(other, 2)]
    assert [codes(step) for step in steps(*both, company=known)] == [
        ["number-taken"],
        ["number-taken"],
    ]


# --- Content --------------------------------------------------------------------------------------


def test_required_fields_are_filled_i7():
    assert held(here(client("")), company()) == ["required-empty"]
    assert held(here(invoice(lines=())), company()) == ["required-empty"]
    old = client("Acme")
    assert held(pair(old.replace(name=""), old, old), company()) == ["required-empty"]
    assert goes(pair(old.replace(phone="1"), old, old), company())


LIMITS = {
    ("customer", "name"): FieldLimit(length=10, forbidden=":\t\n"),
    ("customer", "company"): FieldLimit(length=10, forbidden=":\t\n"),
    ("customer", "billing.city"): FieldLimit(length=3),
    ("invoice", "lines.description"): FieldLimit(length=4),
    ("customer", "notes"): FieldLimit(),
}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (client(company="x" * 11), ["too-long"]),
        (client(company="a:b\tc"), ["bad-characters"]),
        (client(company="a:bcdefghijk"), ["too-long", "bad-characters"]),
        (client(billing=Address(city="Rome")), ["too-long"]),
        (invoice(lines=(line(description="longer"),)), ["too-long"]),
    ],
)
def test_texts_fit_and_hold_no_forbidden_characters_i7(record, expected):
    assert held(here(record), company(limits=LIMITS)) == expected


def test_texts_that_fit_go_and_only_written_fields_are_looked_at_i7():
    known = company(limits=LIMITS)
    assert goes(
        here(client(notes="x" * 5000, term=Ref("term", "30"))),
        linked(links_back={Ref("term", "30"): CUSTOMER[1]}),
    )
    long = client(company="x" * 20)
    assert goes(pair(long.replace(phone="1"), long, long), known)


@pytest.mark.parametrize(
    ("name", "sent"), [("a:b\tc", "a b c"), ("x" * 11, "x" * 10), ("Acme", "")]
)
def test_names_go_as_quickbooks_can_show_them_with_a_warning_x11(name, sent):
    step = only(here(client(name)), company=company(limits=LIMITS))
    assert [reason.values["name"] for reason in step.warnings] == ([sent] if sent else [])
    assert codes(step) == []


def test_names_are_compared_as_they_will_be_sent_i7():
    known = company(limits=LIMITS, names={"a b": (NameEntry(kind="vendor", id="9", name="A B"),)})
    assert held(here(client("a:b")), known) == ["name-taken"]


def test_several_things_wrong_are_told_at_once_i4():
    known = company(limits=LIMITS, closing_date=APRIL)
    assert held(here(invoice(issued_on=APRIL, lines=())), known) == [
        "closed-period",
        "required-empty",
    ]


# --- Currency -------------------------------------------------------------------------------------


def test_currencies_of_the_company_only_i7_a9_x22():
    assert held(here(invoice(currency="EUR")), company()) == ["currency-mismatch"]
    assert held(here(client(currency="EUR")), company(currencies=frozenset({"EUR"}))) == [
        "currency-mismatch"
    ]
    assert goes(
        here(invoice(currency="EUR")), company(currencies=frozenset({"EUR"}), multicurrency=True)
    )
    assert goes(here(invoice(currency="EUR")), company(multicurrency=True)), (
        "which ones is not known"
    )
    assert goes(here(invoice(currency="EUR")), company(home_currency=""))


def test_a_document_shares_its_customers_currency_i7_c16():
    known = linked(multicurrency=True, currencies=frozenset({"EUR"}))
    customer = pair(client(currency="EUR"), client(currency="EUR"), client(currency="EUR"), key=5)
    one = invoice(customer=Ref("customer", "h5"))
    assert [codes(step) for step in steps(here(one), customer, company=known) if step.key == 1] == [
        ["currency-mismatch"]
    ]
    assert [
        step.direction for step in steps(here(one.replace(currency="EUR")), customer, company=known)
    ][1] == "push"


def test_a_payment_shares_the_currency_of_what_it_pays_i7():
    known = linked(CUSTOMER, multicurrency=True, currencies=frozenset({"EUR"}))
    billed = pair(invoice(currency="EUR"), invoice(currency="EUR"), invoice(currency="EUR"), key=5)
    parts = (Allocation(document=Ref("invoice", "h5"), amount=Decimal(10)),)
    (step,) = [
        one
        for one in steps(here(payment(allocations=parts)), billed, company=known)
        if one.key == 1
    ]
    assert codes(step) == ["currency-mismatch"]


def test_the_currency_of_a_contact_never_changes_there_c16():
    old = client(currency="USD")
    known = company(multicurrency=True, currencies=frozenset({"EUR"}))
    assert held(pair(old.replace(currency="EUR"), old, old), known) == ["currency-fixed"]


def test_the_type_of_a_product_never_changes_there():
    old = product(type="service")
    assert held(pair(old.replace(type="non_inventory"), old, old), company()) == [
        "fixed-after-create"
    ]


# --- Tax, accounts, features ----------------------------------------------------------------------

CODES = [(Ref("tax_code", name), Ref("tax_code", name.upper())) for name in ("a", "b", "non")]
TAXED = linked(CUSTOMER, *CODES)


def taxed(*names: str):
    return here(invoice(lines=tuple(line(tax_code=Ref("tax_code", name)) for name in names)))


def test_one_rate_of_sales_tax_per_document_in_the_united_states_f14_h9():
    assert held(taxed("a", "b"), TAXED) == ["several-tax-codes"]
    assert goes(taxed("a", "non", "a"), TAXED)
    assert goes(taxed("a", "b"), linked(CUSTOMER, *CODES, tax_kind="global"))


def test_codes_here_that_say_untaxed_do_not_count_f14():
    zero = TaxCode(name="b", taxable=False)
    code = pair(zero, zero, zero, key=9, here_ref=Ref("tax_code", "b"))
    (step,) = [one for one in steps(taxed("a", "b"), code, company=TAXED) if one.key == 1]
    assert step.direction == "push"


@pytest.mark.parametrize(
    ("field", "kind", "code"),
    [
        ("term", "term", "term-unmapped"),
        ("method", "payment_method", "method-unmapped"),
        ("account", "account", "account-unmapped"),
        ("lines", "tax_code", "tax-code-unmapped"),
    ],
)
def test_codes_without_a_partner_hold_the_record_i7_h10(field, kind, code):
    ref = Ref(kind, "x")
    record = payment() if field in ("method", "account") else invoice()
    value = (line(tax_code=ref), line(tax_code=ref)) if field == "lines" else ref
    assert held(here(record.replace(**{field: value})), LINKED) == [code]
    known = linked(CUSTOMER, (ref, Ref(kind, "7")))
    assert goes(here(record.replace(**{field: value})), known)


def test_outdated_tax_codes_hold_the_record_a12():
    known = linked(CUSTOMER, CODES[0], outdated=frozenset({Ref("tax_code", "a")}))
    assert held(taxed("a"), known) == ["tax-code-outdated"]


def test_receivable_accounts_are_not_for_lines_f7():
    account = (Ref("account", "1200"), Ref("account", "84"))
    known = linked(CUSTOMER, account, receivable_accounts=frozenset({account[1]}))
    assert held(here(product(income_account=account[0])), known) == ["receivable-account-on-line"]


def test_products_have_an_income_account_or_the_default_d10():
    assert held(here(product()), company(unserved=frozenset({"income"}))) == ["account-unmapped"]
    account = (Ref("account", "4000"), Ref("account", "79"))
    assert goes(
        here(product(income_account=account[0])), linked(account, unserved=frozenset({"income"}))
    )


def test_stock_needs_the_companys_feature_i7():
    stock = Item(name="Hammer", type="inventory")
    assert held(here(stock), company()) == ["feature-off"]
    assert goes(here(stock), company(features=frozenset({"inventory"})))


@pytest.mark.parametrize(
    ("record", "feature"),
    [(Class(name="Roses"), "classes-per-line"), (Location(name="Leeds"), "locations")],
)
def test_classes_and_locations_need_the_companys_feature_e5_e6(record, feature):
    assert held(here(record), company()) == ["feature-off"]
    assert goes(here(record), company(features=frozenset({feature})))


# --- Money applied --------------------------------------------------------------------------------


def test_paid_documents_are_not_voided_or_deleted_x28():
    assert held(pair(None, invoice(), invoice()), company(paid=frozenset({"q1"}))) == [
        "paid-document"
    ]


def test_documents_are_sent_until_a_payment_is_attached_f9():
    changed = pair(invoice(memo="x"), invoice(), invoice())
    paid = company(paid=frozenset({"q1"}))
    assert held(changed, paid, until_paid=True) == ["paid-document"]
    assert goes(changed, paid)
    assert goes(changed, company(), until_paid=True)


def test_a_payment_in_a_deposit_is_neither_changed_nor_taken_back_g9():
    lies = payment(deposited=True)
    assert held(pair(payment(note="x"), lies, payment()), company()) == ["deposited"]
    assert held(pair(None, lies, payment()), company()) == ["deposited"]
    assert goes(pair(payment(note="x"), payment(), payment()), company())
    # It says nothing of what comes from there, and makes no difference by itself.
    assert shape(only(pair(payment(), lies.replace(note="y"), payment()), company=company()))[
        :2
    ] == ("update", "pull")
    assert shape(only(pair(payment(), lies, payment()), company=company())) == ("unchanged", "")


def test_a_payment_pays_no_more_than_it_is_g3_g5():
    parts = tuple(
        Allocation(document=Ref("invoice", str(number)), amount=Decimal(6)) for number in (1, 2)
    )
    links = [(Ref("invoice", str(number)), Ref("invoice", f"q{number}")) for number in (1, 2)]
    known = linked(CUSTOMER, *links)
    assert held(here(payment("10", allocations=parts)), known) == ["over-allocated"]
    assert goes(here(payment("12", allocations=parts)), known)


# --- Zero totals (F3) -----------------------------------------------------------------------------


@pytest.mark.parametrize("total", [Decimal(0), None])
def test_zero_totals_are_left_out_if_the_category_says_so_f3(total):
    free = here(invoice(lines=(line("5.00"),), discount=Decimal("5.00"), total=total))
    step = only(free, company=LINKED, zero_totals=False)
    assert (shape(step)[0], codes(step)) == ("skip", ["zero-total"])
    assert goes(free, LINKED)
    assert goes(here(invoice()), LINKED, zero_totals=False)


@pytest.mark.parametrize(
    "discount", [{"discount": Decimal("5.00")}, {"discount_percent": Decimal(100)}], ids=str
)
def test_what_comes_to_nothing_comes_to_nothing_at_any_rate_of_tax_f3(discount):
    """Only a tax code's rate could tell the total of an invoice that states none, but nothing taxed
    is nothing.
    """
    lines = (line("5.00", tax_code=Ref("tax_code", "non")),)
    step = only(
        here(invoice(lines=lines, total=None, **discount)), company=TAXED, zero_totals=False
    )
    assert (shape(step)[0], codes(step)) == ("skip", ["zero-total"])


@pytest.mark.parametrize(("double", "reason"), [(False, "name-taken"), (True, "duplicate-here")])
def test_what_an_earlier_chunk_of_the_plan_claims_is_taken_i7(double, reason):
    """Claims go over the whole plan: what was planned before has the name, the second one is held;
    so is a double.
    """
    first = only(here(client()), company=company())
    claims = [claim for claim in first.claims if claim.startswith("here") is double]
    assert claims
    assert held(here(client()), company(claimed=dict.fromkeys(claims, 99))) == [reason]
