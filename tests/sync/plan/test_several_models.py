"""A host that keeps one kind in several models: each with its own fields, and a say in what is new
in QuickBooks.
"""

from __future__ import annotations

from typing import ClassVar

import pytest

import quicksync
from quicksync import checks
from quicksync.books.models import Client
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, Operation
from quicksync.sync.plan import approve
from tests.company import assert_adds_up
from tests.host.fixtures import shop_tables
from tests.host.models import Partner

__all__ = ["shop_tables"]

pytestmark = pytest.mark.django_db


class PartnerAdapter(quicksync.CustomerAdapter):
    """Partners have a name and nothing else."""

    modified = "updated_at"
    fields: ClassVar = {"name": "name"}
    told: ClassVar = []

    def accepts(self, record):
        return record.company.startswith("Partner")

    def new(self, connection, record):
        self.told.append(("new", record.company))
        return super().new(connection, record)

    def prepare(self, obj, rows, record):
        self.told.append(("prepare", record.company))


@pytest.fixture
def two(company, shop_tables, monkeypatch):
    """Clients of the books, and partners of the shop."""
    monkeypatch.setattr(PartnerAdapter, "told", [])
    with registry.snapshot():
        registry.register(Partner, PartnerAdapter)
        yield company


def named(company, name, **values):
    return company.sim.edit("create", "Customer", values={"DisplayName": name, **values})


def test_a_poorer_model_takes_no_field_from_the_richer_one(two):
    """In both directions."""
    ada = two.client(phone="1")
    partner = Partner.objects.create(name="Bob")
    two.sync()
    ada.phone = "2"
    ada.save()
    partner.name = "Bob & Sons"
    partner.save()
    EntityMapping.objects.filter(model_label="shop.partner").update(touched_at=partner.updated_at)
    assert_adds_up(two.sync())
    assert two.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "2"
    assert two.partner(partner)["DisplayName"] == "Bob & Sons"
    for obj in (ada, partner):
        phone = {"PrimaryPhone": {"FreeFormNumber": "3"}}
        two.sim.edit("update", "Customer", two.partner(obj)["Id"], values=phone)
    assert_adds_up(two.sync())
    ada.refresh_from_db()
    assert ada.phone == "3"
    assert {two.mapping(ada).state, two.mapping(partner).state} == {"in_sync"}


def test_the_adapter_that_accepts_a_new_record_gets_it(two):
    named(two, "Acme", CompanyName="Partner of ours")
    named(two, "Grace Hopper")
    assert_adds_up(two.sync())
    assert list(Partner.objects.values_list("name", flat=True)) == ["Acme"]
    assert list(Client.objects.values_list("name", flat=True)) == ["Grace Hopper"]
    assert PartnerAdapter.told == [("new", "Partner of ours"), ("prepare", "Partner of ours")]


def test_the_plan_says_which_and_the_landing_keeps_to_it(two, monkeypatch):
    """Also when the adapters have changed their minds since."""
    named(two, "Acme", CompanyName="Partner of ours")
    run = two.preview()
    assert run.operations.get(kind="customer").model_label == "shop.partner"
    monkeypatch.setattr(PartnerAdapter, "accepts", lambda self, record: False)
    carried_out(two, run)
    assert Partner.objects.count() == 1


def carried_out(company, run):
    approve.approve(run, user=None)
    company.work(run)


@pytest.mark.parametrize("trouble", [False, True])
def test_what_no_model_accepts_stays_in_quickbooks_and_says_why(two, monkeypatch, trouble):
    """A hook that fails stops nobody."""

    def accepts(self, record):
        return record.company.nothing if trouble else False

    for adapter in registry.for_kind("customer"):
        monkeypatch.setattr(type(adapter), "accepts", accepts)
    named(two, "Acme")
    run = two.sync()
    assert_adds_up(run)
    assert (run.state, Client.objects.count(), Partner.objects.count()) == ("done", 0, 0)
    mapping = EntityMapping.objects.get(kind="customer")
    assert (mapping.state, mapping.reason) == ("outside", "no-model")


def test_two_adapters_that_both_take_everything_are_told(two, monkeypatch):
    assert checks.check_takers(None) == []
    monkeypatch.delattr(PartnerAdapter, "accepts")
    (message,) = checks.check_takers(None)
    assert message.id == "quicksync.W010"
    assert "books.Client takes every new customer from QuickBooks, and shop.Partner" in message.msg


def test_an_object_whose_adapter_is_gone_is_written_by_no_other(two):
    """Its pair is left alone; it never lands in the first model of its kind."""
    partner = Partner.objects.create(name="Bob")
    two.sync()
    mapping = two.mapping(partner)
    two.sim.edit("update", "Customer", mapping.remote_id, values={"DisplayName": "Robert"})
    run = two.preview()
    assert run.operations.filter(direction="pull", state=Operation.State.DRAFT).count() == 1
    registry._adapters.pop(("shop.partner", "customer"))
    registry._by_kind["customer"] = tuple(
        one for one in registry.for_kind("customer") if one.model is Client
    )
    carried_out(two, run)
    assert Client.objects.count() == 0
