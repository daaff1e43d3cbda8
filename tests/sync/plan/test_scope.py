"""What a plan takes in: only what is in scope brings along the records it names, and then their
changes too.
"""

from __future__ import annotations

import datetime as dt

import pytest

from quicksync.books.models import Client, Product
from quicksync.models import Bookmark, Category
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)
FAR = dt.date(2090, 1, 1)


@pytest.fixture
def company():
    """Of contacts, products and documents only invoices are kept in step; the others travel with
    them.
    """
    with connected(kinds=["account", "tax_code", "term", "payment_method", "invoice"]) as found:
        found.sync()
        yield found


def put(company, entity, **fields):
    """A record that a bookkeeper enters in QuickBooks."""
    return company.sim.api("POST", entity, fields, realm=company.connection.realm_id)[
        entity.capitalize()
    ]


def theirs(company, name="Theirs", amount=50, day="2026-03-01"):
    """An invoice that a bookkeeper writes, for a customer and a product of its own."""
    income = company.there("Account", "AccountType = 'Income'")[0]["Id"]
    item = put(
        company, "item", Name=f"Thing of {name}", Type="Service", IncomeAccountRef={"value": income}
    )
    customer = put(company, "customer", DisplayName=name)
    line = {
        "DetailType": "SalesItemLineDetail", "Amount": amount,
        "SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}, "Qty": 1, "UnitPrice": amount},
    }  # fmt: skip
    return put(company, "invoice", CustomerRef={"value": customer["Id"]}, TxnDate=day, Line=[line])


def names(company, entity="Customer"):
    field = "DisplayName" if entity == "Customer" else "Name"
    return {one[field] for one in company.there(entity)}


class TestNothingComesAlong:
    """What is left out brings nothing: its customer and its products stay where they are."""

    @pytest.mark.parametrize(
        "setting",
        [
            {"start_date": FAR, "start_basis": "document"},
            {"direction": "pull"},
            {"zero_totals": False},
        ],
        ids=["B11 start date", "B2 direction", "F3 zero total"],
    )
    def test_to_quickbooks(self, company, setting):
        company.enable("invoice", **setting)
        before = names(company, "Item")
        company.invoice(
            company.client("Ada"),
            0 if "zero_totals" in setting else 50,
            product=company.product("Thing"),
        )
        assert_adds_up(company.sync())
        assert names(company) == set()
        assert names(company, "Item") == before

    def test_b16_beside_the_bookmark(self, company):
        bookmark = Bookmark.objects.create(
            name="Euros", model_label="books.invoice", query="currency=EUR"
        )
        Category.objects.filter(kind="invoice").update(bookmark=bookmark, needs_scan=True)
        company.invoice(company.client("Ada"), 50)
        company.sync()
        assert names(company) == set()

    @pytest.mark.parametrize(
        "setting",
        [{"start_date": FAR, "start_basis": "document"}, {"direction": "push"}],
        ids=["B11 start date", "B2 direction"],
    )
    def test_from_quickbooks(self, company, setting):
        """One way is one way: an invoice that exists in QuickBooks only created its customer and
        product here.
        """
        company.enable("invoice", **setting)
        theirs(company)
        company.sync()
        assert not Client.objects.exists()
        assert not Product.objects.exists()

    def test_i6_skipped_by_a_person(self, company):
        invoice = company.invoice(company.client("Ada"), 50)
        preview = company.preview()
        company.mapping(invoice).__class__.objects.filter(pk=company.mapping(invoice).pk).update(
            state="excluded"
        )
        preview.delete()
        company.enable("invoice")
        company.sync()
        assert names(company) == set()


class TestComesAlong:
    """C9, D5: what is in scope brings what it names, whatever their categories say."""

    def test_only_its_own(self, company):
        company.enable("invoice", start_date=dt.date(2026, 1, 1), start_basis="document")
        company.invoice(company.client("Old"), 50, issued_on=dt.date(2025, 12, 31))
        company.invoice(company.client("New"), 50, issued_on=dt.date(2026, 1, 1))
        company.sync()
        assert names(company) == {"New"}

    def test_here(self, company):
        theirs(company)
        assert_adds_up(company.sync())
        assert Client.objects.get().name == "Theirs"
        assert Product.objects.get().name == "Thing of Theirs"


class TestChangesTravel:
    """C6: with its category off, a paired record's later changes go with the next document that
    names it.
    """

    def test_to_quickbooks(self, company):
        ada = company.client("Ada")
        thing = company.product("Thing")
        company.invoice(ada, 50, product=thing)
        company.sync()
        Client.objects.update(name="Ada King")
        thing.name = "Better thing"
        thing.save()
        company.sync()
        assert names(company) == {"Ada"}
        company.invoice(ada, 60, product=thing)
        run = company.sync()
        assert_adds_up(run)
        assert names(company) == {"Ada King"}
        assert "Better thing" in names(company, "Item")
        assert company.mapping(ada).state == "in_sync"

    def test_from_quickbooks(self, company):
        first = theirs(company)
        company.sync()
        customer = company.one("Customer")
        put(
            company,
            "customer",
            Id=customer["Id"],
            SyncToken=customer["SyncToken"],
            sparse=True,
            Notes="Call first",
        )
        company.sync()
        assert Client.objects.get().notes == ""
        line = first["Line"][:1]
        put(
            company,
            "invoice",
            CustomerRef={"value": customer["Id"]},
            TxnDate="2026-03-02",
            Line=line,
        )
        company.sync()
        assert Client.objects.get().notes == "Call first"

    def test_not_the_other_way(self, company):
        """An invoice that goes to QuickBooks takes nothing of its customer back here."""
        ada = company.client("Ada")
        company.invoice(ada, 50)
        company.sync()
        customer = company.one("Customer")
        put(
            company,
            "customer",
            Id=customer["Id"],
            SyncToken=customer["SyncToken"],
            sparse=True,
            Notes="Call first",
        )
        company.invoice(ada, 60)
        company.sync()
        ada.refresh_from_db()
        assert ada.notes == ""

    def test_not_with_a_document_that_stays(self, company):
        """Nothing is written of an invoice that nobody changed, so nothing travels with it."""
        ada = company.client("Ada")
        company.invoice(ada, 50)
        company.sync()
        Client.objects.update(name="Ada King")
        company.enable("invoice")
        company.sync()
        assert names(company) == {"Ada"}

    def test_a_changed_document_takes_them_along(self, company):
        ada = company.client("Ada")
        invoice = company.invoice(ada, 50)
        company.sync()
        Client.objects.update(name="Ada King")
        invoice.memo = "Thank you"
        invoice.save()
        company.sync()
        assert names(company) == {"Ada King"}

    def test_a_skipped_one_stays_skipped(self, company):
        ada = company.client("Ada")
        company.invoice(ada, 50)
        company.sync()
        type(company.mapping(ada)).objects.filter(pk=company.mapping(ada).pk).update(
            state="excluded"
        )
        Client.objects.update(name="Ada King")
        company.invoice(ada, 60)
        company.sync()
        assert names(company) == {"Ada"}
        assert len(company.there("Invoice")) == 2
