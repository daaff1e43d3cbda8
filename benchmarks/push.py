"""Push: new invoices of new customers reach QuickBooks."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from benchmarks import world
from quicksync.books.models import Client, Invoice, InvoiceLine, Product
from quicksync.models import Connection

CHUNK = 2000
KINDS = ("customer", "item", "invoice")


def prepare(*, realm: str, invoices: int) -> None:
    """Five invoices of two lines for each customer, in the books."""
    connection = world.joined(realm, *KINDS)
    product = Product.objects.create(name="Consulting", unit_price=Decimal(85), taxable=False)
    world.synchronize(connection)
    day = dt.date(2026, 3, 1)
    clients = Client.objects.bulk_create(
        [Client(name=f"Customer {n:06d}", email=f"c{n}@example.com") for n in range(invoices // 5)],
        CHUNK,
    )
    made = Invoice.objects.bulk_create(
        [
            Invoice(
                number=f"N-{n:06d}",
                client=clients[n % len(clients)],
                issued_on=day,
                due_on=day,
                total=Decimal(255),
            )
            for n in range(invoices)
        ],
        CHUNK,
    )
    InvoiceLine.objects.bulk_create(
        [
            InvoiceLine(
                invoice=invoice,
                product=product,
                description="Work",
                quantity=quantity,
                unit_price=Decimal(85),
                position=quantity,
            )
            for invoice in made
            for quantity in (1, 2)
        ],
        CHUNK,
    )
    connection.categories.filter(enabled=True).update(needs_scan=True)


def run(*, realm: str, invoices: int, limits: bool = False) -> world.Figures:
    """Plan and send the books in one run; Intuit's limits count only if asked for."""
    if not limits:
        world.without_limits()
    world.small_cache()
    figures: world.Figures = {}
    connection = Connection.objects.get()
    done = world.synchronize(connection, figures)
    figures["records"] = world.moved(done)
    assert figures["records"] == invoices + invoices // 5, done.counts
    # 30 to a request, one batch of each kind not quite full.
    assert figures["writes"] <= figures["records"] / 30 + 5, figures
    assert world.nothing_left(connection, "customer", "invoice")
    return figures
