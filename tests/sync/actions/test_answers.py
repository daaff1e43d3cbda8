"""A person's answer is the end of it: both sides show what was said to be right, to the last line (I8)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.books.models import Client
from quicksync.models import EntityMapping
from quicksync.sync.actions import answers
from tests.company import connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked():
    """An invoice with a line of a bookkeeper's own, while a line was changed here: people are asked about its lines."""
    with connected(kinds=("customer", "item", "invoice")) as company:
        company.enable("invoice", wins="ask")
        invoice = company.invoice(company.client("Ada"), 50)
        company.sync()
        lines = company.partner(invoice)["Line"]
        own = [line for line in lines if line["DetailType"] == "SalesItemLineDetail"]
        added = {**own[0], "Description": "Added there", "Amount": 7}
        added["SalesItemLineDetail"] = {**own[0]["SalesItemLineDetail"], "Qty": 1, "UnitPrice": 7}
        del added["Id"]
        company.sim.edit("update", "Invoice", company.partner(invoice)["Id"], values={"Line": [*own, added]})
        line = invoice.lines.get()
        line.unit_price = Decimal(60)
        line.save()
        invoice.save()
        company.sync()
        assert company.mapping(invoice).state == "conflict"
        yield company, invoice


def test_i8_this_side_is_right_about_lines_that_a_bookkeeper_added(asked):
    company, invoice = asked
    company.work(answers.answer(company.mapping(invoice), {"lines": "here"}, user=None))
    assert company.partner(invoice)["TotalAmt"] == 60
    mapping = company.mapping(invoice)
    assert (mapping.state, mapping.reason) == ("in_sync", "")


def test_i8_quickbooks_is_right_about_lines_that_a_bookkeeper_added(asked):
    company, invoice = asked
    company.work(answers.answer(company.mapping(invoice), {"*": "there"}, user=None))
    invoice.refresh_from_db()
    assert (invoice.total, invoice.lines.count()) == (Decimal(57), 2)
    assert company.partner(invoice)["TotalAmt"] == 57


def test_i8_quickbooks_is_right_about_what_was_deleted_here(company):
    """Deleted here, changed there, and a person says that QuickBooks is right: it is here again, once."""
    company.enable("customer", on_delete="void", wins="ask")
    ada = company.client("Ada", phone="1")
    company.sync()
    there = company.partner(ada)["Id"]
    mapping = company.mapping(ada)
    company.sim.edit("update", "Customer", there, values={"PrimaryPhone": {"FreeFormNumber": "2"}})
    ada.delete()
    company.sync()
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("conflict", "deleted-elsewhere")
    company.work(answers.answer(mapping, {"*": "there"}, user=None))
    again = Client.objects.get()
    mapping.refresh_from_db()
    assert (again.name, again.phone) == ("Ada", "2")
    assert (mapping.state, mapping.object_key, mapping.remote_id) == ("in_sync", str(again.pk), there)
    company.sync()
    assert [customer["Id"] for customer in company.there("Customer", "DisplayName = 'Ada'")] == [there]
    pairs = EntityMapping.objects.filter(kind="customer", connection=company.connection, object_key__isnull=False)
    assert pairs.count() == 1
