"""Money given back at once, both ways (F5): nothing twice, nothing lost, equal to the cent."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.models import Account, Client, PaymentMethod, Refund, TaxCode
from quicksync.models import Connection
from quicksync.sync.monitor import reconcile
from tests.company import assert_adds_up, connected, connected_to
from tests.sync.exchange.test_unknown_outcomes import through
from tests.sync.settled import entered_there, quiet

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = (
    *("account", "tax_code", "term", "payment_method"),
    *("customer", "item", "sales_receipt", "refund"),
)
PAYING = ("Bank", "Other Current Asset")


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable(*KINDS)
        yield company


def bank_of(company):
    return company.there("Account", "AccountType = 'Bank'")[0]


def there_is(company, *amounts, **values):
    """A refund that the bookkeeper enters in QuickBooks."""
    account = {"value": bank_of(company)["Id"]}
    return entered_there(company, "RefundReceipt", *amounts, DepositToAccountRef=account, **values)


def in_bank(company, remote_id):
    """What the ledger says of an account."""
    (found,) = company.there("Account", f"Id = '{remote_id}'")
    return Decimal(str(found["CurrentBalance"]))


def test_f5_a_refund_goes_there_and_takes_its_money_from_the_bank(company):
    company.sync()
    cheque = PaymentMethod.objects.get(name="Check")
    bank = Account.objects.filter(type=Account.Type.BANK).first()
    account = company.mapping(bank).remote_id
    before = in_bank(company, account)
    back = company.refund(
        "12.34",
        5,
        client=company.client("Ada"),
        method=cheque,
        reference="0042",
        account=bank,
        issued_on=dt.date(2026, 3, 7),
        private_note="Paid twice",
    )
    assert_adds_up(company.sync())
    there = company.partner(back)
    assert (there["TotalAmt"], there["TxnDate"]) == (Decimal("17.34"), "2026-03-07")
    assert (there["PaymentRefNum"], there["PrivateNote"]) == ("0042", "Paid twice")
    assert there["CustomerRef"]["value"] == company.partner(Client.objects.get())["Id"]
    assert there["PaymentMethodRef"]["value"] == company.mapping(cheque).remote_id
    assert there["DepositToAccountRef"]["value"] == account
    assert in_bank(company, account) == before - Decimal("17.34")
    assert company.sim.ledger(company.connection.realm_id)["balanced"]
    quiet(company)


def test_f5_d10_without_an_account_the_connections_own_pays(either):
    either.sync()
    account = either.connection.facts["defaults"]["payout"]
    back = either.refund(40)
    assert_adds_up(either.sync())
    there = either.partner(back)
    assert there["DepositToAccountRef"]["value"] == account
    assert "CustomerRef" not in there
    assert there["TotalAmt"] == 40
    quiet(either)


def test_f5_d10_the_account_that_was_chosen_pays(company):
    company.sync()
    undeposited = company.there("Account", "AccountSubType = 'UndepositedFunds'")[0]["Id"]
    chosen = company.connection.options.replace(refund_account=undeposited)
    Connection.objects.update(options=chosen)
    back = company.refund(40)
    assert_adds_up(company.sync())
    assert company.partner(back)["DepositToAccountRef"]["value"] == undeposited
    quiet(company)


def test_f5_d10_nobody_guesses_where_the_money_comes_from(company):
    """A company without a bank account: held, with what to do, until there is one."""
    realm = company.connection.realm_id
    may = [one["Id"] for one in company.there("Account") if one["AccountType"] in PAYING]
    for one in may:
        company.sim.edit("update", "Account", one, values={"Active": False}, realm=realm)
    back = company.refund(40)
    assert_adds_up(company.sync())
    mapping = company.mapping(back)
    assert (mapping.state, mapping.reason) == ("held", "account-unmapped")
    assert not company.there("RefundReceipt")
    company.sim.edit("update", "Account", may[0], values={"Active": True}, realm=realm)
    assert_adds_up(company.sync())
    assert company.partner(back)["DepositToAccountRef"]["value"] == may[0]


def test_f5_equal_refunds_of_one_day_are_two(either):
    first, second = either.refund(5), either.refund(5)
    assert_adds_up(either.sync())
    ids = {either.partner(first)["Id"], either.partner(second)["Id"]}
    assert len(ids) == len(either.there("RefundReceipt")) == 2
    quiet(either)


@pytest.mark.parametrize("named", [True, False], ids=["of a client", "of nobody"])
def test_f5_a_refund_of_quickbooks_comes_here(either, named):
    values = {"DocNumber": "Q-7", "PaymentRefNum": "card 1", "TxnDate": "2026-05-04"}
    if named:
        either.client("Ada")
        either.sync()
        values["CustomerRef"] = {"value": either.partner(Client.objects.get())["Id"]}
    there_is(either, 30, 12.5, **values)
    assert_adds_up(either.sync())
    back = Refund.objects.get()
    assert (back.total, back.number, back.reference) == (Decimal("42.50"), "Q-7", "card 1")
    assert back.issued_on == dt.date(2026, 5, 4)
    assert (back.client and back.client.name) == ("Ada" if named else None)
    assert either.mapping(back.account).remote_id == bank_of(either)["Id"]
    assert [line.amount for line in back.lines.all()] == [30, Decimal("12.50")]
    quiet(either)


def test_f5_changes_of_both_sides_meet_f17(company):
    back = company.refund(20, private_note="ours")
    company.sync()
    realm, found = company.connection.realm_id, company.partner(back)["Id"]
    values = {"PaymentRefNum": "77", "ShipDate": "2026-06-01"}
    company.sim.edit("update", "RefundReceipt", found, values=values, realm=realm)
    back.private_note = "ours, changed"
    back.save()
    assert_adds_up(company.sync())
    back.refresh_from_db()
    there = company.partner(back)
    assert (back.reference, back.private_note) == ("77", "ours, changed")
    assert (there["PaymentRefNum"], there["PrivateNote"]) == ("77", "ours, changed")
    assert there["ShipDate"] == "2026-06-01"
    quiet(company)


def test_f5_deleted_here_it_is_deleted_there_where_one_says_so(company):
    """Intuit documents no way to void one by the interface."""
    company.enable("refund", on_delete_here="delete")
    back = company.refund(20)
    company.sync()
    mapping = company.mapping(back)
    back.delete()
    assert_adds_up(company.sync())
    assert not company.there("RefundReceipt")
    mapping.refresh_from_db()
    assert mapping.state == "gone"
    quiet(company)


def test_f5_voided_there(company):
    company.enable("refund", on_delete_there="void")
    back = company.refund(20)
    company.sync()
    realm, found = company.connection.realm_id, company.partner(back)["Id"]
    company.sim.edit("void", "RefundReceipt", found, realm=realm)
    assert_adds_up(company.sync())
    back.refresh_from_db()
    assert (back.status, back.total) == (Refund.Status.VOID, 0)
    quiet(company)


@pytest.mark.parametrize("way", ["drop_after_commit", "drop_before"])
def test_f5_a_lost_answer_gives_nothing_back_twice(either, way):
    back = either.refund(20)
    either.sync()
    other = either.refund(20)
    either.sim.fault(entity="RefundReceipt", method="POST", times=1, **{way: True})
    assert_adds_up(through(either))
    either.sync()
    found = {either.partner(one)["Id"] for one in (back, other)}
    assert found == {one["Id"] for one in either.there("RefundReceipt")}
    assert len(found) == 2
    quiet(either)


def test_f5_both_sides_have_it_already(company):
    there = there_is(company, 20, DocNumber="R-1", TxnDate="2026-03-07")
    back = company.refund(20, number="R-1", issued_on=dt.date(2026, 3, 7))
    assert_adds_up(company.sync())
    assert company.mapping(back).remote_id == there["Id"]
    assert Refund.objects.count() == 1
    quiet(company)


def test_f5_a_sale_and_its_refund_may_have_one_number(company):
    """Each sort of document is numbered by itself."""
    sold, back = company.sale(20, number="7"), company.refund(20, number="7")
    assert_adds_up(company.sync())
    assert company.partner(sold)["DocNumber"] == company.partner(back)["DocNumber"] == "7"
    quiet(company)


def test_f5_tax_and_discount_come_to_the_same_cents():
    with connected(kinds=KINDS, company="sample") as company:
        company.sync()
        taxed = TaxCode.objects.get(code="California")
        back = company.refund("24.99", "10.98", discount_percent=Decimal("33.3333"))
        for line in back.lines.all():
            line.tax_code = taxed
            line.save()
        back.refresh_from_db()
        assert_adds_up(company.sync())
        there = company.partner(back)
        assert Decimal(str(there["TotalAmt"])) == back.total
        assert Decimal(str(there["TxnTaxDetail"]["TotalTax"])) == back.tax
        run = company.sync()
        assert not run.operations.filter(mapping=company.mapping(back)).exists()


def test_f5_the_reconciliation_agrees(company):
    company.refund(20)
    company.refund("7.35", client=company.client("Ada"))
    company.sync()
    every = reconcile.reconcile(company.connection)
    lines = [line for line in every if line.kind == "refund"]
    assert [(line.here_total, line.there_total) for line in lines] == [(Decimal("27.35"),) * 2]
    assert not any(line.differences for line in every)
    assert not any(line.untold for line in lines), "Nothing is open of what was given back at once."
