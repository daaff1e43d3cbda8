"""Two moves of one pair at the same moment: the second meets the pair as the first has left it
(invariant 7).

Real threads on real connections, on both databases.
"""

from __future__ import annotations

import pytest

from quicksync.models import EntityMapping
from quicksync.planning.reasons.reason import Reason
from quicksync.sync.pairs import state
from quicksync.sync.pairs.state import By, State
from tests.at_once import behind
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
AGREED = {"v": 1}
# What becomes of a change, and what a look finds: none of it counts once a person has left the
# record out.
BY_ITSELF = sorted(
    ((by, to) for by in (By.PLAN, By.EXCHANGE) for to in state.MOVES[by] if to != State.EXCLUDED),
    key=str,
)


def rows():
    return EntityMapping.objects.all()


def move(by, to):
    why = Reason("reference-not-synced") if to in state.SAYS_WHY else state.NO_REASON
    return state.move_where(rows(), to, by, why=why)


def leave_out():
    return state.move_where(rows(), State.EXCLUDED, By.PERSON, why=Reason("skipped-by-user"))


@pytest.fixture
def pair():
    return make.half(
        make.connection(),
        remote_type="Customer",
        remote_id="1",
        agreed_here=AGREED,
        agreed_there=AGREED,
    )


@pytest.mark.parametrize(("by", "to"), BY_ITSELF)
def test_what_is_left_out_at_this_moment_stays_out(pair, by, to):
    left_out, moved = behind(leave_out, lambda: move(by, to))
    pair.refresh_from_db()
    assert (left_out, moved, pair.state, pair.reason) == (
        [pair.pk],
        [],
        "excluded",
        "skipped-by-user",
    )


@pytest.mark.parametrize(("by", "to"), BY_ITSELF)
def test_a_person_who_leaves_it_out_has_the_last_word(pair, by, to):
    moved, left_out = behind(lambda: move(by, to), leave_out)
    pair.refresh_from_db()
    assert (moved, left_out, pair.state, pair.retry_at) == ([pair.pk], [pair.pk], "excluded", None)


def test_a_doubt_behind_an_answer_is_none(pair):
    """Only what waits for its answer can come to be unknown."""
    _, doubted = behind(
        lambda: move(By.EXCHANGE, State.IN_SYNC), lambda: move(By.EXCHANGE, State.UNKNOWN)
    )
    pair.refresh_from_db()
    assert (doubted, pair.state) == ([], "in_sync")


def test_a_pair_that_is_taken_apart_is_not_in_step(pair):
    _, moved = behind(
        lambda: rows().update(remote_id=None), lambda: move(By.EXCHANGE, State.IN_SYNC)
    )
    assert (moved, rows().get().state) == ([], "pending")


def test_a_record_is_added_back_once(pair):
    leave_out()
    added = behind(
        lambda: state.move_where(rows().filter(state=State.EXCLUDED), State.PENDING, By.PERSON),
        lambda: state.move_where(rows().filter(state=State.EXCLUDED), State.PENDING, By.PERSON),
    )
    assert added == ([pair.pk], [])
