"""Unsafe plans: many changes or a mass deletion stop for a person, with the numbers."""

from __future__ import annotations

import pytest

from quicksync.planning.reasons.words import explain
from quicksync.planning.unsafe import judge


@pytest.mark.parametrize(
    ("changed", "deleted", "pairs", "unsafe"),
    [
        (9, 0, 10, False),  # fewer than ten
        (10, 0, 40, False),  # a quarter
        (10, 0, 30, True),
        (8, 2, 30, True),
        (0, 2, 5, False),  # fewer than three deletions
        (0, 3, 30, False),  # a tenth
        (0, 3, 20, True),
        (0, 0, 0, False),
    ],
)
def test_many_changes_or_a_mass_deletion_are_unsafe_i4(changed, deleted, pairs, unsafe):
    verdict = judge("customer", changed, deleted, pairs)
    assert (verdict is not None) is unsafe
    if verdict is not None:
        told = (verdict.kind, verdict.changed, verdict.deleted, verdict.pairs)
        assert told == ("customer", changed, deleted, pairs)
        assert str(pairs) in explain(verdict.reason).sentence


def test_the_share_is_of_all_pairs_of_the_category_i4():
    assert judge("customer", 10, 0, 1000) is None
    assert judge("customer", 10, 0, 10) is not None
