"""Bills, vendor credits, expenses and purchase orders."""

from __future__ import annotations

from quicksync.simulator.accounting.errors import ApiError, business, missing, no_target
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.links import Link, entity_of, incoming
from quicksync.simulator.accounting.money import ZERO, cents, dec
from quicksync.simulator.rules.documents import tax
from quicksync.simulator.rules.documents.forms import (
    NOWHERE,
    email_fields,
    fall_due,
    name_value,
    own_address,
    prepare_form,
)
from quicksync.simulator.rules.documents.lines import (
    check_start,
    detail_of,
    item_of,
    line_amount,
    sum_amounts,
    taken_lines,
    track_class,
)
from quicksync.simulator.rules.work import Work

_EXPENSE = ("AccountBasedExpenseLineDetail", "ItemBasedExpenseLineDetail")
_ALLOWED = frozenset((*_EXPENSE, "DescriptionOnly"))
_PAID_FROM = {"Cash": "Bank", "Check": "Bank", "CreditCard": "Credit Card"}
# QuickBooks' own numbers for what kind of expense it is, recorded beside the words.
_KINDS = {"Check": "3", "Cash": "54", "CreditCard": "54", "Credit": "11"}
_TYPES = {"vendor": "Vendor", "customer": "Customer", "employee": "Employee"}


def prepare_bill(work: Work) -> None:
    """A bill or a vendor's credit."""
    doc = work.doc
    vendor = work.ref(doc, "VendorRef", "Vendor", required=True)
    prepare_form(work, vendor)
    _payable_account(work)
    _totals(work)
    doc["Balance"] = doc["TotalAmt"]
    if work.entity.name == "Bill":
        fall_due(work, (vendor or {}).get("TermRef"))
    _vendor_address(doc, vendor)


def _vendor_address(doc: Doc, vendor: Doc | None) -> None:
    if vendor is not None and vendor.get("BillAddr") and not doc.get("VendorAddr"):
        doc["VendorAddr"] = {**vendor["BillAddr"], **NOWHERE}


def _payable_account(work: Work) -> None:
    doc = work.doc
    found = work.ref(doc, "APAccountRef", "Account")
    if found is None:
        found = work.book.account("Accounts Payable", currency=doc["CurrencyRef"]["value"])
    # An order posts nothing: python-quickbooks' own tests name the first account there is, which is
    # one of expenses.
    if found["AccountType"] != "Accounts Payable" and work.entity.name != "PurchaseOrder":
        raise ApiError(
            6430, f"Invalid account type used: {found['AccountType']}", element="APAccountRef"
        )
    doc["APAccountRef"] = {"value": str(found["Id"]), "name": found["FullyQualifiedName"]}


def _totals(work: Work, *, posting: bool = True) -> None:
    """Lines, tax and total of a form of expense lines."""
    doc = work.doc
    tax.tax_method(work)
    lines = taken_lines(work, "AccountBasedExpenseLineDetail", _ALLOWED)
    for line in lines:
        _line(work, line)
    expense = [line for line in lines if line["DetailType"] in _EXPENSE]
    tax.line_codes(work, [detail_of(line) for line in expense], sales=False)
    taxed = []
    for line in expense:
        detail = detail_of(line)
        code = str((detail.get("TaxCodeRef") or {}).get("value") or "")
        if tax.is_us(work.book):
            detail["TaxCodeRef"] = {"value": code or "NON"}
        elif doc.get("GlobalTaxCalculation") == "TaxInclusive" and code:
            detail["TaxInclusiveAmt"] = tax.gross(
                work.book, code, dec(line["Amount"]), purchase=True
            )
        taxed.append(tax.Taxed(code, dec(line["Amount"])))
    doc["Line"] = lines
    doc["TotalAmt"] = sum_amounts(expense) + tax.compute(work, taxed, purchase=True)
    if posting and doc["TotalAmt"] < 0:
        raise ApiError(
            2290, "Negative Amount : the total of the form cannot be negative.", element="TotalAmt"
        )


def _line(work: Work, line: Doc) -> None:
    kind = line["DetailType"]
    if kind == "DescriptionOnly":
        line.pop("Amount", None)
        return
    detail = detail_of(line)
    if kind == "ItemBasedExpenseLineDetail":
        item = item_of(work, detail)
        if item is None:
            raise missing("ItemRef")
        line_amount(line, detail, sales=False)
        if work.entity.name != "PurchaseOrder":
            check_start(work, item, detail)
    else:
        if line.get("Amount") is None:
            raise missing("Amount")
        line["Amount"] = cents(line["Amount"])
        account = work.ref(detail, "AccountRef", "Account", required=True)
        if account is not None and account["AccountType"] in (
            "Accounts Receivable",
            "Accounts Payable",
        ):
            raise ApiError(
                6430, f"Invalid account type used: {account['AccountType']}", element="AccountRef"
            )
    _billable(work, detail)
    track_class(work, detail, "ClassTrackingPerTxnLine")


def _billable(work: Work, detail: Doc) -> None:
    customer = work.ref(detail, "CustomerRef", "Customer")
    status = detail.setdefault("BillableStatus", "NotBillable")
    if status == "Billable" and customer is None:
        raise ApiError(
            6310, "Missing Customer : a billable line needs a customer.", element="CustomerRef"
        )
    if status == "HasBeenBilled" and work.creating and not work.bookkeeper:
        raise ApiError(2170, "Invalid Enumeration : HasBeenBilled", element="BillableStatus")


def prepare_purchase(work: Work) -> None:
    """An expense, a check or a credit card charge."""
    doc = work.doc
    kind = doc.get("PaymentType") or (work.old or {}).get("PaymentType")
    if not kind:
        raise missing("PaymentType")
    doc["PaymentType"] = kind
    wanted = _PAID_FROM.get(str(kind))
    if wanted is None:
        raise ApiError(2170, f"Invalid Enumeration : {kind}", element="PaymentType")
    account = work.ref(doc, "AccountRef", "Account", required=True)
    if account is not None and account["AccountType"] != wanted:
        raise ApiError(
            6430,
            f"Invalid account type used: {account['AccountType']} for {kind}",
            element="AccountRef",
        )
    party = _entity(work)
    prepare_form(work, party)
    work.ref(doc, "PaymentMethodRef", "PaymentMethod")
    # Links to bills are dropped without a word, as the live service does.
    doc.pop("LinkedTxn", None)
    if kind == "CreditCard":
        doc.setdefault("Credit", False)
    else:
        doc.pop("Credit", None)
    if kind == "Check":
        doc.setdefault("PrintStatus", "NotSet")
    doc["PurchaseEx"] = {
        "any": [name_value("TxnType", _KINDS["Credit" if doc.get("Credit") else str(kind)])]
    }
    _totals(work)


def _entity(work: Work) -> Doc | None:
    reference = work.doc.get("EntityRef")
    if not reference or not reference.get("value"):
        work.doc.pop("EntityRef", None)
        return None
    kind = _TYPES.get(str(reference.get("type") or "vendor").lower())
    if kind is None:
        raise ApiError(2120, f"Invalid Type : {reference['type']}", element="EntityRef")
    reference["type"] = kind
    found = work.ref(work.doc, "EntityRef", kind)
    return found if kind != "Employee" else None


def prepare_purchase_order(work: Work) -> None:
    """An order to a vendor; it posts nothing."""
    doc = work.doc
    vendor = work.ref(doc, "VendorRef", "Vendor", required=True)
    prepare_form(work, vendor)
    _payable_account(work)
    work.ref(doc, "SalesTermRef", "Term")
    work.ref(doc, "ShipTo", "Customer")
    email_fields(doc)
    doc.setdefault("POStatus", (work.old or {}).get("POStatus", "Open"))
    _totals(work, posting=False)
    for line in doc["Line"] if not work.creating else ():
        line.setdefault("Received", ZERO)
    _vendor_address(doc, vendor)
    if work.creating and work.bookkeeper and not doc.get("ShipAddr"):
        lines = own_address(work.book, str(work.book.info["CompanyName"]))
        doc["ShipAddr"] = {"Id": work.book.store.next_id("address"), **lines, **NOWHERE}


def document_links(doc: Doc) -> list[Link]:
    """Orders a bill receives, estimates, time and charges an invoice bills."""
    found = []
    for link in doc.get("LinkedTxn") or []:
        name = entity_of(str(link.get("TxnType")))
        if name not in ("Payment", "BillPayment", "Deposit"):
            found.append(
                Link(name, str(link.get("TxnId") or ""), to_line=str(link.get("TxnLineId") or ""))
            )
    for line in doc.get("Line") or []:
        for link in line.get("LinkedTxn") or []:
            name = entity_of(str(link.get("TxnType")))
            found.append(
                Link(
                    name,
                    str(link.get("TxnId") or ""),
                    line=str(line.get("Id") or ""),
                    to_line=str(link.get("TxnLineId") or ""),
                )
            )
    return list(dict.fromkeys(found))


def check_links(work: Work) -> None:
    """Linked transactions must exist, and belong to the same name."""
    if work.entity.name not in ("Bill", "Invoice"):
        return
    for link in document_links(work.doc):
        target = work.book.get(link.type, link.id)
        if target is None:
            raise no_target(link.type, link.id)
        theirs = (target.get("CustomerRef") or target.get("VendorRef") or {}).get("value")
        mine = (work.doc.get("CustomerRef") or work.doc.get("VendorRef") or {}).get("value")
        if link.type in ("Estimate", "PurchaseOrder") and theirs and theirs != mine:
            raise ApiError(
                620,
                f"Transaction is not linkable : TxnId {link.id} belongs to another name",
                element="LinkedTxn",
            )
        if link.type == "Estimate" and not work.bookkeeper:
            _first_invoice(work, link)
        if link.type == "PurchaseOrder" and link.line and not link.to_line:
            raise missing("TxnLineId")


def _first_invoice(work: Work, link: Link) -> None:
    """An estimate is invoiced once by the interface; only QuickBooks' own pages invoice parts of
    it.
    """
    sources = incoming(work.book, link.type, link.id)
    others = {one.id for one in sources if one.type == "Invoice"} - {str(work.doc.get("Id"))}
    if others and work.book.switches.estimate_invoiced_twice == "refuse":
        raise business(
            f"The estimate is already linked to another invoice. TxnId {link.id}",
            element="LinkedTxn",
        )
