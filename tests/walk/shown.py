"""What the two sides show of the records that a walk made, in one form, read past quicksync.

Each record carries a tag for life: C7 is a customer, V2 a vendor, P3 a product, E8 an estimate, I12
an invoice, N4 a credit note, R9 a payment, B5 a bill. The category of a product is one of its
fields. The order of lines does not count, as in quicksync itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from quicksync.books.models import (
    Bill,
    Client,
    CreditNote,
    Estimate,
    Invoice,
    Product,
    Receipt,
    Vendor,
)

KINDS = {
    "C": "customer",
    "V": "vendor",
    "P": "item",
    "E": "estimate",
    "I": "invoice",
    "N": "credit_note",
    "R": "payment",
    "B": "bill",
}
TYPES = {
    "customer": "Customer",
    "vendor": "Vendor",
    "item": "Item",
    "estimate": "Estimate",
    "invoice": "Invoice",
    "credit_note": "CreditMemo",
    "payment": "Payment",
    "bill": "Bill",
}
MODELS = {
    "customer": Client,
    "vendor": Vendor,
    "item": Product,
    "estimate": Estimate,
    "invoice": Invoice,
    "credit_note": CreditNote,
    "payment": Receipt,
    "bill": Bill,
}
# The account of every line of a bill, on both sides.
EXPENSES = "Office Supplies"
ALIVE, VOID, INACTIVE = "alive", "void", "inactive"
_TAG = re.compile(rf"[{''.join(KINDS)}]\d+$")
_SUFFIX = re.compile(r" \(deleted(?: \d+)?\)$")


@dataclass(frozen=True)
class Shown:
    """One record as one side shows it; `total` and `open` are money, `fields` what people type."""

    tag: str
    key: str
    state: str
    fields: dict[str, Any] = field(default_factory=dict)
    total: Decimal = Decimal(0)
    open: Decimal = Decimal(0)

    @property
    def kind(self) -> str:
        """The kind that the tag's letter stands for."""
        return KINDS[self.tag[0]]


Side = dict[str, list[Shown]]


def by_tag(found: Iterable[Shown]) -> Side:
    """All that a side shows: more than one under a tag is one too many."""
    side: Side = defaultdict(list)
    for one in found:
        side[one.tag].append(one)
    return dict(side)


def tag_of(text: str | None) -> str:
    """The tag at the beginning of a name or number; "" for records that no walk made."""
    word = (text or "").split(" ")[0]
    return word if _TAG.match(word) else ""


def here() -> Side:
    """What stands in the host's tables."""
    return by_tag(
        [
            *_clients(),
            *_vendors(),
            *_products(),
            *_sales(Estimate.objects.all()),
            *_sales(Invoice.objects.with_paid()),
            *_sales(CreditNote.objects.all()),
            *_receipts(),
            *_bills(),
        ]
    )


def _clients() -> Iterable[Shown]:
    for one in Client.objects.all():
        if tag := tag_of(one.name):
            fields = {"name": one.name, "notes": one.notes, "phone": one.phone, "email": one.email}
            yield Shown(tag, str(one.pk), ALIVE if one.active else INACTIVE, fields)


def _vendors() -> Iterable[Shown]:
    for one in Vendor.objects.all():
        if tag := tag_of(one.name):
            fields = {"name": one.name, "notes": one.notes, "phone": one.phone}
            yield Shown(tag, str(one.pk), ALIVE if one.active else INACTIVE, fields)


def _bills() -> Iterable[Shown]:
    for one in Bill.objects.select_related("vendor").prefetch_related("lines"):
        if tag := tag_of(one.number):
            lines = [(line.description, str(_money(line.amount))) for line in one.lines.all()]
            fields = {
                "vendor": tag_of(one.vendor.name),
                "private_note": one.memo,
                "lines": tuple(sorted(lines)),
            }
            yield Shown(tag, str(one.pk), ALIVE, fields, one.total, one.balance)


def _products() -> Iterable[Shown]:
    for one in Product.objects.select_related("category"):
        if tag := tag_of(one.name):
            fields = {
                "name": one.name,
                "category": one.category.name if one.category else "",
                "description": one.description,
                "price": _money(one.unit_price),
            }
            yield Shown(tag, str(one.pk), ALIVE if one.active else INACTIVE, fields)


def _sales(documents: Any) -> Iterable[Shown]:
    for one in documents.select_related("client").prefetch_related("lines__product"):
        if tag := tag_of(one.number):
            lines = tuple(
                sorted((line.description, str(_money(line.amount))) for line in one.lines.all())
            )
            fields = {
                "client": tag_of(one.client.name),
                "memo": one.memo,
                "private_note": one.private_note,
                "lines": lines,
            }
            state, left = VOID if one.voided else ALIVE, getattr(one, "balance", Decimal(0))
            yield Shown(tag, str(one.pk), state, fields, one.total, left)


def _receipts() -> Iterable[Shown]:
    for one in Receipt.objects.select_related("client").prefetch_related("allocations__invoice"):
        if tag := tag_of(one.number):
            parts = sorted(
                (tag_of(part.invoice.number), str(_money(part.amount)))
                for part in one.allocations.all()
            )
            fields = {
                "note": one.note,
                "paid": (tag_of(one.client.name), str(_money(one.amount)), tuple(parts)),
            }
            yield Shown(
                tag, str(one.pk), VOID if one.voided else ALIVE, fields, one.amount, one.unapplied
            )


def there(records: dict[str, list[dict[str, Any]]]) -> Side:
    """What QuickBooks' own records say."""
    clients = {one["Id"]: tag_of(one["DisplayName"]) for one in records["Customer"]}
    vendors = {one["Id"]: tag_of(one["DisplayName"]) for one in records["Vendor"]}
    invoices = {one["Id"]: tag_of(one.get("DocNumber")) for one in records["Invoice"]}
    folders = {one["Id"]: _SUFFIX.sub("", one["Name"]) for one in records["Item"]}
    found = [_customer(one) for one in records["Customer"]]
    found += [_item(one, folders) for one in records["Item"]]
    found += [_vendor(one) for one in records["Vendor"]]
    sales = (*records["Estimate"], *records["Invoice"], *records["CreditMemo"])
    found += [_sale(one, clients) for one in sales]
    found += [_bill(one, vendors) for one in records["Bill"]]
    found += [_payment(one, clients, invoices) for one in records["Payment"]]
    return by_tag(one for one in found if one.tag)


def _customer(one: dict[str, Any]) -> Shown:
    fields = {
        "name": _SUFFIX.sub("", one["DisplayName"]),
        "notes": one.get("Notes") or "",
        "phone": (one.get("PrimaryPhone") or {}).get("FreeFormNumber") or "",
        "email": (one.get("PrimaryEmailAddr") or {}).get("Address") or "",
    }
    return Shown(tag_of(one["DisplayName"]), one["Id"], _activity(one), fields)


def _item(one: dict[str, Any], folders: dict[str, str]) -> Shown:
    price = None if one.get("UnitPrice") is None else _money(Decimal(str(one["UnitPrice"])))
    fields = {
        "name": _SUFFIX.sub("", one["Name"]),
        "category": folders.get((one.get("ParentRef") or {}).get("value") or "", ""),
        "description": one.get("Description") or "",
        "price": price,
    }
    return Shown(tag_of(one["Name"]), one["Id"], _activity(one), fields)


def _vendor(one: dict[str, Any]) -> Shown:
    fields = {
        "name": _SUFFIX.sub("", one["DisplayName"]),
        "notes": one.get("Notes") or "",
        "phone": (one.get("PrimaryPhone") or {}).get("FreeFormNumber") or "",
    }
    return Shown(tag_of(one["DisplayName"]), one["Id"], _activity(one), fields)


def _bill(one: dict[str, Any], vendors: dict[str, str]) -> Shown:
    lines = [
        (line.get("Description") or "", str(_money(Decimal(str(line["Amount"])))))
        for line in one.get("Line") or ()
    ]
    fields = {
        "vendor": vendors[one["VendorRef"]["value"]],
        "private_note": one.get("PrivateNote") or "",
        "lines": tuple(sorted(lines)),
    }
    total, balance = Decimal(str(one["TotalAmt"])), Decimal(str(one.get("Balance") or 0))
    return Shown(tag_of(one.get("DocNumber")), one["Id"], ALIVE, fields, total, balance)


def _sale(one: dict[str, Any], clients: dict[str, str]) -> Shown:
    lines = [
        (line.get("Description") or "", str(_money(Decimal(str(line["Amount"])))))
        for line in one.get("Line") or ()
        if line.get("DetailType") == "SalesItemLineDetail"
    ]
    note = one.get("PrivateNote") or ""
    fields = {
        "client": clients[one["CustomerRef"]["value"]],
        "memo": (one.get("CustomerMemo") or {}).get("value") or "",
        "private_note": note,
        "lines": tuple(sorted(lines)),
    }
    state = VOID if note.startswith("Voided") else ALIVE
    total, balance = Decimal(str(one["TotalAmt"])), Decimal(str(one.get("Balance") or 0))
    return Shown(tag_of(one.get("DocNumber")), one["Id"], state, fields, total, balance)


def _payment(one: dict[str, Any], clients: dict[str, str], invoices: dict[str, str]) -> Shown:
    parts = [
        (invoices.get(link["TxnId"], ""), str(_money(Decimal(str(line["Amount"])))))
        for line in one.get("Line") or ()
        for link in line.get("LinkedTxn") or ()
        if link["TxnType"] == "Invoice"
    ]
    note, total = one.get("PrivateNote") or "", Decimal(str(one["TotalAmt"]))
    fields = {
        "note": note,
        "paid": (clients[one["CustomerRef"]["value"]], str(_money(total)), tuple(sorted(parts))),
    }
    state = VOID if note.startswith("Voided") else ALIVE
    rest = Decimal(str(one.get("UnappliedAmt") or 0))
    return Shown(tag_of(one.get("PaymentRefNum")), one["Id"], state, fields, total, rest)


def _activity(one: dict[str, Any]) -> str:
    return INACTIVE if one.get("Active") is False else ALIVE


def _money(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"))
