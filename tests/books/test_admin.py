"""The books' own admin: every page opens in a constant number of queries, rules are told in
sentences.
"""

import datetime as dt
import re

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection as database
from django.utils import timezone

from quicksync.books.models import (
    Client,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    Product,
    Receipt,
    ReceiptAllocation,
)
from quicksync.books.sample import load_examples

pytestmark = pytest.mark.django_db

FILES = (
    *("client", "vendor", "productcategory", "product", "estimate", "invoice", "creditnote"),
    *("salesreceipt", "refund", "receipt", "bill"),
)
LISTS = (*FILES, "account", "class", "location", "paymentmethod", "taxcode", "term")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_and_every_form_opens(admin_client, invoice, name):
    assert admin_client.get(f"/admin/books/{name}/").status_code == 200
    assert admin_client.get(f"/admin/books/{name}/?q=a").status_code == 200
    assert admin_client.get(f"/admin/books/{name}/add/").status_code == 200


@pytest.mark.parametrize("name", FILES)
def test_lists_take_a_constant_number_of_queries(admin_client, name, django_assert_max_num_queries):
    load_examples()
    with django_assert_max_num_queries(25):
        admin_client.get(f"/admin/books/{name}/")


def test_lists_show_sums(admin_client):
    load_examples()
    page = admin_client.get("/admin/books/invoice/?paid_state=open").content.decode()
    total = sum(invoice.balance for invoice in Invoice.objects.with_paid() if invoice.balance)
    assert f"Open <strong>{total:,.2f}\xa0USD</strong>" in page


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("open", {"late", "part", "soon"}),
        ("overdue", {"late", "part"}),
        ("paid", {"paid"}),
        ("other", {"late", "part", "soon", "paid", "void", "given back"}),
    ],
)
def test_the_payment_filter(admin_client, zoe, state, shown):
    """G4: void ones are none of these, and what a void payment paid is open."""
    today = timezone.localdate()
    names = ("late", "part", "paid", "soon", "void", "given back")
    due = {name: today - dt.timedelta(days=3) for name in names} | {"soon": today}
    made = {
        name: Invoice.objects.create(
            number=name, client=zoe, issued_on=today - dt.timedelta(days=9), due_on=due[name]
        )
        for name in names
    }
    Invoice.objects.update(total=10)
    receipt = Receipt.objects.create(client=zoe, amount=50)
    for name, amount in (("part", 9), ("paid", 10)):
        receipt.allocations.create(invoice=made[name], amount=amount)
    back = Receipt.objects.create(client=zoe, amount=50)
    back.allocations.create(invoice=made["given back"], amount=10)
    back.voided = True
    back.save()
    made["void"].refresh_from_db()
    made["void"].status = Invoice.Status.VOID
    made["void"].save()
    page = admin_client.get(f"/admin/books/invoice/?paid_state={state}")
    found = {one.number for one in page.context_data["cl"].result_list}
    assert found == shown | ({"given back"} if state in ("open", "overdue") else set())


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["open", "overdue", "paid"])
@pytest.mark.parametrize("model", ["invoice", "bill"])
def test_the_payment_filter_has_an_index(admin_client, zoe, vendor, model, state):
    """One in ten is as asked for; SQLite's plans say less."""
    number = 20_000 if database.vendor == "postgresql" else 100
    party = {"client": zoe} if model == "invoice" else {"vendor": vendor}
    of = apps.get_model("books", model)
    paid = "received" if model == "invoice" else "paid"
    common = {"total": 10, "due_on": dt.date(2026, 2, 1)} | party
    few, most = (10, 0) if state == "paid" else (0, 10)
    of.objects.bulk_create(
        of(number=f"N-{n:05}", **{paid: most if n % 10 else few}, **common) for n in range(number)
    )
    with database.cursor() as cursor:
        cursor.execute(f"ANALYZE books_{model}" if database.vendor == "postgresql" else "ANALYZE")
    page = admin_client.get(f"/admin/books/{model}/?paid_state={state}")
    rows = page.context_data["cl"].queryset[:50]
    name = f"books_{model}_{'paid' if state == 'paid' else 'open'}"
    assert len(rows) == min(50, number // 10)
    if database.vendor == "postgresql":
        assert name in rows.explain()


@pytest.mark.parametrize("model", ["invoice", "client", "receipt"])
def test_currencies_are_offered_that_are_there(admin_client, zoe, model):
    Client.objects.create(name="Anna", currency="EUR")
    if model != "client":
        day = {"issued_on": "2026-03-01"} if model == "invoice" else {"amount": 5}
        for client in Client.objects.all():
            values = {"number": client.name, "client": client, "currency": client.currency}
            apps.get_model("books", model).objects.create(**values, **day)
    page = admin_client.get(f"/admin/books/{model}/")
    spec = next(one for one in page.context_data["cl"].filter_specs if one.title == "currency")
    offered = [one["display"] for one in spec.choices(page.context_data["cl"])]
    assert offered == ["All", "EUR", "USD"]
    page = admin_client.get(f"/admin/books/{model}/?currency__exact=EUR")
    assert [one.currency for one in page.context_data["cl"].result_list] == ["EUR"]


def invoice_form(invoice, **changes):
    line = invoice.lines.get()
    values = {
        "number": invoice.number,
        "status": invoice.status,
        "client": invoice.client_id,
        "issued_on": "2026-03-01",
        "due_on": "",
        "term": "",
        "currency": "USD",
        "email": "",
        "discount": "0",
        "discount_percent": "",
        "memo": "",
        "private_note": "",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-0-id": line.pk,
        "lines-0-invoice": invoice.pk,
        "lines-0-position": "0",
        "lines-0-product": line.product_id,
        "lines-0-description": "",
        "lines-0-quantity": "1000",
        "lines-0-unit_price": "0.0375",
        "lines-0-tax_code": line.tax_code_id,
    }
    return {**values, **changes}


def test_a_discount_changes_the_total(admin_client, invoice):
    address = f"/admin/books/invoice/{invoice.pk}/change/"
    assert "40.50\xa0USD" in admin_client.get(address).content.decode()
    answer = admin_client.post(address, invoice_form(invoice, discount_percent="10"))
    assert answer.status_code == 302
    invoice.refresh_from_db()
    assert (str(invoice.discount), str(invoice.total)) == ("3.75", "36.45")


def test_a_negative_quantity_is_refused(admin_client, invoice):
    address = f"/admin/books/invoice/{invoice.pk}/change/"
    answer = admin_client.post(address, invoice_form(invoice, **{"lines-0-quantity": "-1"}))
    assert "A quantity must not be negative" in answer.content.decode()


def receipt_form(invoice, amount, applied):
    return {
        "client": invoice.client_id,
        "number": "R-1",
        "received_on": "2026-03-05",
        "amount": amount,
        "currency": "USD",
        "method": "",
        "account": "",
        "note": "",
        "credits-TOTAL_FORMS": "0",
        "credits-INITIAL_FORMS": "0",
        "allocations-TOTAL_FORMS": "1",
        "allocations-INITIAL_FORMS": "0",
        "allocations-0-invoice": invoice.pk,
        "allocations-0-amount": applied,
    }


@pytest.mark.parametrize(
    ("amount", "applied", "sentence"),
    [("10", "20", "the payment is only 10"), ("50", "41", "has only 40.50 open")],
)
def test_payments_pay_what_is_open(admin_client, invoice, amount, applied, sentence):
    answer = admin_client.post("/admin/books/receipt/add/", receipt_form(invoice, amount, applied))
    assert sentence in answer.content.decode()
    assert not Receipt.objects.exists()


def test_a_payment_is_made_and_changed(admin_client, invoice):
    assert (
        admin_client.post(
            "/admin/books/receipt/add/", receipt_form(invoice, "50", "40.50")
        ).status_code
        == 302
    )
    row = ReceiptAllocation.objects.get()
    changed = receipt_form(invoice, "50", "40") | {
        "allocations-INITIAL_FORMS": "1",
        "allocations-0-id": row.pk,
        "allocations-0-receipt": row.receipt_id,
    }
    assert (
        admin_client.post(f"/admin/books/receipt/{row.receipt_id}/change/", changed).status_code
        == 302
    )
    assert str(Receipt.objects.get().unapplied) == "10.00"


def test_unpaid_invoices_can_be_voided_paid_ones_not(admin_client, invoice, zoe):
    paid = Invoice.objects.create(number="P", client=zoe)
    ReceiptAllocation.objects.create(
        receipt=Receipt.objects.create(client=zoe, amount=5), invoice=paid, amount=5
    )
    data = {"action": "void", "_selected_action": [invoice.pk, paid.pk]}
    page = admin_client.post("/admin/books/invoice/", data, follow=True).content.decode()
    assert "1 invoice is void." in page
    assert "change the payments first: P." in page
    assert Invoice.objects.get(status="void") == invoice


def upload(client, data, name="client", **more):
    file = SimpleUploadedFile("file.csv", data)
    return client.post(f"/admin/books/{name}/import/", {"file": file, **more}, follow=True)


def test_a_file_is_imported_from_the_list(admin_client, lists):
    assert (
        "/admin/books/client/import/" in admin_client.get("/admin/books/client/").content.decode()
    )
    assert b"billing_street" in admin_client.get("/admin/books/client/import/").content
    assert "Imported: 1 created" in upload(admin_client, b"name\nAcme\n").content.decode()
    assert (
        "Checked; nothing imported: 1 created"
        in upload(admin_client, b"name\nOther\n", dry_run="on").content.decode()
    )
    assert Client.objects.get().name == "Acme"


def test_problems_of_a_file_are_shown(admin_client, lists, settings):
    answer = upload(admin_client, b"name,active\nAcme,perhaps\n")
    assert answer.status_code == 422
    assert "Line 2, column active: “perhaps” is neither yes nor no." in answer.content.decode()
    settings.QUICKSYNC = {"IMPORT_BYTES": 3}
    assert "at most 3" in upload(admin_client, b"name\nAcme\n").content.decode()
    assert not Client.objects.exists()


@pytest.mark.parametrize("name", FILES)
def test_what_is_exported_imports_as_it_was_d7(admin_client, name):
    load_examples()
    answer = admin_client.get(f"/admin/books/{name}/export/")
    assert answer["Content-Type"] == "text/csv"
    page = upload(admin_client, answer.content, name)
    assert "Imported: 0 created, 0 updated" in page.content.decode()


def test_exported_invoices_make_the_same_invoices_again(admin_client):
    load_examples()
    before = dict(Invoice.objects.values_list("number", "total"))
    answer = admin_client.get("/admin/books/invoice/export/")
    ReceiptAllocation.objects.all().delete()
    CreditNote.objects.all().delete()
    Invoice.objects.all().delete()
    upload(admin_client, answer.content, "invoice")
    assert dict(Invoice.objects.values_list("number", "total")) == before


def test_the_filters_of_the_list_hold_for_the_export(admin_client, invoice, zoe):
    Invoice.objects.create(number="OTHER", client=zoe, status="sent")
    assert 'class="export_link"' in admin_client.get("/admin/books/invoice/").content.decode()
    exported = admin_client.get("/admin/books/invoice/export/?status__exact=sent").content.decode()
    assert "OTHER" in exported
    assert "A-1" not in exported


def test_exporting_needs_the_permission_to_see(client, lists):
    client.force_login(get_user_model().objects.create_user("reader", is_staff=True))
    assert client.get("/admin/books/client/export/").status_code == 403


def test_importing_needs_the_permission_to_add_and_change(client, lists):
    client.force_login(get_user_model().objects.create_user("reader", is_staff=True))
    assert client.get("/admin/books/client/import/").status_code == 403


def value_of(page, name):
    return re.search(rf'name="{name}"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="{name}"', page)


def test_numbers_are_shown_without_zeros_behind_them(admin_client, invoice):
    """A quantity as 1.0000, a price as 12.5000, a discount as 12.5000000."""
    InvoiceLine.objects.filter(invoice=invoice).update(quantity="1.5", unit_price="12.5")
    Invoice.objects.filter(pk=invoice.pk).update(discount_percent="12.5")
    page = admin_client.get(f"/admin/books/invoice/{invoice.pk}/change/").content.decode()
    shown = {
        name: next(filter(None, value_of(page, name).groups()))
        for name in ("lines-0-quantity", "lines-0-unit_price", "discount_percent")
    }
    assert shown == {
        "lines-0-quantity": "1.5",
        "lines-0-unit_price": "12.50",
        "discount_percent": "12.5",
    }


@pytest.mark.parametrize(
    ("stored", "shown"),
    [("0.1825", "0.1825"), ("640", "640.00"), ("3.3330", "3.333"), ("0", "0.00")],
)
def test_prices_have_two_places_or_more_where_they_say_something(admin_client, stored, shown):
    Product.objects.create(name="Mulch", unit_price=stored)
    page = admin_client.get("/admin/books/product/").content.decode()
    assert f'field-sale_price">{shown}<' in page


def test_lists_are_headed_by_what_they_hold(admin_client, invoice):
    page = admin_client.get("/admin/books/invoice/").content.decode()
    assert "<h1>Invoices</h1>" in page
    assert "Select invoice to change" not in page


def test_a_long_chart_of_accounts_is_no_filter(admin_client):
    """82 accounts stood beside the payments; only those in use are offered."""
    load_examples()
    page = admin_client.get("/admin/books/receipt/").content.decode()
    assert "6710 Utilities:Telephone" not in page


def test_a_payment_of_nothing_uses_a_credit_note_f12(admin_client, invoice):
    note = CreditNote.objects.create(client=invoice.client, number="C-1", currency="USD")
    CreditNoteLine.objects.create(credit_note=note, quantity=1, unit_price=20, position=1)
    form = receipt_form(invoice, "0", "20") | {
        "credits-TOTAL_FORMS": "1",
        "credits-0-credit_note": note.pk,
        "credits-0-amount": "20.01",
    }
    refused = admin_client.post("/admin/books/receipt/add/", form)
    assert "has only 20.00 left" in refused.content.decode()
    form["credits-0-amount"] = "20"
    assert admin_client.post("/admin/books/receipt/add/", form).status_code == 302
    receipt = Receipt.objects.get()
    assert (receipt.amount, receipt.unapplied) == (0, 0)
    assert receipt.credits.get().credit_note == note
