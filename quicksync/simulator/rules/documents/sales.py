"""Sales forms: lines, subtotal, discount, tax, totals, addresses, terms."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting.answers import answer_of
from quicksync.simulator.accounting.errors import ApiError, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import HUNDRED, ZERO, cents, dec
from quicksync.simulator.rules.documents import tax
from quicksync.simulator.rules.documents.forms import (
    NOWHERE,
    email_fields,
    fall_due,
    own_address,
    prepare_form,
)
from quicksync.simulator.rules.documents.lines import (
    SPECIAL_ITEMS,
    check_start,
    detail_of,
    item_of,
    line_amount,
    sum_amounts,
    taken_lines,
    track_class,
)
from quicksync.simulator.rules.lists.names import number_address
from quicksync.simulator.rules.work import Work

_ALLOWED = frozenset(
    (
        "SalesItemLineDetail",
        "GroupLineDetail",
        "DescriptionOnly",
        "DiscountLineDetail",
        "SubTotalLineDetail",
    )
)


def prepare_sale(work: Work) -> None:
    """Everything invoices, receipts, estimates, credits and refunds have in common."""
    doc = work.doc
    name = work.entity.name
    customer = work.ref(
        doc, "CustomerRef", "Customer", required=name in ("Invoice", "CreditMemo", "Estimate")
    )
    prepare_form(work, customer)
    tax.tax_method(work)
    lines = taken_lines(work, "SalesItemLineDetail", _ALLOWED)
    for line in lines:
        _line(work, line)
    tax.line_codes(work, [detail_of(line) for line in _items(lines)], sales=True)
    subtotal = sum_amounts(
        [line for line in lines if line["DetailType"] in ("SalesItemLineDetail", "GroupLineDetail")]
    )
    discount = _discount(work, lines, subtotal)
    _contact(work, customer)
    _free_form(work)
    email_fields(doc)
    taxes = tax.compute(work, _taxed(work, lines, subtotal, discount))
    doc["Line"] = _with_subtotal(lines, subtotal)
    total = subtotal - discount + taxes
    if total < 0 and name in ("Invoice", "SalesReceipt"):
        raise ApiError(
            2290, "Negative Amount : the total of the form cannot be negative.", element="TotalAmt"
        )
    doc["TotalAmt"] = total
    _by_kind(work, customer, total)


def _line(work: Work, line: Doc) -> None:
    kind = line["DetailType"]
    if kind == "SalesItemLineDetail":
        _item_line(work, line)
    elif kind == "GroupLineDetail":
        _group_line(work, line)
    elif kind == "DescriptionOnly":
        line.pop("Amount", None)
        line["DescriptionLineDetail"] = line.get("DescriptionLineDetail") or {}


def _item_line(work: Work, line: Doc) -> None:
    detail = detail_of(line)
    item = item_of(work, detail) or _default_item(work, detail)
    if item is None and str((detail.get("ItemRef") or {}).get("value") or "") not in SPECIAL_ITEMS:
        # Without an item a line is documentation; its amount does not count.
        line.update(DetailType="DescriptionOnly", DescriptionLineDetail={})
        line.pop("SalesItemLineDetail")
        line.pop("Amount", None)
        return
    line_amount(line, detail, sales=True)
    track_class(work, detail, "ClassTrackingPerTxnLine")
    if item is None:
        return
    check_start(work, item, detail)
    account = (item.get("IncomeAccountRef") or {}).get("value")
    if account:
        found = work.book.get("Account", account)
        detail["ItemAccountRef"] = {
            "value": account,
            "name": found["FullyQualifiedName"] if found else "",
        }


def _default_item(work: Work, detail: Doc) -> Doc | None:
    """The product of a line without one, where the service works that way: the company's first."""
    if detail.get("ItemRef") or work.book.switches.line_without_item == "text":
        return None
    first = work.book.store.one("SELECT min(id) FROM entity WHERE type='Item' AND active=1")
    detail["ItemRef"] = {"value": str(first)}
    return item_of(work, detail)


def _group_line(work: Work, line: Doc) -> None:
    detail = detail_of(line)
    group = work.ref(detail, "GroupItemRef", "Item", required=True)
    quantity = dec(detail.get("Quantity", 1))
    inner = detail.get("Line") or _members(work, group or {}, quantity)
    for position, member in enumerate(inner, 1):
        member["DetailType"] = "SalesItemLineDetail"
        _item_line(work, member)
        member.update(Id=str(int(line["Id"]) * 100 + position), LineNum=position)
    detail["Quantity"], detail["Line"] = quantity, inner
    line["Amount"] = sum_amounts(inner)


def _members(work: Work, group: Doc, quantity: Decimal) -> list[Doc]:
    members = []
    for part in (group.get("ItemGroupDetail") or {}).get("ItemGroupLine", []):
        item = work.book.need("Item", part["ItemRef"]["value"])
        count = dec(part.get("Qty", 1)) * quantity
        taxed = "TAX" if item.get("Taxable") else "NON"
        detail: Doc = {
            "ItemRef": {"value": item["Id"]},
            "Qty": count,
            "UnitPrice": dec(item.get("UnitPrice")),
        }
        if tax.is_us(work.book):
            detail["TaxCodeRef"] = {"value": taxed}
        members.append(
            {
                "Amount": cents(count * dec(item.get("UnitPrice"))),
                "SalesItemLineDetail": detail,
                "DetailType": "SalesItemLineDetail",
                "Description": item.get("Description", item["Name"]),
            }
        )
    return members


def _items(lines: list[Doc]) -> list[Doc]:
    """All item lines, those inside bundles too."""
    found = []
    for line in lines:
        if line["DetailType"] == "SalesItemLineDetail":
            found.append(line)
        elif line["DetailType"] == "GroupLineDetail":
            found += [
                m
                for m in detail_of(line).get("Line", [])
                if m["DetailType"] == "SalesItemLineDetail"
            ]
    return found


def _discount(work: Work, lines: list[Doc], subtotal: Decimal) -> Decimal:
    discounts = [line for line in lines if line["DetailType"] == "DiscountLineDetail"]
    if not discounts:
        return ZERO
    if len(discounts) > 1:
        raise ApiError(
            6000, "Business Validation Error: A form has one discount line at most.", element="Line"
        )
    line, detail = discounts[0], detail_of(discounts[0])
    percent = detail.get("DiscountPercent")
    if percent is not None and not 0 <= dec(percent) <= HUNDRED:
        raise ApiError(
            2150, f"Invalid Percent. Supplied value:{percent}", element="DiscountPercent"
        )
    if detail.get("PercentBased") or (percent is not None and line.get("Amount") is None):
        if percent is None:
            raise ApiError(
                6090, "Discount Line missing amount or percent.", element="DiscountPercent"
            )
        line["Amount"] = cents(subtotal * dec(percent) / HUNDRED)
        detail["PercentBased"] = True
    elif line.get("Amount") is None:
        raise ApiError(6090, "Discount Line missing amount or percent.", element="Amount")
    else:
        detail["PercentBased"] = False
        line["Amount"] = cents(line["Amount"])
    account = work.ref(detail, "DiscountAccountRef", "Account") or work.book.account(
        "Income", subtype="DiscountsRefundsGiven"
    )
    detail["DiscountAccountRef"] = {
        "value": str(account["Id"]),
        "name": account["FullyQualifiedName"],
    }
    return dec(line["Amount"])


def _taxed(work: Work, lines: list[Doc], subtotal: Decimal, discount: Decimal) -> list[tax.Taxed]:
    """Net amounts per code; a discount before tax is spread over all lines."""
    doc, book = work.doc, work.book
    before_tax = bool(doc.setdefault("ApplyTaxAfterDiscount", False)) or not tax.is_us(book)
    share = discount / subtotal if before_tax and subtotal else ZERO
    taxed = []
    for line in _items(lines):
        detail = detail_of(line)
        code = str((detail.get("TaxCodeRef") or {}).get("value") or "")
        amount = dec(line["Amount"])
        if doc.get("GlobalTaxCalculation") == "TaxInclusive" and code:
            detail["TaxInclusiveAmt"] = tax.gross(book, code, amount)
        else:
            detail.pop("TaxInclusiveAmt", None)
        taxed.append(tax.Taxed(code, amount * (1 - share)))
    return taxed


def _with_subtotal(lines: list[Doc], subtotal: Decimal) -> list[Doc]:
    ahead = [line for line in lines if line["DetailType"] != "DiscountLineDetail"]
    after = [line for line in lines if line["DetailType"] == "DiscountLineDetail"]
    return [
        *ahead,
        {"Amount": subtotal, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        *after,
    ]


def _contact(work: Work, customer: Doc | None) -> None:
    doc = work.doc
    if customer is None:
        return
    whole = not work.params.get("_sparse")
    for key in ("BillAddr", "ShipAddr"):
        if doc.get(key) is None and customer.get(key) and whole:
            doc[key] = dict(customer[key])
        elif doc.get(key):
            number_address(work, key)
        if doc.get(key):
            doc[key] |= NOWHERE
    # The screens of QuickBooks fill in the address for e-mails, the interface does not.
    if work.bookkeeper and work.creating and customer.get("PrimaryEmailAddr"):
        doc.setdefault("BillEmail", {"Address": customer["PrimaryEmailAddr"].get("Address", "")})


def _free_form(work: Work) -> None:
    """What forms of 2026 say of their addresses: those with a delivery address are free text, those
    that the interface writes whole name where they are sent from.
    """
    doc = work.doc
    if not answer_of(work.entity.name).free_form:
        return
    doc["FreeFormAddress"] = bool(doc.get("ShipAddr"))
    known = (work.old or {}).get("ShipFromAddr")
    if known and not doc.get("ShipFromAddr"):
        doc["ShipFromAddr"] = known
    if not (work.bookkeeper or work.params.get("_sparse") or doc.get("ShipFromAddr")):
        doc["ShipFromAddr"] = {"Id": work.book.store.next_id("address"), **own_address(work.book)}


def _by_kind(work: Work, customer: Doc | None, total: Decimal) -> None:
    doc, name = work.doc, work.entity.name
    if name == "Invoice":
        _invoice(work, customer, total)
    elif name == "Estimate":
        doc.setdefault("TxnStatus", (work.old or {}).get("TxnStatus", "Pending"))
        if doc["TxnStatus"] not in ("Accepted", "Closed", "Pending", "Rejected", "Converted"):
            raise ApiError(2170, f"Invalid Enumeration : {doc['TxnStatus']}", element="TxnStatus")
    elif name == "CreditMemo":
        doc["Balance"] = doc["RemainingCredit"] = total
    else:
        _settled_at_once(work)


def _invoice(work: Work, customer: Doc | None, total: Decimal) -> None:
    doc, book = work.doc, work.book
    fall_due(
        work, (customer or {}).get("SalesTermRef") or book.pref("SalesFormsPrefs", "DefaultTerms")
    )
    deposit = dec(doc.get("Deposit"))
    if deposit:
        if deposit < 0 or deposit > total:
            raise ApiError(2140, f"Invalid Amount. Supplied value:{deposit}", element="Deposit")
        deposit_account(work)
    for key in (
        "AllowIPNPayment",
        "AllowOnlinePayment",
        "AllowOnlineCreditCardPayment",
        "AllowOnlineACHPayment",
    ):
        doc.setdefault(key, False)
    doc["Balance"] = total - deposit


def deposit_account(work: Work) -> Doc:
    """The account money goes to: Undeposited Funds unless said otherwise; it must be a bank or a
    current asset.
    """
    found = work.ref(work.doc, "DepositToAccountRef", "Account")
    if found is None:
        found = work.book.account("Other Current Asset", subtype="UndepositedFunds")
        work.doc["DepositToAccountRef"] = {
            "value": str(found["Id"]),
            "name": found["FullyQualifiedName"],
        }
    if found["AccountType"] not in ("Bank", "Other Current Asset", "Credit Card"):
        raise ApiError(
            6430,
            f"Invalid account type used: {found['AccountType']}",
            element="DepositToAccountRef",
        )
    return found


def _settled_at_once(work: Work) -> None:
    doc = work.doc
    if work.entity.name == "RefundReceipt" and not doc.get("DepositToAccountRef"):
        raise missing("DepositToAccountRef")
    deposit_account(work)
    work.ref(doc, "PaymentMethodRef", "PaymentMethod")
    doc["Balance"] = ZERO
