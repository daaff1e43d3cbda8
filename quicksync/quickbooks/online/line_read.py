"""Lines of sales documents as QuickBooks shows them: what people entered, without subtotals and discounts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from quicksync.quickbooks.online.tax import INCLUSIVE, TAXABLE, UNTAXED
from quicksync.quickbooks.online.values import DATE, NUMBER, TEXT, read_only, ref_id, reference
from quicksync.quickbooks.table import Row, Table, Tree, take
from quicksync.quickbooks.wire import Facts
from quicksync.records import Ref, SalesLine
from quicksync.records.limits import FieldLimit
from quicksync.records.sales import ZERO

SALES, REMARK, GROUP = "SalesItemLineDetail", "DescriptionOnly", "GroupLineDetail"
DISCOUNT, SUBTOTAL = "DiscountLineDetail", "SubTotalLineDetail"
OURS = frozenset({SALES, REMARK, GROUP})
PRICE_PLACES = 7
DESCRIPTION = FieldLimit(4000)

# Amount, price and tax code of a line hang together and with the rest of the document: `lines.py` writes them.
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
    for line in document.get("Line") or ():
        match line.get("DetailType"):
            case "SalesItemLineDetail":
                found.append(_sales_back(line, document_code, inclusive=inclusive))
            case "DescriptionOnly":
                found.append(SalesLine(id=line.get("Id", ""), description=line.get("Description", "")))
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
        amount = Decimal(gross)
        price = (amount / read.quantity).quantize(Decimal(1).scaleb(-PRICE_PLACES)) if read.quantity else None
        changes |= {"amount": amount, "unit_price": price.normalize() if price is not None else None}
    return msgspec.structs.replace(read, **changes) if changes else read


def _group_back(line: Tree) -> SalesLine:
    """A bundle: one line with the sum of its parts, which only QuickBooks can change."""
    detail = line.get(GROUP) or {}
    parts = sum((Decimal(part.get("Amount", 0)) for part in detail.get("Line") or ()), ZERO)
    item = ref_id(detail.get("GroupItemRef"))
    quantity = detail.get("Quantity")
    return SalesLine(
        id=line.get("Id", ""),
        item=Ref("item", item) if item else None,
        description=line.get("Description", ""),
        quantity=None if quantity is None else Decimal(quantity),
        amount=parts or Decimal(line.get("Amount", 0)),
    )


def discount_back(document: Tree) -> Decimal | None:
    """The discount's amount in the document's currency."""
    amounts = [Decimal(line.get("Amount", 0)) for line in of_type(document, DISCOUNT)]
    return sum(amounts, ZERO) if amounts else None


def discount_percent_back(document: Tree) -> Decimal | None:
    """The discount's percentage, where it was given as one."""
    for line in of_type(document, DISCOUNT):
        detail = line.get(DISCOUNT) or {}
        if detail.get("PercentBased"):
            return Decimal(detail.get("DiscountPercent", 0))
    return None


def of_type(document: Tree, detail_type: str) -> list[Tree]:
    """The document's lines of one type."""
    return [line for line in document.get("Line") or () if line.get("DetailType") == detail_type]
