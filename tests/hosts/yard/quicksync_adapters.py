"""The whole integration of the yard."""

import itertools
from decimal import Decimal

import quicksync
from tests.hosts.yard.models import Firm, Good, Job, Pay, Person, Sale


def address(party):
    """Where a party lives."""
    return (
        quicksync.Address(lines=party.street, city=party.town)
        if party.street or party.town
        else None
    )


def move(party, value):
    """Write an address to a party."""
    party.street, party.town = (value.lines, value.city) if value else ("", "")


ADDRESS = quicksync.Custom(address, move)


@quicksync.register(Person)
class PersonAdapter(quicksync.CustomerAdapter):
    """People are customers."""

    modified = "changed"
    fields = {
        "name": lambda person: f"{person.first} {person.last}",
        "given_name": "first",
        "family_name": "last",
        "email": "mail",
        "billing": ADDRESS,
    }


@quicksync.register(Firm)
class FirmAdapter(quicksync.CustomerAdapter):
    """Firms are customers, too."""

    modified = "changed"
    fields = {"name": "title", "company": "title", "email": "mail", "billing": ADDRESS}

    def accepts(self, record):
        """What has a company's name in QuickBooks."""
        return bool(record.company)


@quicksync.register(Good)
class GoodAdapter(quicksync.ItemAdapter):
    """Goods and work are products and services."""

    fields = {
        "name": "title",
        "type": quicksync.Choice("sort", {"stock": "non_inventory", "work": "service"}),
        "unit_price": quicksync.Cents("price_cents"),
    }


@quicksync.register(Sale)
class SaleAdapter(quicksync.InvoiceAdapter):
    """Sales are invoices."""

    fields = {"customer": "party", "issued_on": "day", "total": quicksync.Cents("total_cents")}
    lines = quicksync.Lines(
        "rows", item="good", quantity="pieces", unit_price=quicksync.Cents("price_cents")
    )

    def prepare(self, obj, rows, record):
        """The yard keeps each sale's total."""
        obj.total_cents = sum(row.pieces * row.price_cents for row in rows)


class JsonLines(quicksync.Field):
    """Lines in a JSON column: amounts as texts, products by key, each line with a number of its
    own.
    """

    columns = ("lines",)

    def get_value(self, obj):
        """Give the lines of an invoice."""
        return [
            quicksync.SalesLine(
                id=line["id"],
                item=quicksync.Ref("item", line["good"]) if line["good"] else None,
                description=line["text"],
                quantity=Decimal(line["quantity"]),
                unit_price=Decimal(line["price"]),
            )
            for line in obj.lines
        ]

    def set_value(self, obj, value):
        """Write the lines of an invoice."""
        taken = {line.id for line in value}
        free = (number for number in map(str, itertools.count(1)) if number not in taken)
        obj.lines = [
            {
                "id": line.id or next(free),
                "good": line.item.id if line.item else "",
                "text": line.description,
                "quantity": str(line.quantity or 1),
                "price": str(line.unit_price if line.unit_price is not None else line.amount),
            }
            for line in value
        ]


@quicksync.register(Job)
class JobAdapter(quicksync.InvoiceAdapter):
    """Jobs are invoices, too."""

    fields = {"customer": "party", "issued_on": "day"}
    lines = JsonLines()

    def accepts(self, record):
        """Jobs are made here only."""
        return False


@quicksync.register(Pay)
class PayAdapter(quicksync.PaymentAdapter):
    """Pays are payments."""

    fields = {
        "customer": quicksync.Custom(
            lambda pay: quicksync.ref_to(
                "customer", getattr(pay.party, "person", None) or pay.party.firm
            ),
            lambda pay, value: setattr(pay, "party", quicksync.object_of(value)),
            related=("party__person", "party__firm"),
        ),
        "paid_on": "day",
        "total": quicksync.Cents("cents"),
    }
    allocations = quicksync.Allocations(
        "shares",
        document=quicksync.Custom(
            lambda share: quicksync.ref_to("invoice", share.sale),
            lambda share, value: setattr(share, "sale", quicksync.object_of(value)),
            related=("sale",),
        ),
        amount=quicksync.Cents("cents"),
    )
