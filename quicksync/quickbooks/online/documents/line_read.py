"""Lines of sales documents as QuickBooks shows them: what people entered, without subtotals and
discounts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.documents.tax import INCLUSIVE, TAXABLE, UNTAXED
from quicksync.quickbooks.online.payloads.values import (
    DATE,
    NUMBER,
    TEXT,
    number,
    percentage,
    read_only,
    ref_id,
    reference,
    text,
    trees,
)
from quicksync.quickbooks.wire_table import Row, Table, Tree, misplaced, take
from quicksync.records import Ref, SalesLine
from quicksync.records.documents import ZERO
from quicksync.records.limits import FieldLimit

SALES, REMARK, GROUP = "SalesItemLineDetail", "DescriptionOnly", "GroupLineDetail"
DISCOUNT, SUBTOTAL = "DiscountLineDetail", "SubTotalLineDetail"
# Lines of text have their details under another word than their type.
REMARK_DETAIL = "DescriptionLineDetail"
OURS = frozenset({SALES, REMARK, GROUP})
PRICE_PLACES = 7
DESCRIPTION = FieldLimit(4000)

# Amount, price and tax code of a line hang together and with the rest of the document: `lines.py`
# writes them.
LINE = Table(
    SalesLine,
    SALES,
    (
        read_only("id", "Id", TEXT),
        Row(field="item", path="SalesItemLineDetail.ItemRef", codec=reference("item")),
        Row(field="description", path="Description", codec=TEXT, length=DESCRIPTION.length),
        read_only("quantity", "SalesItemLineDetail.Qty", NUMBER),
        read_only("unit_price", "SalesItemLineDetail.UnitPrice", NUMBER),
        read_only("amount", "Amount", NUMBER),
        read_only("tax_code", "SalesItemLineDetail.TaxCodeRef", reference("tax_code")),
        Row(field="service_on", path="SalesItemLineDetail.ServiceDate", codec=DATE),
    ),
)
NO_FACTS = Facts()


def lines_back(document: Tree) -> tuple[SalesLine, ...]:
    """The lines that people entered: no subtotals, no discount."""
    inclusive = document.get("GlobalTaxCalculation") == INCLUSIVE
    document_code = ref_id(take(document, "TxnTaxDetail.TxnTaxCodeRef"))
    found = []
    for line in trees(document.get("Line")):
        match line.get("DetailType"):
            case "SalesItemLineDetail":
                found.append(_sales_back(line, document_code, inclusive=inclusive))
            case "DescriptionOnly":
                found.append(
                    SalesLine(id=_text(line, "Id"), description=_text(line, "Description"))
                )
            case "GroupLineDetail":
                found.append(_group_back(line))
    return tuple(found)


def _sales_back(line: Tree, document_code: str, *, inclusive: bool) -> SalesLine:
    read: SalesLine = LINE.decode(line, NO_FACTS)
    changes: dict[str, Any] = {}
    if read.tax_code is not None and read.tax_code.id in {TAXABLE, UNTAXED}:
        taxed = read.tax_code.id == TAXABLE
        changes["tax_code"] = Ref("tax_code", document_code or TAXABLE) if taxed else None
    if read.item is not None and not read.item.id.isdigit():
        changes["item"] = None  # shipping and tips stand under a word instead of an item
    if inclusive and (gross := take(line, "SalesItemLineDetail.TaxInclusiveAmt")) is not None:
        amount = number(gross)
        price = (
            (amount / read.quantity).quantize(Decimal(1).scaleb(-PRICE_PLACES))
            if read.quantity
            else None
        )
        changes |= {
            "amount": amount,
            "unit_price": price.normalize() if price is not None else None,
        }
    return msgspec.structs.replace(read, **changes) if changes else read


def _text(line: Tree, name: str) -> str:
    value = line.get(name)
    return "" if value is None else text(value)


def _amount(line: Tree) -> Decimal:
    return number(line.get("Amount") or 0)


def _detail(line: Tree, name: str) -> Tree:
    detail = line.get(name) or {}
    if not isinstance(detail, dict):
        raise misplaced(detail, "the details of a line")
    return detail


def _group_back(line: Tree) -> SalesLine:
    """A bundle: one line with the sum of its parts, which only QuickBooks can change."""
    detail = _detail(line, GROUP)
    parts = sum((_amount(part) for part in trees(detail.get("Line"))), ZERO)
    item = ref_id(detail.get("GroupItemRef"))
    quantity = detail.get("Quantity")
    return SalesLine(
        id=_text(line, "Id"),
        item=Ref("item", item) if item else None,
        description=_text(line, "Description"),
        quantity=None if quantity is None else number(quantity),
        amount=parts or _amount(line),
    )


def discount_back(document: Tree) -> Decimal | None:
    """The discount's amount in the document's currency."""
    amounts = [_amount(line) for line in of_type(document, DISCOUNT)]
    return sum(amounts, ZERO) if amounts else None


def discount_percent_back(document: Tree) -> Decimal | None:
    """The discount's percentage, where it was given as one."""
    for line in of_type(document, DISCOUNT):
        detail = _detail(line, DISCOUNT)
        if detail.get("PercentBased"):
            return percentage(detail.get("DiscountPercent") or 0)
    return None


def of_type(document: Tree, detail_type: str) -> list[Tree]:
    """The document's lines of one type."""
    return [line for line in trees(document.get("Line")) if line.get("DetailType") == detail_type]
