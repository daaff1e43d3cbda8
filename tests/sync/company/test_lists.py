"""The company's lists and set-up: what is read when connecting, and how it stays true (A9, A10, E4,
E6, E7).
"""

from __future__ import annotations

import pytest

from quicksync.books.models import Account, Class, Client, Location, Product
from quicksync.models import RemoteRecord
from quicksync.sync.company import currencies
from tests.company import assert_adds_up, connected, connected_to
from tests.models import make

pytestmark = pytest.mark.django_db
SEVERAL = {"multicurrency": True, "class_per_line": True, "locations": True}


@pytest.fixture
def rich():
    """A British company with several currencies, classes and locations."""
    with connected_to(country="GB", **SEVERAL) as company:
        yield company


def names(company, kind):
    rows = RemoteRecord.objects.filter(connection=company.connection, kind=kind, deleted=False)
    return sorted(rows.values_list("name", flat=True))


def edit(company, action, entity, *args, values):
    company.sim.edit(action, entity, *args, values=values, realm=company.connection.realm_id)


def income_account(company):
    accounts = company.there("Account")
    return {"value": next(one["Id"] for one in accounts if one["AccountType"] == "Income")}


def queries(company, since=0):
    asked = [
        entry for entry in company.sim.requests(since) if entry["path"].startswith("/v3/company/")
    ]
    return [str(entry) for entry in asked]


def test_a10_connecting_reads_every_list_of_the_company():
    with connected(company="sample") as company:
        for kind in ("account", "tax_code", "term", "payment_method"):
            assert names(company, kind), kind
        assert names(company, "class") == ["Design", "Installation", "Maintenance"]
        assert names(company, "location") == ["Bayshore", "Menlo Park"]
        facts = company.connection.facts
        assert facts["legal"]["name"] == "Sandbox Landscaping Company"
        assert {"classes-per-line", "locations"} <= set(facts["features"])


def test_a9_the_currencies_are_read_where_there_are_several(rich):
    assert rich.connection.facts["currencies"] == ["CAD", "EUR", "USD"]
    assert currencies.of_company(rich.connection) == {"CAD", "EUR", "GBP", "USD"}
    assert any("CompanyCurrency" in entry for entry in queries(rich))


def test_a9_a_company_with_one_currency_is_not_asked_for_more(company):
    assert "currencies" not in company.connection.facts
    assert currencies.of_company(company.connection) == {"USD"}
    company.sync()
    assert not any("CompanyCurrency" in entry for entry in queries(company))


def test_e4_e6_classes_and_locations_travel_both_ways(rich):
    above = Class.objects.create(code="GARDEN", name="Garden")
    Class.objects.create(code="ROSES", name="Roses", parent=above)
    edit(rich, "create", "Department", values={"Name": "Leeds"})
    rich.enable("class", "location", direction="both")
    assert_adds_up(rich.sync())
    there = {entry["FullyQualifiedName"] for entry in rich.there("Class")}
    assert there == {"Garden", "Garden:Roses"}
    assert Location.objects.get().code == "Leeds"
    leeds = rich.one("Department")
    edit(rich, "update", "Department", leeds["Id"], values={"Name": "Leeds North"})
    edit(
        rich,
        "create",
        "Class",
        values={"Name": "Trees", "ParentRef": {"value": rich.partner(above)["Id"]}},
    )
    assert_adds_up(rich.sync())
    assert Location.objects.get().name == "Leeds North"
    trees = Class.objects.get(name="Trees")
    assert (trees.code, trees.parent) == ("Garden:Trees", above)


def test_e7_accounts_travel_both_ways(company):
    repairs = Account.objects.create(code="4711", name="Repairs", type="Income")
    company.enable("account", direction="both")
    assert_adds_up(company.sync())
    there = company.partner(repairs)
    assert (there["Name"], there["AcctNum"], there["AccountType"]) == ("Repairs", "4711", "Income")
    edit(company, "update", "Account", there["Id"], values={"Name": "Repair work"})
    edit(company, "create", "Account", values={"Name": "Petty cash", "AccountType": "Bank"})
    assert_adds_up(company.sync())
    assert Account.objects.get(code="4711").name == "Repair work"
    assert Account.objects.filter(name="Petty cash", type="Bank").exists()


@pytest.mark.parametrize(
    ("direction", "here", "there"),
    [
        ("push", {"Spade"}, {"Spade", "Rake"}),
        ("pull", {"Spade", "Rake"}, {"Rake"}),
        ("both", {"Spade", "Rake"}, {"Spade", "Rake"}),
    ],
)
def test_d4_products_travel_in_the_direction_that_is_set(company, direction, here, there):
    Product.objects.create(sku="S1", name="Spade")
    values = {"Name": "Rake", "Type": "Service", "IncomeAccountRef": income_account(company)}
    edit(company, "create", "Item", values=values)
    company.enable("account", direction="pull")
    company.enable("item", direction=direction)
    assert_adds_up(company.sync())
    assert {"Spade", "Rake"} & set(Product.objects.values_list("name", flat=True)) == here
    assert {"Spade", "Rake"} & {entry["Name"] for entry in company.there("Item")} == there


def test_e5_without_the_feature_nothing_is_sent_and_the_reason_says_so(company):
    entry = Class.objects.create(code="GARDEN", name="Garden")
    company.enable("class", direction="both")
    company.sync()
    mapping = company.mapping(entry)
    assert (mapping.state, mapping.reason, mapping.reason_values) == (
        "held", "feature-off", {"feature": "class tracking"},
    )  # fmt: skip
    assert not company.writes()


def test_a9_a_currency_that_quickbooks_learns_of_lets_the_category_on(rich):
    Client.objects.create(name="Ada", currency="SEK")
    connection = rich.connection
    assert "Here: SEK. In QuickBooks: CAD, EUR, GBP, USD." in currencies.refusal(
        connection, "customer"
    )
    edit(rich, "create", "CompanyCurrency", values={"Code": "SEK"})
    make.put(connection, lists_read_at=None)
    rich.sync()
    assert currencies.refusal(rich.connection, "customer") == ""
