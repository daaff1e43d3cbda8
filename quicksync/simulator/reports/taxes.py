"""Tax owed per rate."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc, loads_doc
from quicksync.simulator.accounting.money import ZERO, dec
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.frame import amount, column, frame, row
from quicksync.simulator.reports.splits import Splits


def tax_summary(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """Net sales and their tax, rate by rate."""
    taxed: dict[str, list[Decimal]] = {}
    for type_, body in book.store.all(
        "SELECT type, body FROM entity WHERE day>=? AND day<=? AND type IN ('Invoice',"
        " 'SalesReceipt', 'CreditMemo', 'RefundReceipt')",
        *asked.span.words,
    ):
        sign = 1 if type_ in ("Invoice", "SalesReceipt") else -1
        for line in (loads_doc(body).get("TxnTaxDetail") or {}).get("TaxLine", []):
            sums = taxed.setdefault(str(line["TaxLineDetail"]["TaxRateRef"]["value"]), [ZERO, ZERO])
            sums[0] += dec(line["TaxLineDetail"].get("NetAmountTaxable")) * sign
            sums[1] += dec(line["Amount"]) * sign
    rates = book.rows("TaxRate")
    rows = [
        row((str(rates[id_]["Name"]), id_), amount(net), amount(tax))
        for id_, (net, tax) in taxed.items()
        if id_ in rates
    ]
    described = [
        column("", "TaxRate", "taxrate"),
        column("Net", "Money", "net"),
        column("Tax", "Money", "tax"),
    ]
    return frame(book, asked, described, rows)
