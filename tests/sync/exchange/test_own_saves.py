"""Adapters that write by the model's own save(), as the README's do: signals notice what quicksync
writes (B3).
"""

from __future__ import annotations

import pytest

from quicksync.books.models import Client, Invoice, TaxCode
from quicksync.local.binding.child_rows import Lines
from quicksync.local.registry import registry
from quicksync.models import EntityMapping
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(monkeypatch):
    for adapter in registry.all():
        monkeypatch.setattr(type(adapter), "bulk", False)
    with connected(kinds=("customer",)) as company:
        yield company


def test_what_is_new_in_quickbooks_comes_here_once(company):
    for number in range(3):
        company.sim.edit("create", "Customer", values={"DisplayName": f"Customer {number}"})
    run = company.sync()
    assert run.state == "done"
    assert_adds_up(run)
    assert sorted(Client.objects.values_list("name", flat=True)) == [
        f"Customer {number}" for number in range(3)
    ]
    assert EntityMapping.objects.filter(kind="customer").count() == 3
    assert all(mapping.is_pair for mapping in EntityMapping.objects.filter(kind="customer"))
    again = company.sync()
    assert (again.state, company.writes()) == ("done", [])
    assert Client.objects.count() == EntityMapping.objects.filter(kind="customer").count() == 3


def test_what_changes_in_quickbooks_changes_here(company):
    client = company.client("Ada")
    company.sync()
    there = company.one("Customer")
    company.sim.edit("update", "Customer", there["Id"], values={"DisplayName": "Ada Lovelace"})
    assert company.sync().state == "done"
    client.refresh_from_db()
    assert client.name == "Ada Lovelace"
    assert EntityMapping.objects.filter(kind="customer").count() == 1


def test_a_reference_that_this_side_has_no_place_for_holds_nothing_up(company, monkeypatch):
    """A product of a host that knows no accounts lands all the same."""
    (adapter,) = registry.for_kind("item")
    left_out = {"income_account": None, "expense_account": None}
    monkeypatch.setattr(type(adapter), "fields", {**adapter.fields, **left_out})
    adapter.forget_table()
    try:
        company.enable("item")
        account = next(one for one in company.there("Account") if one["AccountType"] == "Income")
        values = {
            "Name": "Pruning",
            "Type": "Service",
            "IncomeAccountRef": {"value": account["Id"]},
        }
        company.sim.edit("create", "Item", values=values)
        company.sync()
        assert EntityMapping.objects.get(label="Pruning").is_pair
    finally:
        monkeypatch.undo()
        adapter.forget_table()


def test_a_tax_code_that_lines_here_have_no_place_for_holds_nothing_up(company, monkeypatch):
    """An invoice of a host whose lines know no tax codes lands all the same, and stays in step."""
    (adapter,) = registry.for_kind("invoice")
    lines = adapter.fields["lines"]
    plain = Lines(lines.accessor, order=lines.order, **{**lines.fields, "tax_code": None})
    monkeypatch.setattr(type(adapter), "fields", {**adapter.fields, "lines": plain, "term": None})
    adapter.forget_table()
    try:
        TaxCode.objects.all().delete()
        company.enable("item", "invoice")
        client, product = company.client(), company.product()
        company.sync()
        line = {
            "DetailType": "SalesItemLineDetail",
            "Amount": 100,
            "SalesItemLineDetail": {
                "ItemRef": {"value": company.partner(product)["Id"]},
                "TaxCodeRef": {"value": "TAX"},
            },
        }
        values = {
            "CustomerRef": {"value": company.partner(client)["Id"]},
            "Line": [line],
            "DocNumber": "Q-1",
        }
        company.sim.edit("create", "Invoice", values=values)
        company.sync()
        mapping = EntityMapping.objects.get(kind="invoice")
        assert (mapping.is_pair, mapping.reason) == (True, "")
        assert Invoice.objects.get().lines.get().product == product
        company.sync()
        assert EntityMapping.objects.get(kind="invoice").state == "in_sync"
    finally:
        monkeypatch.undo()
        adapter.forget_table()
