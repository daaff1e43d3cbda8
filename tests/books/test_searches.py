"""The lists of the books find parts of numbers, names and notes, and amounts; by indexes where the
database has them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection as database
from django.urls import reverse

from quicksync.admin.parts import long_lists
from quicksync.books.models import (
    Bill,
    Client,
    CreditNote,
    Invoice,
    Product,
    Receipt,
    ReceiptAllocation,
    Vendor,
)
from quicksync.books.searches import INVOICES

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def books():
    """Two of everything."""
    acme, other = (Client.objects.create(name=name) for name in ("Acme Bakery", "Zenith"))
    vendor = Vendor.objects.create(name="Paper Mill", account_number="AC-5512")
    Product.objects.create(name="Consulting", sku="SKU-778")
    made = Invoice.objects.create(number="INV-1042/b", client=acme, memo="Spring order")
    Invoice.objects.create(number="INV-2077", client=other)
    Invoice.objects.filter(pk=made.pk).update(total=Decimal("1234.50"))
    CreditNote.objects.create(number="CN-1", client=other, invoice=made)
    Bill.objects.create(number="B-77", vendor=vendor)
    receipt = Receipt.objects.create(number="CHQ-9", client=acme, amount=Decimal("99.95"))
    ReceiptAllocation.objects.create(receipt=receipt, invoice=made, amount=Decimal("99.95"))


@pytest.fixture
def found(admin_client, books):
    """The names of what a list finds."""

    def search(model, term):
        url = reverse(f"admin:books_{model}_changelist")
        response = admin_client.get(url, {"q": term})
        assert response.status_code == 200
        return {str(row) for row in response.context_data["cl"].result_list}

    return search


@pytest.mark.parametrize(
    ("model", "term", "wanted"),
    [
        ("invoice", "1042", "INV-1042/b"),
        ("invoice", "bakery", "INV-1042/b"),
        ("invoice", "spring", "INV-1042/b"),
        ("invoice", "1,234.50", "INV-1042/b"),
        ("creditnote", "1042", "CN-1"),
        ("creditnote", "zenith", "CN-1"),
        ("bill", "77", ""),
        ("bill", "B-77", "B-77"),
        ("bill", "mill", "B-77"),
        ("receipt", "HQ-9", "CHQ-9"),
        ("receipt", "acme", "CHQ-9"),
        ("receipt", "1042", "CHQ-9"),
        ("receipt", "99.95", "CHQ-9"),
        ("client", "kery", "Acme Bakery"),
        ("vendor", "5512", "Paper Mill"),
        ("product", "U-77", "Consulting"),
        ("product", "sult", "Consulting"),
    ],
)
def test_a_record_is_found(model, term, wanted, found):
    assert found(model, term) == ({wanted} if wanted else set())


def test_what_lines_choose_from_is_searched_the_same_way(admin_client, books):
    url = reverse("admin:autocomplete")
    asked = {"app_label": "books", "model_name": "invoice", "field_name": "client", "term": "kery"}
    names = [one["text"] for one in admin_client.get(url, asked).json()["results"]]
    assert names == ["Acme Bakery"]


def test_a_long_list_offers_years_that_an_index_knows(admin_client, books, monkeypatch):
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 1)
    Invoice.objects.filter(number="INV-2077").update(issued_on=dt.date(2023, 5, 1))
    url = reverse("admin:books_invoice_changelist")
    page = admin_client.get(url).content.decode()
    assert "?year=2023" in page
    assert "issued_on__year" not in page
    assert "Sums are shown once" in page
    rows = admin_client.get(url, {"year": "2023"}).context_data["cl"].result_list
    assert [row.number for row in rows] == ["INV-2077"]
    assert admin_client.get(url, {"year": "99999"}).status_code == 200


def test_a_search_of_invoices_goes_by_its_index(db):
    client = Client.objects.create(name="Acme")
    Invoice.objects.bulk_create(
        [Invoice(number=f"N-{n:08d}", client=client) for n in range(20_000)], 5_000
    )
    with database.cursor() as cursor:
        cursor.execute("ANALYZE books_invoice")
    indexed = database.vendor == "postgresql"
    rows = INVOICES.holding(Invoice.objects.order_by(), "00012345")
    assert ("books_invoice_text" in rows.explain()) is indexed, "SQLite reads the table."
    assert [row.number for row in rows] == ["N-00012345"]
