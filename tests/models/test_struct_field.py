"""What was asked of a run and how far it is: typed values, read leniently from any row (A14)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import serializers
from django.db.models import JSONField
from django.db.models.functions import Cast
from hypothesis import given
from hypothesis import strategies as st

from quicksync.models import SyncRun
from quicksync.models.run_values import Past, Progress, Scope, Sweep
from quicksync.models.struct_field import load
from tests.models import make

MOMENT = dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.UTC)
WINDOW = Past(dt.date(2024, 1, 1), dt.date(2024, 12, 31), ("invoice",), "push")
SCOPES = [
    Scope(),
    Scope(mappings=(), forced="push"),
    Scope(mappings=(1, 2), forced="pull", resend=True, read={"customer": ("5", "6")}),
    Scope(kinds=("account", "term"), setup=True),
    Scope(past=WINDOW),
]
PROGRESS = [
    Progress(),
    Progress(began=True, lists=True, setup_seen=True, cursor_at=MOMENT, look_began=MOMENT),
    Progress(sweep=Sweep(7, ("Invoice",)), totals={"Invoice": 12}, short=("Customer",)),
    Progress(sweep=Sweep(), totals={}, first=("customer",), afresh=(("payment", "9"),), asked=True),
]
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=6,
)


def stored(column):
    raw = SyncRun.objects.annotate(raw=Cast(column, JSONField())).values_list("raw", flat=True)
    return raw.get()


@pytest.mark.django_db
class TestRows:
    @pytest.mark.parametrize("scope", SCOPES, ids=repr)
    def test_what_was_asked_is_read_as_it_was_written(self, scope):
        make.run(make.connection(), scope=scope)
        assert SyncRun.objects.get().scope == scope

    @pytest.mark.parametrize("progress", PROGRESS, ids=repr)
    def test_how_far_a_run_is_is_read_as_it_was_written(self, progress):
        run = make.run(make.connection())
        SyncRun.objects.filter(pk=run.pk).update(progress=progress)
        assert SyncRun.objects.get().progress == progress

    def test_nothing_said_is_nothing_stored(self):
        make.run(make.connection())
        assert (stored("scope"), stored("progress")) == ({}, {})

    def test_two_runs_share_nothing(self):
        first, second = SyncRun(), SyncRun()
        first.progress.began = True
        assert not second.progress.began

    def test_a_run_goes_through_a_fixture(self):
        run = make.run(make.connection(), scope=SCOPES[2], progress=PROGRESS[3])
        (back,) = serializers.deserialize("json", serializers.serialize("json", [run]))
        assert (back.object.scope, back.object.progress) == (SCOPES[2], PROGRESS[3])


class TestLenient:
    """Rows of another version never stop a run."""

    def test_what_is_not_known_is_left_out(self):
        assert load(Scope, {"forced": "push", "colour": "red"}) == Scope(forced="push")

    def test_what_cannot_be_read_has_its_default(self):
        kept = {"mappings": "all", "resend": True, "past": {"since": "soon"}}
        assert load(Scope, kept) == Scope(resend=True)

    @given(st.dictionaries(st.sampled_from([*Progress.__struct_fields__, "x"]), plain) | plain)
    def test_whatever_is_stored_is_read(self, data):
        assert isinstance(load(Progress, data), Progress)

    @given(st.dictionaries(st.sampled_from([*Scope.__struct_fields__, "x"]), plain) | plain)
    def test_whatever_was_asked_is_read(self, data):
        assert isinstance(load(Scope, data), Scope)


@pytest.mark.parametrize(
    ("scope", "own_yes", "narrow"),
    [
        (Scope(), False, False),
        (Scope(mappings=()), True, True),
        (Scope(setup=True), True, True),
        (Scope(kinds=("item",)), False, True),
        (Scope(read={"item": ("1",)}), False, True),
        (Scope(past=WINDOW), False, False),
    ],
    ids=repr,
)
def test_what_a_scope_takes_in(scope, own_yes, narrow):
    """I2: a person's own yes to single records is none to a whole category."""
    assert (scope.is_own_yes, scope.is_narrow) == (own_yes, narrow)
