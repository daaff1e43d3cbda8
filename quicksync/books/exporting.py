"""The books as files that the import takes: what is exported can be changed and imported again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, ClassVar

import tablib
from django.db.models import QuerySet
from import_export import resources

from quicksync.books.importing import KINDS, cells
from quicksync.books.models import (
    Account,
    Client,
    PaymentMethod,
    Product,
    ProductCategory,
    Receipt,
    TaxCode,
    Term,
    Vendor,
)

Line = dict[str, Any]


def _cell(value: Any) -> str:
    """A value as the import reads it; no text of QuickBooks' or anybody's becomes a formula in a
    spreadsheet.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Account | PaymentMethod | TaxCode | Term):
        return cells.escaped(value.code)
    if isinstance(value, Client | Product | ProductCategory | Vendor):
        return cells.escaped(value.name)
    return "" if value is None else cells.escaped(str(value))


def _columns(obj: Any, names: Iterable[str], renamed: Mapping[str, str]) -> Line:
    return {name: getattr(obj, renamed.get(name, name)) for name in names}


def _named(obj: Any, columns: list[str]) -> Iterator[Line]:
    yield _columns(obj, columns, {"supplier": "is_supplier"})


def _document(document: Any, columns: list[str]) -> Iterator[Line]:
    begin = columns.index("item")
    head = _columns(document, columns[:begin], {"date": "issued_on", "due_date": "due_on"})
    if getattr(document, "discount_percent", None) is not None:
        head["discount"] = None  # follows from the percentage
    lines = [_columns(line, columns[begin:], {"item": "product"}) for line in document.lines.all()]
    yield from _below(head, lines)


def _receipt(receipt: Receipt, columns: list[str]) -> Iterator[Line]:
    head = _columns(receipt, columns[: columns.index("invoice")], {"date": "received_on"})
    yield from _below(
        head,
        [
            {"invoice": row.invoice.number, "applied": row.amount}
            for row in receipt.allocations.all()
        ],
    )


def _below(head: Line, parts: list[Line]) -> Iterator[Line]:
    """A document over several lines: the first says what stands for the whole, the others repeat
    the number.
    """
    yield {**head, **(parts[0] if parts else {})}
    for part in parts[1:]:
        yield {"number": head["number"], **part}


# Kind -> what makes the lines of one record, and what to read along with the records.
_ROWS: Mapping[
    str, tuple[Callable[[Any, list[str]], Iterator[Line]], tuple[str, ...], tuple[str, ...]]
] = {
    "customer": (_named, ("term", "payment_method"), ()),
    "vendor": (_named, ("term",), ()),
    "employee": (_named, (), ()),
    "item_category": (_named, ("parent",), ()),
    "item": (_named, ("category", "income_account", "expense_account"), ()),
    "estimate": (_document, ("client",), ("lines__product", "lines__tax_code")),
    "invoice": (_document, ("client", "term", "estimate"), ("lines__product", "lines__tax_code")),
    "credit_note": (_document, ("client", "invoice"), ("lines__product", "lines__tax_code")),
    "sales_receipt": (
        _document,
        ("client", "method", "account"),
        ("lines__product", "lines__tax_code"),
    ),
    "refund": (
        _document,
        ("client", "method", "account"),
        ("lines__product", "lines__tax_code"),
    ),
    "payment": (_receipt, ("client", "method", "account"), ("allocations__invoice",)),
    "bill": (
        _document,
        ("vendor", "term"),
        ("lines__product", "lines__account", "lines__tax_code", "lines__client"),
    ),
}


class BooksResource(resources.Resource):
    """Records of one kind as a table with the import's columns."""

    kind: ClassVar[str] = ""

    def export(self, queryset: QuerySet[Any] | None = None, **kwargs: Any) -> tablib.Dataset:
        columns = KINDS[self.kind]().known
        lines, related, rows = _ROWS[self.kind]
        objects = (
            queryset.select_related(*related).prefetch_related(*rows)
            if queryset is not None
            else ()
        )
        table = tablib.Dataset(headers=columns)
        for obj in objects:
            for line in lines(obj, columns):
                table.append([_cell(line.get(name)) for name in columns])
        return table


def _resource(of: str) -> type[BooksResource]:
    class KindResource(BooksResource):
        kind = of

    return KindResource


RESOURCES: Mapping[str, type[BooksResource]] = {kind: _resource(kind) for kind in _ROWS}
