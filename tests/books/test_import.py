"""Good files: what they make and change, and that nothing changes the second time (J3, D7)."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum

from quicksync.books.importing import Result, import_bytes
from quicksync.books.models import Client, Invoice, InvoiceLine, Product, Receipt, ReceiptAllocation
from quicksync.books.sample import FILES, load_examples
from quicksync.sync.pairs import watch

pytestmark = pytest.mark.django_db

INVOICES = """number;client;date;discount_percent;item;description;quantity;unit_price;tax_code
A-1;zoë's  café;2026-03-01;10;Seed;;1000;;California
A-1;;;;;A remark;;;
A-2;Zoë's Café;2026-03-02;;;By hand;1.5;10;NON
"""


def take(kind, text):
    return import_bytes(text.encode(), kind)


def test_lines_below_each_other_are_one_invoice(zoe, seed):
    assert take("invoice", INVOICES) == Result(2, 0, 0)
    invoice = Invoice.objects.get(number="A-1")
    assert (invoice.net, invoice.discount, invoice.tax, invoice.total) == tuple(
        map(Decimal, ("37.50", "3.75", "2.70", "36.45"))
    )
    assert [line.description for line in invoice.lines.all()] == ["", "A remark"]


def test_the_second_time_nothing_changes(zoe, seed):
    take("invoice", INVOICES)
    before = list(Invoice.objects.order_by("pk").values_list("updated_at", flat=True))
    assert take("invoice", INVOICES) == Result(0, 0, 2)
    assert list(Invoice.objects.order_by("pk").values_list("updated_at", flat=True)) == before


def test_a_changed_line_keeps_its_identity_and_changes_the_total(zoe, seed):
    take("invoice", INVOICES)
    line = InvoiceLine.objects.get(description="By hand")
    assert take("invoice", INVOICES.replace("1.5;10", "2;10")) == Result(0, 1, 1)
    line.refresh_from_db()
    assert (line.quantity, Invoice.objects.get(number="A-2").total) == (2, 20)


def test_columns_that_are_left_out_stay_and_empty_cells_empty(zoe):
    assert take("customer", "name,phone\nZoë's Café,555\n") == Result(0, 1, 0)
    zoe.refresh_from_db()
    assert (zoe.email, zoe.phone) == ("zoe@example.com", "555")
    take("customer", "name,email\nZoë's Café,\n")
    zoe.refresh_from_db()
    assert zoe.email == ""


def test_a_split_payment_and_a_change_of_it_g5(invoice, zoe):
    take("invoice", INVOICES.replace("A-1", "A-3"))
    text = (
        "number,client,date,amount,invoice,applied\nR-1,Zoë's"
        " Café,2026-03-05,60,A-1,40.50\nR-1,,,,A-2,10\n"
    )
    assert take("payment", text) == Result(1, 0, 0)
    assert take("payment", text) == Result(0, 0, 1)
    receipt = Receipt.objects.get()
    assert receipt.unapplied == Decimal("9.50")
    assert take("payment", text.replace("A-2,10", "A-2,15")) == Result(0, 1, 0)
    assert ReceiptAllocation.objects.get(invoice__number="A-2").amount == 15
    assert take("payment", text.rpartition("R-1")[0]) == Result(0, 1, 0)
    assert ReceiptAllocation.objects.get().invoice == invoice


def test_a_dry_run_imports_nothing(lists, tmp_path, capsys):
    path = tmp_path / "items.csv"
    path.write_text("﻿Name,Unit Price\nSeed,1\n", encoding="utf-8")
    call_command("quicksync_import", str(path), kind="item", dry_run=True)
    assert "Checked; nothing imported: 1 created" in capsys.readouterr().out
    assert not Product.objects.exists()
    call_command("quicksync_import", str(path), kind="item")
    assert Product.objects.get().unit_price == 1


def test_a_large_file_takes_few_statements(lists, django_assert_max_num_queries, monkeypatch):
    # However long it takes on a busy machine, nobody asks again which companies want clients.
    monkeypatch.setattr(watch, "REMEMBERED", 3600.0)
    rows = "".join(f"Client {number},c{number}@example.com\n" for number in range(200))
    with django_assert_max_num_queries(210):
        assert take("customer", "name,email\n" + rows) == Result(200, 0, 0)
    with django_assert_max_num_queries(10):
        assert take("customer", "name,email\n" + rows) == Result(0, 0, 200)


def test_the_examples_import_clean_twice():
    first, second = load_examples(), load_examples()
    assert first == {
        "customer": Result(40, 0, 0),
        "vendor": Result(14, 0, 0),
        "employee": Result(5, 0, 0),
        "item_category": Result(5, 0, 0),
        "item": Result(25, 0, 0),
        "invoice": Result(120, 0, 0),
        "credit_note": Result(9, 0, 0),
        "sales_receipt": Result(6, 0, 0),
        "estimate": Result(5, 0, 0),
        "refund": Result(3, 0, 0),
        "payment": Result(90, 0, 0),
        "bill": Result(28, 0, 0),
    }
    assert second == {kind: Result(0, 0, made.created) for kind, made in first.items()}


def test_the_examples_add_up_and_are_as_untidy_as_promised():
    load_examples()
    invoices = list(Invoice.objects.with_paid())
    received = Receipt.objects.aggregate(sum=Sum("amount"))["sum"]
    unapplied = sum(
        receipt.unapplied for receipt in Receipt.objects.prefetch_related("allocations")
    )
    assert (
        sum(one.total for one in invoices) - sum(one.balance for one in invoices)
        == received - unapplied
    )
    assert all(one.balance >= 0 for one in invoices)
    assert sum(one.total == 0 for one in invoices) >= 2
    assert sum(0 < one.balance < one.total for one in invoices) >= 3
    assert unapplied > 0
    names = set(Client.objects.values_list("name", flat=True))
    assert max(map(len, names)) == 120
    assert any("\t" in name for name in names)
    assert any(":" in name for name in names)
    assert {"Acme Ltd", "ACME Limited", "🌻 Sunflower Events 🌻", "東京ガーデン株式会社"} <= names
    codes = InvoiceLine.objects.filter(tax_code__isnull=False).values_list(
        "tax_code__code", flat=True
    )
    assert set(codes) == {"NON", "California", "Tucson"}


def test_no_example_invoice_has_two_rates_of_tax():
    load_examples()
    taxed = (
        InvoiceLine.objects.filter(tax_code__rate__gt=0)
        .order_by()
        .values_list("invoice_id", "tax_code_id")
    )
    assert len(set(taxed)) == len({invoice for invoice, _ in taxed})


def test_the_example_files_stand_in_the_documentation():
    folder = Path(__file__).resolve().parents[2] / "docs" / "examples"
    assert all((folder / name).is_file() for name in FILES.values())
