"""The whole integration of the print shop."""

import quicksync
from tests.host.models import Bill, Credit, Debt, Hand, Levy, Patron, Supplier, Takings, Ware


@quicksync.register(Patron)
class PatronAdapter(quicksync.CustomerAdapter):
    """Patrons are customers."""

    modified = "changed"
    fields = {
        "name": "full_name",
        "email": "mail",
        "billing": quicksync.AddressField(("street", "street2"), city="town", postcode="zip_code"),
        "active": quicksync.Choice("state", {"live": True, "new": True, "gone": False}),
        "currency": quicksync.Const("USD"),
    }


@quicksync.register(Ware)
class WareAdapter(quicksync.ItemAdapter):
    """Wares are items."""

    fields = {"name": "title"}


@quicksync.register(Levy)
class LevyAdapter(quicksync.TaxCodeAdapter):
    """Levies are tax codes."""


@quicksync.register(Bill)
class BillAdapter(quicksync.InvoiceAdapter):
    """Bills are invoices."""

    modified = "changed"
    ignored_filters = ("state",)
    fields = {
        "number": "ref",
        "customer": "patron",
        "issued_on": "made_at",
        "term": "terms",
        "discount": "rebate",
        "total": "net",
        "email": "patron__mail",
        "voided": quicksync.Choice("state", {"void": True}, default=False),
        "memo": lambda bill: f"Thank you, {bill.patron.full_name}",
    }
    lines = quicksync.Lines("rows", item="ware", tax_code="levy", order="place")

    def prepare(self, obj, rows, record):
        """The shop keeps each bill's net total."""
        obj.net = round(sum((row.qty * row.price for row in rows), start=-obj.rebate), 2)


@quicksync.register(Takings)
class TakingsAdapter(quicksync.PaymentAdapter):
    """Takings are payments."""

    modified = "changed"
    fields = {"customer": "patron", "paid_on": "day", "method": "means"}
    allocations = quicksync.Allocations("shares", document="bill", amount="part")


@quicksync.register(Supplier)
class SupplierAdapter(quicksync.VendorAdapter):
    """Suppliers are vendors."""

    modified = "changed"
    fields = {"name": "title", "email": "mail"}


@quicksync.register(Hand)
class HandAdapter(quicksync.EmployeeAdapter):
    """Hands are employees."""

    modified = "changed"
    fields = {"name": "called", "hired_on": "since"}


@quicksync.register(Debt)
class DebtAdapter(quicksync.BillAdapter):
    """What suppliers bill."""

    modified = "changed"
    fields = {
        "number": "their_number",
        "issued_on": "day",
        "due_on": "due",
        "private_note": "note",
    }
    lines = quicksync.Lines(
        "rows",
        item="ware",
        account="booked_on",
        customer="for_whom",
        billable="charged",
        order="place",
    )


@quicksync.register(Credit)
class CreditAdapter(quicksync.CreditNoteAdapter):
    """What patrons are given back."""

    modified = "changed"
    fields = {"number": "ref", "customer": "patron", "issued_on": "day"}
    lines = quicksync.Lines("rows", item="ware", order="place")
