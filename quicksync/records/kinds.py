"""The table of kinds: which record class, in which order, in which words."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from quicksync.records.base import Record
from quicksync.records.contacts import Customer, Employee, Vendor
from quicksync.records.lists import Account, Class, Location, PaymentMethod, TaxCode, Term
from quicksync.records.payments import Payment
from quicksync.records.products import Item, ItemCategory
from quicksync.records.purchases import Bill
from quicksync.records.sales import CreditNote, Estimate, Invoice, Refund, SalesReceipt


class KindInfo(msgspec.Struct, frozen=True, kw_only=True):
    """One kind: its record class, its rank (parents before children), its words and its ways.

    `is_list` marks the kinds that other records name by a code instead of by an object's key; then
    `unmapped` is the reason of a code that nothing in QuickBooks is known to mean. `is_document`
    marks those that carry money and a date, and can be undone. `shares_names`: one list of names
    with all others that do. `spelt_freely`: people write its names in several ways, so that nearly
    equal ones may be one record. `may_repeat`: there may rightly be two that look the same.
    `locked_when_pulled`: bookkeepers keep it in QuickBooks; changed here, it would no longer be
    what documents are booked on (A11). `holds_lines`: lines of documents go on records of this
    kind, even where a line names none. Of `features`, the company needs one to have such records at
    all; `feature_words` call them. `named_as`: in QuickBooks it is one of the records of that kind,
    and others name it so, as they name customers and their sites; it then shares one list of names
    with it. `dispensable`: where its category is off, or the company lacks the feature, what names
    one goes without, and keeps what it has on the other side.
    """

    record: type[Record]
    rank: int
    singular: str
    plural: str
    is_list: bool = False
    is_document: bool = False
    shares_names: bool = False
    spelt_freely: bool = False
    may_repeat: bool = False
    locked_when_pulled: bool = False
    holds_lines: bool = False
    unmapped: str = ""
    features: frozenset[str] = frozenset()
    feature_words: str = ""
    named_as: str = ""
    dispensable: bool = False

    @property
    def named_there(self) -> str:
        """The kind that QuickBooks' references to its records are of."""
        return self.named_as or self.record.kind

    @property
    def is_rated(self) -> bool:
        """Whether its records have a rate, which QuickBooks may change (A12)."""
        return "rate" in self.record.__struct_fields__


CLASSES, LOCATIONS, CATEGORIES = (
    frozenset({"classes-per-document", "classes-per-line"}),
    frozenset({"locations"}),
    frozenset({"item-categories"}),
)

_ROWS = (
    KindInfo(
        record=Account,
        rank=10,
        singular="account",
        plural="accounts",
        is_list=True,
        locked_when_pulled=True,
        unmapped="account-unmapped",
    ),
    KindInfo(
        record=TaxCode,
        rank=11,
        singular="tax code",
        plural="tax codes",
        is_list=True,
        locked_when_pulled=True,
        unmapped="tax-code-unmapped",
    ),
    KindInfo(
        record=Term,
        rank=12,
        singular="payment term",
        plural="payment terms",
        is_list=True,
        unmapped="term-unmapped",
    ),
    KindInfo(
        record=PaymentMethod,
        rank=13,
        singular="payment method",
        plural="payment methods",
        is_list=True,
        unmapped="method-unmapped",
    ),
    KindInfo(
        record=Class,
        rank=14,
        singular="class",
        plural="classes",
        is_list=True,
        locked_when_pulled=True,
        unmapped="class-unmapped",
        features=CLASSES,
        feature_words="class tracking",
    ),
    KindInfo(
        record=Location,
        rank=15,
        singular="location",
        plural="locations",
        is_list=True,
        locked_when_pulled=True,
        unmapped="location-unmapped",
        features=LOCATIONS,
        feature_words="location tracking",
    ),
    KindInfo(
        record=Customer,
        rank=20,
        singular="customer",
        plural="customers",
        shares_names=True,
        spelt_freely=True,
    ),
    KindInfo(
        record=Vendor,
        rank=25,
        singular="vendor",
        plural="vendors",
        shares_names=True,
        spelt_freely=True,
    ),
    KindInfo(
        record=Employee,
        rank=27,
        singular="employee",
        plural="employees",
        shares_names=True,
        spelt_freely=True,
    ),
    KindInfo(
        record=ItemCategory,
        rank=29,
        singular="product category",
        plural="product categories",
        spelt_freely=True,
        named_as="item",
        dispensable=True,
        features=CATEGORIES,
        feature_words="the use of product categories",
    ),
    KindInfo(
        record=Item,
        rank=30,
        singular="product",
        plural="products and services",
        spelt_freely=True,
        holds_lines=True,
    ),
    KindInfo(record=Estimate, rank=40, singular="estimate", plural="estimates", is_document=True),
    KindInfo(record=Invoice, rank=41, singular="invoice", plural="invoices", is_document=True),
    KindInfo(
        record=CreditNote,
        rank=42,
        singular="credit note",
        plural="credit notes",
        is_document=True,
    ),
    KindInfo(
        record=SalesReceipt,
        rank=43,
        singular="sales receipt",
        plural="sales receipts",
        is_document=True,
    ),
    KindInfo(record=Refund, rank=44, singular="refund", plural="refunds", is_document=True),
    KindInfo(record=Bill, rank=45, singular="bill", plural="bills", is_document=True),
    KindInfo(
        record=Payment,
        rank=50,
        singular="payment",
        plural="payments",
        is_document=True,
        may_repeat=True,
    ),
)
KINDS: dict[str, KindInfo] = {
    row.record.kind: row for row in sorted(_ROWS, key=lambda row: row.rank)
}


def kind_info(kind: str) -> KindInfo:
    """The row of a kind. Raises KeyError for a word that is no kind."""
    return KINDS[kind]


def record_class(kind: str) -> type[Record]:
    """The record class of a kind."""
    return KINDS[kind].record


def kinds_where(trait: Callable[[KindInfo], object]) -> tuple[str, ...]:
    """The kinds that have a trait, in their order: `kinds_where(lambda info: info.is_list)`."""
    return tuple(kind for kind, info in KINDS.items() if trait(info))


def named_there_as(kind: str) -> tuple[str, ...]:
    """The kinds whose records QuickBooks' references name as this one, itself first."""
    return kinds_where(lambda info: info.named_there == kind)


def going_without(kind: str) -> tuple[str, ...]:
    """The kinds whose records go without those of this one while its category is off."""
    if not KINDS[kind].dispensable:
        return ()
    return kinds_where(lambda info: any(kind in named for named in info.record.references.values()))


LIST_KINDS = kinds_where(lambda info: info.is_list)
# The reasons of codes that nothing in QuickBooks is known to mean.
UNMAPPED = tuple(info.unmapped for info in KINDS.values() if info.unmapped)
