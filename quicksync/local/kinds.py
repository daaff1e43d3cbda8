"""One adapter class for each kind, to be subclassed: `class
InvoiceAdapter(quicksync.InvoiceAdapter)`.
"""

from __future__ import annotations

from quicksync.local.adapter import ModelAdapter


class CustomerAdapter(ModelAdapter):
    """A model whose objects are customers."""

    kind = "customer"


class ItemAdapter(ModelAdapter):
    """A model whose objects are products or services."""

    kind = "item"


class InvoiceAdapter(ModelAdapter):
    """A model whose objects are invoices; say `lines` too."""

    kind = "invoice"


class PaymentAdapter(ModelAdapter):
    """A model whose objects are payments received; say `allocations` too, unless payments pay no
    documents.
    """

    kind = "payment"


class AccountAdapter(ModelAdapter):
    """A model whose objects are accounts, named by their code."""

    kind = "account"


class TaxCodeAdapter(ModelAdapter):
    """A model whose objects are tax codes, named by their code."""

    kind = "tax_code"


class TermAdapter(ModelAdapter):
    """A model whose objects are payment terms, named by their code."""

    kind = "term"


class PaymentMethodAdapter(ModelAdapter):
    """A model whose objects are payment methods, named by their code."""

    kind = "payment_method"


class ClassAdapter(ModelAdapter):
    """A model whose objects are classes (departments, lines of business), named by their code."""

    kind = "class"


class LocationAdapter(ModelAdapter):
    """A model whose objects are locations (shops, branches), named by their code."""

    kind = "location"
