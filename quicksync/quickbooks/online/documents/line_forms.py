"""How the lines of a document are said there: sales have one sort of details, purchases two."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.payloads.values import DATE, NUMBER, TEXT, read_only, reference
from quicksync.quickbooks.wire_table import Codec, Row, Table
from quicksync.records import Line, PurchaseLine, SalesLine
from quicksync.records.limits import FieldLimit

SALES, REMARK, GROUP = "SalesItemLineDetail", "DescriptionOnly", "GroupLineDetail"
BOUGHT_ITEM, BOUGHT = "ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail"
DISCOUNT, SUBTOTAL = "DiscountLineDetail", "SubTotalLineDetail"
# Lines of text have their details under another word than their type.
REMARK_DETAIL = "DescriptionLineDetail"
DESCRIPTION = FieldLimit(4000)
BILLABLE, NOT_BILLABLE, BILLED = "Billable", "NotBillable", "HasBeenBilled"


def classes_on_lines(facts: Facts) -> bool:
    """Whether each line may have a class of its own (E4)."""
    return "classes-per-line" in facts.features


def _line(sort: type[Line], detail: str, *rows: Row, priced: bool = True) -> Table:
    """The table of a sort of lines with these details.

    Amount, price and tax code of a line hang together and with the rest of the document: `lines.py`
    writes them.
    """
    shared = (
        read_only("id", "Id", TEXT),
        Row(field="description", path="Description", codec=TEXT, length=DESCRIPTION.length),
        read_only("amount", "Amount", NUMBER),
        read_only("tax_code", f"{detail}.TaxCodeRef", reference("tax_code")),
        Row(
            field="class_",
            path=f"{detail}.ClassRef",
            codec=reference("class"),
            when=classes_on_lines,
        ),
    )
    prices = (
        read_only("quantity", f"{detail}.Qty", NUMBER),
        read_only("unit_price", f"{detail}.UnitPrice", NUMBER),
        Row(field="item", path=f"{detail}.ItemRef", codec=reference("item")),
    )
    said = (*shared, *(prices if priced else ()), *rows)
    named = {row.field for row in said}
    return Table(sort, detail, said, left_out=set(sort.__struct_fields__) - named)


def _for_customer(detail: str) -> tuple[Row, ...]:
    """For which customer something was bought, and whether it will be charged."""
    billable = Codec(
        lambda charged: BILLABLE if charged else NOT_BILLABLE,
        lambda word: word in {BILLABLE, BILLED},
    )
    return (
        Row(field="customer", path=f"{detail}.CustomerRef", codec=reference("customer")),
        Row(field="billable", path=f"{detail}.BillableStatus", codec=billable),
    )


class LineForm(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of one sort of documents.

    `details` are QuickBooks' words for lines with an amount, each with its table; `detail_of` says
    which one a line of ours is. A line that names nothing gets the connection's default of `role`,
    at `stand_in`; `lacks` is said where there is none. `bundles`: QuickBooks has lines of several
    parts that only it can change. `remarks`: a line may only say something.
    """

    sort: type[Line]
    details: Mapping[str, Table]
    detail_of: Callable[[Line], str]
    stand_in: str
    role: str
    lacks: str
    bundles: bool = False
    remarks: bool = False

    @property
    def ours(self) -> frozenset[str]:
        """The types of lines that people enter."""
        return frozenset({*self.details, REMARK, *([GROUP] if self.bundles else [])})


SALE = LineForm(
    sort=SalesLine,
    details={
        SALES: _line(
            SalesLine,
            SALES,
            Row(field="service_on", path=f"{SALES}.ServiceDate", codec=DATE),
        )
    },
    detail_of=lambda line: SALES,
    stand_in="ItemRef",
    role="item",
    lacks="names no product, and the connection has no default product for such lines. QuickBooks"
    " would ignore its amount: choose a default product on the connection.",
    bundles=True,
    remarks=True,
)
PURCHASE = LineForm(
    sort=PurchaseLine,
    details={
        BOUGHT_ITEM: _line(PurchaseLine, BOUGHT_ITEM, *_for_customer(BOUGHT_ITEM)),
        BOUGHT: _line(
            PurchaseLine,
            BOUGHT,
            Row(field="account", path=f"{BOUGHT}.AccountRef", codec=reference("account")),
            *_for_customer(BOUGHT),
            priced=False,
        ),
    },
    detail_of=lambda line: BOUGHT_ITEM if getattr(line, "item", None) else BOUGHT,
    stand_in="AccountRef",
    role="expense",
    lacks="names neither a product nor an account, and the connection has no default expense"
    " account (D11): choose one on the connection.",
)
