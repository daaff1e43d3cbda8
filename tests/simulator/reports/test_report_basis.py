"""Reports on a cash basis, and what holds for reports whatever is in the books."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from quicksync.simulator.accounting.ledger import trial_balance
from quicksync.simulator.reports import report as draw
from tests.simulator.accounting.test_ledger import PICK, Books
from tests.simulator.reports.reading import (
    CASH,
    LAST,
    WHOLE_YEAR,
    ask,
    lines,
    net,
    parts,
    section_of,
    sums,
    values,
)
from tests.simulator.wire import sale, settles


def test_on_a_cash_basis_only_what_is_paid_counts_and_when_it_is_paid(books):
    """fidelity 2: accounting_method=Cash left ProfitAndLoss as it was."""
    customer = books.customer()
    books.invoice(customer, 500, TxnDate=f"{LAST}-01-10")
    invoice = books.invoice(customer, 100, TxnDate=f"{LAST}-01-10")
    books.pay(customer, 40, (invoice, 40), TxnDate=f"{LAST}-03-05")
    bill = books.bill(books.vendor(), 30, TxnDate=f"{LAST}-01-20")
    assert net(books, **WHOLE_YEAR) == 570
    assert net(books, **WHOLE_YEAR, **CASH) == 40
    pay_bill(books, bill, 12, f"{LAST}-04-01")
    report = ask(books, "ProfitAndLoss", **WHOLE_YEAR, **CASH, summarize_column_by="Quarter")
    assert report["Header"]["ReportBasis"] == "Cash"
    assert sums(report)["Net Income"] == [40, -12, 0, 0, 28]


def pay_bill(books, bill, amount, day):
    return books.create(
        "BillPayment",
        VendorRef=bill["VendorRef"],
        TotalAmt=amount,
        PayType="Check",
        TxnDate=day,
        CheckPayment={"BankAccountRef": {"value": "35"}},
        Line=[settles(bill, amount, "Bill")],
    )


def test_a_cash_balance_sheet_has_nothing_owed_for_sales_and_purchases(books):
    """fidelity 2: neither A/R nor A/P for what waits for its money; cash is where it is."""
    customer = books.customer()
    invoice = books.invoice(customer, 100, TxnDate=f"{LAST}-01-10")
    books.bill(books.vendor(), 30, TxnDate=f"{LAST}-01-20")
    books.pay(customer, 40, (invoice, 40), TxnDate=f"{LAST}-03-05")
    sheet = ask(books, "BalanceSheet", **WHOLE_YEAR, **CASH)
    assert {line[0]: line[1] for line in lines(sheet)} == {
        "Undeposited Funds": "40.00", "Retained Earnings": "", "Net Income": "40.00"
    }  # fmt: skip
    trial = lines(ask(books, "TrialBalance", **WHOLE_YEAR, **CASH))
    assert trial == [["Undeposited Funds", "40.00", ""], ["Services", "", "40.00"]]
    ledger = ask(books, "GeneralLedger", **WHOLE_YEAR, **CASH)
    (_, told), _ = section_of(ledger, "Services")
    assert values(told) == [
        f"{LAST}-03-05",
        "Invoice",
        invoice["DocNumber"],
        customer["DisplayName"],
        "",
        "Accounts Receivable (A/R)",
        "40.00",
        "40.00",
    ]


def test_what_is_paid_ahead_is_told_apart_until_it_is_used(books):
    """A payment before its invoice, or overpaid, stands in Unapplied Cash Payment Income."""
    customer = books.customer()
    invoice = books.invoice(customer, 100, TxnDate=f"{LAST}-06-01")
    books.pay(customer, 150, (invoice, 100), TxnDate=f"{LAST}-02-01")
    early = ask(
        books, "ProfitAndLoss", start_date=f"{LAST}-01-01", end_date=f"{LAST}-05-31", **CASH
    )
    assert lines(early) == [["Unapplied Cash Payment Income", "150.00"]]
    late = ask(books, "ProfitAndLoss", **WHOLE_YEAR, **CASH)
    assert lines(late) == [["Services", "100.00"], ["Unapplied Cash Payment Income", "50.00"]]


def test_a_credit_that_pays_an_invoice_counts_with_it(books):
    """A credit memo alone counts for nothing; used, it takes back what the invoice brings."""
    customer = books.customer()
    invoice = books.invoice(customer, 100, TxnDate=f"{LAST}-01-10")
    credit = books.create(
        "CreditMemo",
        CustomerRef={"value": customer["Id"]},
        Line=[sale(60)],
        TxnDate=f"{LAST}-01-11",
    )
    assert net(books, **WHOLE_YEAR, **CASH) == 0
    lines_ = [settles(invoice, 60), settles(credit, 60, "CreditMemo")]
    books.create(
        "Payment",
        CustomerRef={"value": customer["Id"]},
        TotalAmt=0,
        Line=lines_,
        TxnDate=f"{LAST}-02-01",
    )
    assert net(books, **WHOLE_YEAR, **CASH) == 0
    books.pay(customer, 40, (invoice, 40), TxnDate=f"{LAST}-03-01")
    assert net(books, **WHOLE_YEAR, **CASH) == 40 == net(books, **WHOLE_YEAR)


def test_a_part_payment_pays_tax_and_stock_in_the_same_part(sample):
    """Half a payment is half of every line, to the cent; the cents that are left come with the last
    payment.
    """
    customer = sample.customer()
    items = {row["Name"]: row["Id"] for row in sample.rows("select * from Item maxresults 1000")}
    before = {name: account(sample, name) for name in ("Sales Tax Payable", "Inventory Asset")}
    line = sale(item=items["Rock Fountain"], qty=1, price=275, code="TAX")
    tax = {
        "TxnTaxCodeRef": {
            "value": sample.rows("select * from TaxCode where Name like 'C%'")[0]["Id"]
        }
    }
    invoice = sample.create(
        "Invoice", CustomerRef={"value": customer["Id"]}, Line=[line], TxnTaxDetail=tax
    )
    total = Decimal(str(invoice["TotalAmt"]))
    sample.pay(customer, float(total / 2), (invoice, float(total / 2)))
    half = account(sample, "Sales Tax Payable") - before["Sales Tax Payable"]
    assert half == (total - 275) / 2
    assert before["Inventory Asset"] - account(sample, "Inventory Asset") == Decimal("62.50")
    sample.pay(customer, float(total / 2), (invoice, float(total / 2)))
    assert account(sample, "Sales Tax Payable") - before["Sales Tax Payable"] == total - 275


def account(books, name):
    sheet = {line[0]: line[-1] for line in lines(ask(books, "BalanceSheet", **CASH))}
    return Decimal(sheet.get(name) or 0)


def test_the_preference_says_which_basis_a_report_has_of_itself(company):
    """Documented: without accounting_method, Preferences.ReportPrefs.ReportBasis counts."""
    books = company(ReportPrefs={"ReportBasis": "Cash"})
    books.invoice(books.customer(), 100)
    assert net(books) == 0
    assert net(books, accounting_method="Accrual") == 100


class Reported(Books):
    """Random books, and what reports of them must satisfy whatever is in them."""

    @rule(pick=PICK, name=st.sampled_from(["Invoice", "Bill"]))
    def pay_whole(self, pick, name):
        found, id_ = self.any_of(pick, name)
        row = self.company.store.row(found, id_) if id_ else None
        if row is None:
            return
        doc = row.doc()
        line = [settles({"Id": id_}, doc["Balance"], name)]
        if name == "Invoice":
            self.write(
                "Payment", CustomerRef=doc["CustomerRef"], TotalAmt=doc["Balance"], Line=line
            )
        else:
            check = {"BankAccountRef": {"value": "35"}}
            self.write(
                "BillPayment",
                VendorRef=doc["VendorRef"],
                TotalAmt=doc["Balance"],
                PayType="Check",
                CheckPayment=check,
                Line=line,
            )

    def asked(self, name, **query):
        return draw(self.company.book, name, query)

    def teardown(self):
        if not hasattr(self, "company"):
            return
        whole = {"start_date": "2000-01-01", "end_date": "2099-12-31"}
        for basis in ("Accrual", "Cash"):
            both = {**whole, "accounting_method": basis}
            trial = self.asked("TrialBalance", **both)
            assert all(debit == credit for debit, credit in sums(trial).values())
            for by in ("Total", "Quarter", "Customers", "Vendors"):
                sheet = sums(self.asked("BalanceSheet", **both, summarize_column_by=by))
                if by in ("Total", "Quarter"):
                    assert sheet["TOTAL ASSETS"] == sheet["TOTAL LIABILITIES AND EQUITY"]
                assert sheet["TOTAL ASSETS"][-1] == sheet["TOTAL LIABILITIES AND EQUITY"][-1]
                profit = self.asked("ProfitAndLoss", **both, summarize_column_by=by)
                for line in [*lines(profit), *lines(profit, "sum")]:
                    numbers = [Decimal(value or 0) for value in line[1:]]
                    assert by == "Total" or sum(numbers[:-1]) == numbers[-1]
            detail = sums(self.asked("ProfitAndLossDetail", **both)).get("Net Income", [0, 0])[-2]
            assert detail == sums(profit)["Net Income"][-1]
        self.ledger_ends_where_the_books_stand(whole)
        self.what_is_open_is_what_is_owed()

    def ledger_ends_where_the_books_stand(self, whole):
        """fidelity 2: the last balance of every account of the general ledger is its balance."""
        stand = {
            row["account"]: row["debit"] - row["credit"] for row in trial_balance(self.company.book)
        }
        report = self.asked("GeneralLedger", **whole, columns="account_name,subt_nat_amount")
        told = {}
        for what, cells, _ in parts(report["Rows"]):
            if what == "row":
                name, amount = values(cells)
                told[name] = told.get(name, 0) + Decimal(amount)
        signs = {
            doc["FullyQualifiedName"]: doc["Classification"]
            for doc in self.company.book.rows("Account").values()
        }
        told = {
            name: value if signs[name] in ("Asset", "Expense") else -value
            for name, value in told.items()
            if value
        }
        assert told == stand

    def what_is_open_is_what_is_owed(self):
        """fidelity 2: ages, balances and their details agree with A/R and A/P, today and on any
        day.
        """
        kinds = (
            (
                "AgedReceivables",
                "CustomerBalance",
                "CustomerBalanceDetail",
                "Accounts Receivable",
                1,
            ),
            ("AgedPayables", "VendorBalance", "VendorBalanceDetail", "Accounts Payable", -1),
        )
        for day in ("2026-04-15", "2099-12-31"):
            for aged, balance, detail, kind, sign in kinds:
                ids = [
                    id_
                    for id_, doc in self.company.book.rows("Account").items()
                    if doc["AccountType"] == kind
                ]
                marks = ",".join("?" * len(ids))
                owed = self.company.store.one(
                    f"SELECT sum(home) FROM posting WHERE account IN ({marks}) AND day<=?",
                    *ids,
                    day,
                )
                owed = Decimal(owed or 0) * sign / 100
                for name in (aged, balance, detail):
                    totals = sums(self.asked(name, report_date=day))
                    assert totals.get("TOTAL", [0])[-1] == owed, name


Reported.TestCase.settings = settings(max_examples=10, stateful_step_count=14, deadline=None)
TestReported = Reported.TestCase
