"""Unsafe plans: many changes or a mass deletion stop for a person, with the numbers."""

from __future__ import annotations

import pytest

from quicksync.planning import Plan, build, explain
from tests.planning.sides import COMPANY, PUSH, client, here, pair, policy

OLD = client()


def planned(changed: int, deleted: int, total: int, pairs: int | None = None, **marks) -> Plan:
    names = [client(f"Client {number}") for number in range(total)]
    rows = []
    for number, one in enumerate(names):
        mine = one.replace(phone="2") if number < changed else one
        mine = None if changed <= number < changed + deleted else mine
        rows.append(pair(mine, one, one, key=number, **marks))
    known = {"customer": pairs} if pairs is not None else None
    return build(rows, {"customer": policy()}, COMPANY, pairs=known)


@pytest.mark.parametrize(
    ("changed", "deleted", "total", "unsafe"),
    [
        (9, 0, 10, False),  # fewer than ten
        (10, 0, 40, False),  # a quarter
        (10, 0, 30, True),
        (8, 2, 30, True),
        (0, 2, 5, False),  # fewer than three deletions
        (0, 3, 30, False),  # a tenth
        (0, 3, 20, True),
    ],
)
def test_many_changes_or_a_mass_deletion_are_unsafe_i4(changed, deleted, total, unsafe):
    plan = planned(changed, deleted, total)
    assert bool(plan.unsafe) is unsafe
    if unsafe:
        (row,) = plan.unsafe
        assert (row.kind, row.changed, row.deleted, row.pairs) == (
            "customer",
            changed,
            deleted,
            total,
        )
        assert str(total) in explain(row.reason).sentence


def test_the_share_is_of_all_pairs_of_the_category_not_only_of_those_looked_at_i4():
    assert not planned(10, 0, 10, pairs=1000).unsafe
    assert planned(10, 0, 10, pairs=1).unsafe


def test_what_a_person_asked_for_record_by_record_is_meant_b10():
    assert not planned(20, 0, 20, forced=PUSH).unsafe
    assert not planned(20, 0, 20, resend=True).unsafe


def test_new_records_are_never_unsafe():
    plan = build([here(client(f"C{n}"), n) for n in range(50)], {"customer": policy()}, COMPANY)
    assert not plan.unsafe
