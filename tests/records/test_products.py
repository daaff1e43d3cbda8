"""Products and their categories (D9)."""

from __future__ import annotations

from quicksync.records import KINDS, Item, ItemCategory
from quicksync.records.kinds import going_without, named_there_as


def test_a_category_is_known_by_its_name_d9():
    assert ItemCategory(name="Books").natural_key() == "Books"
    assert ItemCategory(name="books").identity(str) == ItemCategory(name=" Books").identity(str)


def test_products_go_without_categories_that_are_off_and_nobody_without_a_customer_d9():
    assert going_without("item_category") == ("item_category", "item")
    assert going_without("customer") == ()


def test_quickbooks_names_categories_as_products_d9():
    assert set(named_there_as("item")) == {"item_category", "item"}
    assert KINDS["item_category"].rank < KINDS["item"].rank
    assert "category" in Item.references
