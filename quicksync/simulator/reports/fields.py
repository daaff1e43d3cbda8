"""The columns of detailed reports: a row of the table for every key of `columns`, and how its cell
is filled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec, major
from quicksync.simulator.reports import accounts
from quicksync.simulator.reports.asked import Asked
from quicksync.simulator.reports.entries import Entry
from quicksync.simulator.reports.frame import Cell, column, name_of

NOBODY = ("", "")
_NOTE = "SELECT json_extract(body, '$.PrivateNote') FROM entity WHERE type=? AND id=?"
_WORDS = {
    "CreditMemo": "Credit Memo",
    "SalesReceipt": "Sales Receipt",
    "RefundReceipt": "Refund",
    "VendorCredit": "Vendor Credit",
    "JournalEntry": "Journal Entry",
    "PurchaseOrder": "Purchase Order",
    "CreditCardPaymentTxn": "Credit Card Payment",
    "InventoryAdjustment": "Inventory Qty Adjust",
    "Item": "Inventory Starting Value",
}


class Reader:
    """What the rows of one report look up, each thing once."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.chart = accounts.chart(book)
        self._names: dict[tuple[str, str], str] = {}

    def name(self, kind: str, id_: str) -> str:
        """The name of a row of a list."""
        if (kind, id_) not in self._names:
            self._names[kind, id_] = name_of(self.book, kind, id_)
        return self._names[kind, id_]

    def account(self, id_: str, *, full: bool = False) -> Cell:
        """The cell of an account."""
        doc = self.chart.get(id_)
        return (
            (accounts.title(self.book, doc, full=full), accounts.shown_id(doc)) if doc else NOBODY
        )


@dataclass
class Line:
    """One row of a detailed report: a posting, its document, and what the report works out."""

    reader: Reader
    entry: Entry
    split: Cell = NOBODY
    amount: Decimal | None = None  # on the natural side of the account
    balance: Decimal | None = None
    opens: Decimal | None = None  # what is still open
    late: int | None = None  # days past due
    is_first: bool = True  # the document's own line, not one of its splits
    posts: bool = True

    @cached_property
    def doc(self) -> Doc:
        """The document."""
        return self.reader.book.get(self.entry.type, self.entry.id) or {}

    @property
    def word(self) -> str:
        """What the report calls the document; it is read only where its kind does not say it."""
        return word_of(self.entry.type, self.doc if self.entry.type in _SEVERAL else {})

    @property
    def account(self) -> Doc:
        """The account."""
        return self.reader.chart.get(self.entry.account) or {}

    def ref(self, name: str, kind: str = "") -> str:
        """The name a reference of the document leads to: what it says itself, or, since not all do,
        its list.
        """
        found: Doc = self.doc.get(name) or {}
        if kind and found.get("value"):
            return self.reader.name(kind, str(found["value"]))
        return str(found.get("name") or "")

    def named(self, kind: str) -> Cell:
        """The posting's name of one kind, with its id."""
        id_ = str(getattr(self.entry, {"Class": "class_"}.get(kind, kind.lower())))
        return (self.reader.name(kind, id_), id_) if id_ else NOBODY


_SEVERAL = frozenset(("Purchase", "BillPayment"))


def word_of(type_: str, doc: Doc) -> str:
    """What a report calls a document."""
    if type_ == "Purchase":
        if doc.get("Credit"):
            return "Credit Card Credit"
        return "Check" if doc.get("PaymentType") == "Check" else "Expense"
    if type_ == "BillPayment":
        return (
            "Bill Payment (Check)"
            if doc.get("PayType") == "Check"
            else "Bill Payment (Credit Card)"
        )
    return _WORDS.get(type_, type_)


def money(value: Decimal | None) -> str:
    """An amount of a detailed report: recorded without the nought before the point, ".00" for
    nothing.
    """
    if value is None:
        return ""
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.2f}"


def _type(line: Line) -> Cell:
    return (line.word if line.is_first else "", line.entry.id)


def _name(line: Line) -> Cell:
    kind, id_ = line.entry.payee
    return (line.reader.name(kind, id_), id_) if id_ and line.is_first else NOBODY


def _memo(line: Line) -> Cell:
    # The line of A/R or A/P tells the document's own note.
    if line.entry.memo or not line.entry.control:
        return line.entry.memo
    return str(line.reader.book.store.one(_NOTE, line.entry.type, line.entry.id) or "")


def _side(sign: int) -> Callable[[Line], Cell]:
    return lambda line: money(major(line.entry.home * sign)) if line.entry.home * sign > 0 else ""


def _when(name: str) -> Callable[[Line], Cell]:
    return lambda line: str((line.doc.get("MetaData") or {}).get(name) or "")


def _text(name: str) -> Callable[[Line], Cell]:
    return lambda line: str(line.doc.get(name) or "")


def _paid(*types: str) -> Callable[[Line], Cell]:
    def told(line: Line) -> Cell:
        if line.entry.type not in types:
            return ""
        return "Unpaid" if dec(line.doc.get("Balance")) else "Paid"

    return told


def _field(position: int) -> Callable[[Line], Cell]:
    def told(line: Line) -> Cell:
        found = line.doc.get("CustomField") or []
        own: Doc = next((one for one in found if str(one.get("DefinitionId")) == str(position)), {})
        return str(own.get("StringValue") or "")

    return told


def _detail(line: Line) -> Doc:
    """The detail block of the document's line that moved this item."""
    for one in line.doc.get("Line", []):
        block: Doc = one.get(str(one.get("DetailType"))) or {}
        if line.entry.item and str((block.get("ItemRef") or {}).get("value")) == line.entry.item:
            return block
    return {}


def _number(name: str) -> Callable[[Line], Cell]:
    return lambda line: money(dec(_detail(line)[name])) if name in _detail(line) else ""


def _memo_of_customer(line: Line) -> Cell:
    return str((line.doc.get("CustomerMemo") or {}).get("value") or "")


def _tax(name: str) -> Callable[[Line], Cell]:
    def told(line: Line) -> Cell:
        tax = line.doc.get("TxnTaxDetail") or {}
        if name == "TotalTax":
            return money(dec(tax["TotalTax"])) if "TotalTax" in tax else ""
        net = sum(
            (dec(one["TaxLineDetail"].get("NetAmountTaxable")) for one in tax.get("TaxLine", [])),
            ZERO,
        )
        return money(net) if net else ""

    return told


def _nothing(line: Line) -> Cell:
    return ""


# key: title, type, cell. In this order they stand in a report, whatever the order they are asked in
# (as documented: `columns=subt_amount,tx_date` answers the date first).
_FIELDS: dict[str, tuple[str, str, Callable[[Line], Cell]]] = {
    "tx_date": ("Date", "Date", lambda line: line.entry.day if line.is_first else "0-00-00"),
    "txn_type": ("Transaction Type", "String", _type),
    "doc_num": ("Num", "String", lambda line: line.entry.number if line.is_first else ""),
    "is_no_post": (
        "Posting",
        "Boolean",
        lambda line: ("Yes" if line.posts else "No") if line.is_first else "",
    ),
    "is_adj": ("Adj", "String", lambda line: "Yes" if line.doc.get("Adjustment") else "No"),
    "create_date": ("Create Date", "Date", _when("CreateTime")),
    "create_by": ("Created By", "String", _nothing),
    "last_mod_date": ("Last Modified", "Date", _when("LastUpdatedTime")),
    "last_mod_by": ("Last Modified By", "String", _nothing),
    "name": ("Name", "String", _name),
    "cust_name": ("Customer", "String", lambda line: line.named("Customer")),
    "vend_name": ("Vendor", "String", lambda line: line.named("Vendor")),
    "emp_name": ("Employee", "String", lambda line: line.named("Employee")),
    "item_name": ("Product/Service", "String", lambda line: line.named("Item")),
    "memo": ("Memo/Description", "String", _memo),
    "cust_msg": ("Message", "String", _memo_of_customer),
    "quantity": ("Qty", "Numeric", _number("Qty")),
    "rate": ("Rate", "Money", _number("UnitPrice")),
    "klass_name": ("Class", "String", lambda line: line.named("Class")),
    "dept_name": ("Location", "String", lambda line: line.named("Department")),
    "account_num": ("Account #", "String", lambda line: str(line.account.get("AcctNum") or "")),
    "account_name": (
        "Account",
        "String",
        lambda line: line.reader.account(line.entry.account, full=True),
    ),
    "split_acc": ("Split", "String", lambda line: line.split),
    "other_account": ("Split", "String", lambda line: line.split),
    "pmt_mthd": (
        "Payment Method",
        "String",
        lambda line: line.ref("PaymentMethodRef", "PaymentMethod"),
    ),
    "term_name": ("Terms", "String", lambda line: line.ref("SalesTermRef", "Term")),
    "due_date": ("Due Date", "Date", _text("DueDate")),
    "past_due": ("Past Due", "Numeric", lambda line: "" if line.late is None else str(line.late)),
    "inv_date": (
        "Invoice Date",
        "Date",
        lambda line: line.entry.day if line.entry.type == "Invoice" else "",
    ),
    "tracking_num": ("Tracking #", "String", _text("TrackingNum")),
    "ship_via": ("Ship Via", "String", lambda line: line.ref("ShipMethodRef")),
    "is_ar_paid": ("A/R Paid", "String", _paid("Invoice", "CreditMemo")),
    "is_ap_paid": ("A/P Paid", "String", _paid("Bill", "VendorCredit")),
    "is_cleared": ("Clr", "String", _nothing),
    "chk_print_state": ("Check Printed", "String", _text("PrintStatus")),
    "printed": ("Check Printed", "String", _text("PrintStatus")),
    "olb_status": ("Online Banking", "String", _nothing),
    "extra_doc_num": ("Ref #", "String", _text("PaymentRefNum")),
    "sales_cust1": ("Custom 1", "String", _field(1)),
    "sales_cust2": ("Custom 2", "String", _field(2)),
    "sales_cust3": ("Custom 3", "String", _field(3)),
    "tax_code": ("Tax Name", "String", _nothing),
    "debt_amt": ("Debit", "Money", _side(1)),
    "credit_amt": ("Credit", "Money", _side(-1)),
    "tax_amount": ("Tax Amount", "Money", _tax("TotalTax")),
    "net_amount": ("Taxable Amount", "Money", _tax("NetAmountTaxable")),
    "amount": ("Amount", "Money", lambda line: money(line.amount)),
    "nat_amount": ("Amount", "Money", lambda line: money(line.amount)),
    "subt_amount": ("Amount", "Money", lambda line: money(line.amount)),
    "subt_neg_amount": ("Amount", "Money", lambda line: money(line.amount)),
    "subt_nat_amount": ("Amount", "Money", lambda line: money(line.amount)),
    "nat_open_bal": ("Open Balance", "Money", lambda line: money(line.opens)),
    "subt_open_bal": ("Open Balance", "Money", lambda line: money(line.opens)),
    "subt_neg_open_bal": ("Open Balance", "Money", lambda line: money(line.opens)),
    "rbal_nat_amount": ("Balance", "Money", lambda line: money(line.balance)),
    "currency": (
        "Currency",
        "String",
        lambda line: str((line.doc.get("CurrencyRef") or {}).get("value") or ""),
    ),
    "exch_rate": ("Exchange Rate", "Numeric", _text("ExchangeRate")),
}
# With several currencies the amounts of the home currency have keys of their own.
_HOME = {
    "debt_amt": "debt_home_amt",
    "credit_amt": "credit_home_amt",
    "tax_amount": "home_tax_amount",
    "net_amount": "home_net_amount",
    "nat_amount": "nat_home_amount",
    "subt_amount": "subt_home_amount",
    "subt_neg_amount": "subt_neg_home_amount",
    "subt_nat_amount": "subt_nat_home_amount",
    "nat_open_bal": "nat_home_open_bal",
    "subt_open_bal": "subt_home_open_bal",
    "subt_neg_open_bal": "subt_neg_home_open_bal",
    "rbal_nat_amount": "rbal_nat_home_amount",
}
_PLAIN = {home: plain for plain, home in _HOME.items()}
# Documented for companies that the simulator has none of (amounts without tax, in the document's
# currency), or telling what it does not keep: may be asked for, and are left out.
_LEFT_OUT = frozenset(
    (
        "subt_nat_amount_nt",
        "rbal_nat_amount_nt",
        "subt_nat_amount_home_nt",
        "rbal_nat_amount_home_nt",
        "nat_foreign_open_bal",
        "nat_foreign_amount",
        "foreign_open_bal",
        "foreign_amount",
        "neg_foreign_open_bal",
        "neg_foreign_amount",
        "bill_addr",
        "ship_addr",
        "deliv_addr",
        "ship_date",
        "cust_bill_email",
        "cust_comp_name",
        "cust_tel",
        "cust_phone_other",
        "sale_sent_state",
        "vend_bill_addr",
        "vend_comp_name",
        "vend_pri_cont",
        "vend_pri_email",
        "vend_pri_tel",
        "acct_num_with_extn",
        "journal_code_name",
        "neg_open_bal",
        "paid_date",
        "txn_num",
    )
)
SUMS = frozenset(
    key
    for key, (title, kind, _) in _FIELDS.items()
    if kind == "Money" and title not in ("Balance", "Rate")
)


@dataclass(frozen=True, slots=True)
class Fields:
    """The columns of one report, as keys of the table, and the company's names for them."""

    keys: tuple[str, ...]
    home: bool

    def described(self, **titles: str) -> list[Doc]:
        """The columns as the report tells them; `titles` says what it calls some of them."""
        return [
            column(
                titles.get(key, _FIELDS[key][0]),
                _FIELDS[key][1],
                _HOME.get(key, key) if self.home else key,
            )
            for key in self.keys
        ]

    def row(self, line: Line) -> list[Cell]:
        """The cells of a line."""
        return [_FIELDS[key][2](line) for key in self.keys]

    def summed(self, title: str, lines: list[Line]) -> list[str]:
        """The cells of a sum: the title first, amounts where there were any."""
        found = [title]
        for key in self.keys[1:]:
            amounts = [_value(key, line) for line in lines] if key in SUMS else []
            found.append(money(sum(amounts, ZERO)) if amounts else "")
        return found


def _value(key: str, line: Line) -> Decimal:
    text = _FIELDS[key][2](line)
    return dec(text[0] if isinstance(text, tuple) else text)


def fields(book: Book, asked: Asked) -> Fields:
    """The columns asked for, or the report's own; 2170 for one that is documented nowhere."""
    wanted = [word.strip() for word in asked.query.get("columns", "").split(",") if word.strip()]
    for word in wanted:
        if _PLAIN.get(word, word) not in _FIELDS and word not in _LEFT_OUT:
            raise ApiError(2170, f"Invalid Enumeration : {word}", element="columns")
    home = book.multicurrency
    mine = (*asked.form.columns, *asked.form.more)
    known = {key for key in mine if key in _FIELDS}
    chosen = {_PLAIN.get(word, word) for word in wanted if home or word not in _PLAIN} & known
    if not chosen:
        chosen = set(asked.form.columns)
    return Fields(tuple(key for key in _FIELDS if key in chosen), home)


def ordered(asked: Asked, table: Fields, lines: list[Line]) -> list[Line]:
    """Lines in the order asked for: by a column, or as they came."""
    key = _PLAIN.get(asked.query.get("sort_by", ""), asked.query.get("sort_by", ""))
    if key in _FIELDS:
        lines = sorted(lines, key=lambda line: _sortable(key, line))
    return lines[::-1] if asked.is_descending else lines


def _sortable(key: str, line: Line) -> tuple[Decimal, str]:
    if _FIELDS[key][1] in ("Money", "Numeric"):
        return _value(key, line), ""
    text = _FIELDS[key][2](line)
    return ZERO, str(text[0] if isinstance(text, tuple) else text).lower()
