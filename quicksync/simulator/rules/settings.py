"""Company information, preferences, exchange rates and budgets."""

from __future__ import annotations

from quicksync.simulator.accounting.errors import ApiError, business, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import cents, dec
from quicksync.simulator.rules.currencies import check_currency
from quicksync.simulator.rules.work import Work

# What the API may change; the rest of the preferences is set in QuickBooks itself.
_WRITABLE = {
    "AccountingInfoPrefs": (
        "CustomerTerminology",
        "BookCloseDate",
        "TrackDepartments",
        "DepartmentTerminology",
        "ClassTrackingPerTxn",
        "ClassTrackingPerTxnLine",
        "UseAccountNumbers",
    ),
    "SalesFormsPrefs": (
        "CustomField",
        "CustomTxnNumbers",
        "DefaultTerms",
        "DefaultCustomerMessage",
        "AllowDeposit",
        "AllowDiscount",
        "AllowShipping",
        "AllowEstimates",
        "AllowServiceDate",
        "SalesEmailCc",
        "SalesEmailBcc",
        "EmailCopyToCompany",
        "ETransactionPaymentEnabled",
        "UsingProgressInvoicing",
    ),
    "VendorAndPurchasesPrefs": (
        "POCustomField",
        "TrackingByCustomer",
        "BillableExpenseTracking",
        "EnableBills",
        "DefaultTerms",
        "DefaultMarkup",
        "DefaultMarkupAccount",
    ),
    "TimeTrackingPrefs": (
        "WorkWeekStartDate",
        "MarkTimeEntriesBillable",
        "ShowBillRateToAll",
        "UseServices",
        "BillCustomers",
    ),
    "EmailMessagesPrefs": (
        "InvoiceMessage",
        "EstimateMessage",
        "SalesReceiptMessage",
        "StatementMessage",
    ),
    "ReportPrefs": ("ReportBasis", "CalcAgingReportFromTxnDate"),
    "ProductAndServicesPrefs": (
        "ForSales",
        "ForPurchase",
        "QuantityWithPriceAndRate",
        "QuantityOnHand",
    ),
}


def prepare_preferences(work: Work) -> None:
    """Merge what may be written into what there is."""
    if work.old is None:
        raise ApiError(500, "Operation create is not supported.")
    doc: Doc = {
        key: dict(value) if isinstance(value, dict) else value for key, value in work.old.items()
    }
    for block, values in work.sent.items():
        if not isinstance(values, dict):
            continue
        for key, value in values.items():
            if work.bookkeeper or key in _WRITABLE.get(block, ()):
                doc.setdefault(block, {})[key] = value
    accounting = doc["AccountingInfoPrefs"]
    if accounting.get("ClassTrackingPerTxn") and accounting.get("ClassTrackingPerTxnLine"):
        raise ApiError(
            2600,
            "ClassTrackingPerTxn and ClassTrackingPerTxnLine exclude each other.",
            message="Conflict element in request",
        )
    if not accounting.get("BookCloseDate"):
        accounting.pop("BookCloseDate", None)
    work.doc.clear()
    work.doc.update(doc)


def prepare_company_info(work: Work) -> None:
    """Names and addresses of the company; its country stays."""
    if work.old is None:
        raise ApiError(500, "Operation create is not supported.")
    for key in (
        "Country",
        "NameValue",
        "SupportedLanguages",
        "FiscalYearStartMonth",
        "CompanyStartDate",
    ):
        if key in work.old:
            work.doc[key] = work.old[key]
    if not str(work.doc.get("CompanyName") or "").strip():
        work.doc["CompanyName"] = work.old["CompanyName"]


def prepare_rate(work: Work) -> None:
    """A rate of one foreign currency from a day on."""
    doc, book = work.doc, work.book
    code = str(doc.get("SourceCurrencyCode") or "")
    if not code:
        raise missing("SourceCurrencyCode")
    if not book.multicurrency:
        raise ApiError(
            5030, "Feature Not Supported Error : Multicurrency is not enabled for this company."
        )
    check_currency(book, code, "SourceCurrencyCode")
    if code == book.home:
        raise business(
            "The exchange rate of the home currency cannot be changed.",
            element="SourceCurrencyCode",
        )
    if dec(doc.get("Rate")) <= 0:
        raise ApiError(
            2240, f"Invalid Number Range. Supplied value:{doc.get('Rate')}", element="Rate"
        )
    doc["TargetCurrencyCode"] = book.home
    doc.setdefault("AsOfDate", book.today().isoformat())


def prepare_budget(work: Work) -> None:
    """A budget of profit and loss accounts."""
    doc = work.doc
    for key in ("StartDate", "EndDate"):
        if not doc.get(key):
            raise missing(key)
    if doc["EndDate"] < doc["StartDate"]:
        raise ApiError(6490, "Invalid budget : EndDate lies before StartDate.", element="EndDate")
    doc.setdefault("Name", f"Budget {doc['StartDate'][:4]}")
    doc.setdefault("BudgetType", "ProfitAndLoss")
    doc.setdefault("BudgetEntryType", "Monthly")
    doc.setdefault("Active", True)
    for detail in doc.get("BudgetDetail") or []:
        if not detail.get("BudgetDate"):
            raise missing("BudgetDate")
        account = work.ref(detail, "AccountRef", "Account", required=True)
        if account is not None and account["Classification"] not in ("Revenue", "Expense"):
            raise ApiError(
                6430, f"Invalid account type used: {account['AccountType']}", element="AccountRef"
            )
        detail["Amount"] = cents(detail.get("Amount"))
        for key, target in (
            ("CustomerRef", "Customer"),
            ("ClassRef", "Class"),
            ("DepartmentRef", "Department"),
        ):
            work.ref(detail, key, target)
