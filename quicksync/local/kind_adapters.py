"""One adapter class for each kind, to be subclassed: `class
InvoiceAdapter(quicksync.InvoiceAdapter)`.
"""

from __future__ import annotations

from quicksync import records
from quicksync.local.adapter import ModelAdapter


class CustomerAdapter(ModelAdapter):
    """A model whose objects are customers."""

    kind = records.Customer.kind


class VendorAdapter(ModelAdapter):
    """A model whose objects are vendors."""

    kind = records.Vendor.kind


class EmployeeAdapter(ModelAdapter):
    """A model whose objects are employees."""

    kind = records.Employee.kind


class ItemAdapter(ModelAdapter):
    """A model whose objects are products or services."""

    kind = records.Item.kind


class ItemCategoryAdapter(ModelAdapter):
    """A model whose objects are categories of products."""

    kind = records.ItemCategory.kind


class EstimateAdapter(ModelAdapter):
    """A model whose objects are estimates, also called quotes; say `lines` too."""

    kind = records.Estimate.kind


class InvoiceAdapter(ModelAdapter):
    """A model whose objects are invoices; say `lines` too."""

    kind = records.Invoice.kind


class CreditNoteAdapter(ModelAdapter):
    """A model whose objects are credit notes to customers; say `lines` too."""

    kind = records.CreditNote.kind


class SalesReceiptAdapter(ModelAdapter):
    """A model whose objects are sales that were paid at once; say `lines` too."""

    kind = records.SalesReceipt.kind


class RefundAdapter(ModelAdapter):
    """A model whose objects are refunds to customers; say `lines` too."""

    kind = records.Refund.kind


class BillAdapter(ModelAdapter):
    """A model whose objects are bills of vendors; say `lines` too."""

    kind = records.Bill.kind


class PaymentAdapter(ModelAdapter):
    """A model whose objects are payments received; say `allocations` too, unless payments pay no
    documents, and `credits` if they use credit notes.
    """

    kind = records.Payment.kind


class AccountAdapter(ModelAdapter):
    """A model whose objects are accounts, named by their code."""

    kind = records.Account.kind


class TaxCodeAdapter(ModelAdapter):
    """A model whose objects are tax codes, named by their code."""

    kind = records.TaxCode.kind


class TermAdapter(ModelAdapter):
    """A model whose objects are payment terms, named by their code."""

    kind = records.Term.kind


class PaymentMethodAdapter(ModelAdapter):
    """A model whose objects are payment methods, named by their code."""

    kind = records.PaymentMethod.kind


class ClassAdapter(ModelAdapter):
    """A model whose objects are classes (departments, lines of business), named by their code."""

    kind = records.Class.kind


class LocationAdapter(ModelAdapter):
    """A model whose objects are locations (shops, branches), named by their code."""

    kind = records.Location.kind
