"""All that is sold goes on one product of QuickBooks, as the seeds' system does that syncs no
products: the lines keep their text, their amounts, and here their products (D6).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.books.models import Invoice, InvoiceLine, Product
from quicksync.models import Connection, EntityMapping
from quicksync.sync.actions import presets
from tests.company import assert_adds_up, connected
from tests.sync.settled import quiet

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("customer", "invoice", "credit_note", "sales_receipt")


@pytest.fixture
def company():
    with connected(kinds=KINDS) as found:
        chosen = found.connection.options.replace(all_on_one_product=True)
        Connection.objects.update(options=chosen)
        found.connection.refresh_from_db()
        yield found


def look(company):
    run = company.sync()
    assert_adds_up(run)
    return run


def sold(company):
    """An invoice with a text on its first line, and none on its second."""
    made = company.invoice(company.client(), 30, "12.50", product=company.product("Repairs"))
    InvoiceLine.objects.filter(invoice=made, position=1).update(
        description="", product=company.product("Spare parts"), quantity=2
    )
    made.save()
    return made


def products_of(company, invoice):
    return {line["SalesItemLineDetail"]["ItemRef"]["value"] for line in company.lines(invoice)}


def default(company):
    return company.one("Item", "Name = 'Services'")["Id"]


def test_lines_go_on_the_one_product_with_their_text_and_products_stay_d6(company):
    made = sold(company)
    look(company)
    first, second = company.lines(made)
    assert products_of(company, made) == {default(company)}
    assert (first["Description"], first["Amount"]) == ("Work 1", 30)
    assert (second["Description"], second["Amount"]) == ("Spare parts", 25)
    assert (second["SalesItemLineDetail"]["Qty"],) == (2,)
    assert not company.there("Item", "Name IN ('Repairs', 'Spare parts')")
    assert not EntityMapping.objects.filter(kind="item", object_key__isnull=False).exists()
    quiet(company)


def test_it_holds_for_credit_notes_and_sales_receipts_too_d6(company):
    note, sale = company.credit_note(company.client(), 5), company.sale(7)
    look(company)
    for made in (note, sale):
        detail = company.partner(made)["Line"][0]["SalesItemLineDetail"]
        assert detail["ItemRef"]["value"] == default(company)
    quiet(company)


def test_changes_here_go_there_and_a_bookkeepers_product_stays_d6(company):
    made = sold(company)
    look(company)
    other = company.one("Item", "Name = 'Hours'")["Id"]
    lines = company.lines(made)
    lines[0]["SalesItemLineDetail"]["ItemRef"] = {"value": other}
    there = company.mapping(made).remote_id
    company.sim.edit("update", "Invoice", there, values={"Line": lines})
    look(company)
    InvoiceLine.objects.filter(invoice=made, position=0).update(unit_price=40)
    made.save()
    look(company)
    first, second = company.lines(made)
    assert first["Amount"] == 40
    assert first["SalesItemLineDetail"]["ItemRef"]["value"] == other
    assert second["SalesItemLineDetail"]["ItemRef"]["value"] == default(company)
    quiet(company)


def test_what_changes_there_comes_here_and_the_products_of_the_lines_stay_d6(company):
    made = sold(company)
    look(company)
    lines = company.lines(made)
    lines[1] |= {"Amount": 20}
    lines[1]["SalesItemLineDetail"] |= {"UnitPrice": 10}
    there = company.mapping(made).remote_id
    company.sim.edit("update", "Invoice", there, values={"Line": lines})
    look(company)
    first, second = made.lines.order_by("position")
    assert (first.product.name, first.description) == ("Repairs", "Work 1")
    assert (second.product.name, second.description) == ("Spare parts", "")
    assert second.unit_price == 10
    made.refresh_from_db()
    assert made.total == 50
    quiet(company)
    company.add_line_there(made, "Courier", place=2)
    look(company)
    third = made.lines.get(description="Courier")
    assert (third.product, third.unit_price) == (None, 7)
    assert made.lines.count() == 3
    quiet(company)


def test_an_invoice_of_quickbooks_comes_here_without_products_d6(company):
    company.client()
    look(company)
    customer = company.there("Customer")[0]["Id"]
    detail = {"ItemRef": {"value": default(company)}, "Qty": 1, "UnitPrice": 9}
    line = {"DetailType": "SalesItemLineDetail", "Amount": 9, "Description": "Keys"}
    body = {"CustomerRef": {"value": customer}, "Line": [line | {"SalesItemLineDetail": detail}]}
    company.sim.api("POST", "invoice", body)
    look(company)
    (row,) = Invoice.objects.get().lines.all()
    assert (row.product, row.description, row.unit_price) == (None, "Keys", Decimal(9))
    assert not Product.objects.exists()
    quiet(company)


def test_products_may_be_synced_beside_it_d6(company):
    company.enable("account", "item")
    made = sold(company)
    look(company)
    assert company.one("Item", "Name = 'Repairs'")
    assert products_of(company, made) == {default(company)}
    quiet(company)


def test_without_such_a_product_the_document_says_so_d6(company):
    for name in ("Services", "Hours"):
        found = company.one("Item", f"Name = '{name}'")["Id"]
        company.sim.edit("update", "Item", found, values={"Active": False})
    made = sold(company)
    look(company)
    mapping = company.mapping(made)
    assert mapping.state in ("held", "failed")
    assert "default product" in str(mapping.reason_values)


def test_the_preset_of_field_service_books_so_d6(company):
    presets.apply(company.connection, "field-service")
    company.connection.refresh_from_db()
    assert company.connection.options.all_on_one_product
    presets.apply(company.connection, "recommended")
    company.connection.refresh_from_db()
    assert not company.connection.options.all_on_one_product
