"""Lines of sales documents: ours are rebuilt from the record, a bookkeeper's stay (F17)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import cast

from quicksync.exceptions import BadValue
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.documents import tax as taxes
from quicksync.quickbooks.online.documents.line_match import Matched, OurLines, matched
from quicksync.quickbooks.online.documents.line_read import (
    DESCRIPTION,
    DISCOUNT,
    GROUP,
    LINE,
    PRICE_PLACES,
    REMARK,
    REMARK_DETAIL,
    SALES,
    SUBTOTAL,
    of_type,
)
from quicksync.quickbooks.online.payloads.values import plain, trees
from quicksync.quickbooks.wire_table import Tree, Writing
from quicksync.records import Invoice, SalesLine, to_cents
from quicksync.records.documents import ZERO
from quicksync.records.limits import cleaned

LINE_FIELDS = frozenset({"lines", "discount", "discount_percent", "prices_include_tax"})


def write_lines(tree: Tree, writing: Writing) -> None:
    """Put lines, discount and tax of a sales document into the tree, if any of them is to be
    sent.
    """
    if not writing.creating and not writing.fields & LINE_FIELDS:
        return
    record = cast("Invoice", writing.item.record)
    discount = record.discount_amount()
    taxed = taxes.document_tax(record, writing.facts, discount)
    header = taxed.header
    if writing.creating or "lines" in writing.fields:
        match_up = matched(
            OurLines.of(writing.item), writing.there, all_of_it="lines" in writing.item.decided
        )
        lines = _our_lines(record, taxed.lines, match_up, writing.facts)
        header = _worked_out_there(header) if match_up.has_other_amounts else header
    else:
        there = trees(writing.there.get("Line"))
        lines = [line for line in there if line.get("DetailType") not in {DISCOUNT, SUBTOTAL}]
    old = next(iter(of_type(writing.there, DISCOUNT)), None)
    if writing.creating or writing.fields & {"discount", "discount_percent"}:
        lines += _discount_line(record, taxed.discount, writing.facts, old)
    elif old is not None:
        lines.append(old)
    tree["Line"] = lines
    tree |= header
    if discount:
        tree["ApplyTaxAfterDiscount"] = True


def _worked_out_there(header: Tree) -> Tree:
    """The tax parts of a document with priced lines that are none of ours: this side's amounts are
    not all of it.
    """
    detail = header.get("TxnTaxDetail") or {}
    rest: Tree = {name: value for name, value in header.items() if name != "TxnTaxDetail"}
    code: Tree = {name: value for name, value in detail.items() if name == "TxnTaxCodeRef"}
    return rest | {"TxnTaxDetail": code} if code else rest


def _our_lines(
    record: Invoice, taxed: Sequence[taxes.LineTax], match_up: Matched, facts: Facts
) -> list[Tree]:
    any_code = any(line.tax_code for line in record.lines)
    built: list[Tree] = list(match_up.foreign.get(-1, ()))
    for place, (line, line_tax) in enumerate(zip(record.lines, taxed, strict=True)):
        old = match_up.partners.get(place)
        built.append(_line(line, line_tax, old, facts, keep_code=not any_code))
        built.extend(match_up.foreign.get(place, ()))
    return built


def _line(
    line: SalesLine, line_tax: taxes.LineTax, old: Tree | None, facts: Facts, *, keep_code: bool
) -> Tree:
    if old is not None and old.get("DetailType") == GROUP:
        return old
    if is_remark(line):
        return _remark(line, old or {})
    return _sales_line(line, line_tax, old or {}, facts, keep_code=keep_code)


def _remark(line: SalesLine, old: Tree) -> Tree:
    """A line of text. What the old line has beyond its price and our fields (extensions) is
    kept.
    """
    kept = {name: value for name, value in old.items() if name not in {"LineNum", "Amount", SALES}}
    detail = old.get(REMARK_DETAIL) or {}
    return kept | {
        "DetailType": REMARK,
        "Description": cleaned(line.description, DESCRIPTION),
        REMARK_DETAIL: detail,
    }


def _sales_line(
    line: SalesLine, line_tax: taxes.LineTax, old: Tree, facts: Facts, *, keep_code: bool
) -> Tree:
    """One priced line. What the old line has beyond our fields (class, links to time or estimates)
    is kept.
    """
    fresh = LINE.encode_part(line, facts, None)
    detail: Tree = {**(old.get(SALES) or {}), **(fresh.pop(SALES, None) or {})}
    tree: Tree = {
        name: value
        for name, value in old.items()
        if name not in {"LineNum", "Description", REMARK_DETAIL}
    }
    tree |= {**fresh, "DetailType": SALES, "Amount": plain(line_tax.amount), SALES: detail}
    if "ItemRef" not in detail:
        detail["ItemRef"] = {"value": _default_item(line, facts)}
    _price(
        detail,
        line,
        line_tax,
        same_amount=bool(old) and Decimal(old.get("Amount", 0)) == line_tax.amount,
    )
    if line_tax.code and not (keep_code and "TaxCodeRef" in detail):
        detail["TaxCodeRef"] = {"value": line_tax.code}
    detail.pop("TaxInclusiveAmt", None)
    if line_tax.gross is not None:
        detail["TaxInclusiveAmt"] = plain(line_tax.gross)
    return tree


def _price(detail: Tree, line: SalesLine, line_tax: taxes.LineTax, *, same_amount: bool) -> None:
    """Quantity and price that multiply to the amount: QuickBooks refuses others (6070)."""
    if line.quantity is None and same_amount:
        return
    detail.pop("Qty", None)
    detail.pop("UnitPrice", None)
    price = line.unit_price if line_tax.gross is None else None
    if (pair := fitting_price(line_tax.amount, line.quantity, price)) is not None:
        detail["Qty"], detail["UnitPrice"] = map(plain, pair)


def fitting_price(
    amount: Decimal, quantity: Decimal | None, price: Decimal | None
) -> tuple[Decimal, Decimal] | None:
    """Quantity and unit price whose product rounds to the amount.

    The host's own price if it fits, else the shortest price that does (a discounted line shows its
    discounted price); None when no price of seven decimals fits: the amount then travels alone,
    which QuickBooks takes as it is.
    """
    if quantity is None or (quantity == 0 and amount != 0):
        return None
    if price is not None:
        exponent = price.as_tuple().exponent
        price = (
            round(price, PRICE_PLACES)
            if isinstance(exponent, int) and exponent < -PRICE_PLACES
            else price
        )
        if to_cents(quantity * price) == amount:
            return quantity, price
    if quantity == 0:
        return None
    for places in range(2, PRICE_PLACES + 1):
        candidate = round(amount / quantity, places)
        if to_cents(quantity * candidate) == amount:
            return quantity, candidate
    return None


def _default_item(line: SalesLine, facts: Facts) -> str:
    if item := facts.defaults.get("item"):
        return item
    shown = f' "{line.description}"' if line.description else ""
    raise BadValue(
        f"The line{shown} names no product, and the connection has no default product for such"
        " lines. QuickBooks would ignore its amount: choose a default product on the connection."
    )


def _discount_line(record: Invoice, amount: Decimal, facts: Facts, old: Tree | None) -> list[Tree]:
    """The discount as one line. As a percentage only if QuickBooks then comes to the host's own
    amount.
    """
    if not amount:
        return []
    detail: Tree = dict((old or {}).get(DISCOUNT) or {})
    detail.pop("DiscountPercent", None)
    whole = sum((line.amount for line in record.lines), ZERO)
    percent = record.discount_percent
    by_percent = percent is not None and to_cents(whole * percent / taxes.HUNDRED) == amount
    detail["PercentBased"] = by_percent
    if by_percent and percent is not None:
        detail["DiscountPercent"] = plain(percent)
    if "DiscountAccountRef" not in detail and (account := facts.defaults.get("discount")):
        detail["DiscountAccountRef"] = {"value": account}
    kept = {"Id": old["Id"]} if old and "Id" in old else {}
    return [kept | {"DetailType": DISCOUNT, "Amount": plain(amount), DISCOUNT: detail}]


def is_remark(line: SalesLine) -> bool:
    """A line that only says something."""
    return line.item is None and line.amount == 0
