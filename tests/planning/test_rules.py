"""Field rules (F10), values that cross the sides, and what is stored as agreed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.exceptions import BadValue
from quicksync.planning.case import fixed_value, rules_for
from quicksync.planning.compare import Links, can_cross, cross, same, same_across
from quicksync.planning.merge import agreement, changed_since
from quicksync.planning.policy import Company, FieldRule, Policy
from quicksync.planning.reasons.words import explain
from quicksync.planning.steps import Agreed
from quicksync.records import Address, Ref, is_empty, record_class
from tests.planning.sides import (
    client,
    codes,
    here,
    invoice,
    line,
    linked,
    only,
    pair,
    policy,
    product,
    shape,
    steps,
    there,
)

OLD = client(phone="1", notes="n")


def rules(**by_field: FieldRule) -> dict[str, FieldRule]:
    return dict(by_field)


def test_a_field_left_alone_is_neither_sent_nor_taken_nor_compared_f10():
    alone = rules(phone=FieldRule(leave_alone=True))
    assert shape(only(pair(OLD.replace(phone="2"), OLD, OLD), rules=alone)) == ("unchanged", "")
    assert only(here(OLD), rules=alone).record == client(notes="n")
    assert only(there(OLD), rules=alone).record == client(notes="n")


@pytest.mark.parametrize("left", ["phone", "notes", "email"])
def test_the_fields_of_a_new_record_are_those_that_its_create_would_show(left):
    """What lands without being planned first has the same history."""
    alone = rules(**{left: FieldRule(leave_alone=True)})
    filled = rules_for(policy(rules=alone)).filled(OLD)
    assert tuple(filled) == shape(only(there(OLD), rules=alone))[2:]
    assert set(filled) == {"name", "phone", "notes"} - {left}


def test_a_fixed_value_is_sent_with_every_write_but_is_no_reason_for_one_f10():
    fixed = rules(notes=FieldRule(fixed="From us"))
    created = only(here(OLD), rules=fixed)
    assert (shape(created), created.record) == (
        ("create", "push", "name", "phone", "notes"),
        client(phone="1", notes="From us"),
    )
    assert shape(only(pair(OLD, OLD, OLD), rules=fixed)) == ("unchanged", "")
    step = only(pair(OLD.replace(phone="2"), OLD, OLD), rules=fixed)
    assert (shape(step), [change.will for change in step.changes]) == (
        ("update", "push", "phone", "notes"),
        ["2", "From us"],
    )
    settled = OLD.replace(notes="From us")
    step = only(pair(OLD.replace(phone="2"), settled, agreed=settled), rules=fixed)
    assert shape(step) == ("update", "push", "phone")


def test_what_is_fixed_there_is_not_taken_over_here_f10():
    fixed = rules(notes=FieldRule(fixed="From us"))
    assert only(there(OLD), rules=fixed).record == OLD
    assert shape(only(pair(OLD, OLD.replace(notes="theirs"), OLD), rules=fixed)) == (
        "unchanged",
        "",
    )


def test_fixed_values_come_as_text_and_become_what_the_field_holds_f10():
    fixed = rules(unit_price=FieldRule(fixed="12.50"), income_account=FieldRule(fixed="4000"))
    known = linked((Ref("account", "4000"), Ref("account", "79")))
    record = only(here(product()), company=known, rules=fixed).record
    assert (record.unit_price, record.income_account) == (Decimal("12.50"), Ref("account", "4000"))


def test_a_fixed_value_that_does_not_fit_holds_what_it_would_be_sent_with_f10():
    """A rule can be entered past the form that refuses it; it must not stop the run."""
    impossible = rules(unit_price=FieldRule(fixed="dear"))
    held = only(here(product()), rules=impossible)
    assert (held.action, codes(held)) == ("hold", ["rule-impossible"])
    assert "Sales price" in explain(held.reasons[0], "item").sentence
    assert shape(only(there(product()), rules=impossible))[0] == "create"


@pytest.mark.parametrize(
    ("kind", "name", "value", "hint"),
    [
        ("invoice", "due_on", "next Friday", "write a date"),
        ("item", "unit_price", "dear", "write a number"),
        ("item", "unit_price", "NaN", "write a number"),
        ("term", "due_days", "many", "write a whole number"),
        ("customer", "tax_exempt", "perhaps", "write true or false"),
        ("invoice", "lines", "none", "can only be left alone"),
        ("customer", "billing", "4581 Finch St.", "can only be left alone"),
    ],
)
def test_a_value_that_no_field_can_have_is_told_in_words(kind, name, value, hint):
    with pytest.raises(BadValue, match=hint):
        fixed_value(record_class(kind), name, value)


def test_a_rule_for_a_field_of_another_kind_does_nothing_f10():
    assert (
        shape(
            only(
                here(OLD),
                rules=rules(nothing=FieldRule(fixed="x"), other=FieldRule(leave_alone=True)),
            )
        )[0]
        == "create"
    )


def test_computed_fields_are_never_merged():
    old = invoice(balance=Decimal(10))
    assert shape(only(pair(old, old.replace(balance=Decimal(0), total=Decimal(9)), old))) == (
        "unchanged",
        "",
    )


# --- Values ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ("a\r\nb", "a\nb ", True),
        ("a", "A", False),
        (Decimal("1.50"), Decimal("1.5"), True),
        (None, Address(), True),
        (Address(city="Rome"), Address(city="Rome "), True),
        ((line("1", id="7"), line("2")), (line("2", id="9"), line("1")), True),
        ((line("1"), line("1")), (line("1"),), False),
        (None, "", False),
    ],
)
def test_when_two_values_of_one_side_say_the_same(left, right, equal):
    assert same(left, right) is equal


@pytest.mark.parametrize(
    ("value", "empty"),
    [(None, True), ("", True), ((), True), (Address(), True), (False, False), (Decimal(0), False)],
)
def test_which_values_say_nothing(value, empty):
    assert is_empty(value) is empty


def test_references_are_compared_through_the_links_only():
    links = Links(linked((Ref("term", "a"), Ref("term", "1"))))
    assert same_across(Ref("term", "a"), Ref("term", "1"), links)
    assert not same_across(Ref("term", "b"), Ref("term", "b"), links)
    lines = (line(tax_code=Ref("term", "a")),)
    assert same_across(lines, (line(tax_code=Ref("term", "1"), id="4"),), links)


def test_several_codes_of_one_side_may_be_one_entry_of_the_other():
    one, other, entry = Ref("term", "a"), Ref("term", "b"), Ref("term", "1")
    links = Links(Company(links={entry: one}, links_back={one: entry, other: entry}))
    assert same_across(other, entry, links)
    links = Links(Company(links={entry: one, Ref("term", "2"): one}, links_back={one: entry}))
    assert same_across(one, Ref("term", "2"), links)


def test_values_cross_with_their_references_and_without_their_line_ids():
    move = {Ref("term", "a"): Ref("term", "1")}.get
    value = (line(id="7", tax_code=Ref("term", "a")), line(tax_code=Ref("term", "x")))
    assert cross(value, move) == (line(tax_code=Ref("term", "1")), line(tax_code=Ref("term", "x")))
    assert cross(Address(city="Rome"), move) == Address(city="Rome")
    assert not can_cross(value, move)


def test_a_merge_keeps_a_side_where_a_reference_cannot_cross():
    old = client(phone="1")
    mine, theirs = (
        old.replace(term=Ref("term", "x")),
        old.replace(payment_method=Ref("payment_method", "y")),
    )
    found = steps(pair(mine, theirs, old))
    assert [step.action for step in found] == ["hold", "hold"]


def test_only_frozen_values_are_compared():
    with pytest.raises(TypeError, match="list"):
        same([1], [2])


# --- Agreed ---------------------------------------------------------------------------------------


def test_what_a_write_leaves_keeps_its_agreed_value():
    before = Agreed(client("Old", phone="1"), client("OLD", phone="1"))
    after = agreement(before, client("New", phone="2"), client("NEW", phone="3"), ("phone",))
    assert after == Agreed(client("New", phone="1"), client("NEW", phone="1"))
    assert agreement(None, client("New"), client("NEW")) == Agreed(client("New"), client("NEW"))


def test_without_an_agreement_what_is_left_counts_as_empty():
    after = agreement(None, client(phone="2"), client(phone="3"), ("phone",))
    assert after == Agreed(client(), client())


def test_changed_since_names_the_fields():
    assert changed_since(client(phone="2", email="x"), client(), ("phone", "notes"), {}) == (
        "phone",
    )


@pytest.mark.parametrize("kind", ["class", "location", "account", "customer"])
def test_f10_a_fixed_parent_is_of_the_same_kind(kind):
    """The parent of a class is a class; it was taken for a customer."""
    rules = rules_for(Policy(kind=kind, rules={"parent": FieldRule(fixed="Sales")}))
    assert rules.fixed == {"parent": Ref(kind, "Sales")}
