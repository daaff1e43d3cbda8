"""How many of a product are on hand: QuickBooks counts, and this side knows (D8). What a product
costs, and where that is booked (D10).
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from quicksync.books.models import Account, Product
from quicksync.books.sample import sample_books
from tests.company import assert_adds_up, connected
from tests.sync.settled import quiet

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("account", "customer", "item", "invoice")
STOCK = {"type": "inventory", "purchase_cost": 4, "unit_price": 10}


@pytest.fixture
def company():
    with connected(kinds=KINDS) as found:
        yield found


def look(company):
    run = company.sync()
    assert_adds_up(run)
    return run


def count(company, product, quantity):
    """A bookkeeper counts the stock anew."""
    there = company.partner(product)
    values = {"QtyOnHand": quantity, "InvStartDate": timezone.localdate().isoformat()}
    company.sim.edit("update", "Item", there["Id"], values=values)


def on_hand(product):
    product.refresh_from_db()
    return product.on_hand


def test_a_new_stock_product_begins_with_nothing_and_this_side_knows_d8(company):
    rake = company.product("Rake", **STOCK)
    assert rake.on_hand is None
    look(company)
    there = company.partner(rake)
    assert (there["Type"], there["TrackQtyOnHand"], there["QtyOnHand"]) == ("Inventory", True, 0)
    assert there["InvStartDate"] == "2000-01-01"
    look(company)
    assert on_hand(rake) == 0
    quiet(company)


def test_what_is_counted_and_sold_there_is_known_here_d8(company):
    rake = company.product("Rake", **STOCK)
    look(company)
    count(company, rake, 12)
    look(company)
    assert on_hand(rake) == 12
    company.invoice(company.client(), 10, product=rake)
    look(company)
    look(company)
    assert company.partner(rake)["QtyOnHand"] == 11
    assert on_hand(rake) == 11
    quiet(company)


def test_the_figure_is_never_sent_d8(company):
    """An update with a quantity would be an adjustment of the stock there."""
    rake = company.product("Rake", **STOCK)
    look(company)
    count(company, rake, 12)
    look(company)
    Product.objects.filter(pk=rake.pk).update(on_hand=99)
    rake.refresh_from_db()
    rake.unit_price = 11
    rake.save()
    look(company)
    there = company.partner(rake)
    assert (there["UnitPrice"], there["QtyOnHand"]) == (11, 12)
    assert all('"QtyOnHand": 99' not in str(one) for one in company.writes())


def test_a_stock_product_of_quickbooks_comes_here_with_its_figure_d8(company):
    rake = company.product("Rake", **STOCK)
    look(company)
    there = company.partner(rake)
    wanted = ("Type", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "TrackQtyOnHand")
    body = {name: there[name] for name in wanted}
    more = {"Name": "Spade", "QtyOnHand": 7, "InvStartDate": "2026-01-01"}
    company.sim.api("POST", "item", body | more)
    look(company)
    spade = Product.objects.get(name="Spade")
    assert (spade.type, spade.on_hand) == ("inventory", 7)
    quiet(company)


def test_services_have_no_stock_d8(company):
    work = company.product("Work")
    look(company)
    look(company)
    assert on_hand(work) is None


def test_a_product_has_an_expense_account_of_its_own_d10(company):
    sample_books()
    look(company)
    account = Account.objects.filter(type=Account.Type.COST_OF_GOODS_SOLD).first()
    rake = company.product("Rake", **STOCK, expense_account=account)
    look(company)
    there = company.partner(rake)
    assert there["ExpenseAccountRef"]["value"] == company.mapping(account).remote_id
    quiet(company)
