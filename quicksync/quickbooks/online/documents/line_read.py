"""Lines of documents as QuickBooks shows them: what people entered, without subtotals and
discounts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.documents.line_forms import DISCOUNT, GROUP, REMARK, LineForm
from quicksync.quickbooks.online.documents.tax import INCLUSIVE, TAXABLE, UNTAXED
from quicksync.quickbooks.online.payloads.values import number, percentage, ref_id, text, trees
from quicksync.quickbooks.wire_table import Table, Tree, misplaced, take
from quicksync.records import Line, Ref, SalesLine
from quicksync.records.documents import ZERO

PRICE_PLACES = 7
NO_FACTS = Facts()


def lines_back(document: Tree, form: LineForm) -> tuple[Line, ...]:
    """The lines that people entered: no subtotals, no discount."""
    inclusive = document.get("GlobalTaxCalculation") == INCLUSIVE
    document_code = ref_id(take(document, "TxnTaxDetail.TxnTaxCodeRef"))
    found = []
    for line in trees(document.get("Line")):
        word = line.get("DetailType")
        if isinstance(word, str) and word in form.details:
            found.append(_priced_back(line, form.details[word], document_code, inclusive=inclusive))
        elif word == REMARK:
            remark: Line = form.sort()
            said = _text(line, "Description")
            found.append(msgspec.structs.replace(remark, id=_text(line, "Id"), description=said))
        elif word == GROUP and form.bundles:
            found.append(_group_back(line))
    return tuple(found)


def _priced_back(line: Tree, table: Table, document_code: str, *, inclusive: bool) -> Line:
    read: Line = table.decode(line, NO_FACTS)
    changes: dict[str, Any] = {}
    if read.tax_code is not None and read.tax_code.id in {TAXABLE, UNTAXED}:
        taxed = read.tax_code.id == TAXABLE
        changes["tax_code"] = Ref("tax_code", document_code or TAXABLE) if taxed else None
    item: Ref | None = getattr(read, "item", None)
    if item is not None and not item.id.isdigit():
        changes["item"] = None  # shipping and tips stand under a word instead of an item
    gross = take(line, f"{table.remote_type}.TaxInclusiveAmt")
    if inclusive and gross is not None:
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
