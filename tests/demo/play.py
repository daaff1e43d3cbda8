"""What a person may do with a demonstration that is up; `play()` runs in its environment."""

from __future__ import annotations

import os
from decimal import Decimal

import requests
from django.contrib.auth import get_user_model

from quicksync.books.models import Client, Invoice, InvoiceLine, Product, Receipt, ReceiptAllocation
from quicksync.models import Category, EntityMapping
from quicksync.sync.actions import skipping


def paired(kind: str) -> list[EntityMapping]:
    """Pairs of a kind, in the order in which they came about."""
    return list(
        EntityMapping.objects.filter(
            kind=kind, object_key__isnull=False, remote_id__isnull=False, state="in_sync"
        ).order_by("pk")
    )


def here(mapping: EntityMapping) -> Invoice:
    return Invoice.objects.get(pk=mapping.object_key)


def there(base: str, **edit: object) -> None:
    """A bookkeeper's edit in QuickBooks itself."""
    answer = requests.post(f"{base}/_simulator/edit", json=edit, timeout=60)
    assert answer.status_code == 200, answer.text


def in_the_books() -> None:
    """New, changed, voided and deleted records on this side."""
    client = Client.objects.create(name="Played With Ltd", email="play@example.com")
    invoice = Invoice.objects.create(client=client, number="PLAY-1", currency=client.currency)
    InvoiceLine.objects.create(
        invoice=invoice,
        product=Product.objects.first(),
        description="Play",
        quantity=3,
        unit_price=Decimal("33.35"),
        position=1,
    )
    receipt = Receipt.objects.create(
        client=client, amount=Decimal("50.05"), currency=client.currency
    )
    ReceiptAllocation.objects.create(receipt=receipt, invoice=invoice, amount=Decimal("50.05"))
    receipt.save()
    changed, voided, conflicting = (here(mapping) for mapping in unpaid()[:3])
    line = changed.lines.first()
    line.unit_price += 7
    line.save()
    changed.save()
    voided.status = Invoice.Status.VOID
    voided.save()
    conflicting.memo = "Written here"
    conflicting.save()
    Receipt.objects.filter(pk=paired("payment")[0].object_key).first().delete()


def unpaid() -> list[EntityMapping]:
    """Invoices in step that nothing pays yet."""
    return [
        mapping
        for mapping in paired("invoice")
        if not here(mapping).allocations.exists() and here(mapping).lines.count() == 1
    ]


def in_quickbooks(base: str, open_pairs: list[EntityMapping]) -> None:
    """The same on the other side, one of them about the record that was changed here as well."""
    customers = paired("customer")
    there(
        base,
        action="update",
        entity="Customer",
        id=customers[0].remote_id,
        values={"Notes": "Called on Monday"},
    )
    there(
        base,
        action="update",
        entity="Invoice",
        id=open_pairs[2].remote_id,
        values={"CustomerMemo": {"value": "Written there"}},
    )
    there(base, action="void", entity="Invoice", id=open_pairs[3].remote_id)
    there(base, action="delete", entity="Invoice", id=open_pairs[4].remote_id)
    there(base, action="delete", entity="Payment", id=paired("payment")[1].remote_id)
    there(base, action="deactivate", entity="Customer", id=customers[-1].remote_id)


def on_the_pages() -> None:
    """Skips an invoice and a payment, and switches a category off."""
    user = get_user_model()._default_manager.get()
    skipped = [unpaid()[-1].pk, paired("payment")[-1].pk]
    skipping.exclude(EntityMapping.objects.filter(pk__in=skipped), user=user, why="Only playing")
    skipped_invoice = here(EntityMapping.objects.get(pk=skipped[0]))
    skipped_invoice.memo = "Nobody is told"
    skipped_invoice.save()
    Category.objects.filter(kind="item").update(enabled=False)


def play() -> None:
    """Play all the scenes: in QuickBooks, in the books, on the pages."""
    company = os.environ["QUICKSYNC_INTUIT_BASE"]
    in_quickbooks(company, unpaid())
    in_the_books()
    on_the_pages()
