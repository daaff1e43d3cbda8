"""References between records: linked, made by the same plan, or a reason to wait (C6, D2, I7)."""

from __future__ import annotations

import pytest

from quicksync.planning.policy import Company
from quicksync.planning.reasons.words import explain
from quicksync.records import Allocation, Ref, TaxCode
from tests.planning.sides import (
    client,
    codes,
    explained,
    here,
    invoice,
    line,
    linked,
    pair,
    payment,
    product,
    shape,
    steps,
    there,
)


def by_key(*candidates, company: Company | None = None, **chosen):
    return {step.key: step for step in steps(*candidates, company=company or linked(), **chosen)}


def test_what_the_plan_creates_is_waited_for_parents_first_c6_d2_c18():
    child = here(client("Site", parent=Ref("customer", "h9")), 1)
    found = by_key(child, here(client("Acme"), 9), here(invoice(customer=Ref("customer", "h1")), 3))
    assert list(found) == [9, 1, 3]
    assert [step.waits_for for step in found.values()] == [
        (),
        (Ref("customer", "h9"),),
        (Ref("customer", "h1"),),
    ]


def test_the_same_in_the_other_direction_c18():
    child = there(client("Site", parent=Ref("customer", "q9")), 1)
    found = by_key(
        child, there(client("Acme"), 9), there(invoice(customer=Ref("customer", "q1")), 3)
    )
    assert list(found) == [9, 1, 3]
    assert [step.waits_for for step in found.values()] == [
        (),
        (Ref("customer", "q9"),),
        (Ref("customer", "q1"),),
    ]


def test_what_the_plan_pairs_is_waited_for():
    found = by_key(
        here(client(), 1), there(client(), 2), here(invoice(customer=Ref("customer", "h1")), 3)
    )
    assert found[3].waits_for == (Ref("customer", "h1"),)


def test_an_existing_pair_is_not_waited_for():
    found = by_key(
        pair(client(), client(), client()), here(invoice(customer=Ref("customer", "h1")), 3)
    )
    assert found[3].waits_for == ()


@pytest.mark.parametrize(
    "values", [{"excluded": True}, {"here": client("")}, {"in_bookmark": False}]
)
def test_what_names_a_record_that_does_not_come_is_held_and_says_why_i7(values):
    found = by_key(here(client(), 1, **values), here(invoice(customer=Ref("customer", "h1")), 3))
    assert codes(found[3]) == ["reference-not-synced"]
    assert explained(found[1])[0] in explained(found[3])[1]


def test_what_nobody_knows_of_is_held_i7():
    found = by_key(
        here(invoice(customer=Ref("customer", "x"))), there(invoice("7", Ref("customer", "x")))
    )
    assert codes(found[1]) == codes(found[2]) == ["reference-not-synced"]


def test_what_other_chunks_create_is_waited_for_and_what_they_refuse_is_named():
    mine, theirs = (
        here(invoice(customer=Ref("customer", "x"))),
        there(invoice("7", Ref("customer", "y"))),
    )
    known = linked(
        coming=frozenset({Ref("customer", "x")}), arriving=frozenset({Ref("customer", "y")})
    )
    found = by_key(mine, theirs, company=known)
    assert (found[1].waits_for, found[2].waits_for) == (
        (Ref("customer", "x"),),
        (Ref("customer", "y"),),
    )
    known = linked(
        refused={Ref("customer", "x"): "Acme"}, refused_there={Ref("customer", "y"): "Bolt"}
    )
    found = by_key(mine, theirs, company=known)
    assert "Acme" in explained(found[1])[0]
    assert "Bolt" in explained(found[2])[0]


@pytest.mark.parametrize(
    ("field", "code"), [("missing", "missing-reference"), ("inactive", "inactive-reference")]
)
def test_deleted_and_inactive_references_hold_the_record_i7(field, code):
    known = linked(
        (Ref("customer", "c"), Ref("customer", "C")), **{field: frozenset({Ref("customer", "C")})}
    )
    assert codes(by_key(here(invoice()), company=known)[1]) == [code]


@pytest.mark.parametrize("lost", ["here", "there"])
def test_references_to_half_a_pair_hold_the_record_i7(lost):
    customer = (
        pair(None, client(), client(), key=5)
        if lost == "here"
        else pair(client(), None, client(), key=5)
    )
    found = by_key(
        customer,
        here(invoice(customer=Ref("customer", "h5"))),
        there(invoice("7", Ref("customer", "q5"))),
    )
    assert codes(found[1]) == codes(found[2]) == ["missing-reference"]


def test_references_to_what_the_plan_voids_hold_the_record_i7():
    billed = pair(invoice(voided=True), invoice(), invoice(), key=5)
    parts = (Allocation(document=Ref("invoice", "h5"), amount=1),)
    known = linked((Ref("customer", "c"), Ref("customer", "C")))
    found = by_key(billed, here(payment(allocations=parts)), company=known)
    assert shape(found[5]) == ("void", "push")
    assert codes(found[1]) == ["missing-reference"]
    inactive = pair(None, client(), client(), key=6)
    assert codes(by_key(inactive, here(invoice(customer=Ref("customer", "h6"))))[1]) == [
        "missing-reference"
    ]


def test_only_references_in_changed_fields_are_looked_at():
    old = invoice()
    assert shape(by_key(pair(old.replace(memo="x"), old, old))[1]) == ("update", "push", "memo")


def test_records_above_themselves_are_told_and_what_hangs_below_waits_c18():
    ring = [
        here(client(f"Ring {n}", parent=Ref("customer", f"h{1 + n % 3}")), n) for n in (1, 2, 3)
    ]
    below = here(client("Below", parent=Ref("customer", "h1")), 4)
    found = by_key(*ring, below)
    assert [codes(found[key])[0] for key in (1, 2, 3)] == [
        "reference-cycle",
        "reference-cycle",
        "reference-cycle",
    ]
    assert codes(found[4]) == ["reference-not-synced"]


def test_a_circle_that_a_pair_breaks_is_none_c18():
    over, under = (
        here(client("Over", parent=Ref("customer", "h2")), 1),
        here(client("Under", parent=Ref("customer", "h1")), 2),
    )
    found = by_key(over, under, there(client("Under"), 3))
    assert found[1].waits_for == (Ref("customer", "h2"),)
    assert [shape(found[key])[0] for key in (2, 3)] == ["pair", "pair"]


def test_a_record_comes_after_both_of_its_parents_c18():
    tops = [
        here(client("Top"), 8),
        there(client("Crown", parent=Ref("customer", "q10")), 9),
        there(client("Tip"), 10),
    ]
    middle = here(client("Middle", parent=Ref("customer", "h8")), 7)
    moved = pair(client(parent=Ref("customer", "h7")), client(parent=Ref("customer", "q9")), key=1)
    assert [step.key for step in steps(moved, middle, *tops)] == [8, 10, 7, 9, 1]


def test_deep_trees_are_ordered_by_level_c18():
    tree = [
        here(client(f"Level {n}", parent=Ref("customer", f"h{n + 1}")), n) for n in range(1, 40)
    ]
    found = by_key(*tree, here(client("Top"), 40))
    assert list(found) == list(range(40, 0, -1))


def test_list_entries_that_the_plan_creates_are_waited_for():
    code = here(TaxCode(name="VAT 20"), 9)
    lines = (invoice().lines[0].__class__(tax_code=Ref("tax_code", "h9")),)
    known = linked((Ref("customer", "c"), Ref("customer", "C")))
    assert by_key(code, here(invoice(lines=lines)), company=known)[1].waits_for == (
        Ref("tax_code", "h9"),
    )


def test_removals_come_last_and_children_first():
    gone = [pair(None, invoice(), invoice(), key=1), pair(None, payment(), payment(), key=2)]
    assert list(by_key(*gone, here(client("New"), 3))) == [3, 2, 1]


TAXED = invoice(lines=(line(tax_code=Ref("tax_code", "7")),))


def test_what_lines_here_have_no_place_for_holds_nothing_up():
    """A host without tax codes takes invoices with them; its own are looked at as ever."""
    known, parts = (
        linked((Ref("customer", "c"), Ref("customer", "c"))),
        {"lines": frozenset({"item", "unit_price"})},
    )
    assert by_key(there(TAXED, 1), company=known, parts=parts)[1].action == "create"
    assert by_key(here(TAXED), company=known, parts=parts)[1].action == "hold"
    assert (
        by_key(there(TAXED, 1), company=known, parts={"lines": parts["lines"] | {"tax_code"}})[
            1
        ].action
        == "hold"
    )


def test_an_entry_of_quickbooks_that_has_no_partner_here_is_named_as_such_i7():
    known = linked(entries={Ref("account", "1"): "Services"})
    (reason,) = by_key(there(product(income_account=Ref("account", "1")), 1), company=known)[
        1
    ].reasons
    words = explain(reason, "item")
    assert (
        words.sentence
        == "Income account: the QuickBooks account Services is not mapped to one here."
    )
    (reason,) = by_key(here(product(income_account=Ref("account", "4000"))), company=known)[
        1
    ].reasons
    assert (
        explain(reason, "item").sentence == "The account 4000 is not mapped to one in QuickBooks."
    )
