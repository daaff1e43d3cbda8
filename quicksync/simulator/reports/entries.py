"""The ledger as reports read it: every posting with its names, item, class and location."""

from __future__ import annotations

from dataclasses import dataclass, replace

from quicksync.simulator.accounting.book import Book

SELLS = frozenset(("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Payment", "Estimate"))
BUYS = frozenset(("Bill", "VendorCredit", "BillPayment", "PurchaseOrder"))
# A document's own name stands in `party`, but for purchases, whose payee may be of any kind.
_ROWS = """
SELECT p.txn_type, p.txn_id, p.part, p.day, p.account, p.home, p.fx, p.control,
  p.name_type, p.name_id, p.item, p.class, p.department, p.memo, e.party, e.number, e.due,
  CASE WHEN p.txn_type='Purchase' THEN json_extract(e.body, '$.EntityRef.type') END,
  CASE WHEN p.txn_type='Purchase' THEN json_extract(e.body, '$.EntityRef.value') END
FROM posting p LEFT JOIN entity e ON e.type=p.txn_type AND e.id=p.txn_id
WHERE p.day<=? ORDER BY p.day, p.rowid
"""


@dataclass(slots=True)
class Entry:
    """One posting: amounts in hundredths, debits positive; ids as text, "" where there is none."""

    type: str
    id: str
    part: str  # "doc", or what stock moved
    day: str
    account: str
    home: int
    fx: int
    control: bool  # the line of A/R or A/P that carries the name
    item: str
    class_: str
    department: str
    memo: str
    number: str
    due: str  # the day of payment, else that of the document
    customer: str = ""
    vendor: str = ""
    employee: str = ""
    # kind and id of the name that the document, or the line, is with
    payee: tuple[str, str] = ("", "")

    def moved(self, day: str, home: int, account: str = "") -> Entry:
        """The same posting on another day, with another amount, perhaps in another account."""
        return replace(self, day=day, home=home, fx=home, account=account or self.account)


def accrual(book: Book, until: str) -> list[Entry]:
    """Every posting up to a day, in order of day."""
    return [_entry(*row) for row in book.store.all(_ROWS, until)]


def _entry(
    type_: str,
    id_: int,
    part: str,
    day: str,
    account: int,
    home: int,
    fx: int,
    control: int,
    name_type: str | None,
    name_id: int | None,
    item: int | None,
    class_: int | None,
    department: int | None,
    memo: str | None,
    party: int | None,
    number: str | None,
    due: str | None,
    payee_type: str | None,
    payee_id: str | None,
) -> Entry:
    entry = Entry(
        type_,
        str(id_),
        part,
        day,
        str(account),
        home,
        fx,
        bool(control),
        str(item or ""),
        str(class_ or ""),
        str(department or ""),
        memo or "",
        str(number or ""),
        due or day,
    )
    own = (str(name_type or "").title(), str(name_id or ""))
    named = (str(payee_type or "").title(), str(payee_id or ""))
    if party is not None:
        named = ("Customer" if type_ in SELLS else "Vendor", str(party))
    for kind, id_text in (named, own):
        if id_text:
            setattr(entry, kind.lower(), id_text)
    # The line's name counts for the columns and filters of its kind; the document's is the one that
    # lists show.
    entry.payee = named if named[1] else own
    if control and own[1]:
        entry.payee = own
    return entry
