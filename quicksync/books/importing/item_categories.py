"""Categories of products from a file; a category is known by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.text import capfirst

from quicksync.books.importing import cells
from quicksync.books.importing.base import unknown
from quicksync.books.importing.cells import Column, fold
from quicksync.books.importing.named import NamedImporter
from quicksync.books.models import ProductCategory


def category_column(entries: Mapping[str, ProductCategory]) -> Column:
    """One of these categories by its name; an unknown one is told with those there are."""
    names = ProductCategory._meta
    sentence = unknown(entries, str(names.verbose_name), capfirst(str(names.verbose_name_plural)))
    return Column(cells.known(entries, sentence), empty=None)


def all_categories() -> dict[str, ProductCategory]:
    """The categories there are, by folded name."""
    return {fold(one.name): one for one in ProductCategory.objects.all()}


class ItemCategoryImporter(NamedImporter):
    """Makes categories, or changes those of the same name; each below one that stands above it in
    the file, or is there already.
    """

    model = ProductCategory
    related = ("parent",)

    def make_columns(self) -> Mapping[str, Column]:
        self.entries = all_categories()
        return {
            "name": Column(cells.text(100), required=True),
            "parent": category_column(self.entries),
        }

    def taken(self, key: str, one: Any) -> None:
        self.entries[key] = one
