"""One simulator for the session; every test gets a company of its own."""

from __future__ import annotations

import pytest

from quicksync.simulator import running
from tests.simulator.reports.reading import LAST
from tests.simulator.wire import Api, cost, sale


@pytest.fixture(scope="session")
def shared():
    """One simulator for the session: tests use companies of their own."""
    with running(company="sample") as sim:
        yield sim


@pytest.fixture
def company(shared):
    """Makes companies: `company(country="GB", multicurrency=True)`."""

    def make(**settings):
        entry = shared.add_company(**{"company": "empty", **settings})
        return Api(shared, entry["realm_id"])

    return make


@pytest.fixture
def books(company):
    """An empty company."""
    return company()


@pytest.fixture
def sample(company):
    """A sample company of the test's own."""
    return company(company="sample")


@pytest.fixture
def sim():
    """A simulator of the test's own, for what touches all companies: faults, clock, reset."""
    with running(company="empty") as alone:
        yield alone


@pytest.fixture(scope="session")
def landscaper(shared):
    """The sample company of the session, to be read only."""
    return Api(shared)


@pytest.fixture
def traced(company):
    """A company whose documents have customers, vendors, classes, locations and items."""
    books = company(class_per_line=True, locations=True)
    books.classes = [books.create("Class", Name=name)["Id"] for name in ("East", "West")]
    books.places = [books.create("Department", Name=name)["Id"] for name in ("Shop", "Yard")]
    books.items = [books.item("Weeding")["Id"], books.item("Pruning")["Id"]]
    books.customers = [books.customer()["Id"], books.customer()["Id"]]
    books.vendors = [books.vendor()["Id"], books.vendor()["Id"]]
    supplies = books.account("Office Supplies")["value"]
    for number, amount in enumerate((100, 30)):
        line = sale(amount, item=books.items[number])
        line["SalesItemLineDetail"]["ClassRef"] = {"value": books.classes[number]}
        books.create(
            "Invoice",
            CustomerRef={"value": books.customers[number]},
            Line=[line],
            TxnDate=f"{LAST}-02-01",
            DepartmentRef={"value": books.places[number]},
        )
        line = cost(supplies, amount / 10, ClassRef={"value": books.classes[number]},
                    CustomerRef={"value": books.customers[number]})  # fmt: skip
        books.create(
            "Bill",
            VendorRef={"value": books.vendors[number]},
            Line=[line],
            TxnDate=f"{LAST}-03-01",
            DepartmentRef={"value": books.places[number]},
        )
    return books
