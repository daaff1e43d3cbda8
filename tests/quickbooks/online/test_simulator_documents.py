"""Invoices, payments and taxes against simulated companies: both sides agree to the cent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.quickbooks.messages import Fate
from quicksync.records import Address, Allocation, Customer, Ref
from tests.quickbooks.online.entries import add_customer, add_invoice, code
from tests.quickbooks.online.make import EDITION, invoice, item, line, payment

# --- Invoices ---


def test_an_invoice_comes_back_to_the_cent_f15(us):
    taxed = code(us, "8")
    record, outcome = add_invoice(
        us,
        line(
            "70.00",
            line_id="a",
            item_id="1",
            quantity=Decimal(2),
            unit_price=Decimal(35),
            tax_code=taxed,
        ),
        line(
            "100.00",
            line_id="b",
            item_id="1",
            quantity=Decimal(3),
            unit_price=Decimal("33.33"),
            tax_code=taxed,
        ),
        line(
            "30.00", line_id="c", item_id="1", description="Untaxed", service_on=dt.date(2026, 3, 1)
        ),
        line("0", line_id="d", item_id=None, description="Thank you"),
        tax=Decimal("13.60"),
        due_on=dt.date(2026, 5, 1),
        email="a@example.org",
        memo="Hello",
        private_note="n",
        billing=Address("1 Way", "Town", "CA", "94000"),
    )
    found = us.record(outcome.remote)
    assert (found.total, found.tax, found.balance) == (
        Decimal("213.60"),
        Decimal("13.60"),
        Decimal("213.60"),
    )
    assert [each.amount for each in found.lines] == [70, 100, 30, 0]
    assert [each.description for each in found.lines] == ["", "", "Untaxed", "Thank you"]
    assert found.lines[0].tax_code == Ref("tax_code", taxed)
    assert (found.memo, found.private_note, found.email, found.due_on) == (
        "Hello",
        "n",
        "a@example.org",
        record.due_on,
    )
    assert set(outcome.line_ids) == {"a", "b", "c", "d"}
    assert [each.id for each in found.lines] == list(outcome.line_ids.values())


@pytest.mark.parametrize("tax", ["13.59", "13.61"])
def test_another_rounding_of_the_host_wins_f15(us, tax):
    lines = (line("170.00", item_id="1", tax_code=code(us, "8")), line("30.00", item_id="1"))
    _, outcome = add_invoice(us, *lines, tax=Decimal(tax))
    found = us.record(outcome.remote)
    assert (found.tax, found.total) == (Decimal(tax), Decimal(200) + Decimal(tax))


@pytest.mark.parametrize(
    ("discount", "percent", "tax", "total"),
    [
        ("10.00", None, "7.20", "97.20"),
        ("0", "10", "7.20", "97.20"),
        ("10.00", "10", "7.20", "97.20"),
    ],
)
def test_discounts(us, discount, percent, tax, total):
    _, outcome = add_invoice(
        us,
        line("100.00", item_id="1", tax_code=code(us, "8")),
        discount=Decimal(discount),
        discount_percent=Decimal(percent) if percent else None,
        tax=Decimal(tax),
    )
    found = us.record(outcome.remote)
    assert (found.total, found.tax, found.discount) == (Decimal(total), Decimal(tax), Decimal(10))
    assert found.discount_percent == (Decimal(percent) if percent else None)


def test_a_bookkeepers_line_and_class_survive_our_update_f17(us):
    record, first = add_invoice(
        us, line("10.00", line_id="a", item_id="1"), line("20.00", line_id="b", item_id="1")
    )
    stored = us.simulator.api("GET", f"invoice/{first.remote.id}", realm=us.realm)["Invoice"]
    theirs = {"Amount": 5, "Description": "Theirs", "DetailType": "SalesItemLineDetail",
              "SalesItemLineDetail": {"ItemRef": {"value": "1"}}}  # fmt: skip
    us.simulator.edit(
        "update",
        "Invoice",
        first.remote.id,
        values={"Line": [*stored["Line"], theirs], "TrackingNum": "T1"},
        realm=us.realm,
    )
    (now,) = us.read(EDITION.read_again("Invoice", [first.remote.id]))
    changed = record.replace(
        lines=(line("11.00", line_id="a", item_id="1"), line("7.00", line_id="c", item_id="1"))
    )
    second = us.one(
        item(changed, action="update", remote=now, fields={"lines"}, line_ids=first.line_ids)
    )
    found = us.record(second.remote)
    assert sorted((each.description, each.amount) for each in found.lines) == [
        ("", 7),
        ("", 11),
        ("Theirs", 5),
    ]
    assert found.total == Decimal(23)
    assert second.line_ids["a"] == first.line_ids["a"]
    assert '"TrackingNum":"T1"' in second.remote.payload


def test_voiding_and_deleting_f4(us):
    record, first = add_invoice(us, line("10.00", item_id="1"))
    void = us.one(item(record, action="void", remote=first.remote))
    found = us.record(void.remote)
    assert (found.voided, found.total, found.balance) == (True, 0, 0)
    gone = us.one(item(record, action="delete", remote=void.remote))
    assert gone.remote.deleted


def test_an_unknown_customer_is_told_before_anybody_guesses(us):
    (outcome,) = us.write(
        item(invoice(line("1.00", item_id="1")).replace(customer=Ref("customer", "987654")))
    )
    assert outcome.fault.fate is Fate.PERSON
    assert outcome.fault.reason in {"missing-reference", "inactive-reference"}


def test_closed_books_refuse_with_their_reason(company_of):
    company = company_of(closing_date="2026-06-30")
    assert company.facts is not None
    customer = add_customer(company)
    record = invoice(line("1.00", item_id="1")).replace(customer=Ref("customer", customer.id))
    (outcome,) = company.write(item(record))
    assert outcome.fault.reason == "closed-period"


# --- Payments ---


def test_partial_split_and_over_payments_g3_g4_g5(us):
    record, one = add_invoice(us, line("100.00", item_id="1"), number="9001")
    two = us.one(item(record.replace(number="9002"), key="two"))
    pay = payment(
        customer=record.customer, total=Decimal("150.00"), reference="cheque 7", note="by post",
        method=Ref("payment_method", "2"), account=Ref("account", us.facts.defaults["deposit"]),
        allocations=(
            Allocation(document=Ref("invoice", one.remote.id), amount=Decimal("100.00")),
            Allocation(document=Ref("invoice", two.remote.id), amount=Decimal("30.00")),
        ),
    )  # fmt: skip
    paid = us.one(item(pay))
    found = us.record(paid.remote)
    assert found == pay.replace(unapplied=Decimal(20), currency="USD")
    us.read(EDITION.read_again("Invoice", [one.remote.id, two.remote.id]))
    balances = [us.record(us.remotes["Invoice", each.remote.id]).balance for each in (one, two)]
    assert balances == [0, 70]

    moved = pay.replace(
        allocations=(Allocation(document=Ref("invoice", two.remote.id), amount=Decimal("100.00")),)
    )
    after = us.one(item(moved, action="update", remote=paid.remote, fields={"allocations"}))
    assert us.record(after.remote).allocations == moved.allocations
    noted = us.one(
        item(moved.replace(note="new"), action="update", remote=after.remote, fields={"note"})
    )
    assert us.record(noted.remote).allocations == moved.allocations
    void = us.one(item(moved, action="void", remote=noted.remote))
    assert us.record(void.remote).voided


# --- Other countries, other taxes ---


def test_vat_by_line_and_prices_with_and_without_it_f14(company_of):
    company = company_of(country="GB")
    assert (company.facts.country, company.facts.home_currency, company.facts.tax_kind) == (
        "GB",
        "GBP",
        "global",
    )
    standard, reduced = code(company, "20"), code(company, "5")
    lines = (
        line("100.01", item_id="1", tax_code=standard),
        line("50.00", item_id="1", tax_code=reduced),
        line("10.00", item_id="1"),
    )
    _, outcome = add_invoice(company, *lines, tax=Decimal("22.51"), number="V1")
    found = company.record(outcome.remote)
    assert (found.tax, found.total) == (Decimal("22.51"), Decimal("182.52"))
    assert [each.tax_code.id for each in found.lines[:2]] == [standard, reduced]

    gross = (
        line("120.00", item_id="1", tax_code=standard, quantity=Decimal(3), unit_price=Decimal(40)),
        line("9.99", item_id="1", tax_code=reduced),
    )
    _, outcome = add_invoice(
        company, *gross, tax=Decimal("20.48"), prices_include_tax=True, number="V2"
    )
    found = company.record(outcome.remote)
    assert (found.prices_include_tax, found.total, found.tax) == (
        True,
        Decimal("129.99"),
        Decimal("20.48"),
    )
    assert [each.amount for each in found.lines] == [Decimal("120.00"), Decimal("9.99")]
    assert found.lines[0].unit_price == 40

    _, outcome = add_invoice(company, line("10.00", item_id="1"), number="V3")
    found = company.record(outcome.remote)
    assert (found.total, found.tax) == (Decimal(10), 0)


def test_automated_sales_tax_takes_the_hosts_amount_f15(company_of):
    company = company_of(automated_tax=True)
    assert company.facts.tax_kind == "ast"
    taxed = next(known for known, rates in company.facts.tax_rates.items() if rates)
    _, outcome = add_invoice(
        company, line("100.00", item_id="1", tax_code=taxed), tax=Decimal("7.77")
    )
    found = company.record(outcome.remote)
    assert (found.tax, found.total) == (Decimal("7.77"), Decimal("107.77"))


def test_a_company_without_sales_tax(company_of):
    company = company_of(sales_tax=False)
    assert company.facts.tax_kind == "none"
    _, outcome = add_invoice(company, line("100.00", item_id="1", tax_code="3"))
    assert company.record(outcome.remote).total == Decimal(100)


def test_several_currencies_c16(company_of):
    company = company_of(multicurrency=True)
    customer = company.one(item(Customer(name="Euro GmbH", currency="EUR"))).remote
    assert company.record(customer).currency == "EUR"
    record = invoice(line("10.00", item_id="1"), currency="EUR").replace(
        customer=Ref("customer", customer.id)
    )
    found = company.record(company.one(item(record)).remote)
    assert (found.currency, found.total) == ("EUR", Decimal(10))
