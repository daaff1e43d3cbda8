"""What a walk calls lost, and what it does not: lines of an invoice that were changed on both sides
apart from each other, and what somebody ends and takes back.
"""

from __future__ import annotations

import pytest

from tests.walk.journal import Journal
from tests.walk.shown import ALIVE, INACTIVE, Shown

OLD = (("a", "1.00"), ("b", "2.00"))
DEARER = (("a", "3.00"), ("b", "2.00"))
ADDED = (("a", "1.00"), ("b", "2.00"), ("x", "7.00"))
BOTH = (("a", "3.00"), ("b", "2.00"), ("x", "7.00"))


def side(lines):
    return {"I1": [Shown("I1", "1", ALIVE, {"lines": lines})]}


@pytest.fixture
def journal():
    """An invoice with the same lines on both sides; here one has another price since, and a
    bookkeeper has added one.
    """
    journal = Journal()
    journal.asked_since.clear()
    journal.acted("here", side(OLD))
    assert looked(journal, OLD, OLD) == []
    journal.acted("here", side(DEARER))
    journal.acted("there", side(ADDED))
    return journal


def looked(journal, here, there):
    return journal.observe({"here": side(here), "there": side(there)})


def words(wrong):
    return [one.partition(":")[0] for one in wrong]


def test_both_survive_at_once(journal):
    assert looked(journal, BOTH, BOTH) == []


def test_both_survive_one_side_after_the_other(journal):
    assert looked(journal, DEARER, BOTH) == []
    assert looked(journal, BOTH, BOTH) == []


def test_also_where_people_are_asked_and_none_is_lost(journal):
    journal.asked_since["invoice"] = 0
    assert looked(journal, DEARER, BOTH) == []
    assert looked(journal, BOTH, BOTH) == []


def test_what_the_bookkeeper_added_is_lost_after_it_was_there_with_the_other(journal):
    assert looked(journal, DEARER, BOTH) == []
    assert words(looked(journal, DEARER, DEARER)) == ["lost"]


def test_what_the_bookkeeper_added_is_lost_at_once_whoever_wins(journal):
    assert words(looked(journal, DEARER, DEARER)) == ["lost"]


def test_what_this_side_had_taken_over_it_may_take_away(journal):
    assert looked(journal, DEARER, BOTH) == []
    journal.acted("there", side((("a", "3.00"), ("b", "9.00"), ("x", "7.00"))))
    assert looked(journal, BOTH, (("a", "3.00"), ("b", "9.00"), ("x", "7.00"))) == []
    journal.acted("here", side(DEARER))
    assert looked(journal, DEARER, DEARER) == []


def test_a_price_of_the_bookkeepers_is_lost_where_people_are_to_be_asked(journal):
    journal.asked_since["invoice"] = 0
    journal.acted("there", side((("a", "5.00"), ("b", "2.00"))))
    assert words(looked(journal, DEARER, DEARER)) == ["not-asked"]


def test_nothing_else_is_both(journal):
    assert words(looked(journal, DEARER, (*BOTH, ("y", "1.00")))) == ["reverted"]


def test_a_price_of_the_bookkeepers_goes_only_where_nobody_is_to_be_asked(journal):
    """What is added survives, what was changed in a line of both goes by the settings."""
    journal.acted("there", side((("a", "5.00"), ("b", "2.00"), ("x", "7.00"))))
    assert looked(journal, DEARER, BOTH) == []


def test_a_price_of_the_bookkeepers_does_not_go_without_a_question(journal):
    journal.asked_since["invoice"] = 0
    journal.acted("there", side((("a", "5.00"), ("b", "2.00"), ("x", "7.00"))))
    assert words(looked(journal, DEARER, BOTH)) == ["reverted"]


def test_what_is_typed_over_both_is_what_counts(journal):
    assert looked(journal, DEARER, BOTH) == []
    journal.acted("there", side((("x", "8.00"), *BOTH[:2])))
    assert looked(journal, (("x", "8.00"), *BOTH[:2]), (("x", "8.00"), *BOTH[:2])) == []


# --- What somebody ends, and takes back -----------------------------------------------------------


def customer(state):
    return {"C1": [Shown("C1", "1", state)]}


def stands(journal, here, there):
    return words(journal.observe({"here": customer(here), "there": customer(there)}))


@pytest.fixture
def known():
    """A customer whom both sides have."""
    journal = Journal()
    journal.acted("here", customer(ALIVE))
    assert stands(journal, ALIVE, ALIVE) == []
    return journal


def test_who_became_inactive_though_nobody_ended_it(known):
    assert stands(known, INACTIVE, ALIVE) == ["taken"]


def test_a_run_that_has_read_an_end_may_land_it_after_it_was_taken_back(known):
    """Once: the next run has read the rest."""
    known.acted("there", customer(INACTIVE))
    known.acted("there", customer(ALIVE))
    assert stands(known, INACTIVE, ALIVE) == []
    assert stands(known, ALIVE, ALIVE) == []
    assert stands(known, INACTIVE, ALIVE) == ["taken"]


def test_an_end_that_has_come_across_is_no_excuse_for_another(known):
    known.acted("there", customer(INACTIVE))
    assert stands(known, INACTIVE, INACTIVE) == []
    known.acted("there", customer(ALIVE))
    assert stands(known, ALIVE, ALIVE) == []
    assert stands(known, INACTIVE, ALIVE) == ["taken"]
