"""Persons and companies (C13, C15), and all the numbers of a contact (C8), both ways: QuickBooks
knows a company by its name, and has no other field for it.
"""

from __future__ import annotations

import pytest

from quicksync.books.models import Client, Vendor
from tests.company import assert_adds_up, connected_to

pytestmark = pytest.mark.django_db(transaction=True)
NUMBERS = {
    "phone": "PrimaryPhone",
    "alternate_phone": "AlternatePhone",
    "mobile": "Mobile",
    "fax": "Fax",
}


@pytest.fixture
def company():
    with connected_to(custom_numbers=True) as company:
        company.enable("customer", "vendor")
        yield company


def quiet(company):
    """A last run that has nothing to do."""
    run = company.sync()
    assert_adds_up(run)
    assert not run.operations.exists()


def there_is(company, entity="Customer", **values):
    """Somebody whom the bookkeeper enters in QuickBooks."""
    realm = company.connection.realm_id
    return company.sim.api("POST", entity.lower(), values, realm=realm)[entity]["Id"]


def edited(company, id_, **values):
    realm = company.connection.realm_id
    company.sim.edit("update", "Customer", id_, values=values, realm=realm)


@pytest.mark.parametrize("name", ["Byron Ltd", ""], ids=["company", "person"])
def test_c15_who_comes_from_quickbooks_is_what_they_are_there(company, name):
    values = {"CompanyName": name} if name else {"GivenName": "Ada"}
    there_is(company, DisplayName="Ada Byron", **values)
    assert_adds_up(company.sync())
    client = Client.objects.get()
    assert (client.is_company, client.company) == (bool(name), name)
    quiet(company)


def test_c13_a_person_goes_there_without_the_company_they_work_for(company):
    firm = company.client("Byron Ltd", company="Byron Ltd")
    ada = company.client("Ada Byron", is_company=False, company="Byron Ltd")
    assert_adds_up(company.sync())
    assert company.partner(firm)["CompanyName"] == "Byron Ltd"
    assert not company.partner(ada).get("CompanyName")
    ada.refresh_from_db()
    assert ada.company == "Byron Ltd", "Here nothing is taken from anybody."
    quiet(company)


def test_c15_who_becomes_a_company_there_is_one_here(company):
    id_ = there_is(company, DisplayName="Ada Byron", GivenName="Ada")
    company.sync()
    edited(company, id_, CompanyName="Byron Ltd")
    assert_adds_up(company.sync())
    client = Client.objects.get()
    assert (client.is_company, client.company) == (True, "Byron Ltd")
    quiet(company)


def test_c15_a_company_whose_name_is_taken_away_there_is_a_person_here(company):
    client = company.client("Ada Byron", company="Byron Ltd")
    company.sync()
    edited(company, company.partner(client)["Id"], CompanyName="")
    assert_adds_up(company.sync())
    client.refresh_from_db()
    assert (client.is_company, client.company) == (False, "")
    quiet(company)


def test_c13_who_becomes_a_person_here_is_one_there(company):
    client = company.client("Ada Byron", company="Byron Ltd")
    company.sync()
    client.is_company = False
    client.save()
    assert_adds_up(company.sync())
    assert not company.partner(client).get("CompanyName")
    quiet(company)


def test_c15_another_change_there_makes_nobody_a_person(company):
    """A company here that QuickBooks never had a company's name of."""
    client = company.client("Byron")
    company.sync()
    edited(company, company.partner(client)["Id"], Notes="Pays late")
    assert_adds_up(company.sync())
    client.refresh_from_db()
    assert (client.is_company, client.notes) == (True, "Pays late")
    quiet(company)


@pytest.mark.parametrize("model", [Client, Vendor])
def test_c8_all_numbers_go_there_and_come_back(company, model):
    told = {field: f"555-{place}" for place, field in enumerate(NUMBERS)}
    one = model.objects.create(name="Ada", **told)
    assert_adds_up(company.sync())
    there = company.partner(one)
    assert {field: there[name]["FreeFormNumber"] for field, name in NUMBERS.items()} == told
    entity = "Customer" if model is Client else "Vendor"
    numbers = {name: {"FreeFormNumber": f"777-{name}"} for name in NUMBERS.values()}
    there_is(company, entity, DisplayName="Bob", **numbers)
    assert_adds_up(company.sync())
    bob = model.objects.get(name="Bob")
    assert {field: getattr(bob, field) for field in NUMBERS} == {
        field: f"777-{name}" for field, name in NUMBERS.items()
    }
    quiet(company)
