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
from quicksync.models.run_values import Past, Position, Progress, Scope, Sweep, ToRead
from quicksync.models.struct_field import load, load_all
from quicksync.quickbooks.messages import Read
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
READS = [
    ToRead("r1", Read(how="changes", since="2026-05-01T09:30:00+00:00", kinds=("customer",))),
    ToRead("r2", Read(how="query", type="Invoice", position=951, after="2026"), out=True),
]
# As versions before these values wrote and read them.
READS_AS_STORED = [
    {
        "id": "r1",
        "out": False,
        "read": {
            "how": "changes",
            "type": "",
            "kinds": ["customer"],
            "since": "2026-05-01T09:30:00+00:00",
            "position": 1,
            "after": "",
            "ids": [],
        },
    },
    {
        "id": "r2",
        "out": True,
        "read": {
            "how": "query",
            "type": "Invoice",
            "kinds": [],
            "since": "",
            "position": 951,
            "after": "2026",
            "ids": [],
        },
    },
]
PLACES = [
    (Position(), {}),
    (Position(kind="customer", id=7), {"kind": "customer", "id": 7}),
    (Position(joined=0), {"joined": 0}),
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
        columns = ("scope", "progress", "position", "reads")
        assert [stored(column) for column in columns] == [{}, {}, {}, []]

    def test_versions_read_each_others_lists_of_reads(self):
        run = make.run(make.connection(), reads=READS)
        assert stored("reads") == READS_AS_STORED
        SyncRun.objects.filter(pk=run.pk).update(reads=READS_AS_STORED)
        assert SyncRun.objects.get().reads == READS

    @pytest.mark.parametrize(("place", "kept"), PLACES, ids=repr)
    def test_versions_read_each_others_places(self, place, kept):
        run = make.run(make.connection(), position=place)
        assert stored("position") == kept
        SyncRun.objects.filter(pk=run.pk).update(position=kept)
        assert SyncRun.objects.get().position == place

    def test_two_runs_share_nothing(self):
        first, second = SyncRun(), SyncRun()
        first.progress.began = True
        first.reads.append(READS[0])
        assert not second.progress.began
        assert not second.reads

    def test_a_run_goes_through_a_fixture(self):
        said = {
            "scope": SCOPES[2],
            "progress": PROGRESS[3],
            "position": PLACES[1][0],
            "reads": READS,
        }
        run = make.run(make.connection(), **said)
        (back,) = serializers.deserialize("json", serializers.serialize("json", [run]))
        assert {name: getattr(back.object, name) for name in said} == said


class TestLenient:
    """Rows of another version never stop a run."""

    def test_what_is_not_known_is_left_out(self):
        assert load(Scope, {"forced": "push", "colour": "red"}) == Scope(forced="push")

    def test_what_cannot_be_read_has_its_default(self):
        kept = {"mappings": "all", "resend": True, "past": {"since": "soon"}}
        assert load(Scope, kept) == Scope(resend=True)

    def test_a_read_that_cannot_be_read_stays_on_the_list(self):
        """Left out, what it would have brought would be missing for good."""
        (found,) = load_all(ToRead, [{"id": "r1", "out": True, "read": {"ids": 7}}])
        assert found == ToRead("r1", Read(how=""), out=True)
        assert load_all(ToRead, [7]) == load_all(ToRead, {"v": 2}) == [ToRead()]

    @given(st.lists(st.dictionaries(st.sampled_from(ToRead.__struct_fields__), plain)) | plain)
    def test_whatever_was_to_be_read_is_read(self, data):
        assert all(isinstance(one, ToRead) for one in load_all(ToRead, data))

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
