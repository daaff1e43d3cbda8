"""No option without a reader: what the table names exists, and reads it."""

from __future__ import annotations

import ast
import importlib
import inspect
import textwrap
from pathlib import Path

import pytest

from quicksync.models import Category, Connection
from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.options.row import table

TABLES = {CategoryOptions: Category, CompanyOptions: Connection}
ROWS = [(options, name) for options in TABLES for name in table(options)]
NAMES = [f"{options.__name__}.{name}" for options, name in ROWS]


def tree_of(reader):
    """The syntax of "module:function" or "module:Class.method"."""
    module, _, path = reader.partition(":")
    found = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return ast.parse(textwrap.dedent(inspect.getsource(found)))


def reads(tree, name):
    """Whether it reads this option of something called options, or a query asks for it."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr == name
            and called(node.value) == "options"
        ):
            return True
        if isinstance(node, ast.keyword) and (node.arg or "").endswith(f"options__d__{name}"):
            return True
    return False


def called(node):
    return getattr(node, "attr", getattr(node, "id", ""))


@pytest.mark.parametrize(("options", "name"), ROWS, ids=NAMES)
def test_every_option_is_read_where_its_row_says(options, name):
    readers = table(options)[name].option.readers
    assert readers
    assert not [reader for reader in readers if not reads(tree_of(reader), name)]


@pytest.mark.parametrize(("options", "name"), ROWS, ids=NAMES)
def test_every_option_says_what_it_is_and_what_will_happen(options, name):
    row = table(options)[name]
    assert row.option.label[0].isupper()
    assert row.option.text.endswith(".")
    assert row.kinds, "no kind has it"
    assert row.check(row.default) == row.default
    labels = [choice.label for choice in row.choices]
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("options", TABLES, ids=lambda one: one.__name__)
def test_every_field_of_the_struct_is_a_row_but_for_what_is_kept(options):
    assert set(options.__struct_fields__) - table(options).keys() == {"kept"}


@pytest.mark.parametrize("options", TABLES, ids=lambda one: one.__name__)
def test_no_option_has_the_name_of_a_column(options):
    """Forms and presets name both in one breath."""
    columns = {field.name for field in TABLES[options]._meta.get_fields()}
    assert not columns & table(options).keys()


def test_no_other_place_keeps_options():
    """What says `OptionsField` is in the tables above."""
    named = [
        path.stem
        for path in Path(inspect.getfile(Category)).parent.glob("*.py")
        if "OptionsField(" in path.read_text(encoding="utf-8")
    ]
    assert sorted(named) == ["category", "connection", "options"]
