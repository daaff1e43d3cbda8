"""Sales tax on documents: what QuickBooks is told so that both totals agree to the cent (F14, F15).

Three worlds. In the United States a line is only taxable or not ("TAX", "NON") and the document
names one tax code; with automated sales tax QuickBooks finds that code itself unless we name it and
the amount. Elsewhere every line names its own code and the document says whether amounts include
tax. Where tax is switched off, nothing is said at all.

Purchases have rates of their own; in the United States no tax is told of them, since it is part of
what they cost.

The host's own tax amount, when it states one, overrides what QuickBooks would work out.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.wire_table import Tree
from quicksync.records import Line, to_cents
from quicksync.records.documents import ZERO, Billed

TAXABLE, UNTAXED = "TAX", "NON"
EXCLUDED, INCLUSIVE, NOT_APPLICABLE = "TaxExcluded", "TaxInclusive", "NotApplicable"
HUNDRED = Decimal(100)
Coded = tuple[str, Decimal]
"""A line's tax code ("" for none) and its amount without tax."""


class LineTax(msgspec.Struct, frozen=True, kw_only=True):
    """One line as QuickBooks wants it: the amount without tax, the amount with tax where the
    document includes it, and the text for the line's tax code ("" for none).
    """

    amount: Decimal
    gross: Decimal | None = None
    code: str = ""


class DocumentTax(msgspec.Struct, frozen=True, kw_only=True):
    """All lines, the discount without tax, and the document's own tax parts."""

    lines: tuple[LineTax, ...]
    discount: Decimal
    header: Tree


def document_tax(record: Billed, facts: Facts, discount: Decimal) -> DocumentTax:
    """What to tell QuickBooks of a document's tax; `discount` is its amount in the document's own
    prices.
    """
    facts = facts.for_purchases() if record.payable else facts
    codes = tuple(line.tax_code.id if line.tax_code else "" for line in record.lines)
    if not record.prices_include_tax or facts.tax_kind == "none":
        nets, discount_net, tax = tuple(line.amount for line in record.lines), discount, record.tax
    else:
        nets, discount_net, tax = _without_tax(record, facts, codes, discount)
    if facts.tax_kind == "global":
        return _by_line(record, facts, codes, nets, discount_net, tax)
    if facts.tax_kind == "none":
        return _nowhere(facts, nets, discount_net)
    return _by_document(facts, codes, nets, discount_net, tax)


def _nowhere(facts: Facts, nets: Sequence[Decimal], discount: Decimal) -> DocumentTax:
    header: Tree = {} if facts.country == "US" else {"GlobalTaxCalculation": NOT_APPLICABLE}
    return DocumentTax(
        lines=tuple(LineTax(amount=net) for net in nets), discount=discount, header=header
    )


def _by_document(
    facts: Facts,
    codes: Sequence[str],
    nets: Sequence[Decimal],
    discount: Decimal,
    tax: Decimal | None,
) -> DocumentTax:
    """United States. A document has one code: zero-rated lines beside taxed ones are told as
    untaxed; should several codes remain (planning holds such documents), the one with the largest
    amount stands for all.
    """
    worth: dict[str, Decimal] = {}
    for code, net in zip(codes, nets, strict=True):
        if code not in {"", UNTAXED}:
            worth[code] = worth.get(code, ZERO) + net
    taxed = {code for code in worth if rate_of(code, facts) != 0} or set(worth)
    lines = tuple(
        LineTax(amount=net, code=TAXABLE if code in taxed else UNTAXED)
        for code, net in zip(codes, nets, strict=True)
    )
    if not taxed:
        return DocumentTax(
            lines=lines, discount=discount, header={"TxnTaxDetail": {"TotalTax": ZERO}}
        )
    chosen = max(sorted(taxed), key=worth.__getitem__)
    if chosen == TAXABLE:
        chosen = facts.defaults.get("sales_tax", "")
    coded = [(chosen if code in taxed else "", net) for code, net in zip(codes, nets, strict=True)]
    detail = _document_detail(chosen, coded, facts, discount, tax)
    return DocumentTax(
        lines=lines, discount=discount, header={"TxnTaxDetail": detail} if detail else {}
    )


def _document_detail(
    chosen: str, coded: Sequence[Coded], facts: Facts, discount: Decimal, tax: Decimal | None
) -> Tree:
    """The code alone where QuickBooks comes to the host's tax by itself. Where it does not,
    automated tax is overridden by code and total together, manual tax by lines without a code,
    since a code makes QuickBooks work it out anew.
    """
    named: Tree = {"TxnTaxCodeRef": {"value": chosen}} if chosen else {}
    if tax is None:
        return named
    bases = _bases(coded, facts, discount)
    if facts.tax_kind == "ast" or not bases:
        return named | {"TotalTax": to_cents(tax)}
    return (
        named
        if sum(_amounts(bases).values(), ZERO) == to_cents(tax)
        else _override(bases, to_cents(tax))
    )


def _by_line(
    record: Billed,
    facts: Facts,
    codes: Sequence[str],
    nets: Sequence[Decimal],
    discount: Decimal,
    tax: Decimal | None,
) -> DocumentTax:
    """Everywhere else. Without a single code the document is outside of tax; otherwise every line
    must name one.
    """
    if not any(codes):
        return _nowhere(facts, nets, discount)
    named = tuple(code or facts.defaults.get("untaxed", "") for code in codes)
    inclusive = record.prices_include_tax
    lines = tuple(
        LineTax(amount=net, gross=line.amount if inclusive else None, code=code)
        for line, net, code in zip(record.lines, nets, named, strict=True)
    )
    header: Tree = {"GlobalTaxCalculation": INCLUSIVE if inclusive else EXCLUDED}
    if tax is not None:
        bases = _bases(tuple(zip(named, nets, strict=True)), facts, discount)
        header["TxnTaxDetail"] = (
            _override(bases, to_cents(tax)) if bases else {"TotalTax": to_cents(tax)}
        )
    return DocumentTax(lines=lines, discount=discount, header=header)


Bases = dict[str, tuple[Decimal, Decimal]]
"""Rate id -> (percent, the amount that it taxes)."""


def _override(bases: Bases, tax: Decimal) -> Tree:
    """The tax of every rate; cents by which the host rounds otherwise go to the largest: the sum is
    the host's.
    """
    amounts = _amounts(bases)
    largest = max(amounts, key=lambda rate: abs(amounts[rate]))
    amounts[largest] += tax - sum(amounts.values(), ZERO)
    return {
        "TotalTax": tax,
        "TaxLine": [
            {
                "Amount": amounts[rate],
                "DetailType": "TaxLineDetail",
                "TaxLineDetail": {
                    "TaxRateRef": {"value": rate},
                    "PercentBased": True,
                    "TaxPercent": percent,
                    "NetAmountTaxable": net,
                },
            }
            for rate, (percent, net) in bases.items()
        ],
    }


def _amounts(bases: Bases) -> dict[str, Decimal]:
    return {rate: to_cents(net * percent / HUNDRED) for rate, (percent, net) in bases.items()}


def _bases(coded: Sequence[Coded], facts: Facts, discount: Decimal) -> Bases | None:
    """What each rate taxes, discount taken off; None when the rates of a code are not known."""
    whole = sum((net for _, net in coded), ZERO)
    share = (whole - discount) / whole if whole else Decimal(1)
    bases: Bases = {}
    for code, net in coded:
        if not code:
            continue
        rates = facts.tax_rates.get(code)
        if not rates:
            return None
        for rate, percent in rates:
            bases[rate] = (Decimal(percent), bases.get(rate, (ZERO, ZERO))[1] + net)
    return {rate: (percent, to_cents(net * share)) for rate, (percent, net) in bases.items()}


def _without_tax(
    record: Billed, facts: Facts, codes: Sequence[str], discount: Decimal
) -> tuple[tuple[Decimal, ...], Decimal, Decimal]:
    """Line amounts, discount and tax of a document whose prices include tax.

    QuickBooks' Amount is without tax. Cents lost by taking the tax out of each line go to the
    largest line (or, when the host states no tax, into the tax), so that the total stays what the
    customer was asked for.
    """
    nets = [_net(line, code, facts) for line, code in zip(record.lines, codes, strict=True)]
    gross_sum = sum((line.amount for line in record.lines), ZERO)
    net_sum = sum(nets, ZERO)
    discount_net = to_cents(discount * net_sum / gross_sum) if discount and gross_sum else discount
    to_pay = gross_sum - discount
    if record.tax is None:
        return tuple(nets), discount_net, to_pay - (net_sum - discount_net)
    if nets:
        largest = max(range(len(nets)), key=lambda place: abs(nets[place]))
        nets[largest] += to_pay - record.tax + discount_net - net_sum
    return tuple(nets), discount_net, record.tax


def _net(line: Line, code: str, facts: Facts) -> Decimal:
    rate = rate_of(code, facts) or ZERO
    return to_cents(line.amount * HUNDRED / (HUNDRED + rate))


def rate_of(code: str, facts: Facts) -> Decimal | None:
    """The whole sales rate of a code in percent, None where it is not known."""
    known = facts.tax_codes.get(code, "")
    return Decimal(known) if known else None
