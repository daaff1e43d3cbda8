"""The books as QuickBooks knows them: the whole integration, written as any host would write it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import quicksync
from quicksync.books.models import (
    Account,
    Bill,
    Class,
    Client,
    CreditNote,
    Employee,
    Estimate,
    Invoice,
    Location,
    PaymentMethod,
    Product,
    ProductCategory,
    Receipt,
    Refund,
    SalesReceipt,
    TaxCode,
    Term,
    Vendor,
)
from quicksync.books.models.sales import SalesDocument


def whole_name(entry: Any) -> str:
    """The names of an entry and of those above it, as QuickBooks writes them."""
    return f"{whole_name(entry.parent)}:{entry.name}"[:120] if entry.parent else entry.name


@quicksync.register(Account)
class AccountAdapter(quicksync.AccountAdapter):
    """Accounts, named by their number; by their whole name where QuickBooks gives them none."""

    bulk = True
    fields = {
        "number": "code",
        "full_name": quicksync.Attr("name", write=True),
        "name": lambda account: account.name.rpartition(":")[2],
    }

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        """The name here is the whole name there, which changes with the names above it."""
        obj.name = record.full_name or record.name or obj.name
        obj.code = obj.code or obj.name[:120]


@quicksync.register(TaxCode)
class TaxCodeAdapter(quicksync.TaxCodeAdapter):
    """Tax codes, named by their code."""

    bulk = True

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        """A rate that QuickBooks has changed no longer consists of the old parts."""
        if obj.parts and sum(obj.rates) != obj.rate:
            obj.parts = ""


@quicksync.register(Term)
class TermAdapter(quicksync.TermAdapter):
    """Payment terms, named by their name where they come from QuickBooks."""

    bulk = True

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        obj.code = obj.code or obj.name


@quicksync.register(PaymentMethod)
class PaymentMethodAdapter(quicksync.PaymentMethodAdapter):
    """Payment methods, named by their name where they come from QuickBooks."""

    bulk = True

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        obj.code = obj.code or obj.name


@quicksync.register(Class)
class ClassAdapter(quicksync.ClassAdapter):
    """Classes, named by their whole name where they come from QuickBooks."""

    bulk = True

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        obj.code = obj.code or whole_name(obj)


@quicksync.register(Location)
class LocationAdapter(quicksync.LocationAdapter):
    """Locations, named by their whole name where they come from QuickBooks."""

    bulk = True

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        obj.code = obj.code or whole_name(obj)


@quicksync.register(Client)
class ClientAdapter(quicksync.CustomerAdapter):
    """Clients are customers; QuickBooks knows companies by their name (C13, C15)."""

    bulk = True
    fields = {
        "company": quicksync.Attr("trade_name", write=True),
        "billing": quicksync.AddressField(
            "billing_street",
            city="billing_city",
            region="billing_region",
            postcode="billing_postcode",
            country="billing_country",
        ),
        "shipping": quicksync.AddressField(
            "shipping_street",
            city="shipping_city",
            region="shipping_region",
            postcode="shipping_postcode",
            country="shipping_country",
        ),
    }

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        """Who comes from QuickBooks without a company's name is a person."""
        if obj._state.adding:
            obj.is_company = bool(record.company)


@quicksync.register(Vendor)
class VendorAdapter(quicksync.VendorAdapter):
    """Vendors."""

    bulk = True
    fields = {
        "billing": quicksync.AddressField(
            "street", city="city", region="region", postcode="postcode", country="country"
        ),
    }


@quicksync.register(Employee)
class EmployeeAdapter(quicksync.EmployeeAdapter):
    """Employees."""

    bulk = True
    fields = {
        "billing": quicksync.AddressField(
            "street", city="city", region="region", postcode="postcode", country="country"
        ),
    }


@quicksync.register(ProductCategory)
class ProductCategoryAdapter(quicksync.ItemCategoryAdapter):
    """Categories of products; whether one is active is QuickBooks' to say."""

    bulk = True
    fields = {"active": quicksync.Attr("active", write=True)}


@quicksync.register(Product)
class ProductAdapter(quicksync.ItemAdapter):
    """Products are items."""

    bulk = True
    fields = {"type": "type", "on_hand": quicksync.Attr("on_hand", write=True)}


class PricedAdapter(quicksync.ModelAdapter):
    """What estimates and all other documents for clients share: lines, and totals that are the
    books' own.
    """

    bulk = True
    fields = {"email": "email"}
    lines = quicksync.Lines("lines", order="position")

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        obj.settle_dates()
        obj.work_out(rows)


@quicksync.register(Estimate)
class EstimateAdapter(PricedAdapter, quicksync.EstimateAdapter):
    """Estimates with their lines, and what has become of them."""

    fields = {
        "status": quicksync.Choice("status", {status: status.value for status in Estimate.Status}),
    }


class SalesAdapter(PricedAdapter):
    """What invoices, credit notes and sales receipts share: the status."""

    ignored_filters = ("status",)
    fields = {
        "voided": quicksync.Choice(
            "status",
            {SalesDocument.Status.VOID: True, SalesDocument.Status.ISSUED: False},
            default=False,
        ),
    }


@quicksync.register(Invoice)
class InvoiceAdapter(SalesAdapter, quicksync.InvoiceAdapter):
    """Invoices with their lines, and the estimates that they are made of."""

    fields = {"balance": "balance"}

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        super().prepare(obj, rows, record)
        obj.tell_estimates()

    def queryset(self, connection: Any) -> Any:
        return Invoice.objects.with_paid()


@quicksync.register(CreditNote)
class CreditNoteAdapter(SalesAdapter, quicksync.CreditNoteAdapter):
    """Credit notes with their lines; what was used of them in QuickBooks is known here, too."""

    fields = {"balance": quicksync.Attr("balance", write=True)}

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        super().prepare(obj, rows, record)
        obj.balance = record.balance


@quicksync.register(SalesReceipt)
class SalesReceiptAdapter(SalesAdapter, quicksync.SalesReceiptAdapter):
    """Sales receipts with their lines."""


@quicksync.register(Refund)
class RefundAdapter(SalesAdapter, quicksync.RefundAdapter):
    """Refunds with their lines."""


@quicksync.register(Bill)
class BillAdapter(quicksync.BillAdapter):
    """Bills with their lines; what was paid of them in QuickBooks is known here, too."""

    bulk = True
    fields = {
        "private_note": "memo",
        "balance": quicksync.Attr("balance", write=True),
    }
    lines = quicksync.Lines("lines", order="position", unit_price="unit_cost")

    def prepare(self, obj: Any, rows: Sequence[Any], record: Any) -> None:
        for row in rows:
            row.fit()
        obj.settle_dates()
        obj.work_out(rows)
        obj.balance = record.balance


@quicksync.register(Receipt)
class ReceiptAdapter(quicksync.PaymentAdapter):
    """Payments received, the invoices that they pay, and the credit notes that they use."""

    bulk = True
    fields = {"unapplied": "unapplied"}
    allocations = quicksync.Allocations("allocations")
    credits = quicksync.Allocations("credits")
