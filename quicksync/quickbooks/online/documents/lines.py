"""Lines of documents: ours are rebuilt from the record, a bookkeeper's stay (F17)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import cast

import msgspec

from quicksync.exceptions import BadValue
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.documents import tax as taxes
from quicksync.quickbooks.online.documents.line_forms import (
    BILLABLE,
    BILLED,
    DESCRIPTION,
    DISCOUNT,
    GROUP,
    REMARK,
    REMARK_DETAIL,
    SUBTOTAL,
    LineForm,
)
from quicksync.quickbooks.online.documents.line_match import Matched, OurLines, matched
from quicksync.quickbooks.online.documents.line_read import PRICE_PLACES, of_type
from quicksync.quickbooks.online.payloads.values import plain, trees
from quicksync.quickbooks.wire_table import Tree, Writing
from quicksync.records import Line, to_cents
from quicksync.records.documents import ZERO, Billed
from quicksync.records.limits import cleaned

CHARGED = "BillableStatus"
LINE_FIELDS = frozenset({"lines", "discount", "discount_percent", "prices_include_tax"})


def lines_as(form: LineForm) -> Callable[[Tree, Writing], None]:
    """What puts a document's lines, discount and tax into the tree, if any is to be sent."""

    def write(tree: Tree, writing: Writing) -> None:
        if writing.creating or writing.fields & LINE_FIELDS:
            _write(tree, writing, form)

    return write


def _write(tree: Tree, writing: Writing, form: LineForm) -> None:
    record = cast("Billed", writing.item.record)
    discount = record.discount_amount()
    taxed = taxes.document_tax(record, writing.facts, discount)
    header = taxed.header
    if writing.creating or "lines" in writing.fields:
        mine = OurLines.of(writing.item, form)
        match_up = matched(mine, writing.there, all_of_it="lines" in writing.item.decided)
        maker = _Maker(form, writing.facts, keep_code=not any(one.tax_code for one in mine.lines))
        lines = _our_lines(maker, mine.lines, taxed.lines, match_up)
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
    maker: _Maker, lines: Sequence[Line], taxed: Sequence[taxes.LineTax], match_up: Matched
) -> list[Tree]:
    built: list[Tree] = list(match_up.foreign.get(-1, ()))
    for place, (line, line_tax) in enumerate(zip(lines, taxed, strict=True)):
        built.append(maker.line(line, line_tax, match_up.partners.get(place) or {}))
        built.extend(match_up.foreign.get(place, ()))
    return built


class _Maker(msgspec.Struct, frozen=True):
    """Makes the lines of one document. `keep_code`: it names no tax codes of its own."""

    form: LineForm
    facts: Facts
    keep_code: bool

    def line(self, line: Line, line_tax: taxes.LineTax, old: Tree) -> Tree:
        was = old.get("DetailType")
        if was == GROUP:
            return old
        if line.is_remark() and (self.form.remarks or was == REMARK):
            return self._remark(line, old)
        return self._priced(line, line_tax, old)

    def _remark(self, line: Line, old: Tree) -> Tree:
        """A line of text. What the old line has beyond its price and our fields (extensions) is
        kept.
        """
        dropped = {"LineNum", "Amount", *self.form.details}
        kept = {name: value for name, value in old.items() if name not in dropped}
        detail = old.get(REMARK_DETAIL) or {}
        return kept | {
            "DetailType": REMARK,
            "Description": cleaned(line.description, DESCRIPTION),
            REMARK_DETAIL: detail,
        }

    def _priced(self, line: Line, line_tax: taxes.LineTax, old: Tree) -> Tree:
        """One priced line. What the old one has beyond our fields (links to time, say) is kept."""
        word = self.form.detail_of(line)
        before: Tree = old.get(word) or {}
        fresh = self.form.details[word].encode_part(line, self.facts, None)
        detail: Tree = {**before, **(fresh.pop(word, None) or {})}
        dropped = {"LineNum", "Description", REMARK_DETAIL, *self.form.details}
        tree: Tree = {name: value for name, value in old.items() if name not in dropped}
        tree |= {**fresh, "DetailType": word, "Amount": plain(line_tax.amount), word: detail}
        if not any(line.names()) and self.form.stand_in not in detail:
            detail[self.form.stand_in] = {"value": self._default(line)}
        if "quantity" not in self.form.details[word].left_out:
            same = bool(old) and Decimal(old.get("Amount", 0)) == line_tax.amount
            _price(detail, line, line_tax, same_amount=same)
        if (before.get(CHARGED), detail.get(CHARGED)) == (BILLED, BILLABLE):
            detail[CHARGED] = BILLED  # it was charged already, which only QuickBooks can say
        self._tax(detail, line_tax)
        return tree

    def _tax(self, detail: Tree, line_tax: taxes.LineTax) -> None:
        if line_tax.code and not (self.keep_code and "TaxCodeRef" in detail):
            detail["TaxCodeRef"] = {"value": line_tax.code}
        detail.pop("TaxInclusiveAmt", None)
        if line_tax.gross is not None:
            detail["TaxInclusiveAmt"] = plain(line_tax.gross)

    def _default(self, line: Line) -> str:
        if known := self.facts.defaults.get(self.form.role):
            return known
        shown = f' "{line.description}"' if line.description else ""
        raise BadValue(f"The line{shown} {self.form.lacks}")


def _price(detail: Tree, line: Line, line_tax: taxes.LineTax, *, same_amount: bool) -> None:
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


def _discount_line(record: Billed, amount: Decimal, facts: Facts, old: Tree | None) -> list[Tree]:
    """The discount as one line. As a percentage only if QuickBooks then comes to the host's own
    amount.
    """
    if not amount:
        return []
    detail: Tree = dict((old or {}).get(DISCOUNT) or {})
    detail.pop("DiscountPercent", None)
    whole = sum((line.amount for line in record.lines), ZERO)
    percent: Decimal | None = getattr(record, "discount_percent", None)
    by_percent = percent is not None and to_cents(whole * percent / taxes.HUNDRED) == amount
    detail["PercentBased"] = by_percent
    if by_percent and percent is not None:
        detail["DiscountPercent"] = plain(percent)
    if "DiscountAccountRef" not in detail and (account := facts.defaults.get("discount")):
        detail["DiscountAccountRef"] = {"value": account}
    kept = {name: value for name, value in (old or {}).items() if name != "LineNum"}
    return [kept | {"DetailType": DISCOUNT, "Amount": plain(amount), DISCOUNT: detail}]
