"""Keep the records of a Django project in sync with QuickBooks Online."""

from __future__ import annotations

from quicksync.local.adapter import ModelAdapter
from quicksync.local.binding.address import AddressField
from quicksync.local.binding.child_rows import Allocations, Lines
from quicksync.local.binding.fields import Attr, Cents, Choice, Const, Custom, Field
from quicksync.local.binding.references import Code, Reference, object_of, ref_to
from quicksync.local.kind_adapters import (
    AccountAdapter,
    BillAdapter,
    ClassAdapter,
    CreditNoteAdapter,
    CustomerAdapter,
    EmployeeAdapter,
    EstimateAdapter,
    InvoiceAdapter,
    ItemAdapter,
    ItemCategoryAdapter,
    LocationAdapter,
    PaymentAdapter,
    PaymentMethodAdapter,
    RefundAdapter,
    SalesReceiptAdapter,
    TaxCodeAdapter,
    TermAdapter,
    VendorAdapter,
)
from quicksync.local.registry import register
from quicksync.records import Address, Allocation, CreditUse, PurchaseLine, Ref, SalesLine, to_cents
from quicksync.version import __version__

__all__ = [
    "AccountAdapter",
    "Address",
    "AddressField",
    "Allocation",
    "Allocations",
    "Attr",
    "BillAdapter",
    "Cents",
    "Choice",
    "ClassAdapter",
    "Code",
    "Const",
    "CreditNoteAdapter",
    "CreditUse",
    "Custom",
    "CustomerAdapter",
    "EmployeeAdapter",
    "EstimateAdapter",
    "Field",
    "InvoiceAdapter",
    "ItemAdapter",
    "ItemCategoryAdapter",
    "Lines",
    "LocationAdapter",
    "ModelAdapter",
    "PaymentAdapter",
    "PaymentMethodAdapter",
    "PurchaseLine",
    "Ref",
    "Reference",
    "RefundAdapter",
    "SalesLine",
    "SalesReceiptAdapter",
    "TaxCodeAdapter",
    "TermAdapter",
    "VendorAdapter",
    "__version__",
    "object_of",
    "ref_to",
    "register",
    "to_cents",
]
