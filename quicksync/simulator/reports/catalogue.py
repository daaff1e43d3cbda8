"""Which reports there are, what each takes, and what draws it.

What is not here answers as an unknown report: FECReport and the French ledgers and journals, and
every report of the screens that the API does not have.
"""

from __future__ import annotations

from collections.abc import Callable

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.reports import (
    cash,
    detail,
    journal,
    lists,
    open_items,
    sales,
    statements,
    stock,
    taxes,
)
from quicksync.simulator.reports.asked import Asked, Form, ask
from quicksync.simulator.reports.entries import Entry, accrual
from quicksync.simulator.reports.fields import Reader
from quicksync.simulator.reports.splits import Splits

Drawer = Callable[[Book, Asked, list[Entry], Splits], Doc]
_EVER = "9999-12-31"
_YEAR, _MONTH = "This Fiscal Year-to-date", "This Month-to-date"
_WHO = ("customer", "vendor", "class", "department")


def _plain(drawer: Callable[[Book, Asked, list[Entry]], Doc]) -> Drawer:
    return lambda book, asked, entries, _splits: drawer(book, asked, entries)


def _statement(macro: str, *filters: str, standard: bool = False, basis: bool = True) -> Form:
    return Form(macro, filters, basis=basis, summed=True, standard=standard)


_DATED = ("tx_date", "txn_type", "doc_num")
_MADE = ("create_by", "create_date", "last_mod_by", "last_mod_date")
_SUMS = (
    "debt_amt",
    "credit_amt",
    "nat_open_bal",
    "tax_amount",
    "net_amount",
    "currency",
    "exch_rate",
)
_POSTED = (*_MADE, "klass_name", "dept_name", "account_name", "account_num", "tax_code", *_SUMS)
_RUNNING = (*_DATED, "name", "memo", "split_acc", "subt_nat_amount", "rbal_nat_amount")
_LISTED = (
    "cust_msg",
    "due_date",
    "inv_date",
    "is_ap_paid",
    "is_ar_paid",
    "is_cleared",
    "is_adj",
    "pmt_mthd",
    "printed",
    "sales_cust1",
    "sales_cust2",
    "sales_cust3",
    "term_name",
    "tracking_num",
    "ship_via",
    "olb_status",
    "extra_doc_num",
    "cust_name",
    "vend_name",
    "dept_name",
)
_LEDGER = Form(
    _MONTH,
    _WHO,
    _RUNNING,
    (*_POSTED, *_LISTED, "chk_print_state", "emp_name", "item_name", "quantity", "rate"),
    basis=True,
)
_EARNED = Form(_YEAR, (*_WHO, "employee"), _RUNNING, (*_POSTED, "pmt_mthd"), basis=True)
_BY_WHOM = ("customer", "vendor", "department")
_LIST = Form(
    _MONTH,
    _BY_WHOM,
    (*_DATED, "is_no_post", "name", "memo", "account_name", "other_account", "subt_nat_amount"),
    (*_MADE, *_LISTED, *_SUMS),
)
_NAMED = Form(
    _YEAR,
    _BY_WHOM,
    (*_DATED, "is_no_post", "memo", "account_name", "amount"),
    (*_MADE, *_LISTED, *_SUMS, "name", "other_account", "subt_nat_amount"),
)
_SPLIT = Form(
    "This Fiscal Quarter",
    _BY_WHOM,
    (*_DATED, "is_no_post", "name", "memo", "account_name", "nat_amount"),
    (*_POSTED, "item_name", "quantity", "rate"),
)
_JOURNAL = Form(
    _MONTH,
    (),
    (*_DATED, "name", "memo", "account_name", "debt_amt", "credit_amt"),
    (*_POSTED, "due_date", "is_ar_paid", "is_ap_paid", "item_name", "pmt_mthd", "quantity", "rate"),
)
_OPEN = (*_MADE, "memo", "past_due", "currency", "exch_rate", *_LISTED)


def _ages(kind: str, filters: tuple[str, ...]) -> Form:
    own: tuple[str, ...] = ("cust_name", "due_date", "subt_amount", "subt_open_bal")
    if kind == "Vendor":
        own = ("vend_name", "due_date", "past_due", "subt_neg_amount", "subt_neg_open_bal")
    return Form("Today", filters, (*_DATED, *own), _OPEN, period="end", as_of=True)


def _balance_detail(amounts: tuple[str, str], *filters: str) -> Form:
    return Form("All", filters, (*_DATED, "due_date", *amounts), _OPEN, period="none", as_of=True)


_RECEIVABLE, _PAYABLE = ("customer", "department"), _BY_WHOM
_SOLD = ("customer", "class", "item", "department")
REPORTS: dict[str, tuple[Drawer, Form]] = {
    "ProfitAndLoss": (
        _plain(statements.profit_and_loss),
        _statement(_YEAR, *_WHO, "item", "employee", standard=True),
    ),
    "ProfitAndLossDetail": (detail.profit_and_loss_detail, _EARNED),
    "BalanceSheet": (
        _plain(statements.balance_sheet),
        _statement(_YEAR, *_WHO, "item", standard=True),
    ),
    "TrialBalance": (_plain(statements.trial_balance), _statement(_MONTH)),
    "CashFlow": (_plain(statements.cash_flow), _statement(_YEAR, *_WHO, "item", basis=False)),
    "AccountList": (lists.account_list, Form("", period="none")),
    "GeneralLedger": (detail.general_ledger, _LEDGER),
    "JournalReport": (journal.journal, _JOURNAL),
    "TransactionList": (lists.transactions, _LIST),
    "TransactionListByCustomer": (lists.by_name("Customer"), _NAMED),
    "TransactionListByVendor": (lists.by_name("Vendor"), _NAMED),
    "TransactionListWithSplits": (journal.with_splits, _SPLIT),
    "CustomerBalance": (
        open_items.balances("Customer"),
        Form("All", _RECEIVABLE, period="none", as_of=True),
    ),
    "CustomerBalanceDetail": (
        open_items.balance_detail("Customer", "arpaid"),
        _balance_detail(("subt_amount", "subt_open_bal"), *_RECEIVABLE),
    ),
    "VendorBalance": (
        open_items.balances("Vendor"),
        Form("All", ("vendor", "department"), period="none", as_of=True),
    ),
    "VendorBalanceDetail": (
        open_items.balance_detail("Vendor", "appaid"),
        _balance_detail(("subt_neg_amount", "subt_neg_open_bal"), "vendor", "department"),
    ),
    "AgedReceivables": (open_items.aged("Customer"), Form("Today", _RECEIVABLE, as_of=True)),
    "AgedReceivableDetail": (open_items.aged_detail("Customer"), _ages("Customer", _RECEIVABLE)),
    "AgedPayables": (open_items.aged("Vendor"), Form("Today", _PAYABLE, as_of=True)),
    "AgedPayableDetail": (open_items.aged_detail("Vendor"), _ages("Vendor", ("vendor",))),
    "CustomerSales": (sales.by("customer", "Customer", "Revenue", -1), _statement(_YEAR, *_SOLD)),
    "CustomerIncome": (sales.customer_income, Form(_YEAR, _WHO, basis=True)),
    "ItemSales": (sales.item_sales, _statement(_YEAR, *_SOLD)),
    "ClassSales": (sales.by("class_", "Class", "Revenue", -1), _statement(_YEAR, *_SOLD)),
    "DepartmentSales": (
        sales.by("department", "Department", "Revenue", -1),
        _statement(_YEAR, *_SOLD),
    ),
    "VendorExpenses": (sales.by("vendor", "Vendor", "Expense", 1), _statement(_YEAR, *_WHO)),
    "InventoryValuationSummary": (stock.valuation, Form(_YEAR, as_of=False)),
    "InventoryValuationDetail": (stock.movements, Form(_YEAR)),
    "TaxSummary": (taxes.tax_summary, Form(_YEAR)),
}


def report(book: Book, name: str, query: dict[str, str]) -> Doc:
    """A report by its name; another name answers as one in the wrong case does at Intuit (recorded
    2020).
    """
    if name not in REPORTS:
        raise ApiError(
            5020,
            "Permission Denied Error : You do not have the access rights to use this feature.",
            message="Permission Denied Error",
            element="ReportName",
        )
    drawer, form = REPORTS[name]
    with book.store.lock:
        asked = ask(book, name, form, query)
        end = asked.span.words[1]
        if asked.basis == "Cash":
            posted = accrual(book, _EVER)
            entries = cash.restated(book, posted, end)
        else:
            posted = entries = accrual(book, end)
        kept = [entry for entry in entries if asked.keeps(entry)] if asked.filters else entries
        return drawer(book, asked, kept, Splits(Reader(book), posted))
