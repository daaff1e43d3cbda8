"""The table of an operation's moves, in hand and as an UPDATE (invariants 1, 2 and 7)."""

from __future__ import annotations

import re
from contextlib import contextmanager

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quicksync.models import Operation
from quicksync.planning.reasons.reason import Reason
from quicksync.sync.pairs import operation_state
from quicksync.sync.pairs.operation_state import ENDED, MOVES, SAYS_WHY, State
from quicksync.sync.worker.illegal import IllegalMove
from tests.at_once import behind
from tests.models import make

NOW = timezone.now()
WHY = Reason("host-refused", {"label": "Ada"})
one_move = st.tuples(st.sampled_from(State), st.sampled_from([None, WHY]), st.booleans())


def rows():
    return Operation.objects.all()


def move_where(to):
    return operation_state.move_where(rows(), to, why=WHY if to in SAYS_WHY else None)


def operation(state="draft"):
    company = make.connection()
    return make.operation(make.run(company), make.half(company), state=state)


@contextmanager
def refused(match):
    """What is told to engineers; people are told to look again."""
    with pytest.raises(IllegalMove) as told:
        yield
    assert re.search(match, told.value.detail)


class TestRandomMoves(TestCase):
    @settings(max_examples=60)
    @given(st.sampled_from(State), st.lists(one_move, max_size=10))
    def test_moves_keep_what_an_operation_promises(self, first, moves):
        one = operation(first)
        for to, why, in_hand in moves:
            before = rows().get()
            moved = in_row(one, to, why) if in_hand else in_table(to, why)
            one.refresh_from_db()
            if not moved:
                assert (one.state, one.reason, one.settled_at) == (
                    before.state,
                    before.reason,
                    before.settled_at,
                )
                continue
            assert one.state == to
            assert to in MOVES[State(before.state)]
            assert (one.settled_at is not None) == (to in ENDED)
            assert one.reason or to not in SAYS_WHY
            assert not (to == State.DONE and one.reason and why is None)


def in_row(one, to, why):
    try:
        operation_state.move(one, to, why=why, at=NOW)
    except IllegalMove:
        return False
    one.save(update_fields=operation_state.COLUMNS)
    return True


def in_table(to, why):
    try:
        return operation_state.move_where(rows(), to, why=why) == 1
    except IllegalMove:
        return False


@pytest.mark.django_db
class TestMoves:
    @pytest.mark.parametrize("state", sorted(ENDED - {State.SKIPPED}))
    def test_what_has_ended_stays_so(self, state):
        one = operation(state)
        for to in State:
            with refused(f"is {state}: that does not become {to}"):
                operation_state.move(one, to, why=WHY, at=NOW)
            assert operation_state.move_where(rows(), to, why=WHY) == 0

    @pytest.mark.parametrize("to", sorted(SAYS_WHY))
    def test_what_was_not_done_says_why(self, to):
        one = operation("pending")
        with refused("says why"):
            operation_state.move(one, to, at=NOW)
        with refused("says why"):
            operation_state.move_where(rows(), to)

    def test_whatever_waits_can_end(self):
        """Nothing that is owed is owed for ever."""
        assert all(MOVES[State(state)] & ENDED for state in (State.DRAFT, *Operation.OPEN))


TWICE = [
    (before, first, second)
    for before in (State.DRAFT, State.PENDING, State.SENDING)
    for first in sorted(MOVES[before])
    for second in sorted(MOVES[before])
    if second not in MOVES[first]
]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("before", "first", "second"), TWICE)
def test_of_two_who_move_it_at_once_one_does(before, first, second):
    operation(before)
    assert behind(lambda: move_where(first), lambda: move_where(second)) == (1, 0)
    assert rows().get().state == first
