"""Sample books: the lists that every import names, and the example files.

The files themselves stand in docs/examples, where people look for them; the build puts them into
the package (see setup.py), so that an installed package has them too and there is only one set.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from django.db import transaction

from quicksync.books.importing import Result, import_path
from quicksync.books.models import Account, Class, Location, PaymentMethod, TaxCode, Term

_HERE = Path(__file__).parent
# Beside this file once installed, in docs/ in a checkout.
EXAMPLES = (
    _HERE / "examples" if (_HERE / "examples").is_dir() else _HERE.parents[1] / "docs" / "examples"
)
# In this order: items name categories, estimates customers and items, invoices estimates, credit
# notes and payments invoices, bills vendors.
FILES = {
    "customer": "customers.csv",
    "vendor": "vendors.csv",
    "employee": "employees.csv",
    "item_category": "item_categories.csv",
    "item": "items.csv",
    "estimate": "estimates.csv",
    "invoice": "invoices.csv",
    "credit_note": "credit_notes.csv",
    "sales_receipt": "sales_receipts.csv",
    "refund": "refunds.csv",
    "payment": "payments.csv",
    "bill": "bills.csv",
}

# Names as they stand in the sample company of QuickBooks Online, so that codes are matched by name
# (A13).
_TAX_CODES = (
    ("NON", "Not taxed", "0", ""),
    ("California", "California sales tax", "8", ""),
    ("Tucson", "Tucson, Arizona", "9.1", "7.1 + 2"),
)
_TERMS = (("Due on receipt", 0), ("Net 10", 10), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
_METHODS = (
    ("Cash", False),
    ("Check", False),
    ("Visa", True),
    ("MasterCard", True),
    ("American Express", True),
)
_CLASSES = ("Design", "Installation", "Maintenance")
_LOCATIONS = ("Bayshore", "Menlo Park")
_ACCOUNTS = (
    ("1000", "Checking", Account.Type.BANK),
    ("1100", "Savings", Account.Type.BANK),
    ("1200", "Undeposited Funds", Account.Type.OTHER_CURRENT_ASSET),
    ("4000", "Sales of Product Income", Account.Type.INCOME),
    ("4100", "Landscaping Services", Account.Type.INCOME),
    ("4200", "Design income", Account.Type.INCOME),
    ("4300", "Pest Control Services", Account.Type.INCOME),
    ("4900", "Discounts given", Account.Type.INCOME),
    ("5100", "Job Expenses:Job Materials", Account.Type.EXPENSE),
    ("5200", "Job Expenses:Cost of Labor", Account.Type.EXPENSE),
    ("6100", "Advertising", Account.Type.EXPENSE),
    ("6200", "Automobile:Fuel", Account.Type.EXPENSE),
    ("6300", "Equipment Rental", Account.Type.EXPENSE),
    ("6400", "Insurance", Account.Type.EXPENSE),
    ("6500", "Legal & Professional Fees:Accounting", Account.Type.EXPENSE),
    ("6600", "Rent or Lease", Account.Type.EXPENSE),
    ("6700", "Utilities:Gas and Electric", Account.Type.EXPENSE),
    ("6710", "Utilities:Telephone", Account.Type.EXPENSE),
)


@transaction.atomic
def sample_books() -> None:
    """The lists that the example files name, classes and locations. Entries that are there already
    stay as they are.
    """
    for code, description, rate, parts in _TAX_CODES:
        values = {"description": description, "rate": Decimal(rate), "parts": parts}
        TaxCode.objects.get_or_create(code=code, defaults=values)
    for name, days in _TERMS:
        Term.objects.get_or_create(code=name, defaults={"name": name, "due_days": days})
    for name, is_card in _METHODS:
        PaymentMethod.objects.get_or_create(code=name, defaults={"name": name, "is_card": is_card})
    for code, name, kind in _ACCOUNTS:
        Account.objects.get_or_create(code=code, defaults={"name": name, "type": kind})
    for name in _CLASSES:
        Class.objects.get_or_create(code=name, defaults={"name": name})
    for name in _LOCATIONS:
        Location.objects.get_or_create(code=name, defaults={"name": name})


@transaction.atomic
def load_examples(folder: Path = EXAMPLES) -> dict[str, Result]:
    """The sample lists and the example files, by kind. A second time changes nothing."""
    sample_books()
    return {kind: import_path(folder / name, kind) for kind, name in FILES.items()}
