"""What the tests of estimates, sales receipts and refunds share."""

from __future__ import annotations

from quicksync.books.models import Product
from tests.company import assert_adds_up


def quiet(company):
    """A last run that has nothing to do."""
    run = company.sync()
    assert_adds_up(run)
    assert not run.operations.exists()


def entered_there(company, name, *amounts, **values):
    """A document of this type, with a line for each amount, that the bookkeeper enters in
    QuickBooks.
    """
    if not Product.objects.filter(name="Consulting").exists():
        company.product()
    company.sync()
    item = company.partner(Product.objects.get(name="Consulting"))["Id"]
    lines = [
        {
            "DetailType": "SalesItemLineDetail",
            "Amount": amount,
            "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": amount},
        }
        for amount in amounts
    ]
    body = {"Line": lines, **values}
    realm = company.connection.realm_id
    return company.sim.api("POST", name.lower(), body, realm=realm)[name]
