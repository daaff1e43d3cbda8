"""Fields that neither side is told of, since what they name is not synced: each side keeps its own,
and nobody agrees on them, so that they travel once they are told (D9).
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import structs

from quicksync.planning.merge import agreement
from quicksync.planning.policy import NameEntry
from quicksync.planning.steps import Agreed
from quicksync.records import Item, ItemCategory, Ref
from tests.planning.sides import COMPANY, codes, here, linked, only, pair, shape, steps, there

WITH = structs.replace(COMPANY, features=frozenset({"item-categories"}))
ABSENT = {"absent": frozenset({"category"})}
OURS, THEIRS = Ref("item_category", "1"), Ref("item", "9")
MINE = Item(name="Poster", category=OURS)
YOURS = Item(name="Poster", category=THEIRS)


def test_a_new_record_goes_there_without_d9():
    step = only(here(MINE), **ABSENT)
    assert (shape(step)[:2], step.record.category) == (("create", "push"), None)
    assert step.leaves == ("category",)


def test_a_new_record_comes_here_without_d9():
    step = only(there(YOURS), **ABSENT)
    assert (shape(step)[:2], step.record.category) == (("create", "pull"), None)
    assert step.leaves == ("category",)


def test_other_changes_go_and_it_is_not_agreed_on_d9():
    old = Agreed(Item(name="Poster"), Item(name="Poster"))
    mine = MINE.replace(unit_price=Decimal(3))
    step = only(structs.replace(pair(mine, YOURS), agreed=old), **ABSENT)
    assert shape(step) == ("update", "push", "unit_price")
    assert (step.record.category, step.leaves) == (None, ("category",))
    kept = agreement(old, mine, YOURS, step.leaves)
    assert (kept.here.category, kept.there.category) == (None, None)


def test_a_change_of_it_alone_is_nobodys_business_and_is_not_looked_at_again_d9():
    agreed = Item(name="Poster")
    step = only(pair(MINE, YOURS, agreed), **ABSENT)
    assert (shape(step), step.leaves) == (("unchanged", ""), ())


def test_a_record_that_says_nothing_in_it_leaves_nothing_d9():
    assert only(here(Item(name="Poster")), **ABSENT).leaves == ()


def test_once_it_is_told_it_goes_d9():
    agreed = Item(name="Poster")
    company = linked((OURS, Ref("item", "7")))
    step = only(pair(MINE, Item(name="Poster"), agreed), company=company)
    assert shape(step) == ("update", "push", "category")


def test_a_name_of_a_category_is_taken_for_a_product_d9():
    taken = NameEntry(kind="item_category", id="3", name="Poster")
    company = structs.replace(WITH, names={"item:poster": (taken,)})
    for record in (Item(name="Poster"), ItemCategory(name="Poster")):
        step = only(here(record), company=company)
        assert codes(step) == ["name-taken"]


def test_a_product_and_a_category_of_one_plan_cannot_have_one_name_d9():
    both = here(ItemCategory(name="Garden"), key=1), here(Item(name="garden"), key=2)
    found = steps(*both, company=WITH)
    assert sorted(step.action for step in found) == ["create", "hold"]
