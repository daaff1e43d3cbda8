"""What a kind is stands in `records`, once; that no other part of the engine knows an invoice from
a payment is a rule of the house (test_house). A new kind needs a record class, a wire table and an
adapter class.
"""

from __future__ import annotations

import datetime as dt
import typing

import pytest

import quicksync
from quicksync.local import kind_adapters as adapters
from quicksync.local.adapter import ModelAdapter
from quicksync.quickbooks.online.wire import WIRED
from quicksync.records import KINDS, Part, Record, Ref, kinds_where
from quicksync.records.base import fields_of as order_of
from quicksync.records.kinds import UNMAPPED
from tests.tree import ROOT


def below(struct):
    """All sorts of parts, those of parts included."""
    for one in struct.__subclasses__():
        yield one
        yield from below(one)


PARTS = [part for part in below(Part) if part.__name__ in quicksync.__all__]
STRUCTS = [info.record for info in KINDS.values()] + PARTS


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_every_reference_says_which_kinds_it_may_name(struct):
    hints = typing.get_type_hints(struct)
    refs = {
        name
        for name in struct.__struct_fields__
        if Ref in (hints[name], *typing.get_args(hints[name]))
    }
    assert refs == struct.references.keys()
    named = {kind for kinds in struct.references.values() for kind in kinds}
    assert named <= KINDS.keys()


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_people_read_the_fields_in_an_order_that_names_them_all(struct):
    """Where a base has fields, msgspec has them first: the order is declared with the family."""
    assert sorted(order_of(struct)) == sorted(struct.__struct_fields__)
    if struct.order:
        assert order_of(struct) == tuple(name for name in struct.order if name in order_of(struct))


@pytest.mark.parametrize("struct", STRUCTS, ids=lambda struct: struct.__name__)
def test_usual_names_are_of_fields_that_there_are(struct):
    assert struct.usual.keys() <= set(struct.__struct_fields__)
    assert all(names for names in struct.usual.values())


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_says_what_its_ways_need(kind):
    info = KINDS[kind]
    fields = set(info.record.__struct_fields__)
    assert {
        info.record.party,
        info.record.dated,
        *info.record.roles,
        *info.record.features,
    } <= fields | {""}
    assert bool(info.unmapped) is info.is_list
    assert bool(info.feature_words) is bool(info.features)
    assert bool(info.record.dated) is info.is_document
    assert ("voided" in fields) is info.is_document
    if info.record.party and info.record.party not in info.record.required:
        nobodys = info.record(**{info.record.dated: dt.date(2026, 3, 7), "number": "7"})
        assert nobodys.identity(str) is not None, "Those of nobody must be known by something."


def test_reasons_of_codes_are_one_a_list():
    assert len(set(UNMAPPED)) == len(UNMAPPED) == len(kinds_where(lambda info: info.is_list))


def test_every_kind_has_a_wire_table_and_an_adapter_class_of_its_name():
    assert WIRED.of_kind.keys() == KINDS.keys()
    made = {
        one.kind: name
        for name, one in vars(adapters).items()
        if isinstance(one, type) and issubclass(one, ModelAdapter) and one is not ModelAdapter
    }
    assert made == {kind: f"{info.record.__name__}Adapter" for kind, info in KINDS.items()}
    for name in made.values():
        assert getattr(quicksync, name) is getattr(adapters, name)
        assert name in quicksync.__all__
    assert all(isinstance(info.record(), Record) for info in KINDS.values())


def fields_of(struct):
    """The fields of a record or a line as docs/adapters.md lists them."""
    required, computed = getattr(struct, "required", ()), getattr(struct, "computed", frozenset())
    mine = [name for name in order_of(struct) if name not in computed]
    told = [f"**{name}**" if name in required else name for name in mine]
    worked_out = [name for name in order_of(struct) if name in computed]
    return " ".join([*told, *([f"({' '.join(worked_out)})"] if worked_out else [])])


def rows_of_the_reference():
    """The table of kinds in docs/adapters.md, and that of their lines, as `records` has them."""
    yield "| kind | subclass | fields |"
    yield "|---|---|---|"
    for kind, info in KINDS.items():
        yield f"| {kind} | `{info.record.__name__}Adapter` | {fields_of(info.record)} |"
    yield ""
    yield "| rows | fields |"
    yield "|---|---|"
    for part in PARTS:
        yield f"| `{part.__name__}` | {fields_of(part)} |"


def test_the_reference_lists_every_kind_with_its_fields():
    page = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
    table = "\n".join(rows_of_the_reference())
    assert table in page, f"docs/adapters.md wants this table:\n{table}"
