"""The general ledger, beside recorded answers."""

from __future__ import annotations

from tests.simulator.reports.reading import LAST, ask, lines, parts, section_of, values
from tests.simulator.wire import sale, side


def test_amounts_are_on_the_natural_side_of_their_account(books):
    """fidelity 2: recorded income 337.50 and A/P 58115.55 are positive, not debits."""
    books.invoice(books.customer(), 337.5)
    books.bill(books.vendor(), 58)
    books.delete("Bill", books.bill(books.vendor(), 9))
    report = ask(books, "GeneralLedger")
    for account, amount in (
        ("Accounts Receivable (A/R)", "337.50"),
        ("Services", "337.50"),
        ("Accounts Payable (A/P)", "58.00"),
        ("Office Supplies", "58.00"),
    ):
        (_, told), (_, total) = section_of(report, account)
        assert (values(told)[-2:], values(total)[-2:]) == ([amount, amount], [amount, ""])


def test_a_line_tells_its_name_and_what_it_went_against(books):
    """fidelity 2: recorded 2020 and 2025: invoice lines against A/R, the invoice against its
    account or -Split-.
    """
    customer = books.customer("Amy's Bird Sanctuary")
    one = books.invoice(customer, 100)
    books.create("Invoice", CustomerRef={"value": customer["Id"]}, Line=[sale(10), sale(5)])
    report = ask(books, "GeneralLedger")
    receivable = [
        cells for what, cells in section_of(report, "Accounts Receivable (A/R)") if what == "row"
    ]
    assert receivable[0][1] == {"value": "Invoice", "id": one["Id"]}
    assert receivable[0][3] == {"value": "Amy's Bird Sanctuary", "id": customer["Id"]}
    assert receivable[0][5] == {"value": "Services", "id": "1"}
    assert receivable[1][5] == {"value": "-Split-", "id": ""}
    income = [cells for what, cells in section_of(report, "Services") if what == "row"]
    assert [cells[5]["value"] for cells in income] == ["Accounts Receivable (A/R)"] * 3


def test_a_journal_entry_has_no_line_of_its_own(books):
    """Recorded 2025: with more than two lines each is against -Split-; the name is the line's."""
    bank, fees, supplies = (
        books.account(name) for name in ("Checking", "Bank Charges", "Office Supplies")
    )
    books.create(
        "JournalEntry",
        Line=[side("Debit", fees, 5), side("Debit", supplies, 5), side("Credit", bank, 10)],
    )
    books.create("JournalEntry", Line=[side("Debit", fees, 2), side("Credit", bank, 2)])
    rows = [
        cells
        for what, cells in section_of(ask(books, "GeneralLedger"), "Bank Charges")
        if what == "row"
    ]
    assert [cells[5]["value"] for cells in rows] == ["-Split-", "Checking"]
    assert rows[0][3] == {"value": "", "id": ""}


def test_sub_accounts_stand_inside_their_account(landscaper):
    """fidelity 2: recorded 2020 Truck > Original Cost; recorded 2025: with lines of its own, "with
    sub-accounts".
    """
    report = ask(landscaper, "GeneralLedger", date_macro="All")
    found = [
        (cells[0], depth) for what, cells, depth in parts(report["Rows"]) if what in ("head", "sum")
    ]
    truck = [
        (cell, depth)
        for cell, depth in found
        if "Truck" in cell["value"] or "Original" in cell["value"]
    ]
    assert truck == [
        ({"value": "Truck"}, 0),
        ({"value": "Original Cost", "id": "38"}, 1),
        ({"value": "Total for Original Cost"}, 1),
        ({"value": "Total for Truck"}, 0),
    ]
    told = {cell["value"]: depth for cell, depth in found}
    assert (
        told["Total for Landscaping Services"]
        == told["Total for Landscaping Services with sub-accounts"] + 1
    )


def test_the_ledger_begins_where_the_period_before_ended(books):
    """Recorded 2020: a beginning balance, rows, the sum of the rows; an account that rests is told,
    its sum empty.
    """
    customer = books.customer()
    books.invoice(customer, 70, TxnDate=f"{LAST}-03-01")
    books.invoice(customer, 30, TxnDate=f"{LAST}-05-01")
    report = ask(books, "GeneralLedger", start_date=f"{LAST}-04-01", end_date=f"{LAST}-06-01")
    rows = [values(cells) for _, cells in section_of(report, "Accounts Receivable (A/R)")]
    assert [row[0] for row in rows] == [
        "Beginning Balance",
        f"{LAST}-05-01",
        "Total for Accounts Receivable (A/R)",
    ]
    assert [row[-2:] for row in rows] == [["", "70.00"], ["30.00", "100.00"], ["30.00", ""]]
    still = ask(books, "GeneralLedger", start_date=f"{LAST}-07-01", end_date=f"{LAST}-07-02")
    assert lines(still, "sum")[0] == ["Total for Accounts Receivable (A/R)", *[""] * 7]


def test_income_begins_with_the_fiscal_year_and_the_rest_is_retained(company):
    """Recorded 2020: rent begins at 6300.00 in September, retained earnings at -48417.40."""
    books = company(AccountingInfoPrefs={"FirstMonthOfFiscalYear": "April"})
    customer = books.customer()
    for month, amount in ((2, 7), (4, 11), (6, 100)):
        books.invoice(customer, amount, TxnDate=f"{LAST}-{month:02}-10")
    asked = {"start_date": f"{LAST}-06-01", "end_date": f"{LAST}-06-30"}
    report = ask(books, "GeneralLedger", **asked)
    income = [values(cells)[-1] for what, cells in section_of(report, "Services") if what == "row"]
    assert income == ["11.00", "111.00"]
    assert [values(cells)[-1] for _, cells in section_of(report, "Retained Earnings")] == [
        "7.00",
        "",
    ]
    trial = {line[0]: line[1:] for line in lines(ask(books, "TrialBalance", **asked))}
    assert (trial["Services"], trial["Retained Earnings"]) == (["", "111.00"], ["", "7.00"])
    sheet = {line[0]: line[1] for line in lines(ask(books, "BalanceSheet", **asked))}
    assert (sheet["Retained Earnings"], sheet["Net Income"]) == ("7.00", "111.00")


def test_a_ledger_can_be_of_some_accounts(landscaper):
    """Documented: account, account_type."""
    report = ask(landscaper, "GeneralLedger", date_macro="All", account="35")
    assert {cells[0].get("id") for what, cells, _ in parts(report["Rows"]) if what == "head"} == {
        "35"
    }
    banks = ask(landscaper, "GeneralLedger", date_macro="All", account_type="Bank,CreditCard")
    assert [line[0] for line in lines(banks, "head")] == [
        "Checking",
        "Savings",
        "Mastercard",
        "Visa",
    ]
