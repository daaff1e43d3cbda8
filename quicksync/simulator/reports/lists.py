"""Lists: transactions one by one, by customer or vendor, and the chart of accounts."""

from __future__ import annotations

from collections.abc import Callable

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec, major, minor
from quicksync.simulator.reports import accounts
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.entries import BUYS, SELLS, Entry
from quicksync.simulator.reports.fields import Fields, Line, Reader, fields, ordered
from quicksync.simulator.reports.frame import Cell, amount, cells, column, frame, row
from quicksync.simulator.reports.splits import Splits

_NOT_POSTING = frozenset(("Estimate", "PurchaseOrder"))
_NOT_LISTED = frozenset(("TimeActivity", "ReimburseCharge", "ExchangeRate", "RecurringTransaction"))
# Words of `transaction_type` and the documents they mean; the others are the names of entities.
_TYPES = {
    "CreditCardCharge": ("Expense",),
    "CashPurchase": ("Expense",),
    "ReceivePayment": ("Payment",),
    "BillPaymentCheck": ("Bill Payment (Check)",),
    "BillPaymentCreditCard": ("Bill Payment (Credit Card)",),
    "CreditRefund": ("Refund",),
    "InventoryQuantityAdjustment": ("Inventory Qty Adjust",),
    "CreditCardCredit": ("Credit Card Credit",),
    "SalesReceipt": ("Sales Receipt",),
    "CreditMemo": ("Credit Memo",),
    "JournalEntry": ("Journal Entry",),
    "VendorCredit": ("Vendor Credit",),
    "PurchaseOrder": ("Purchase Order",),
}


def transactions(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """All transactions of a period, one line each."""
    table = fields(book, asked)
    lines = ordered(asked, table, _lines(book, asked, splits))
    by = asked.query.get("group_by", "None")
    if by.lower() == "none":
        return frame(book, asked, table.described(), [row(*table.row(line)) for line in lines])
    if by.lower() not in _GROUPS:
        raise ApiError(2170, f"Invalid Enumeration : {by}", element="group_by")
    return frame(book, asked, table.described(), _grouped(table, lines, _GROUPS[by.lower()]))


def by_name(kind: str) -> Callable[[Book, Asked, list[Entry], Splits], Doc]:
    """The transactions of a period, customer by customer or vendor by vendor."""

    def drawn(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
        table = fields(book, asked)
        lines = [line for line in _lines(book, asked, splits) if line.entry.payee[0] == kind]
        lines = ordered(asked, table, lines)
        return frame(book, asked, table.described(), _grouped(table, lines, _payee))

    return drawn


def _payee(line: Line) -> Cell:
    kind, id_ = line.entry.payee
    return (line.reader.name(kind, id_), id_) if id_ else "Not Specified"


_GROUPS: dict[str, Callable[[Line], Cell]] = {
    "name": _payee,
    "customer": lambda line: line.named("Customer"),
    "vendor": lambda line: line.named("Vendor"),
    "employee": lambda line: line.named("Employee"),
    "location": lambda line: line.named("Department"),
    "account": lambda line: line.reader.account(line.entry.account),
    "transaction type": lambda line: line.word,
}


def _grouped(table: Fields, lines: list[Line], key: Callable[[Line], Cell]) -> list[Doc]:
    groups: dict[Cell, list[Line]] = {}
    for line in lines:
        groups.setdefault(key(line), []).append(line)
    blank = [""] * (len(table.keys) - 1)
    return [
        {
            "Header": {"ColData": cells(head, *blank)},
            "Rows": {"Row": [row(*table.row(line)) for line in found]},
            "type": "Section",
        }
        for head, found in sorted(groups.items(), key=lambda pair: _sortable(pair[0]))
    ]


def _sortable(head: Cell) -> tuple[str, str]:
    return (head[0].lower(), head[1]) if isinstance(head, tuple) else (head.lower(), "")


def _lines(book: Book, asked: Asked, splits: Splits) -> list[Line]:
    found = []
    for type_, id_, day, number, party in book.store.all(
        "SELECT type, id, day, number, party FROM entity WHERE day>=? AND day<=? ORDER BY day, id",
        *asked.span.words,
    ):
        if type_ in _NOT_LISTED:
            continue
        entries = splits.documents.get((type_, str(id_)))
        entry = (
            entries[0]
            if entries
            else _unposted(book, type_, str(id_), day, str(number or ""), party)
        )
        line = Line(splits.reader, entry, splits.of(entry), posts=type_ not in _NOT_POSTING)
        line.amount = major(entry.home) * (accounts.sign(line.account) if line.account else 1)
        if _is_wanted(asked, line):
            found.append(line)
    return found


def _unposted(book: Book, type_: str, id_: str, day: str, number: str, party: int | None) -> Entry:
    """The line of a document that posts nothing: an order, or one that was voided."""
    total = minor(dec((book.get(type_, id_) or {}).get("TotalAmt"))) if type_ in _NOT_POSTING else 0
    entry = Entry(type_, id_, "doc", day, "", total, total, False, "", "", "", "", number, day)
    kind = "Customer" if type_ in SELLS else "Vendor" if type_ in BUYS else ""
    if party is not None and kind:
        setattr(entry, kind.lower(), str(party))
        entry.payee = (kind, str(party))
    return entry


def _is_wanted(asked: Asked, line: Line) -> bool:
    """Whether a line passes the filters that only lists have."""
    types = {
        word for name in asked.chosen("transaction_type") for word in _TYPES.get(name, (name,))
    }
    kinds = asked.chosen("source_account_type")
    wanted = (
        (asked.chosen("name"), line.entry.payee[1]),
        (asked.chosen("docnum"), line.entry.number),
        (frozenset(types), line.word if types else ""),
        (kinds, str(line.account.get("AccountType", "NonPosting")).replace(" ", "")),
    )
    total, told = asked.query.get("bothamount"), line.amount or ZERO
    if total and total not in (f"{told:.2f}", f"{told.normalize():f}"):
        return False
    return asked.keeps(line.entry) and all(
        not chosen or value in chosen for chosen, value in wanted
    )


_ACCOUNT: dict[str, tuple[str, str, Callable[[Reader, Doc], str]]] = {
    "account_name": (
        "Account",
        "String",
        lambda reader, doc: accounts.title(reader.book, doc, full=True),
    ),
    "account_type": ("Type", "String", lambda _reader, doc: str(doc["AccountType"])),
    "detail_acc_type": (
        "Detail type",
        "String",
        lambda _reader, doc: str(doc.get("AccountSubType", "")),
    ),
    "account_desc": ("Description", "String", lambda _reader, doc: str(doc.get("Description", ""))),
    "account_bal": (
        "Balance",
        "Money",
        lambda _reader, doc: amount(dec(doc.get("CurrentBalance"))),
    ),
}
# Documented as well, and nothing the simulator keeps.
_ACCOUNT_BESIDES = frozenset(("create_date", "create_by", "last_mod_date", "last_mod_by"))


def account_list(book: Book, asked: Asked, entries: list[Entry], splits: Splits) -> Doc:
    """The chart of accounts."""
    wanted = asked.chosen("columns")
    for word in sorted(wanted - _ACCOUNT.keys() - _ACCOUNT_BESIDES):
        raise ApiError(2170, f"Invalid Enumeration : {word}", element="columns")
    keys = [key for key in _ACCOUNT if key in wanted] or list(_ACCOUNT)
    rows = [
        row(*(_ACCOUNT[key][2](splits.reader, doc) for key in keys))
        for doc in splits.reader.chart.values()
        if doc.get("Active", True) and doc.get("Id")
    ]
    return frame(book, asked, [column(*_ACCOUNT[key][:2], key) for key in keys], rows)
