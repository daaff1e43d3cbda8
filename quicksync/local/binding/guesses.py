"""What a field map means: texts, functions and field objects, and the usual names for fields it
does not name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from quicksync.local.binding import paths
from quicksync.local.binding.fields import Attr, Custom, Field, FieldSpec
from quicksync.local.binding.references import Code, Reference
from quicksync.local.bound import Bound, Place, WrongField
from quicksync.records import Address, Ref

# Stands for a field that the adapter does not name at all; None in its place leaves the field out.
UNSAID = Field()

MODIFIED = ("updated_at", "modified_at", "modified", "updated", "last_modified", "changed_at")
CODES = ("code", "number")

_NOTES = ("notes", "note", "comments", "comment")
_ACTIVE = ("active", "is_active", "enabled")
_METHOD = ("payment_method", "method")

ROWS: Mapping[str, tuple[str, ...]] = {
    "item": ("item", "product", "service"),
    "description": ("description", "text"),
    "quantity": ("quantity", "qty"),
    "unit_price": ("unit_price", "price", "rate"),
    "amount": ("amount",),
    "tax_code": ("tax_code", "tax", "vat"),
    "service_on": ("service_on", "service_date"),
    "document": ("invoice", "document"),
}

KINDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "customer": {
        "name": ("name", "display_name", "title"),
        "company": ("company", "company_name", "organisation"),
        "given_name": ("given_name", "first_name"),
        "family_name": ("family_name", "last_name"),
        "email": ("email", "email_address"),
        "phone": ("phone", "phone_number", "telephone"),
        "mobile": ("mobile", "mobile_phone"),
        "website": ("website", "url"),
        "notes": _NOTES,
        "currency": ("currency",),
        "term": ("term", "terms", "payment_terms"),
        "payment_method": _METHOD,
        "tax_exempt": ("tax_exempt",),
        "parent": ("parent",),
        "active": _ACTIVE,
    },
    "item": {
        "name": ("name", "title"),
        "sku": ("sku", "code"),
        "description": ("description",),
        "unit_price": ("unit_price", "price", "sales_price"),
        "purchase_cost": ("purchase_cost", "cost"),
        "income_account": ("income_account",),
        "expense_account": ("expense_account",),
        "taxable": ("taxable", "is_taxable"),
        "active": _ACTIVE,
    },
    "invoice": {
        "number": ("number", "invoice_number", "reference"),
        "customer": ("customer", "client"),
        "issued_on": ("issued_on", "date", "invoice_date", "issue_date"),
        "due_on": ("due_on", "due_date"),
        "term": ("term", "terms"),
        "currency": ("currency",),
        "email": ("billing_email",),
        "discount": ("discount", "discount_amount"),
        "discount_percent": ("discount_percent",),
        "memo": ("memo",),
        "private_note": ("private_note", "internal_note"),
        "tax": ("tax", "tax_total"),
        "total": ("total",),
        "balance": ("balance",),
        "voided": ("voided", "is_void"),
    },
    "payment": {
        "reference": ("reference", "number", "check_number"),
        "customer": ("customer", "client"),
        "paid_on": ("paid_on", "date", "received_on", "payment_date"),
        "currency": ("currency",),
        "total": ("total", "amount"),
        "method": _METHOD,
        "account": ("account", "deposit_account"),
        "note": _NOTES,
        "voided": ("voided", "is_void"),
    },
    "account": {
        "name": ("name",),
        "number": ("number", "code"),
        "type": ("type", "account_type"),
        "subtype": ("subtype",),
        "currency": ("currency",),
        "active": _ACTIVE,
    },
    "tax_code": {
        "name": ("code", "name"),
        "description": ("description", "name"),
        "rate": ("rate", "percent", "percentage"),
        "taxable": ("taxable",),
        "active": _ACTIVE,
    },
    "term": {"name": ("name",), "due_days": ("due_days", "days"), "active": _ACTIVE},
    "payment_method": {"name": ("name",), "is_card": ("is_card",), "active": _ACTIVE},
    "class": {"name": ("name", "title"), "parent": ("parent",), "active": _ACTIVE},
    "location": {"name": ("name", "title"), "parent": ("parent",), "active": _ACTIVE},
}


def as_field(spec: Any, place: Place) -> Field:
    """What a text, a function or a field object in `fields` means at its place."""
    if isinstance(spec, Field):
        return spec
    if isinstance(spec, str):
        return _named(spec, place)
    if callable(spec) and not isinstance(spec, type):
        return Custom(spec)
    what = (
        f"is the class {spec.__name__}, not made."
        if isinstance(spec, type)
        else f"is {spec!r}, which is no field."
    )
    raise place.wrong(
        what, "Say an attribute's name in quotes, a function, or one of quicksync's field objects."
    )


def _named(spec: str, place: Place) -> Field:
    if place.shape.type is Ref:
        return Reference(spec) if paths.is_relation(place.model, spec) else Code(place.kind, spec)
    if place.shape.type is Address:
        raise place.wrong(
            "is an address in one text.", "Say AddressField(lines=..., city=..., ...)."
        )
    if place.shape.type is tuple:
        maker = "Lines" if place.name == "lines" else "Allocations"
        raise place.wrong(f"are {spec!r}.", f"Say {place.name} = quicksync.{maker}({spec!r}, ...).")
    return Attr(spec)


def bind(place: Place, declared: FieldSpec, usual: Sequence[str]) -> Bound | None:
    """The field as declared; undeclared (UNSAID), under the first of its usual names that the model
    has, if any.
    """
    if declared is None:
        return None
    if declared is not UNSAID:
        return as_field(declared, place).bind(place)
    for name in usual:
        if paths.has_column(place.model, name) and paths.is_relation(place.model, name) is (
            place.shape.type is Ref
        ):
            try:
                return as_field(name, place).bind(place)
            except WrongField:
                # A foreign key to a model without an adapter is not ours to guess; money that is
                # left out is told.
                if place.is_money:
                    raise
                return None
    return None


__all__ = ["CODES", "KINDS", "MODIFIED", "ROWS", "UNSAID", "as_field", "bind"]
