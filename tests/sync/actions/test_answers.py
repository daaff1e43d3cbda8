"""A person's answer is the end of it: both sides show what was said to be right, to the last line
(I8).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.books.models import Client
from quicksync.exceptions import NotAllowed
from quicksync.models import Connection, EntityMapping
from quicksync.sync.actions import answers
from tests.company import connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked():
    """An invoice with a line of a bookkeeper's own, while a line was changed here: people are asked
    about its lines.
    """
    with connected(kinds=("customer", "item", "invoice")) as company:
        company.enable("invoice", wins="ask")
        invoice = company.invoice(company.client("Ada"), 50)
        company.sync()
        company.add_line_there(invoice)
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
    """Deleted here, changed there, and a person says that QuickBooks is right: it is here again,
    once.
    """
    company.enable("customer", on_delete_here="void", wins="ask")
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
    assert (mapping.state, mapping.object_key, mapping.remote_id) == (
        "in_sync",
        str(again.pk),
        there,
    )
    company.sync()
    assert [customer["Id"] for customer in company.there("Customer", "DisplayName = 'Ada'")] == [
        there
    ]
    pairs = EntityMapping.objects.filter(
        kind="customer", connection=company.connection, object_key__isnull=False
    )
    assert pairs.count() == 1


class TestRefused:
    """Whoever is told "connect it first" has decided nothing yet: what is not done now is not done
    by itself later.
    """

    @pytest.mark.parametrize("side", ["here", "there"])
    def test_what_was_deleted_in_quickbooks_stays_deleted(self, company, side):
        """Invariant 8: nothing that was deleted there comes back but by a person's answer that was
        taken.
        """
        invoice = company.invoice(company.client("Ada"), 50)
        company.sync()
        company.sim.edit("delete", "Invoice", company.partner(invoice)["Id"])
        company.sync()
        before = company.mapping(invoice)
        assert (before.state, before.reason) == ("drifted", "drift-deleted")
        refused(company, lambda: answers.answer(company.mapping(invoice), {"*": side}, user=None))
        company.sync()
        company.sync(trigger="nightly")
        invoice.refresh_from_db()
        assert (company.there("Invoice"), invoice.status) == ([], "issued")
        assert company.mapping(invoice).choice == {}
        assert company.mapping(invoice).state == "drifted"

    def test_two_that_look_alike_stay_a_question(self, company):
        company.sim.api("POST", "customer", {"DisplayName": "ACME Limited"})
        acme = company.client("Acme Ltd")
        company.sync()
        mapping = company.mapping(acme)
        twin = EntityMapping.objects.get(kind="customer", object_key=None, label="ACME Limited")
        refused(company, lambda: answers.distinct(mapping, user=None))
        refused(company, lambda: answers.same(mapping, twin, user=None))
        company.sync(trigger="nightly")
        assert [one["DisplayName"] for one in company.there("Customer")] == ["ACME Limited"]
        assert company.mapping(acme).state == "held"
        assert EntityMapping.objects.filter(pk=twin.pk, object_key=None).exists()


def refused(company, decide):
    """Decide while access is gone, and connect again."""
    Connection.objects.update(status="expired")
    with pytest.raises(NotAllowed, match="connect it first"):
        decide()
    Connection.objects.update(status="connected")
    company.connection.refresh_from_db()
