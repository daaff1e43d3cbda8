"""Sales that were paid at once, both ways (F23): nothing twice, nothing lost, equal to the cent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.models import (
    Account,
    Client,
    PaymentMethod,
    SalesReceipt,
    SalesReceiptLine,
    TaxCode,
)
from quicksync.models import EntityMapping
from quicksync.sync.monitor import reconcile
from tests.company import assert_adds_up, connected, connected_to
from tests.sync.exchange.test_unknown_outcomes import through
from tests.sync.settled import entered_there, quiet

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = (
    *("account", "tax_code", "term", "payment_method"),
    *("customer", "item", "invoice", "sales_receipt"),
)


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable(*KINDS)
        yield company


def there_is(company, *amounts, **values):
    """A sale that the bookkeeper enters in QuickBooks."""
    return entered_there(company, "SalesReceipt", *amounts, **values)


def balanced(company):
    ledger = company.sim.ledger(company.connection.realm_id)
    assert ledger["balanced"]
    return ledger


def test_f23_a_sale_goes_there_with_its_client_and_how_it_was_paid(company):
    company.sync()
    cheque = PaymentMethod.objects.get(name="Check")
    bank = Account.objects.filter(type=Account.Type.OTHER_CURRENT_ASSET).first()
    sold = company.sale(
        "12.34",
        5,
        client=company.client("Ada"),
        method=cheque,
        reference="0042",
        account=bank,
        issued_on=dt.date(2026, 3, 7),
        private_note="Market",
    )
    assert_adds_up(company.sync())
    there = company.partner(sold)
    assert (there["TotalAmt"], there["TxnDate"]) == (Decimal("17.34"), "2026-03-07")
    assert (there["PaymentRefNum"], there["PrivateNote"]) == ("0042", "Market")
    assert there["CustomerRef"]["value"] == company.partner(Client.objects.get())["Id"]
    assert there["PaymentMethodRef"]["value"] == company.mapping(cheque).remote_id
    assert there["DepositToAccountRef"]["value"] == company.mapping(bank).remote_id
    balanced(company)
    quiet(company)


def test_f23_over_the_counter_nobody_is_named(either):
    sold = either.sale(40)
    assert_adds_up(either.sync())
    there = either.partner(sold)
    assert "CustomerRef" not in there
    assert there["TotalAmt"] == 40
    balanced(either)
    quiet(either)


def test_f23_equal_sales_of_one_day_are_two(either):
    first, second = either.sale(5), either.sale(5)
    assert_adds_up(either.sync())
    ids = {either.partner(first)["Id"], either.partner(second)["Id"]}
    assert len(ids) == len(either.there("SalesReceipt")) == 2
    quiet(either)


@pytest.mark.parametrize("named", [True, False], ids=["of a client", "of nobody"])
def test_f23_a_sale_of_quickbooks_comes_here(either, named):
    values = {"DocNumber": "Q-7", "PaymentRefNum": "card 1", "TxnDate": "2026-05-04"}
    if named:
        either.client("Ada")
        either.sync()
        values["CustomerRef"] = {"value": either.partner(Client.objects.get())["Id"]}
    there_is(either, 30, 12.5, **values)
    assert_adds_up(either.sync())
    sold = SalesReceipt.objects.get()
    assert (sold.total, sold.number, sold.reference) == (Decimal("42.50"), "Q-7", "card 1")
    assert sold.issued_on == dt.date(2026, 5, 4)
    assert (sold.client and sold.client.name) == ("Ada" if named else None)
    assert [line.amount for line in sold.lines.all()] == [30, Decimal("12.50")]
    quiet(either)


def test_f23_changes_of_both_sides_meet(company):
    sold = company.sale(20, private_note="ours")
    company.sync()
    realm, found = company.connection.realm_id, company.partner(sold)["Id"]
    company.sim.edit("update", "SalesReceipt", found, values={"PaymentRefNum": "77"}, realm=realm)
    sold.private_note = "ours, changed"
    sold.save()
    assert_adds_up(company.sync())
    sold.refresh_from_db()
    there = company.partner(sold)
    assert (sold.reference, sold.private_note) == ("77", "ours, changed")
    assert (there["PaymentRefNum"], there["PrivateNote"]) == ("77", "ours, changed")
    quiet(company)


def test_f23_a_changed_price_keeps_what_the_bookkeeper_added_f17(company):
    sold = company.sale(20)
    company.sync()
    realm, found = company.connection.realm_id, company.partner(sold)["Id"]
    company.sim.edit(
        "update", "SalesReceipt", found, values={"ShipDate": "2026-06-01"}, realm=realm
    )
    line = SalesReceiptLine.objects.get()
    line.unit_price = Decimal("21.50")
    line.save()
    assert_adds_up(company.sync())
    there = company.partner(sold)
    assert (there["TotalAmt"], there["ShipDate"]) == (Decimal("21.5"), "2026-06-01")
    quiet(company)


def test_f23_voided_here(company):
    sold = company.sale(20)
    company.sync()
    sold.status = SalesReceipt.Status.VOID
    sold.save()
    assert_adds_up(company.sync())
    there = company.partner(sold)
    assert (there["TotalAmt"], there["PrivateNote"].startswith("Voided")) == (0, True)
    quiet(company)


def test_f23_voided_there(company):
    company.enable("sales_receipt", on_delete_there="void")
    sold = company.sale(20)
    company.sync()
    realm, found = company.connection.realm_id, company.partner(sold)["Id"]
    company.sim.edit("void", "SalesReceipt", found, realm=realm)
    assert_adds_up(company.sync())
    sold.refresh_from_db()
    assert (sold.status, sold.total) == (SalesReceipt.Status.VOID, 0)
    quiet(company)


def test_f23_deleted_here_it_is_voided_there(company):
    sold = company.sale(20)
    company.sync()
    mapping = company.mapping(sold)
    sold.delete()
    assert_adds_up(company.sync())
    [there] = company.there("SalesReceipt")
    assert there["TotalAmt"] == 0
    mapping.refresh_from_db()
    assert mapping.state == "gone"
    quiet(company)


def test_f23_its_client_and_product_go_before_it(company):
    company.enable("customer", "item", enabled=False)
    sold = company.sale(20, client=company.client("Grace"))
    assert_adds_up(company.sync())
    assert company.partner(sold)["CustomerRef"]["value"] == company.one("Customer")["Id"]
    quiet(company)


def test_f23_the_number_is_taken_there(company):
    """Only where the company keeps numbers of its own would QuickBooks refuse it; nowhere may two
    documents of one number come to be.
    """
    taken = there_is(company, 9, DocNumber="S-1")
    EntityMapping.objects.filter(kind="sales_receipt").delete()
    company.enable("sales_receipt", direction="push")
    sold = company.sale(20, client=company.client("Ada"), number="S-1")
    assert_adds_up(company.sync())
    mapping = company.mapping(sold)
    assert (mapping.state, mapping.reason) == ("held", "number-taken")
    assert [one["Id"] for one in company.there("SalesReceipt")] == [taken["Id"]]


@pytest.mark.parametrize("way", ["drop_after_commit", "drop_before"])
def test_f23_a_lost_answer_makes_no_second_one(either, way):
    sold = either.sale(20)
    either.sync()
    other = either.sale(20)
    either.sim.fault(entity="SalesReceipt", method="POST", times=1, **{way: True})
    run = through(either)
    assert_adds_up(run)
    either.sync()
    found = {either.partner(one)["Id"] for one in (sold, other)}
    assert found == {one["Id"] for one in either.there("SalesReceipt")}
    assert len(found) == 2
    quiet(either)


def test_f23_both_sides_have_it_already(company):
    there = there_is(company, 20, DocNumber="S-1", TxnDate="2026-03-07")
    sold = company.sale(20, number="S-1", issued_on=dt.date(2026, 3, 7))
    assert_adds_up(company.sync())
    assert company.mapping(sold).remote_id == there["Id"]
    assert SalesReceipt.objects.count() == 1
    quiet(company)


def test_f23_what_a_deposit_holds_waits(company):
    sold = company.sale(20)
    company.sync()
    bank = company.there("Account", "AccountType = 'Bank'")[0]["Id"]
    link = {"TxnId": company.partner(sold)["Id"], "TxnType": "SalesReceipt", "TxnLineId": "0"}
    body = {
        "DepositToAccountRef": {"value": bank},
        "Line": [{"Amount": 20, "LinkedTxn": [link]}],
    }
    company.sim.api("POST", "deposit", body, realm=company.connection.realm_id)
    sold.issued_on = sold.issued_on - dt.timedelta(days=1)
    sold.save()
    sent = len(company.writes())
    assert_adds_up(company.sync())
    mapping = company.mapping(sold)
    assert (mapping.state, mapping.reason) == ("held", "deposited")
    assert len(company.writes()) == sent


def test_f23_tax_and_discount_come_to_the_same_cents():
    with connected(kinds=KINDS, company="sample") as company:
        company.sync()
        taxed = TaxCode.objects.get(code="California")
        sold = company.sale("24.99", "10.98", discount_percent=Decimal("33.3333"))
        for line in sold.lines.all():
            line.tax_code = taxed
            line.save()
        sold.refresh_from_db()
        assert_adds_up(company.sync())
        there = company.partner(sold)
        assert Decimal(str(there["TotalAmt"])) == sold.total
        assert Decimal(str(there["TxnTaxDetail"]["TotalTax"])) == sold.tax
        run = company.sync()
        assert not run.operations.filter(mapping=company.mapping(sold)).exists()


def test_f23_the_reconciliation_agrees(company):
    company.sale(20)
    company.sale("7.35", client=company.client("Ada"))
    company.sync()
    every = reconcile.reconcile(company.connection)
    lines = [line for line in every if line.kind == "sales_receipt"]
    assert [(line.here_total, line.there_total) for line in lines] == [(Decimal("27.35"),) * 2]
    assert not any(line.differences for line in every)
    assert not any(line.untold for line in lines), "Nothing is open of what was paid at once."
