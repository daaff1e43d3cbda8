"""Options promise no more than QuickBooks can do with the records (G10)."""

from __future__ import annotations

import pytest

from quicksync.options.category import CategoryOptions
from quicksync.options.choices import OnDelete

VOIDS = CategoryOptions(on_delete_here=OnDelete.VOID)


def test_what_can_neither_be_voided_nor_made_inactive_is_left_alone_and_not_deleted():
    assert VOIDS.fitting(frozenset({"delete"})).on_delete_here is OnDelete.NOTHING


@pytest.mark.parametrize("able", [{"void"}, {"inactive"}, {"void", "delete"}])
def test_what_can_be_done_stays_as_it_was_chosen(able):
    assert VOIDS.fitting(frozenset(able)) == VOIDS


def test_a_person_who_says_delete_is_taken_at_their_word():
    chosen = CategoryOptions(on_delete_here=OnDelete.DELETE)
    assert chosen.fitting(frozenset({"delete"})) == chosen
