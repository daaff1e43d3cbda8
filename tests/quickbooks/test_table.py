"""The table engine: no field lost, sparse updates, texts that fit."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from quicksync.quickbooks.messages import Facts, Remote, WriteItem
from quicksync.quickbooks.online.payloads.values import NUMBER, TEXT
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.wire_table import Row, Table, Way, Writing, put, take
from quicksync.records import KINDS, Customer, Term
from quicksync.records.limits import FieldLimit, cleaned


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the tests."""

    name: str = ""
    email: str = ""
    deep: str = ""
    price: Decimal | None = None


NAME = Row(field="name", path="Name", codec=TEXT, length=5, forbidden=":\t")
EMAIL = Row(field="email", path="Mail.Address", codec=TEXT)
DEEP = Row(field="deep", path="A.B.C", codec=TEXT)
PRICE = Row(field="price", path="Price", codec=NUMBER, way=Way.READ)
TABLE = Table(Thing, "Thing", (NAME, EMAIL, DEEP, PRICE))


def test_a_record_field_without_a_row_is_an_error():
    with pytest.raises(ValueError, match="no row for price"):
        Table(Thing, "Thing", (NAME, EMAIL, DEEP))


def test_a_row_for_no_field_and_a_second_row_are_errors():
    with pytest.raises(ValueError, match="has no colour"):
        Table(Thing, "Thing", (NAME, EMAIL, DEEP, PRICE), left_out={"colour"})
    with pytest.raises(ValueError, match="two rows"):
        Table(Thing, "Thing", (NAME, NAME, EMAIL, DEEP, PRICE))


def test_decodes_flat_nested_and_deep_values_and_keeps_defaults():
    tree = {
        "Name": "Ann",
        "Mail": {"Address": "a@b.c"},
        "A": {"B": {"C": "x"}},
        "Price": Decimal("1.50"),
    }
    assert TABLE.decode(tree, Facts()) == Thing(
        name="Ann", email="a@b.c", deep="x", price=Decimal("1.5")
    )
    assert TABLE.decode({"Mail": None, "A": {"B": 1}}, Facts()) == Thing()


def test_a_create_leaves_out_what_is_empty_and_what_is_read_only():
    assert TABLE.encode_part(Thing(name="Ann", price=Decimal(1)), Facts(), None) == {"Name": "Ann"}


def test_an_update_sends_the_named_fields_only_and_clears_emptied_ones():
    found = TABLE.encode_part(
        Thing(name="Ann", deep="x"), Facts(), frozenset({"email", "deep", "price"})
    )
    assert found == {"Mail": {"Address": ""}, "A": {"B": {"C": "x"}}}


def test_fields_and_limits_of_a_table():
    assert TABLE.fields == {"name", "email", "deep"}
    assert TABLE.limits()["name"].length == 5
    assert set(TABLE.limits()) == {"name"}


def test_an_update_never_sends_what_is_set_only_on_a_create_c16():
    record = Customer(name="Ann", currency="EUR")
    operation = WriteItem(
        key="k",
        action="update",
        kind="customer",
        record=record,
        remote=Remote(type="Customer", id="1"),
    )
    writing = Writing(
        item=operation, facts=Facts(multicurrency=True), fields=frozenset({"currency"}), there={}
    )
    (customers,) = WIRED.of_kind["customer"]
    assert customers.table.encode(writing) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [(" Ann ", "Ann"), ("A:\tB", "A B"), ("Annabel", "Annab"), ("Ann  B", "Ann"), ("a  b", "a  b")],
)
def test_texts_are_made_to_fit(text, expected):
    assert cleaned(text, FieldLimit(5, ":\t")) == expected


def test_put_and_take():
    tree: dict = {}
    put(tree, "A.B", 1)
    assert (take(tree, "A.B"), take(tree, "A.C"), take(tree, "A.B.C")) == (1, None, None)


def test_every_kind_of_the_online_edition_has_a_table_within_a_screen():
    assert set(WIRED.of_kind) == set(KINDS)
    assert all(wired.table.record is KINDS[wired.kind].record for wired in WIRED.all)
    assert WIRED.fields("term") == set(Term.__struct_fields__)
