"""Records as JSON: what is written today can be read in five years; floats and strangers are
refused.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quicksync.exceptions import BadValue
from quicksync.records import (
    KINDS,
    Address,
    Allocation,
    Customer,
    Invoice,
    Payment,
    Record,
    Ref,
    SalesLine,
    codec,
)

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
AMOUNT = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
)


def value_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    simple = {
        str: TEXT,
        bool: st.booleans(),
        int: st.integers(0, 999),
        Decimal: AMOUNT,
        dt.date: st.dates(),
        Ref: st.builds(Ref, st.sampled_from(sorted(KINDS)), TEXT),
        type(None): st.none(),
    }
    if kind in simple:
        return simple[kind]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return struct_of(kind)
    inside = kind.__args__
    if kind.__class__ is tuple or getattr(kind, "__origin__", None) is tuple:
        return st.lists(value_of(inside[0]), max_size=2).map(tuple)
    return st.one_of([value_of(part) for part in inside])


def struct_of(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    fields = {field.name: value_of(field.type) for field in msgspec.structs.fields(kind)}
    required = {
        field.name: fields.pop(field.name)
        for field in msgspec.structs.fields(kind)
        if field.required
    }
    return st.fixed_dictionaries(required, optional=fields).map(lambda values: kind(**values))


def records() -> st.SearchStrategy[Record]:
    return st.sampled_from(sorted(KINDS)).flatmap(lambda kind: struct_of(KINDS[kind].record))


@given(records())
def test_every_record_comes_back_as_it_was(record: Record):
    stored = json.loads(json.dumps(codec.dump(record)))
    assert codec.load(stored) == record
    assert codec.fingerprint(codec.load(stored)) == codec.fingerprint(record)


@given(
    st.sampled_from(sorted(KINDS)).flatmap(
        lambda kind: st.tuples(*[struct_of(KINDS[kind].record)] * 2)
    )
)
def test_both_sides_of_an_agreement_come_back_as_they_were(sides: tuple[Record, Record]):
    stored = json.loads(json.dumps(codec.dump_pair(*sides)))
    assert codec.load_pair(*stored) == sides


def test_the_second_side_is_stored_as_its_difference():
    here, there = codec.dump_pair(
        Customer(name="Acme", phone="1", notes="n"), Customer(name="ACME", phone="1")
    )
    assert here["d"] == {"name": "Acme", "phone": "1", "notes": "n"}
    assert (there["d"], there["minus"]) == ({"name": "ACME"}, ["notes"])


def test_the_stored_form_is_short_and_exact():
    line = SalesLine(description="x", amount=Decimal("12.50"), tax_code=Ref("tax_code", "S"))
    stored = codec.dump(
        Invoice(
            number="7", issued_on=dt.date(2026, 5, 4), lines=(line,), billing=Address(city="Rome")
        )
    )
    assert stored == {
        "v": codec.VERSION,
        "k": "invoice",
        "d": {
            "number": "7",
            "issued_on": "2026-05-04",
            "lines": (
                {
                    "description": "x",
                    "amount": "12.50",
                    "tax_code": {"kind": "tax_code", "id": "S"},
                },
            ),
            "billing": {"city": "Rome"},
        },
    }


# --- What cannot be -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "record",
    [
        Payment(total=12.5),
        Invoice(lines=(SalesLine(amount=12.5),)),
        Payment(allocations=(Allocation(document=Ref("invoice", "1"), amount=0.1),)),
        Payment(total=object()),
        Customer(name=Exception()),
    ],
    ids=["float", "float in a line", "float in a tuple", "object", "exception"],
)
def test_floats_and_strangers_are_refused_when_written(record):
    with pytest.raises(BadValue):
        codec.dump(record)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"v": 1, "k": "ghost", "d": {}},
        {"v": 1, "k": "payment", "d": {"total": 12.5}},
        {"v": 1, "k": "payment", "d": {"total": "many"}},
        {"v": 1, "k": "invoice", "d": {"lines": [{"amount": 0.1}]}},
        {"v": 1, "k": "invoice", "d": {"issued_on": "soon"}},
        {"v": "1", "k": "invoice", "d": {}},
        {"v": 0, "k": "invoice", "d": {}},
        {"v": codec.VERSION + 1, "k": "invoice", "d": {}},
        {"v": 1, "k": "invoice", "d": []},
    ],
    ids=repr,
)
def test_what_cannot_be_read_is_refused_in_words(stored):
    with pytest.raises(BadValue):
        codec.load(stored)


def test_both_sides_of_an_agreement_have_one_version():
    here, there = codec.dump_pair(Customer(name="a"), Customer(name="b"))
    with pytest.raises(BadValue, match="different versions"):
        codec.load_pair(here, {**there, "v": 7})
    with pytest.raises(BadValue):
        codec.load_pair({}, {})


@pytest.mark.parametrize("difference", [{}, {"v": codec.VERSION, "minus": 7}, None], ids=repr)
def test_an_agreement_whose_second_half_cannot_be_read_is_refused_in_words(difference):
    here, _ = codec.dump_pair(Customer(name="a"), Customer(name="b"))
    with pytest.raises(BadValue, match="cannot be read"):
        codec.load_pair(here, difference)


# --- Versions -------------------------------------------------------------------------------------


def test_old_versions_pass_through_every_later_step(monkeypatch):
    """A field renamed in version 2 and one dropped in version 3: a row of version 1 still reads."""
    monkeypatch.setattr(codec, "VERSION", 3)
    renamed = {
        1: lambda kind, data: {
            ("name" if name == "title" else name): value for name, value in data.items()
        }
    }
    dropped = {2: lambda kind, data: {name: value for name, value in data.items() if name != "fax"}}
    monkeypatch.setattr(codec, "UPGRADES", renamed | dropped)
    old = {"title": "Acme", "fax": "1"}
    assert codec.load({"v": 1, "k": "customer", "d": old}) == Customer(name="Acme")
    assert codec.load({"v": 3, "k": "customer", "d": {"name": "Acme"}}) == Customer(name="Acme")
    both = codec.load_pair(
        {"v": 1, "k": "customer", "d": old}, {"v": 1, "k": "customer", "d": {"title": "ACME"}}
    )
    assert both == (Customer(name="Acme"), Customer(name="ACME"))


# --- Values and fingerprints ----------------------------------------------------------------------


def test_single_values_for_the_history():
    assert codec.dump_value(Decimal("1.50")) == "1.50"
    assert codec.dump_value((Ref("term", "30"),)) == ({"kind": "term", "id": "30"},)
    with pytest.raises(BadValue):
        codec.dump_value(object())


def test_fingerprints_do_not_care_how_a_number_is_written():
    one, other = Payment(total=Decimal("1.50")), Payment(total=Decimal("1.5"))
    assert codec.fingerprint(one) == codec.fingerprint(other)
    assert codec.fingerprint(one) != codec.fingerprint(Payment(total=Decimal("1.51")))


def test_fingerprints_see_lines_and_their_order():
    first, second = SalesLine(amount=Decimal("1.0")), SalesLine(amount=Decimal(2))
    same = Invoice(lines=(SalesLine(amount=Decimal(1)), SalesLine(amount=Decimal("2.00"))))
    assert codec.fingerprint(Invoice(lines=(first, second))) == codec.fingerprint(same)
    assert codec.fingerprint(Invoice(lines=(first, second))) != codec.fingerprint(
        Invoice(lines=(second, first))
    )
