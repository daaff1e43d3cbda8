"""Categories of products, both ways (D9). QuickBooks keeps them among its products: two kinds of
one type.
"""

from __future__ import annotations

import msgspec
import pytest

from quicksync.books.models import Product, ProductCategory
from quicksync.models import Category, Connection, EntityMapping, RemoteRecord
from quicksync.quickbooks.online import entities
from quicksync.quickbooks.online.wire import WIRED
from tests.company import assert_adds_up, connected, connected_to
from tests.sync.settled import quiet

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("account", "item_category", "item")


@pytest.fixture
def company():
    with connected(kinds=KINDS) as found:
        yield found


def look(company):
    run = company.sync()
    assert_adds_up(run)
    return run


def switch_off(company, kind="item_category"):
    category = company.connection.categories.get(kind=kind)
    category.enabled = False
    category.save()


def folder(name="Books", parent=None):
    return ProductCategory.objects.create(name=name, parent=parent)


def folder_there(company, name, **values):
    return made_there(company, {"Name": name, "Type": "Category"} | values)


def made_there(company, body):
    return company.sim.api("POST", "item", body, realm=company.connection.realm_id)["Item"]


def below(parent):
    return {"SubItem": True, "ParentRef": {"value": parent["Id"]}}


def product_there(company, name, **values):
    income = company.there("Account", "AccountType = 'Income'")[0]["Id"]
    body = {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": income}}
    return made_there(company, body | values)


def change(company, there, **values):
    realm = company.connection.realm_id
    company.sim.edit("update", "Item", there["Id"], values=values, realm=realm)


# --- To QuickBooks --------------------------------------------------------------------------------


def test_a_tree_of_categories_goes_there_the_highest_first_d9(company):
    top = folder()
    middle = folder("Atlases", top)
    lowest = folder("Of the sky", middle)
    # What is made first is not what comes first.
    ProductCategory.objects.filter(pk=top.pk).update(parent=folder("All"))
    look(company)
    there = company.partner(lowest)
    assert there["FullyQualifiedName"] == "All:Books:Atlases:Of the sky"
    assert (there["Type"], there["SubItem"]) == ("Category", True)
    assert there["ParentRef"]["value"] == company.partner(middle)["Id"]
    quiet(company)


def test_a_product_goes_there_with_its_category_d9(company):
    switch_off(company, "item")
    books = folder()
    poster = company.product("Poster", category=books)
    company.enable("item")
    look(company)
    there = company.partner(poster)
    assert (there["SubItem"], there["ParentRef"]["value"]) == (True, company.partner(books)["Id"])
    assert there["FullyQualifiedName"] == "Books:Poster"
    quiet(company)


def test_a_product_moves_and_leaves_its_category_d9(company):
    books, prints = folder(), folder("Prints")
    poster = company.product("Poster", category=books)
    look(company)
    poster.category = prints
    poster.save()
    look(company)
    assert company.partner(poster)["ParentRef"]["value"] == company.partner(prints)["Id"]
    poster.category = None
    poster.save()
    look(company)
    there = company.partner(poster)
    assert not there.get("SubItem")
    assert not there.get("ParentRef")
    assert there["FullyQualifiedName"] == "Poster"
    quiet(company)


def test_a_category_is_renamed_and_moved_d9(company):
    books, atlases = folder(), folder("Atlases")
    look(company)
    atlases.name, atlases.parent = "Maps", books
    atlases.save()
    look(company)
    assert company.partner(atlases)["FullyQualifiedName"] == "Books:Maps"
    atlases.parent = None
    atlases.save()
    look(company)
    assert company.partner(atlases)["FullyQualifiedName"] == "Maps"
    quiet(company)


def test_a_category_that_is_deleted_here_stays_there_and_says_so_d9(company):
    """The interface has no way to remove one."""
    books = folder()
    look(company)
    mapping = company.mapping(books)
    Category.objects.filter(kind="item_category").update(
        options=Category.objects.get(kind="item_category").options.replace(on_delete_here="void")
    )
    books.delete()
    look(company)
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("gone", "no-way-to-remove")
    assert company.one("Item", "Name = 'Books'")["Active"] is True


def test_a_category_is_never_one_of_more_than_four_levels_d9(company):
    """QuickBooks refuses the fifth; the others go on."""
    above = None
    levels = []
    for name in ("One", "Two", "Three", "Four", "Five"):
        above = folder(name, above)
        levels.append(above)
    look(company)
    assert company.partner(levels[3])["FullyQualifiedName"] == "One:Two:Three:Four"
    mapping = company.mapping(levels[4])
    assert (mapping.state, mapping.reason) == ("failed", "too-many-levels")


# --- From QuickBooks ------------------------------------------------------------------------------


def test_a_whole_tree_with_its_products_comes_here_at_once_d9(company):
    top = folder_there(company, "Books")
    novels = folder_there(company, "Novels", **below(top))
    product_there(company, "Emma", **below(novels))
    look(company)
    emma = Product.objects.get(name="Emma")
    assert (emma.category.name, emma.category.parent.name) == ("Novels", "Books")
    assert not Product.objects.filter(name__in=("Books", "Novels")).exists()
    quiet(company)


def test_what_is_changed_there_is_changed_here_d9(company):
    books, prints = folder(), folder("Prints")
    poster = company.product("Poster", category=books)
    look(company)
    change(company, company.partner(books), Name="Old books")
    look(company)
    books.refresh_from_db()
    assert books.name == "Old books"
    change(company, company.partner(prints), **below(company.partner(books)))
    change(company, company.partner(poster), **below(company.partner(prints)))
    look(company)
    prints.refresh_from_db(), poster.refresh_from_db()
    assert (prints.parent, poster.category) == (books, prints)
    change(company, company.partner(poster), SubItem=False, ParentRef={"value": ""})
    look(company)
    poster.refresh_from_db()
    assert poster.category is None
    quiet(company)


def test_a_category_that_was_removed_on_quickbooks_pages_is_inactive_here_d9(company):
    books = folder()
    poster = company.product("Poster", category=books)
    look(company)
    change(company, company.partner(books), Active=False)
    look(company)
    books.refresh_from_db()
    assert (books.name, books.active) == ("Books", False)
    poster.refresh_from_db()
    poster.unit_price = 7
    poster.save()
    look(company)
    there = company.partner(poster)
    assert there["UnitPrice"] == 7, "The other fields of its products go on."
    assert there["ParentRef"]["value"] == company.mapping(books).remote_id
    quiet(company)
    held = company.product("Print", category=books)
    look(company)
    mapping = company.mapping(held)
    assert (mapping.state, mapping.reason) == ("held", "inactive-reference")


def test_whether_it_is_active_is_never_sent_d9(company):
    books = folder()
    look(company)
    books.active = False
    books.save()
    look(company)
    assert company.partner(books)["Active"] is True
    assert company.mapping(books).state == "in_sync"


# --- The same category on both sides --------------------------------------------------------------


def test_categories_of_before_are_paired_by_name_and_never_with_a_product_d9(company):
    folder_there(company, "Books")
    books = folder("books")
    poster = company.product("Prints")
    folder_there(company, "Prints")
    look(company)
    assert company.mapping(books).state == "in_sync"
    assert len(company.there("Item", "Name = 'Books'")) == 1
    mapping = company.mapping(poster)
    assert (mapping.state, mapping.reason) == ("held", "name-taken")
    assert mapping.reason_values["other_kind"] == "item_category"


def test_a_category_and_a_product_of_one_name_cannot_both_go_there_d9(company):
    """QuickBooks has one list of names for both."""
    both = [folder("Garden"), company.product("Garden")]
    look(company)
    assert sorted(company.mapping(one).state for one in both) == ["held", "in_sync"]
    (held,) = [one for one in map(company.mapping, both) if one.state == "held"]
    assert held.reason == "name-taken"
    assert len(company.there("Item", "Name = 'Garden'")) == 1


def test_a_bundles_name_is_taken_too_d9(company):
    product = product_there(company, "Rake")
    part = {"ItemRef": {"value": product["Id"]}, "Qty": 2}
    body = {"Name": "Garden set", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": [part]}}
    company.sim.edit("create", "Item", values=body)
    made = company.product("Garden set")
    look(company)
    mapping = company.mapping(made)
    assert (mapping.state, mapping.reason) == ("held", "name-taken")


# --- Products without categories ------------------------------------------------------------------


def test_with_the_category_off_products_go_without_and_nothing_is_wiped_d9(company):
    switch_off(company)
    books = folder()
    poster = company.product("Poster", category=books)
    look(company)
    assert not company.partner(poster).get("ParentRef")
    assert not company.there("Item", "Name = 'Books'")
    theirs = folder_there(company, "Wall")
    change(company, company.partner(poster), **below(theirs))
    look(company)
    poster.refresh_from_db()
    assert poster.category == books
    poster.unit_price = 7
    poster.save()
    look(company)
    there = company.partner(poster)
    assert (there["UnitPrice"], there["ParentRef"]["value"]) == (7, theirs["Id"])
    assert company.mapping(poster).state == "in_sync"
    quiet(company)


def test_with_the_category_off_products_come_here_without_d9(company):
    switch_off(company)
    product_there(company, "Emma", **below(folder_there(company, "Novels")))
    look(company)
    assert Product.objects.get(name="Emma").category is None
    assert not ProductCategory.objects.exists()
    quiet(company)


def test_once_it_is_switched_on_products_of_before_get_their_categories_d9(company):
    switch_off(company)
    poster = company.product("Poster", category=folder())
    product_there(company, "Emma", **below(folder_there(company, "Novels")))
    look(company)
    quiet(company)
    company.enable("item_category")
    look(company)
    there, books = company.partner(poster), ProductCategory.objects.get(name="Books")
    assert there["ParentRef"]["value"] == company.mapping(books).remote_id
    assert Product.objects.get(name="Emma").category.name == "Novels"
    quiet(company)


def test_its_first_preview_shows_and_its_approval_files_the_products_d9(company):
    switch_off(company)
    poster = company.product("Poster", category=folder())
    look(company)
    company.enable("item_category", approved=False)
    Category.objects.filter(kind="item_category").update(approved_at=None)
    look(company)  # an automatic run meanwhile goes without
    assert not company.partner(poster).get("ParentRef")
    run = company.preview()
    assert {one.kind for one in company.operations(run)} >= {"item_category"}
    assert_adds_up(company.approve(run))
    look(company)
    assert company.partner(poster)["ParentRef"]


def test_a_company_without_categories_d9():
    """What lies above a product is another product there, and no category."""
    with connected_to(categories=False) as company:
        company.sync()
        assert "item-categories" not in Connection.objects.get().facts["features"]
        company.enable(*KINDS)
        tree = product_there(company, "Tree")
        product_there(company, "Branch", **below(tree))
        look(company)
        branch = Product.objects.get(name="Branch")
        assert branch.category is None
        books = folder()
        poster = company.product("Poster", category=books)
        branch.unit_price = 3
        branch.save()
        look(company)
        held = company.mapping(books)
        assert (held.state, held.reason) == ("held", "feature-off")
        assert company.mapping(poster).state == "in_sync"
        assert company.one("Item", "Name = 'Branch'")["ParentRef"]["value"] == tree["Id"]
        assert company.one("Item", "Name = 'Branch'")["UnitPrice"] == 3


# --- Two kinds of one type ------------------------------------------------------------------------


def test_a_record_that_looks_like_another_kind_by_now_is_still_the_record_that_it_was(
    company, monkeypatch
):
    books = folder()
    look(company)
    stored = RemoteRecord.objects.get(type="Item", remote_id=company.mapping(books).remote_id)
    assert stored.kind == "item_category"
    products = [msgspec.structs.replace(one, where=None) for one in WIRED.of_kind["item"]]
    entity = entities.ENTITIES["Item"]
    looks = msgspec.structs.replace(entity, kinds=tuple(products))
    monkeypatch.setitem(entities.ENTITIES, "Item", looks)
    change(company, {"Id": stored.remote_id}, Name="Old books")
    look(company)
    stored.refresh_from_db()
    books.refresh_from_db()
    assert (stored.kind, books.name) == ("item_category", "Old books")


def test_a_site_that_knew_categories_as_of_no_kind_reads_them_again_d9(company):
    """What an earlier version has stored."""
    folder_there(company, "Books")
    switch_off(company)
    look(company)
    RemoteRecord.objects.filter(kind="item_category").update(kind="")
    EntityMapping.objects.filter(kind="item_category").delete()
    clock = company.connection.clock
    clock.read_kinds = [kind for kind in clock.read_kinds if kind != "item_category"]
    clock.save()
    company.enable("item_category")
    look(company)
    assert ProductCategory.objects.get().name == "Books"
