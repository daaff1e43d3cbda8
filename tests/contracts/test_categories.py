"""The engine's contract over the categories of products, for either driver (D9)."""

from __future__ import annotations

import pytest

from quicksync.books.models import ProductCategory
from tests.company import assert_adds_up

pytestmark = pytest.mark.django_db(transaction=True)


def made(world):
    """A product in a category below another one."""
    above = ProductCategory.objects.create(name="Books")
    novels = ProductCategory.objects.create(name="Novels", parent=above)
    return above, novels, world.product("Emma", category=novels)


def test_a_product_arrives_with_its_category_and_those_above_it_d9(world):
    above, novels, emma = made(world)
    assert_adds_up(world.sync_through())
    assert world.shown(emma).category.id == world.mapping(novels).remote_id
    assert world.shown(novels).parent.id == world.mapping(above).remote_id
    assert not world.sync_through().operations.exists()


@pytest.mark.parametrize("after_commit", [True, False], ids=["after", "before"])
@pytest.mark.parametrize("number", [1, 3])
def test_there_is_one_of_each_however_many_answers_are_lost_d9(world, after_commit, number):
    """Invariant 4"""
    made(world)
    world.lose_answers(number, after_commit=after_commit)
    assert_adds_up(world.sync_through())
    names = [*world.names("item_category"), *world.names("item")]
    assert {"Books", "Novels", "Emma"} <= set(names)
    assert all(names.count(name) <= 2 for name in names)


def test_a_category_that_is_moved_here_moves_there_d9(world):
    above, novels, _ = made(world)
    world.sync_through()
    novels.parent = None
    novels.save()
    assert_adds_up(world.sync_through())
    assert world.shown(novels).parent is None
    assert world.shown(above).name == "Books"


def test_a_name_that_is_changed_there_changes_here_d9(world):
    above, _, _ = made(world)
    world.sync_through()
    world.rename(above, "Old books")
    assert_adds_up(world.sync_through())
    above.refresh_from_db()
    assert above.name == "Old books"
