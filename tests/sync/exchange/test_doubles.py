"""Names, numbers and doubles are claimed over the whole plan: over its chunks, kinds and slices, in
both directions.
"""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from quicksync.books.models import Client, Invoice
from quicksync.models import Operation
from quicksync.sync.plan import planner
from quicksync.sync.plan.earlier_chunks import Planned
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(monkeypatch):
    """Two records a chunk: what stands 250 records apart in a large book stands two apart here."""
    monkeypatch.setattr(planner, "CHUNK", 2)
    with connected(
        kinds=("account", "tax_code", "term", "payment_method", "customer", "item", "invoice")
    ) as found:
        found.product()
        found.sync()
        yield found


def put(company, entity, **fields):
    """A record that a bookkeeper enters in QuickBooks."""
    return company.sim.api("POST", entity, fields, realm=company.connection.realm_id)


def reasons(run):
    return sorted(run.operations.filter(state="skipped").values_list("label", "reason"))


def test_c11_doubles_here_lie_far_apart_in_a_company_without_customers(company):
    for name in ("Ada", "Bob", "Cleo", "ada "):
        company.client(name)
    run = company.sync()
    assert_adds_up(run)
    assert sorted(one["DisplayName"] for one in company.there("Customer")) == ["Ada", "Bob", "Cleo"]
    assert [reason for _, reason in reasons(run)] == ["duplicate-here"]
    assert not run.operations.filter(state="failed").exists()


def test_i7_document_numbers_are_claimed_over_all_chunks(company):
    ada, bob = company.client("Ada"), company.client("Bob")
    for client, number in ((ada, "N-1"), (ada, "N-2"), (ada, "N-3"), (bob, "n-1 ")):
        company.invoice(client, 50, number=number)
    run = company.sync()
    assert_adds_up(run)
    assert reasons(run) == [("Invoice n-1 ", "number-taken")]
    assert len(company.there("Invoice")) == 3


def test_i7_a_name_is_claimed_by_renaming_too(company):
    """The first of two writes has it, whether it creates or renames."""
    ada = company.client("Ada")
    company.sync()
    ada.name = "Zoe"
    ada.save()
    for name in ("Bob", "Cleo", "zoe "):
        company.client(name)
    run = company.sync()
    assert_adds_up(run)
    assert sorted(one["DisplayName"] for one in company.there("Customer")) == ["Bob", "Cleo", "Zoe"]
    assert [reason for _, reason in reasons(run)] == ["name-taken"]


def test_c11_doubles_in_quickbooks_do_not_both_come_here(company):
    """A company may allow a document number twice; two alike, of one customer, are one too many."""
    customer = put(company, "customer", DisplayName="Theirs")["Customer"]["Id"]
    item = company.there("Item")[0]["Id"]
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 5,
        "SalesItemLineDetail": {"ItemRef": {"value": item}},
    }
    for number in ("7", "8", "9", "7"):
        put(company, "invoice", CustomerRef={"value": customer}, DocNumber=number, Line=[line])
    run = company.sync()
    assert_adds_up(run)
    assert sorted(Invoice.objects.values_list("number", flat=True)) == ["7", "8", "9"]
    assert [reason for _, reason in reasons(run)] == ["duplicate-there"]


def test_i7_what_is_planned_already_is_known_to_the_next_slice_in_one_statement(company):
    for name in ("Ada", "Bob", "Cleo"):
        company.client(name)
    run = company.preview()
    with CaptureQueriesContext(database) as caught:
        planned = Planned(run)
    assert len(caught) == 1
    assert {"ada", "bob", "cleo"} <= planned.claimed.keys()
    Operation.objects.filter(run=run).update(state="stale")
    assert Planned(run).claimed == {}


def test_i7_claims_cost_no_statement_for_each_record(company, monkeypatch):
    monkeypatch.setattr(planner, "CHUNK", 250)

    def statements(number):
        start = Client.objects.count()
        Client.objects.bulk_create([Client(name=f"Client {start + n}") for n in range(number)])
        company.enable("customer")
        with CaptureQueriesContext(database) as caught:
            run = company.preview()
        run.delete()
        return len(caught)

    few, many = statements(20), statements(120)
    assert many <= few + 20  # a hundred records more
