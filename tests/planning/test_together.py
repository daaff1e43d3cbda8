"""Fields that belong together are one value: both sides' edits of it are a conflict about all of it
(C5, I8).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.options.choices import Authority, Wins
from quicksync.records import Allocation, Payment, Ref
from tests.planning.sides import (
    NEWER,
    OLDER,
    PUSH,
    codes,
    invoice,
    line,
    linked,
    only,
    pair,
    payment,
    shape,
    steps,
)

OLD_BILL, NEW_BILL = Ref("invoice", "1"), Ref("invoice", "2")
BILLS = linked(
    (Ref("customer", "c"), Ref("customer", "c")), (OLD_BILL, OLD_BILL), (NEW_BILL, NEW_BILL)
)


def paid(total: str, bill: Ref, **values: object) -> Payment:
    return payment(
        total, allocations=(Allocation(document=bill, amount=Decimal("5.00")),), **values
    )


MONEY = paid("10.00", OLD_BILL)
MORE, MOVED = paid("12.00", OLD_BILL), paid("10.00", NEW_BILL)  # one side's edit, and the other's
WHOLE_MONEY = ("total", "allocations")


@pytest.mark.parametrize(
    ("wins", "expected"),
    [
        (Wins.HERE, ("update", "push", *WHOLE_MONEY)),
        (Wins.QUICKBOOKS, ("update", "pull", *WHOLE_MONEY)),
        (Wins.NEWEST, ("update", "push", *WHOLE_MONEY)),
        (Wins.ASK, ("conflict", "", *WHOLE_MONEY)),
    ],
)
def test_an_amount_here_and_its_parts_there_are_a_conflict_about_both_c5_i8(wins, expected):
    one = pair(MORE, MOVED, MONEY, here_modified=NEWER, there_modified=OLDER)
    step = only(one, company=BILLS, wins=wins)
    assert shape(step) == expected
    assert step.record in (None, MORE if step.direction is PUSH else MOVED)
    assert all(change.conflict is (wins is Wins.ASK) for change in step.changes)


@pytest.mark.parametrize("field", ["total", "allocations", "customer", "*"])
def test_an_answer_about_one_part_counts_for_the_whole_i8(field):
    step = only(pair(MORE, MOVED, MONEY, choice={field: "there"}), company=BILLS, wins=Wins.ASK)
    assert (shape(step), step.record) == (("update", "pull", *WHOLE_MONEY), MOVED)


def test_another_field_of_the_same_payment_is_merged_by_itself_c5():
    push, pull = steps(pair(MORE, MONEY.replace(note="x"), MONEY), company=BILLS)
    assert (shape(push), push.leaves) == (("update", "push", "total"), ("note",))
    assert (shape(pull), pull.record) == (("update", "pull", "note"), MORE.replace(note="x"))


def test_what_both_sides_changed_to_the_same_is_no_dispute_about_the_rest():
    """Our own write whose answer was lost, and an edit here since: nobody changed it there."""
    both = paid("12.00", NEW_BILL)
    step = only(pair(both, MORE, MONEY), company=BILLS, wins=Wins.ASK)
    assert (shape(step), step.record) == (("update", "push", "allocations"), both)


def test_master_here_writes_nothing_of_a_whole_that_was_edited_there_too_f8():
    step = only(pair(MORE, MOVED, MONEY), company=BILLS, authority=Authority.HERE)
    assert (shape(step), codes(step)) == (("drift", "", *WHOLE_MONEY), ["drift-changed"])


def test_at_the_first_sync_too_the_whole_is_one_sides_c5():
    """The side without parts would take over the other's, and keep its own amount."""
    bare = payment("12.00")
    step = steps(pair(bare, MONEY), company=BILLS, first_sync=Wins.HERE)[-1]
    assert (shape(step), step.record) == (("update", "push", *WHOLE_MONEY), bare)
    step = only(pair(bare, MONEY), company=BILLS, first_sync=Wins.ASK)
    assert shape(step) == ("conflict", "", *WHOLE_MONEY)


def test_a_discount_here_and_lines_there_are_a_conflict_about_both_c5():
    old = invoice()
    mine, theirs = old.replace(discount=Decimal(1)), old.replace(lines=(line("20.00"),))
    assert shape(only(pair(mine, theirs, old), company=BILLS, wins=Wins.ASK)) == (
        "conflict",
        "",
        "lines",
        "discount",
    )
