"""Credits that QuickBooks applies by itself to a new invoice, where the company wants that."""

from __future__ import annotations

from quicksync.simulator.accounting import ledger, links
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec


def apply_credits(book: Book, invoice: Doc) -> None:
    """Use the customer's unapplied payments, oldest first, for a new invoice."""
    if not book.pref("SalesFormsPrefs", "AutoApplyCredit"):
        return
    customer = invoice["CustomerRef"]["value"]
    for (id_,) in book.store.all(
        "SELECT id FROM entity WHERE type='Payment' AND party=? AND balance>0 ORDER BY day, id",
        customer,
    ):
        left = links.open_amount(book, "Invoice", invoice)
        if left <= ZERO:
            return
        _use(
            book,
            book.need("Payment", id_),
            invoice,
            min(left, dec(book.need("Payment", id_)["UnappliedAmt"])),
        )


def _use(book: Book, payment: Doc, invoice: Doc, amount: object) -> None:
    if payment["CurrencyRef"]["value"] != invoice["CurrencyRef"]["value"]:
        return
    link = {"TxnId": str(invoice["Id"]), "TxnType": "Invoice"}
    payment["Line"] = [*payment.get("Line", []), {"Amount": amount, "LinkedTxn": [link]}]
    payment["UnappliedAmt"] = links.unapplied(payment)
    book.save("Payment", payment, operation="Update")
    found = links.outgoing(book, "Payment", payment["Id"])
    links.replace(
        book,
        "Payment",
        str(payment["Id"]),
        [*found, links.Link("Invoice", str(invoice["Id"]), dec(amount))],
    )
    ledger.post(book, "Payment", payment)
