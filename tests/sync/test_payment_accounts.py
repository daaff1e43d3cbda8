"""Which account received money goes to (G8): the record's own, that of the way it was paid, the
connection's default.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from quicksync.books.models import Account, PaymentMethod, Receipt
from quicksync.exceptions import BadValue
from quicksync.models import Connection
from quicksync.options.company import CompanyOptions
from quicksync.options.row import table
from quicksync.sync.actions.choose import choose
from tests.company import connected_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable(
            "account", "payment_method", "customer", "item", "invoice", "payment", "sales_receipt"
        )
        company.ada = company.client("Ada")
        company.sync()
        company.till = made(company, "account", Name="Till", AccountType="Bank")
        company.bank = made(company, "account", Name="Giro", AccountType="Bank")
        company.cash, company.cheque = methods(company, "Cash", "Check")
        company.sync()
        company.connection.refresh_from_db()
        choose(company.connection, {"deposit_account": company.bank})
        choose(company.connection, {"method_accounts": f"{company.cash}={company.till}"})
        company.connection.refresh_from_db()
        yield company


def made(company, name, **fields):
    answer = company.sim.api("POST", name, fields, realm=company.connection.realm_id)
    return next(value["Id"] for value in answer.values() if isinstance(value, dict))


def methods(company, *names):
    known = {row["Name"]: row["Id"] for row in company.there("PaymentMethod")}
    return [known.get(name) or made(company, "paymentmethod", Name=name) for name in names]


def paid(company, method, amount=10, **fields):
    method = PaymentMethod.objects.get(name=method) if method else None
    return Receipt.objects.create(
        client=company.ada,
        amount=Decimal(amount),
        received_on=dt.date(2026, 3, 7),
        method=method,
        **fields,
    )


def account_of(company, obj):
    return company.partner(obj)["DepositToAccountRef"]["value"]


def test_g8_each_way_of_paying_has_its_account(company):
    cash, cheque, unsaid = paid(company, "Cash"), paid(company, "Check", 11), paid(company, "", 12)
    sale = company.sale(20, number="S-1", method=PaymentMethod.objects.get(name="Cash"))
    company.sync()
    assert account_of(company, cash) == company.till
    assert account_of(company, cheque) == company.bank
    assert account_of(company, unsaid) == company.bank
    assert account_of(company, sale) == company.till


def test_g8_the_records_own_account_goes_first(company):
    mine = paid(company, "Cash", account=Account.objects.get(name="Giro"))
    company.sync()
    assert account_of(company, mine) == company.bank


def test_g8_another_choice_moves_nothing_that_is_there(company):
    mine = paid(company, "Cash")
    company.sync()
    choose(company.connection, {"method_accounts": ""})
    mine.amount = 15
    mine.save()
    company.sync()
    assert company.partner(mine)["TotalAmt"] == 15
    assert account_of(company, mine) == company.till


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{cash}=999", "no active account with id 999"),
        ("999={till}", "no active payment method with id 999"),
        ("{cash}={income}", "its type must be Bank, Other Current Asset"),
        ("{cash}", "no active account with id"),
    ],
)
def test_g8_what_cannot_be_is_refused_when_it_is_chosen(company, text, says):
    income = next(row["Id"] for row in company.there("Account", "AccountType = 'Income'"))
    text = text.format(cash=company.cash, till=company.till, income=income)
    with pytest.raises(BadValue, match=says):
        choose(company.connection, {"method_accounts": text})
    kept = Connection.objects.get(pk=company.connection.pk).options
    assert kept.method_accounts == {company.cash: company.till}


def test_g8_as_text_and_back(company):
    row = table(CompanyOptions)["method_accounts"]
    for text in ("", "1=79", "1=79, 2=35"):
        assert row.text_of(row.check(row.parse(text))) == text
