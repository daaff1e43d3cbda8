"""Counts: each candidate once, and sums that add up (invariant 1)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quicksync.models import Counted
from quicksync.sync.worker import counts
from quicksync.sync.worker.counts import OUTCOMES, Counting, End, rows, sums
from tests.models import make

pytestmark = pytest.mark.django_db

ends = st.builds(
    End,
    st.sampled_from(["customer", "invoice"]),
    st.sampled_from(["push", "pull", ""]),
    st.sampled_from(OUTCOMES),
)
slices = st.lists(st.dictionaries(st.integers(1, 6), ends, max_size=6), max_size=5)


def keep(run, ended, gone=()):
    counted = Counting()
    for key, end in ended.items():
        counted.add(run.pk, key, end)
    counted.forget(run.pk, gone)
    counted.keep()
    run.refresh_from_db()
    return run


@pytest.fixture
def run():
    return make.run(make.connection())


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(slices, st.sets(st.integers(1, 6)))
def test_counts_are_the_sums_of_the_records_whatever_is_said_how_often(run, said, gone):
    """Each record once, however often a run looks at it; what was written stays said unless it
    fails later.
    """
    Counted.objects.filter(run=run).delete()
    type(run).objects.filter(pk=run.pk).update(counts={}, done=0)
    expected = {}
    for ended in said:
        keep(run, ended)
        for key, end in ended.items():
            written = key in expected and expected[key].outcome in ("created", "updated")
            if not written or end.outcome == "failed":
                expected[key] = end
    keep(run, {}, gone)
    expected = {key: end for key, end in expected.items() if key not in gone}
    assert run.counts == counts.recount(run)
    assert run.done == len(expected) == sum(sums(run.counts).values())
    assert {row.key: (row.kind, row.direction, row.outcome) for row in run.counted.all()} == {
        key: end[:3] for key, end in expected.items()
    }


def test_rows_show_every_outcome(run):
    keep(
        run,
        {
            1: End("customer", "push", "created"),
            2: End("invoice", "", "skipped", "before-start-date"),
        },
    )
    assert all(tuple(outcomes) == OUTCOMES for _, _, outcomes in rows(run.counts))


def test_what_moved_nowhere_has_a_row_of_its_own(run):
    keep(run, {1: End("customer", "", "unchanged"), 2: End("customer", "push", "created")})
    assert run.counts == {"customer": {"none": {"unchanged": 1}, "push": {"created": 1}}}


def test_found_unchanged_then_written_counts_as_written(run):
    """Invariant 1: one candidate, one end - the last."""
    keep(run, {1: End("customer", "", "unchanged")})
    keep(run, {1: End("customer", "push", "updated")})
    keep(run, {1: End("customer", "", "unchanged")})
    assert run.counts == {"customer": {"push": {"updated": 1}}}


def test_an_empty_counting_is_nothing(run, django_assert_num_queries):
    with django_assert_num_queries(0):
        Counting().keep()


def test_several_runs_are_counted_at_once(run):
    """A parcel that an ended run left behind is settled by the next."""
    other = make.run(run.connection, state="done")
    counted = Counting()
    counted.add(other.pk, 1, End("customer", "push", "created"))
    counted.add(run.pk, 1, End("customer", "", "unchanged"))
    counted.keep()
    other.refresh_from_db()
    run.refresh_from_db()
    assert other.counts == {"customer": {"push": {"created": 1}}}
    assert run.counts == {"customer": {"none": {"unchanged": 1}}}
