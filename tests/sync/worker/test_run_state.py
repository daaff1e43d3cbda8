"""The table of a run's moves: UPDATEs, of which the table is a condition (invariant 7, A14)."""

from __future__ import annotations

import pytest

from quicksync.models import SyncRun
from quicksync.sync.worker import lease, run_state
from quicksync.sync.worker.run_state import ENDED, MOVES, State
from tests.at_once import behind
from tests.models import make

ALL = [(before, to) for before in State for to in State]


def move(to):
    return run_state.move_where(SyncRun.objects.all(), to)


@pytest.mark.django_db
class TestMoves:
    @pytest.mark.parametrize(("before", "to"), ALL)
    def test_what_the_table_does_not_allow_is_no_row(self, before, to):
        run = make.run(make.connection(), state=before)
        allowed = to in MOVES[before]
        assert move(to) == allowed
        run.refresh_from_db()
        assert run.state == (to if allowed else before)
        assert (run.finished_at is not None) == (allowed and to in ENDED)

    @pytest.mark.parametrize(("before", "to"), ALL)
    def test_a_worker_moves_its_own_by_the_same_table(self, before, to):
        run = make.run(make.connection(), state=before)
        taken = lease.take(run.pk, "worker")
        assert (taken is not None) == (before in SyncRun.ACTIVE)
        if taken is None:
            return
        if to in MOVES[before]:
            lease.release(taken, to=to)
        else:
            with pytest.raises(lease.LeaseLost):
                lease.release(taken, to=to)
        assert SyncRun.objects.get().state == (to if to in MOVES[before] else before)

    def test_an_ended_run_has_no_worker(self):
        run = lease.take(make.run(make.connection()).pk, "worker")
        assert run_state.move_telling(SyncRun.objects.all(), State.CANCELLED) == [run.pk]
        assert SyncRun.objects.get().lease_until is None

    def test_every_run_can_end(self):
        assert all(MOVES[one] & ENDED for one in State if one not in ENDED)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "first", "second"),
    [
        (before, first, second)
        for before in (State.QUEUED, State.DRAFT, State.RUNNING)
        for first in sorted(MOVES[before])
        for second in sorted(MOVES[before])
        if second not in MOVES[first]
    ],
)
def test_of_two_who_move_it_at_once_one_does(before, first, second):
    make.run(make.connection(), state=before)
    assert behind(lambda: move(first), lambda: move(second)) == (1, 0)
    assert SyncRun.objects.get().state == first
