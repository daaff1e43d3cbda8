"""Which report is drawn by what."""

from __future__ import annotations

from collections.abc import Callable

from quicksync.simulator.book import Book
from quicksync.simulator.errors import ApiError
from quicksync.simulator.jsontext import Doc
from quicksync.simulator.reports import names, statements

Drawer = Callable[[Book, str, dict[str, str]], Doc]
REPORTS: dict[str, Drawer] = {
    "ProfitAndLoss": statements.profit_and_loss,
    "ProfitAndLossDetail": names.general_ledger,
    "BalanceSheet": statements.balance_sheet,
    "TrialBalance": statements.trial_balance,
    "CashFlow": statements.cash_flow,
    "AccountList": statements.account_list,
    "AccountListDetail": statements.account_list,
    "GeneralLedger": names.general_ledger,
    "GeneralLedgerFR": names.general_ledger,
    "JournalReport": names.general_ledger,
    "TransactionList": names.transactions,
    "TransactionListByCustomer": names.transactions,
    "TransactionListByVendor": names.transactions,
    "TransactionListWithSplits": names.transactions,
    "CustomerBalance": names.balances,
    "CustomerBalanceDetail": names.aged_detail,
    "VendorBalance": names.balances,
    "VendorBalanceDetail": names.aged_detail,
    "AgedReceivables": names.aged,
    "AgedReceivableDetail": names.aged_detail,
    "AgedPayables": names.aged,
    "AgedPayableDetail": names.aged_detail,
    "CustomerSales": names.sales_by,
    "CustomerIncome": names.sales_by,
    "ItemSales": names.sales_by,
    "ClassSales": names.sales_by,
    "DepartmentSales": names.sales_by,
    "VendorExpenses": names.sales_by,
    "InventoryValuationSummary": names.inventory,
    "InventoryValuationDetail": names.inventory,
    "TaxSummary": names.tax_summary,
}


def report(book: Book, name: str, query: dict[str, str]) -> Doc:
    """A report by its name."""
    drawer = REPORTS.get(name)
    if drawer is None:
        raise ApiError(5020, f"Permission Denied Error : Report {name} not found.", message="Permission Denied")
    with book.store.lock:
        return drawer(book, name, query)
