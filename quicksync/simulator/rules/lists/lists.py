"""The short lists: items, terms, methods, classes, locations, currencies, agencies and the rest."""

from __future__ import annotations

from quicksync.simulator.accounting.book import currency_name
from quicksync.simulator.accounting.errors import ApiError, business, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec
from quicksync.simulator.rules.currencies import check_currency
from quicksync.simulator.rules.lists.names import check_signs, lineage, rename_inactive
from quicksync.simulator.rules.work import Work

_STOCK_ACCOUNTS = (
    ("IncomeAccountRef", "Income", "SalesOfProductIncome"),
    ("ExpenseAccountRef", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("AssetAccountRef", "Other Current Asset", "Inventory"),
)
_CATEGORY_LEVELS = 4
_MADE_BY_API = frozenset(("Service", "NonInventory", "Inventory", "Category"))


def _named(work: Work) -> None:
    name = str(work.doc.get("Name") or "").strip()
    if not name:
        raise missing("Name")
    check_signs(name, "Name")
    work.doc["Name"] = name
    work.doc.setdefault("Active", True)
    rename_list(work)


def rename_list(work: Work) -> None:
    """Deactivated rows give their name free, as names do."""
    leaving = work.old is not None and work.old.get("Active", True) and not work.doc["Active"]
    if not (leaving and work.doc["Name"].endswith(" (deleted)")):
        rename_inactive(work, "Name")


def _unique(work: Work, key: str = "Name") -> None:
    found = work.book.store.all(
        "SELECT id, body FROM entity WHERE type=? AND name=?", work.entity.name, work.doc[key]
    )
    if any(str(id_) != str(work.doc.get("Id")) for id_, _body in found):
        raise ApiError(6240, "The name supplied already exists. : null")


def _nest(work: Work, flag: str, deepest: int = 4) -> Doc | None:
    """Place a row under its parent of the same list, and spell its full name."""
    doc, name = work.doc, work.entity.name
    parent = work.ref(doc, "ParentRef", name)
    if parent is None:
        doc[flag], doc["FullyQualifiedName"] = False, doc["Name"]
        return None
    if str(doc.get("Id")) in lineage(work.book, name, parent):
        raise ApiError(900, "Parent cannot be child", element="ParentRef")
    doc[flag] = True
    doc["FullyQualifiedName"] = (
        f"{parent.get('FullyQualifiedName') or parent['Name']}:{doc['Name']}"
    )
    if doc["FullyQualifiedName"].count(":") > deepest:
        raise ApiError(6180, f"Sub level limit of {deepest + 1} exceeded.", element="ParentRef")
    return parent


def _unique_full(work: Work) -> None:
    found = work.book.store.all(
        "SELECT body FROM entity WHERE type=? AND name=? AND id IS NOT ?",
        work.entity.name,
        work.doc["Name"],
        work.doc.get("Id"),
    )
    full = f'"FullyQualifiedName":"{work.doc["FullyQualifiedName"]}"'.lower()
    if any(full in body.lower() for (body,) in found):
        raise ApiError(6240, "The name supplied already exists. : null")


def prepare_item(work: Work) -> None:
    """A product, a service, a stock item, a category or a bundle."""
    doc, old = work.doc, work.old
    _named(work)
    doc["Type"] = doc.get("Type") or (old or {}).get("Type") or "NonInventory"
    if old is None and doc["Type"] not in _MADE_BY_API and not work.bookkeeper:
        raise ApiError(
            2170,
            f"Invalid Enumeration : an item of type {doc['Type']} cannot be created",
            element="Type",
        )
    _unique(work)
    above = _nest(work, "SubItem")
    if above is not None:
        _fitting_above(work, above)
    if doc.get("SubItem"):
        doc["Level"] = doc["FullyQualifiedName"].count(":")
    else:
        doc.pop("SubItem", None)
    if doc["Type"] == "Category":
        _category(work)
        return
    for part in (doc.get("ItemGroupDetail") or {}).get("ItemGroupLine", []):
        work.ref(part, "ItemRef", "Item", required=True)
    _item_accounts(work)
    _item_defaults(work)
    for key, target in (
        ("SalesTaxCodeRef", "TaxCode"),
        ("PurchaseTaxCodeRef", "TaxCode"),
        ("PrefVendorRef", "Vendor"),
        ("ClassRef", "Class"),
    ):
        work.ref(doc, key, target)


def _fitting_above(work: Work, above: Doc) -> None:
    """With categories nothing lies below what can be sold; without them there are none."""
    nested = "ParentRef" in work.sent and not work.bookkeeper
    if nested and work.book.uses_categories and above["Type"] != "Category":
        raise business("Only a category can have items below it.", element="ParentRef")


def _category(work: Work) -> None:
    if work.old is None and not work.book.uses_categories:
        raise ApiError(5030, "Feature Not Supported Error : categories are not enabled.")
    if work.doc["FullyQualifiedName"].count(":") >= _CATEGORY_LEVELS:
        raise ApiError(
            6180, f"Sub level limit of {_CATEGORY_LEVELS} exceeded.", element="ParentRef"
        )
    if work.old is not None and not work.doc["Active"] and not work.bookkeeper:
        raise business("A category cannot be made inactive.", element="Active")
    for key in (
        "UnitPrice",
        "PurchaseCost",
        "IncomeAccountRef",
        "ExpenseAccountRef",
        "AssetAccountRef",
        "Taxable",
    ):
        work.doc.pop(key, None)


def _item_accounts(work: Work) -> None:
    doc = work.doc
    income = work.ref(doc, "IncomeAccountRef", "Account")
    expense = work.ref(doc, "ExpenseAccountRef", "Account")
    work.ref(doc, "AssetAccountRef", "Account")
    if doc["Type"] == "Inventory":
        _stock_item(work)
    elif doc.get("TrackQtyOnHand"):
        raise business(
            "When you create an item, if Track quantity on hand is turned on, the item must be of"
            " type Inventory.",
            element="TrackQtyOnHand",
        )
    elif income is None and expense is None and doc["Type"] in ("Service", "NonInventory"):
        raise missing("IncomeAccountRef")


def _stock_item(work: Work) -> None:
    doc, old = work.doc, work.old
    if not doc.get("TrackQtyOnHand"):
        raise business(
            "When you create an item, if Track quantity on hand is turned off, the item cannot be"
            " of type Inventory.",
            element="TrackQtyOnHand",
        )
    for key, kind, subtype in _STOCK_ACCOUNTS:
        account = work.ref(doc, key, "Account", required=True)
        if account is not None and account["AccountType"] not in (kind, "Other " + kind):
            raise ApiError(
                6430,
                f"Invalid account type used: {key} needs an account of type {kind} ({subtype}).",
                element=key,
            )
    if old is None or old["Type"] != "Inventory":
        if doc.get("QtyOnHand") is None:
            raise missing("QtyOnHand")
        if not doc.get("InvStartDate"):
            raise missing("InvStartDate")
        work.params = {
            **work.params,
            "_quantity": str(doc["QtyOnHand"]),
            "_day": doc["InvStartDate"],
        }
        return
    change = dec(doc.get("QtyOnHand", old["QtyOnHand"])) - dec(old["QtyOnHand"])
    if change and "QtyOnHand" in work.sent:
        # On an update the date that is sent is the date of the adjustment, not of the start.
        day = work.sent.get("InvStartDate") or work.book.today().isoformat()
        work.params = {**work.params, "_adjust": str(change), "_day": day}
    doc["InvStartDate"] = old["InvStartDate"]


def _item_defaults(work: Work) -> None:
    doc, old = work.doc, work.old
    if old is not None and old.get("TrackQtyOnHand") and not doc.get("TrackQtyOnHand"):
        raise business("Track quantity on hand cannot be turned off.", element="TrackQtyOnHand")
    if old is not None and old["Type"] == "Inventory" and doc["Type"] != "Inventory":
        raise business("An inventory item cannot be changed to another type.", element="Type")
    doc.setdefault("TrackQtyOnHand", False)
    doc.setdefault("UnitPrice", ZERO)
    doc.setdefault("PurchaseCost", ZERO)
    if work.book.country == "US":
        doc.setdefault("Taxable", False)


def prepare_term(work: Work) -> None:
    """Payment terms: a number of days, or a day of the month."""
    doc = work.doc
    _named(work)
    _unique(work)
    if doc.get("DueDays") is None and doc.get("DayOfMonthDue") is None:
        raise missing("DueDays")
    for key, low, high in (
        ("DueDays", 0, 999),
        ("DayOfMonthDue", 1, 31),
        ("DiscountDays", 0, 999),
        ("DiscountPercent", 0, 100),
    ):
        if doc.get(key) is not None and not low <= doc[key] <= high:
            raise ApiError(
                2240,
                f"Invalid Number Range. Min:{low} Max:{high} Supplied value:{doc[key]}",
                element=key,
            )
    doc["Type"] = "STANDARD" if doc.get("DueDays") is not None else "DATE_DRIVEN"
    doc.setdefault("DiscountPercent", ZERO)
    if doc["Type"] == "STANDARD":
        doc.setdefault("DiscountDays", 0)
    else:
        doc.setdefault("DueNextMonthDays", 0)


def prepare_payment_method(work: Work) -> None:
    """How customers pay."""
    _named(work)
    _unique(work)
    kind = work.doc["Type"] = work.doc.get("Type") or "NON_CREDIT_CARD"
    if kind not in ("CREDIT_CARD", "NON_CREDIT_CARD"):
        raise ApiError(2170, f"Invalid Enumeration : {kind}", element="Type")


def prepare_class(work: Work) -> None:
    """A class, nested up to five levels."""
    if work.creating and not _tracks_classes(work) and not work.bookkeeper:
        raise ApiError(
            5030, "Feature Not Supported Error : class tracking is not enabled for this company."
        )
    _named(work)
    _nest(work, "SubClass")
    _unique_full(work)


def _tracks_classes(work: Work) -> bool:
    prefs = work.book.prefs.get("AccountingInfoPrefs", {})
    return bool(prefs.get("ClassTrackingPerTxn") or prefs.get("ClassTrackingPerTxnLine"))


def prepare_department(work: Work) -> None:
    """A location, nested up to five levels."""
    if (
        work.creating
        and not work.book.pref("AccountingInfoPrefs", "TrackDepartments")
        and not work.bookkeeper
    ):
        raise ApiError(
            5030, "Feature Not Supported Error : location tracking is not enabled for this company."
        )
    _named(work)
    _nest(work, "SubDepartment")
    _unique_full(work)


def prepare_currency(work: Work) -> None:
    """A currency of the company's list."""
    if not work.book.multicurrency:
        raise ApiError(
            5030, "Feature Not Supported Error : Multicurrency is not enabled for this company."
        )
    doc = work.doc
    code = str(doc.get("Code") or (work.old or {}).get("Code") or "")
    if not code:
        raise missing("Code")
    check_currency(work.book, code, "Code")
    doc["Code"], doc["Name"] = code, currency_name(code)
    doc.setdefault("Active", True)
    _unique(work, "Code")


def prepare_agency(work: Work) -> None:
    """Whom sales tax is paid to."""
    doc = work.doc
    if not str(doc.get("DisplayName") or "").strip():
        raise missing("DisplayName")
    _unique(work, "DisplayName")
    doc.setdefault("TaxTrackedOnPurchases", False)
    doc.setdefault("TaxTrackedOnSales", True)


def prepare_tax_rate(work: Work) -> None:
    """The percentage of a tax; changed in QuickBooks itself only, and kept with the day from which
    it holds.
    """
    doc, old = work.doc, work.old
    if old is not None and dec(doc["RateValue"]) != dec(old["RateValue"]):
        since = {
            "RateValue": dec(doc["RateValue"]),
            "EffectiveDate": f"{work.book.today().isoformat()}T00:00:00-08:00",
        }
        doc["EffectiveTaxRate"] = [*(old.get("EffectiveTaxRate") or []), since]


def prepare_journal_code(work: Work) -> None:
    """A French journal code."""
    if work.book.country != "FR":
        raise ApiError(5030, "Feature Not Supported Error : journal codes exist in France only.")
    _named(work)
    _unique(work)


def prepare_customer_type(work: Work) -> None:
    """A kind of customer; made in QuickBooks itself only."""
    _named(work)
    _unique(work)
