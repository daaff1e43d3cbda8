"""Accounts, journal entries, transfers, deposits, time, budgets."""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import side


def test_an_account_needs_a_type_or_a_detail_type(books):
    assert code(books.create, "Account", Name="Nothing") == 6010
    made = books.create("Account", Name="Petty", AccountSubType="CashOnHand")
    assert (made["AccountType"], made["Classification"], made["CurrentBalance"]) == (
        "Bank",
        "Asset",
        0,
    )
    assert code(books.create, "Account", Name="petty", AccountType="Bank") == 6240
    assert code(books.create, "Account", Name='Odd"', AccountType="Bank") == 2040
    assert (
        code(books.create, "Account", Name="X", AccountType="Bank", AccountSubType="Travel") == 6000
    )


def test_balances_of_sub_accounts_add_up(books):
    top = books.create("Account", Name="Banks", AccountType="Bank")
    low = books.create(
        "Account",
        Name="Till",
        AccountType="Bank",
        ParentRef={"value": top["Id"]},
        SubAccount=True,
        OpeningBalance=75,
        OpeningBalanceDate="2026-01-01",
    )
    assert low["FullyQualifiedName"] == "Banks:Till"
    top = books.read("Account", top["Id"])
    assert (top["CurrentBalance"], top["CurrentBalanceWithSubAccounts"]) == (0, 75)
    assert (
        books.read("Account", books.account("Opening Balance Equity")["value"])["CurrentBalance"]
        == -75
    )


def test_the_whole_names_below_a_renamed_account_follow_and_their_tokens_stay(books):
    kind = {"AccountType": "Expense"}
    top = books.create("Account", Name="Automobile", **kind)
    low = books.create("Account", Name="Fuel", ParentRef={"value": top["Id"]}, **kind)
    least = books.create("Account", Name="Diesel", ParentRef={"value": low["Id"]}, **kind)
    books.update("Account", top, Name="Van")
    renamed = [books.read("Account", one["Id"]) for one in (low, least)]
    assert [one["FullyQualifiedName"] for one in renamed] == ["Van:Fuel", "Van:Fuel:Diesel"]
    assert {one["SyncToken"] for one in renamed} == {"0"}


def test_a_journal_entry_balances(books):
    cash, fees = books.account("Checking"), books.account("Bank Charges")
    made = books.create("JournalEntry", Line=[side("Debit", fees, 5), side("Credit", cash, 5)])
    assert made["TotalAmt"] == 0
    assert books.read("Account", cash["value"])["CurrentBalance"] == -5
    assert (
        code(books.create, "JournalEntry", Line=[side("Debit", fees, 5), side("Credit", cash, 4)])
        == 2300
    )
    assert code(books.create, "JournalEntry", Line=[side("Debit", fees, 5)]) == 2250
    assert (
        code(books.create, "JournalEntry", Line=[side("", fees, 5), side("Credit", cash, 5)])
        == 2260
    )
    assert (
        code(
            books.create,
            "JournalEntry",
            Line=[side("Debit", {"value": "84"}, 5), side("Credit", cash, 5)],
        )
        == 6000
    )


def test_a_journal_entry_on_receivables_names_the_customer(books):
    customer = books.customer()
    entity = {"Type": "Customer", "EntityRef": {"value": customer["Id"]}}
    lines = [
        side("Debit", {"value": "84"}, 20, Entity=entity),
        side("Credit", books.account("Checking"), 20),
    ]
    books.create("JournalEntry", Line=lines)
    assert books.read("Customer", customer["Id"])["Balance"] == 20


def test_a_transfer_moves_money(books):
    savings = books.create("Account", Name="Savings", AccountType="Bank")
    ends = {"FromAccountRef": books.account("Checking"), "ToAccountRef": {"value": savings["Id"]}}
    books.create("Transfer", Amount=30, **ends)
    assert books.read("Account", savings["Id"])["CurrentBalance"] == 30
    assert code(books.create, "Transfer", Amount=0, **ends) == 6000
    ends["ToAccountRef"] = books.account("Office Supplies")
    assert code(books.create, "Transfer", Amount=5, **ends) == 6430


def test_a_card_is_paid_from_the_bank(books):
    card = books.create("Account", Name="Card", AccountType="Credit Card")
    sent = {
        "Amount": 12,
        "BankAccountRef": books.account("Checking"),
        "CreditCardAccountRef": {"value": card["Id"]},
    }
    made = books.call("POST", "creditcardpayment", sent)["CreditCardPaymentTxn"]
    assert made["Amount"] == 12
    assert books.read("Account", card["Id"])["CurrentBalance"] == 12


def test_a_deposit_takes_other_money_and_gives_cash_back(books):
    detail = {"AccountRef": books.account("Opening Balance Equity")}
    line = {"Amount": 100, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    back = {
        "AccountRef": {"value": books.create("Account", Name="Till", AccountType="Bank")["Id"]},
        "Amount": 20,
    }
    made = books.create(
        "Deposit", DepositToAccountRef=books.account("Checking"), Line=[line], CashBack=back
    )
    assert made["TotalAmt"] == 80
    assert books.read("Account", back["AccountRef"]["value"])["CurrentBalance"] == 20
    assert books.ledger()["balanced"]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"Hours": 2, "StartTime": "2026-01-01T08:00:00", "EndTime": "2026-01-01T10:00:00"}, 6390),
        ({"Hours": 9000}, 6360),
        ({}, 2020),
        ({"Hours": 1, "BillableStatus": "Billable"}, 6310),
        ({"StartTime": "2026-01-01T10:00:00", "EndTime": "2026-01-01T08:00:00"}, 6360),
    ],
    ids=str,
)
def test_hours_that_make_no_sense(books, values, expected):
    person = books.create("Employee", GivenName="E", FamilyName="M")
    sent = {"NameOf": "Employee", "EmployeeRef": {"value": person["Id"]}, **values}
    assert code(books.create, "TimeActivity", **sent) == expected


def test_billed_time_says_so(books):
    person, customer = books.create("Employee", GivenName="E", FamilyName="M"), books.customer()
    spent = books.create(
        "TimeActivity",
        NameOf="Employee",
        EmployeeRef={"value": person["Id"]},
        Hours=2,
        Minutes=15,
        CustomerRef={"value": customer["Id"]},
        BillableStatus="Billable",
        HourlyRate=40,
    )
    books.invoice(customer, 90, LinkedTxn=[{"TxnId": spent["Id"], "TxnType": "TimeActivity"}])
    assert books.read("TimeActivity", spent["Id"])["BillableStatus"] == "HasBeenBilled"


def test_terms_and_methods(books):
    assert books.create("Term", Name="Net 45", DueDays=45)["Type"] == "STANDARD"
    assert books.create("Term", Name="The 10th", DayOfMonthDue=10)["Type"] == "DATE_DRIVEN"
    assert code(books.create, "Term", Name="net 45", DueDays=1) == 6240
    assert code(books.create, "Term", Name="Long", DueDays=1000) == 2240
    assert code(books.create, "Term", Name="None") == 2020
    assert books.create("PaymentMethod", Name="Barter")["Type"] == "NON_CREDIT_CARD"


def test_preferences_change_where_they_may(books):
    before = books.call("GET", "preferences")["Preferences"]
    after = books.update(
        "Preferences",
        before,
        SalesFormsPrefs={"AllowShipping": True},
        CurrencyPrefs={"MultiCurrencyEnabled": True},
    )
    assert after["SalesFormsPrefs"]["AllowShipping"] is True
    assert after["SalesFormsPrefs"]["AllowDeposit"] is True
    assert after["CurrencyPrefs"]["MultiCurrencyEnabled"] is False


def test_the_company_tells_who_it_is(books):
    info = books.read("CompanyInfo", books.realm)
    assert (info["Country"], info["Id"]) == ("USA", "1")
    assert {"Name": "ItemCategoriesFeature", "Value": "true"} in info["NameValue"]
    assert books.update("CompanyInfo", info, CompanyName="Renamed")["CompanyName"] == "Renamed"


def test_a_budget(books):
    detail = {
        "BudgetDate": "2026-01-01",
        "Amount": 100,
        "AccountRef": books.account("Office Supplies"),
    }
    made = books.create(
        "Budget", StartDate="2026-01-01", EndDate="2026-12-31", BudgetDetail=[detail]
    )
    assert made["BudgetDetail"][0]["Amount"] == 100
    assert code(books.create, "Budget", StartDate="2026-02-01", EndDate="2026-01-01") == 6490


def test_templates_recur(books):
    schedule = {
        "IntervalType": "Monthly",
        "DayOfMonth": 1,
        "NumInterval": 1,
        "StartDate": "2026-01-01",
    }
    info = {"Name": "Rent", "RecurType": "Automated", "Active": True, "ScheduleInfo": schedule}
    bill = {
        "VendorRef": {"value": books.vendor()["Id"]},
        "RecurringInfo": info,
        "Line": [
            {
                "Amount": 9,
                "DetailType": "AccountBasedExpenseLineDetail",
                "AccountBasedExpenseLineDetail": {"AccountRef": books.account("Office Supplies")},
            }
        ],
    }
    made = books.call("POST", "recurringtransaction", {"Bill": bill})["RecurringTransaction"][
        "Bill"
    ]
    assert (
        books.rows("select * from RecurringTransaction where Type = 'Bill'")[0]["Bill"]["Id"]
        == made["Id"]
    )
    assert books.ledger()["trial_balance"] == []
    stub = books.call("POST", "recurringtransaction", {"Bill": made}, operation="delete")[
        "RecurringTransaction"
    ]
    assert stub["Bill"]["status"] == "Deleted"
