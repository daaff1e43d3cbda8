"""Keep the records of a Django project in step with QuickBooks Online and QuickBooks Desktop."""

from __future__ import annotations

from quicksync.local.adapter import ModelAdapter
from quicksync.local.fields import AddressField, Attr, Choice, Code, Const, Custom, Reference
from quicksync.local.kinds import (
    AccountAdapter,
    ClassAdapter,
    CustomerAdapter,
    InvoiceAdapter,
    ItemAdapter,
    LocationAdapter,
    PaymentAdapter,
    PaymentMethodAdapter,
    TaxCodeAdapter,
    TermAdapter,
)
from quicksync.local.registry import register
from quicksync.local.rows import Allocations, Lines
from quicksync.records import Address, Ref, to_cents
from quicksync.version import __version__

__all__ = [
    "AccountAdapter",
    "Address",
    "AddressField",
    "Allocations",
    "Attr",
    "Choice",
    "ClassAdapter",
    "Code",
    "Const",
    "Custom",
    "CustomerAdapter",
    "InvoiceAdapter",
    "ItemAdapter",
    "Lines",
    "LocationAdapter",
    "ModelAdapter",
    "PaymentAdapter",
    "PaymentMethodAdapter",
    "Ref",
    "Reference",
    "TaxCodeAdapter",
    "TermAdapter",
    "__version__",
    "register",
    "to_cents",
]
