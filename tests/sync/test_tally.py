"""Counts: each candidate once, and sums that add up (invariant 1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quicksync.sync.tally import OUTCOMES, Tally, rows, sums
from tests.models import make

kinds = st.sampled_from(["customer", "invoice"])
directions = st.sampled_from(["push", "pull", ""])
entries = st.lists(st.tuples(kinds, directions, st.sampled_from(OUTCOMES), st.integers(1, 9)), max_size=20)


def tally_of(counted):
    tally = Tally()
    for entry in counted:
        tally.add(*entry)
    return tally


@given(entries, entries)
def test_nothing_is_lost_between_slices(first, second):
    """Counted in two slices is counted."""
    stored = tally_of(second).onto(tally_of(first).onto({}))
    assert stored == tally_of(first + second).onto({})
    assert sum(sums(stored).values()) == tally_of(first).total() + tally_of(second).total()


@given(entries)
def test_rows_show_every_outcome(counted):
    stored = tally_of(counted).onto({})
    assert sum(number for _, _, outcomes in rows(stored) for number in outcomes.values()) == tally_of(counted).total()
    assert all(tuple(outcomes) == OUTCOMES for _, _, outcomes in rows(stored))


def test_what_moved_nowhere_has_a_row_of_its_own():
    tally = tally_of([("customer", "", "unchanged", 2), ("customer", "push", "created", 1)])
    assert tally.onto({}) == {"customer": {"none": {"unchanged": 2}, "push": {"created": 1}}}


def test_an_empty_tally_is_nothing():
    assert not Tally()
    assert Tally().onto({}) == {}


@pytest.mark.django_db
def test_kept_on_the_run():
    """The run's row is read afresh: another process may have counted meanwhile."""
    run = make.run(make.connection())
    for _ in range(2):
        tally_of([("customer", "push", "created", 1), ("invoice", "pull", "failed", 2)]).keep(run.pk)
    run.refresh_from_db()
    assert run.counts == {"customer": {"push": {"created": 2}}, "invoice": {"pull": {"failed": 4}}}
    assert run.done == 6
