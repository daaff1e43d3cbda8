"""Categories of products in the books and their files (D9, J3)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from quicksync.books.exporting import RESOURCES
from quicksync.books.importing import Refused, import_bytes
from quicksync.books.models import Product, ProductCategory

pytestmark = pytest.mark.django_db


def below(*names):
    above = None
    for name in names:
        above = ProductCategory.objects.create(name=name, parent=above)
    return above


def test_nothing_stands_below_itself_d9():
    lowest = below("One", "Two")
    first = ProductCategory.objects.get(name="One")
    first.parent = lowest
    with pytest.raises(ValidationError, match="below itself"):
        first.full_clean()


def test_there_are_four_levels_d9():
    fourth = below("One", "Two", "Three", "Four")
    fourth.full_clean()
    with pytest.raises(ValidationError, match="4 levels"):
        ProductCategory(name="Five", parent=fourth).full_clean()


def test_names_are_unique_whatever_the_capitals_d9():
    below("Books")
    with pytest.raises(ValidationError, match="a category of this name"):
        ProductCategory(name="BOOKS").full_clean()


def test_a_file_may_name_what_stands_above_in_it_or_is_there_d9():
    below("Shop")
    done = import_bytes(b"name,parent\nBooks,shop\nNovels,Books\n", "item_category")
    assert done == (2, 0, 0)
    assert ProductCategory.objects.get(name="Novels").parent.parent.name == "Shop"
    moved = import_bytes(b"name,parent\nNovels,Shop\nBooks,Shop\n", "item_category")
    assert moved == (0, 1, 1)


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("name,parent\nNovels,Books\nBooks,\n", "parent", "There is no product category “Books”"),
        ("name,parent\nBooks,\nbooks,\n", "name", "already in line 2"),
        ("name,parent\na,\nb,a\nc,b\nd,c\ne,d\n", "parent", "4 levels"),
    ],
    ids=["below", "twice", "levels"],
)
def test_a_file_that_is_wrong_says_where_d9(text, column, sentence):
    with pytest.raises(Refused) as caught:
        import_bytes(text.encode(), "item_category")
    (problem,) = caught.value.problems
    assert problem.column == column
    assert sentence in problem.sentence
    assert not ProductCategory.objects.exists()


def test_products_name_their_category_in_files_d9():
    below("Books", "Novels")
    assert import_bytes(b"name,category\nEmma,novels\n", "item") == (1, 0, 0)
    emma = Product.objects.get()
    assert emma.category.name == "Novels"
    (line,) = RESOURCES["item"]().export(Product.objects.all()).dict
    assert line["category"] == "Novels"
    lines = RESOURCES["item_category"]().export(ProductCategory.objects.order_by("pk")).dict
    assert [one["parent"] for one in lines] == ["", "Books"]
    with pytest.raises(Refused):
        import_bytes(b"name,category\nEmma,Maps\n", "item")
    assert import_bytes(b"name,category\nEmma,\n", "item") == (0, 1, 0)


def test_the_pages_of_the_books_show_them_d9(admin_client):
    novels = below("Books", "Novels")
    Product.objects.create(name="Emma", category=novels)
    page = admin_client.get("/admin/books/productcategory/")
    assert page.status_code == 200
    assert b"Novels" in page.content
    assert b"Novels" in admin_client.get("/admin/books/product/").content
    form = admin_client.get(f"/admin/books/productcategory/{novels.pk}/change/")
    assert b"Only QuickBooks" in form.content
    assert b'name="active"' not in form.content
