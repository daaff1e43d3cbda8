"""A connection has its rows from the moment that it is there, and only its access has secrets
(invariant 10).
"""

from __future__ import annotations

import json

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from quicksync.models import Connection, ConnectionAccess, ConnectionClock, SyncRun
from tests.models import make

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
BESIDE = (ConnectionAccess, ConnectionClock)


def lacking():
    """The connections that lack a row, by model."""
    every = set(Connection.objects.values_list("pk", flat=True))
    assert every
    found = {model: set(model.objects.values_list("pk", flat=True)) for model in BESIDE}
    return {model: every - pks for model, pks in found.items() if every != pks}


class TestEveryConnectionHasItsRows:
    """However it was made."""

    def test_one_by_one(self):
        Connection.objects.create(name="A")
        Connection(name="B").save()
        Connection.objects.get_or_create(name="C")
        assert not lacking()

    def test_in_bulk(self):
        Connection.objects.create(name="A")
        Connection.objects.bulk_create([Connection(name="B"), Connection(name="C")])
        assert not lacking()

    def test_in_bulk_when_some_are_there_already(self):
        Connection.objects.create(pk=7, name="A")
        rows = [Connection(pk=7, name="B"), Connection(pk=8, name="C")]
        Connection.objects.bulk_create(rows, ignore_conflicts=True)
        assert Connection.objects.count() == 2
        assert not lacking()

    def test_from_a_fixture(self, tmp_path):
        row = {"model": "quicksync.connection", "pk": 5, "fields": {"name": "A"}}
        (tmp_path / "one.json").write_text(json.dumps([row]))
        call_command("loaddata", tmp_path / "one.json", verbosity=0)
        assert not lacking()

    @pytest.mark.parametrize("order", [1, -1], ids=["connection-first", "connection-last"])
    def test_from_a_fixture_that_has_them_too(self, order):
        of = make.bare(name="A", reconnect_by="2026-01-01T00:00:00Z", cursor="later")
        text = serializers.serialize("json", [of, of.access, of.clock][::order])
        Connection.objects.all().delete()
        for found in serializers.deserialize("json", text):
            found.save()
        assert not lacking()
        assert ConnectionAccess.objects.get().reconnect_by is not None
        assert ConnectionClock.objects.get().cursor == "later"

    def test_they_go_with_it(self):
        Connection.objects.create(name="A").delete()
        assert not any(model.objects.exists() for model in BESIDE)

    def test_saving_it_again_leaves_them_as_they_are(self):
        of = make.bare(name="A", refresh_token="kept", calls=7)
        of.name = "B"
        of.save()
        assert ConnectionAccess.objects.get().refresh_token == "kept"
        assert ConnectionClock.objects.get().calls == 7


def test_no_form_history_join_or_export_of_a_connection_touches_a_secret():
    of = make.bare(name="A", access_token="open", refresh_token="sesame")
    make.run(of)
    with CaptureQueriesContext(database) as caught:
        mine = Connection.objects.get()
        mine.name = "B"
        mine.save()
        list(mine.history.all())
        list(SyncRun.objects.select_related("connection"))
        serializers.serialize("json", Connection.objects.all())
    assert caught.captured_queries
    assert not [one["sql"] for one in caught if "token" in one["sql"]]
