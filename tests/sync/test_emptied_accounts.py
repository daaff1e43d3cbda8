"""An empty account means the one that the connection chose (D10, G8), also where somebody empties
it later: no money moves to an account of nobody's choice.
"""

from __future__ import annotations

import pytest

from quicksync.books.models import Account, PaymentMethod
from quicksync.models import Connection
from tests.company import assert_adds_up, connected_to
from tests.sync.settled import quiet
from tests.sync.test_refunds import KINDS, PAYING

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    """Money goes to, and comes from, another account than QuickBooks would take by itself."""
    with connected_to(custom_numbers=True) as company:
        company.enable(*KINDS, "invoice", "payment")
        body = {"Name": "Till", "AccountType": "Bank"}
        company.sim.api("POST", "account", body, realm=company.connection.realm_id)
        company.sync()
        company.till = company.one("Account", "Name = 'Till'")["Id"]
        options = company.connection.options
        options = options.replace(deposit_account=company.till, refund_account=company.till)
        Connection.objects.update(options=options)
        yield company


def a_sale(company, account):
    return company.sale(20, account=account)


def a_refund(company, account):
    return company.refund(20, account=account)


def a_payment(company, account):
    client = company.client("Ada")
    invoice = company.invoice(client, 20)
    return company.receipt(client, {invoice: 20}, account=account)


@pytest.mark.parametrize("made", [a_sale, a_refund, a_payment])
def test_g8_d10_an_account_that_is_emptied_is_the_connections_own_again(company, made):
    checking = Account.objects.get(name="Checking")
    document = made(company, checking)
    assert_adds_up(company.sync())
    shown = company.partner(document)["DepositToAccountRef"]["value"]
    assert shown == company.mapping(checking).remote_id
    document.account = None
    document.save()
    assert_adds_up(company.sync())
    assert company.mapping(document).state == "in_sync"
    assert company.partner(document)["DepositToAccountRef"]["value"] == company.till
    quiet(company)
    document.refresh_from_db()
    assert document.account is None


@pytest.mark.parametrize("made", [a_sale, a_payment])
def test_g8_it_is_the_one_of_its_payment_method(company, made):
    """The method was sent long before, and is not among what changes."""
    cash, checking = (
        PaymentMethod.objects.get(name="Cash"),
        Account.objects.get(name="Checking"),
    )
    chosen = {company.mapping(cash).remote_id: company.mapping(checking).remote_id}
    options = company.connection.options.replace(method_accounts=chosen)
    Connection.objects.update(options=options)
    document = made(company, Account.objects.get(name="Till"))
    document.method = cash
    document.save()
    assert_adds_up(company.sync())
    assert company.partner(document)["DepositToAccountRef"]["value"] == company.till
    document.account = None
    document.save()
    assert_adds_up(company.sync())
    shown = company.partner(document)["DepositToAccountRef"]["value"]
    assert shown == company.mapping(checking).remote_id
    quiet(company)


def test_d10_so_is_a_products(company):
    services = Account.objects.get(name="Services")
    product = company.product("Advice", income_account=services)
    assert_adds_up(company.sync())
    product.income_account = None
    product.save()
    assert_adds_up(company.sync())
    assert company.mapping(product).state == "in_sync"
    chosen = company.connection.facts["defaults"]["income"]
    assert company.partner(product)["IncomeAccountRef"]["value"] == chosen
    quiet(company)


@pytest.mark.parametrize("made", [a_sale, a_refund, a_payment])
def test_g8_another_change_leaves_the_account_alone(company, made):
    """Somebody in QuickBooks may have chosen another one for this document since."""
    document = made(company, None)
    company.enable("sales_receipt", "refund", "payment", direction="push")
    assert_adds_up(company.sync())
    mapping = company.mapping(document)
    other = company.there("Account", "AccountType = 'Bank'")[0]["Id"]
    values, realm = {"DepositToAccountRef": {"value": other}}, company.connection.realm_id
    company.sim.edit("update", mapping.remote_type, mapping.remote_id, values=values, realm=realm)
    setattr(document, "number" if made is a_payment else "reference", "77")
    document.save()
    assert_adds_up(company.sync())
    there = company.partner(document)
    assert (there["PaymentRefNum"], there["DepositToAccountRef"]["value"]) == ("77", other)


def test_d10_where_the_connection_has_none_an_emptied_one_is_held(company):
    checking = Account.objects.get(name="Checking")
    back = company.refund(20, account=checking)
    assert_adds_up(company.sync())
    realm, options = company.connection.realm_id, company.connection.options
    Connection.objects.update(options=options.replace(refund_account=""))
    for one in company.there("Account"):
        if one["AccountType"] in PAYING:
            company.sim.edit("update", "Account", one["Id"], values={"Active": False}, realm=realm)
    back.account = None
    back.save()
    assert_adds_up(company.sync())
    mapping = company.mapping(back)
    assert (mapping.state, mapping.reason) == ("held", "account-unmapped")
