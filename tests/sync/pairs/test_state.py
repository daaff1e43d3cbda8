"""The table of a pair's moves: random moves, in rows and in UPDATEs, keep what every pair promises
(invariants 7, 8).
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import contextmanager

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from quicksync.models import EntityMapping, bulk
from quicksync.planning.reasons.reason import Reason
from quicksync.sync.pairs import state
from quicksync.sync.pairs.state import By, State
from quicksync.sync.worker.illegal import IllegalMove
from tests.models import make

NOW = timezone.now()
HELD = Reason("reference-not-synced", {"label": "Ada"})
AGREED = {"v": 1}

who = st.sampled_from(By)
to = st.sampled_from(State)
reasons = st.sampled_from([state.NO_REASON, HELD, Reason("outcome-unknown")])
one_move = st.tuples(who, to, reasons, st.booleans(), st.booleans())


def fit(mapping):
    """A pair that may be in step."""
    EntityMapping.objects.filter(pk=mapping.pk).update(
        remote_type="Customer", remote_id="1", agreed_here=AGREED, agreed_there=AGREED
    )
    mapping.refresh_from_db()


def promises(mapping):
    """What is true of every pair, whoever moved it last."""
    assert bool(mapping.reason) or mapping.state not in state.SAYS_WHY
    assert not mapping.reason or mapping.state != State.PENDING
    assert (mapping.retry_at is not None) == (mapping.state == State.HELD)
    if mapping.state == State.IN_SYNC:
        assert mapping.is_pair
        assert mapping.agreed_here is not None
        assert mapping.agreed_there is not None


@contextmanager
def refused(match):
    """What is told to engineers; people are told to look again."""
    with pytest.raises(IllegalMove) as told:
        yield
    assert re.search(match, told.value.detail)


class TestRandomMoves(TestCase):
    """One pair, moved by anybody to anywhere, in both ways."""

    @settings(max_examples=60)
    @given(st.booleans(), st.lists(one_move, max_size=12))
    def test_moves_keep_what_a_pair_promises(self, whole, moves):
        mapping = make.half(make.connection())
        if whole:
            fit(mapping)
        for number, (by, target, why, in_hand, looks) in enumerate(moves):
            before, at = (
                EntityMapping.objects.get(pk=mapping.pk),
                NOW + dt.timedelta(seconds=number),
            )
            moved = (
                in_row(mapping, target, by, why, at)
                if in_hand
                else in_table(mapping, target, by, why, at, looks)
            )
            mapping.refresh_from_db()
            promises(mapping)
            if moved:
                assert (mapping.state, mapping.reason) == (target, why.code)
                assert State(before.state) in state.MOVES[by][target]
                assert mapping.since == at or (
                    by is By.PLAN and in_hand and mapping.since == before.since
                )
            else:
                assert vars_of(mapping) == vars_of(before)
            assert (
                mapping.state == before.state or before.state != State.EXCLUDED or by is By.PERSON
            )


def in_row(mapping, target, by, why, at):
    try:
        state.move(mapping, target, by, why=why, at=at)
    except IllegalMove:
        return False
    bulk.save([mapping], state.COLUMNS)
    return True


def in_table(mapping, target, by, why, at, looks):
    try:
        return bool(
            state.move_where(
                EntityMapping.objects.filter(pk=mapping.pk), target, by, why=why, at=at, looks=looks
            )
        )
    except IllegalMove:
        return False


def vars_of(mapping):
    return {name: value for name, value in vars(mapping).items() if not name.startswith("_")}


@pytest.mark.django_db
class TestMoves:
    @pytest.fixture
    def mapping(self):
        return make.half(make.connection())

    def test_both_ways_write_the_same(self):
        """A row in hand and an UPDATE differ in nothing that a person sees."""
        connection = make.connection()
        for number, target in enumerate(sorted(state.MOVES[By.EXCHANGE])):
            mine, other = (make.half(connection, f"{number}{way}") for way in "ab")
            for half in (mine, other):
                EntityMapping.objects.filter(pk=half.pk).update(
                    remote_type="Customer",
                    remote_id=half.object_key,
                    agreed_here=AGREED,
                    agreed_there=AGREED,
                )
                half.refresh_from_db()
            why = HELD if target in state.SAYS_WHY else state.NO_REASON
            state.move(mine, target, By.EXCHANGE, why=why, at=NOW)
            bulk.save([mine], state.COLUMNS)
            assert state.move_where(
                EntityMapping.objects.filter(pk=other.pk), target, By.EXCHANGE, why=why, at=NOW
            )
            rows = EntityMapping.objects.filter(pk__in=(mine.pk, other.pk)).values_list(
                *state.COLUMNS
            )
            assert rows[0] == rows[1], target

    def test_an_illegal_move_says_what_was_tried(self, mapping):
        mapping.state = State.EXCLUDED
        with refused(r"is excluded: that is not made held by the plan\."):
            state.move(mapping, State.HELD, By.PLAN, why=HELD, at=NOW)

    @pytest.mark.parametrize(
        "target", sorted(state.SAYS_WHY - {State.UNKNOWN, State.FAILED, State.EXCLUDED})
    )
    def test_what_waits_for_somebody_says_why(self, mapping, target):
        with refused("says why"):
            state.move(mapping, target, By.PLAN, at=NOW)

    def test_half_a_pair_is_never_in_step(self, mapping):
        with refused("not in step"):
            state.move(mapping, State.IN_SYNC, By.PLAN, at=NOW)
        rows = EntityMapping.objects.filter(pk=mapping.pk)
        assert state.move_where(rows, State.IN_SYNC, By.PLAN) == []

    def test_every_state_can_be_come_to_and_left(self):
        for one in State:
            assert any(one in rows for rows in state.MOVES.values())
            assert any(
                one in sources
                for rows in state.MOVES.values()
                for to, sources in rows.items()
                if to != one
            )

    def test_what_is_left_out_waits_for_nothing(self, mapping):
        EntityMapping.objects.update(touched_at=NOW, retry_at=NOW)
        assert state.move_where(EntityMapping.objects.all(), State.EXCLUDED, By.PERSON, why=HELD)
        mapping.refresh_from_db()
        assert (mapping.touched_at, mapping.retry_at, mapping.version) == (None, None, 1)

    def test_what_is_added_back_is_looked_at(self, mapping):
        EntityMapping.objects.update(
            state=State.EXCLUDED, reason="skipped-by-user", touched_at=None
        )
        assert state.move_where(EntityMapping.objects.all(), State.PENDING, By.PERSON, at=NOW)
        mapping.refresh_from_db()
        assert (mapping.touched_at, mapping.reason, mapping.version) == (NOW, "", 1)
