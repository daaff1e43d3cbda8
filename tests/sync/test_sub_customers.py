"""Customers below another one: like other customers, or left out, as set (C3)."""

from __future__ import annotations

import pytest

from quicksync.books.models import Client
from quicksync.models import EntityMapping
from tests import counts
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("customer", "item", "invoice")


@pytest.fixture
def company(db):
    with connected(kinds=KINDS) as found:
        yield found


@pytest.fixture
def job(company):
    """A customer there, and one below it."""
    above = company.sim.api("POST", "customer", {"DisplayName": "Acme"})["Customer"]
    body = {"DisplayName": "Roof", "Job": True, "ParentRef": {"value": above["Id"]}}
    return company.sim.api("POST", "customer", body)["Customer"]


def look(company, **options):
    company.enable(*KINDS)
    company.enable("customer", **options)
    run = company.sync()
    assert_adds_up(run)
    return run


def names():
    return sorted(Client.objects.values_list("name", flat=True))


def test_they_come_here_like_other_customers_c3(company, job):
    look(company)
    assert names() == ["Acme", "Roof"]


def test_they_are_left_out_and_say_so_and_come_once_they_are_wanted_c3(company, job):
    look(company, sub_customers="left_out")
    assert names() == ["Acme"]
    mapping = EntityMapping.objects.get(remote_id=job["Id"], kind="customer")
    assert (mapping.state, mapping.reason) == ("outside", "below-another")
    look(company, sub_customers="customers")
    assert names() == ["Acme", "Roof"]


@pytest.mark.parametrize("previewed", [False, True])
def test_a_document_brings_its_own_along_all_the_same_c3_c9(company, job, previewed):
    item = company.product()
    look(company, sub_customers="left_out")
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 5,
        "SalesItemLineDetail": {"ItemRef": {"value": company.mapping(item).remote_id}},
    }
    body = {"CustomerRef": {"value": job["Id"]}, "DocNumber": "7", "Line": [line]}
    company.sim.api("POST", "invoice", body)
    # QuickBooks tells of the customer as well, whose balance is another one now.
    run = company.preview() if previewed else company.sync()
    if previewed:
        assert not counts.differences(run)
        run = company.approve(run)
    assert_adds_up(run)
    assert names() == ["Acme", "Roof"]


def test_those_that_are_pairs_already_go_on_c3(company, job):
    look(company)
    look(company, sub_customers="left_out")
    values = {"PrimaryPhone": {"FreeFormNumber": "555"}}
    company.sim.edit("update", "Customer", job["Id"], values=values)
    look(company, sub_customers="left_out")
    assert Client.objects.get(name="Roof").phone == "555"
