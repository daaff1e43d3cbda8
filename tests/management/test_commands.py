"""The commands do what the admin does, with exit codes (X41)."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quicksync.models import Connection, SyncRun
from tests.company import connected


def run(name, **options):
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_x41_a_run_from_the_command_line():
    with connected(kinds=("customer",)) as company:
        company.client("Ada Lovelace")
        result = json.loads(run("quicksync_sync", json=True))
        assert (result["state"], result["sums"]["created"]) == ("done", 1)
        assert company.there("Customer")[0]["DisplayName"] == "Ada Lovelace"
        text = run("quicksync_sync", connection=company.connection.name)
        assert "Finished, 1 API calls" in text


@pytest.mark.django_db(transaction=True)
def test_a_preview_from_the_command_line_writes_nothing_there():
    with connected(kinds=("customer",)) as company:
        company.client("Ada Lovelace")
        assert "1 proposals are waiting for approval" in run("quicksync_sync", preview=True)
        assert not company.there("Customer")
        assert SyncRun.objects.latest("id").state == SyncRun.State.DRAFT


@pytest.mark.django_db
def test_a_connection_must_be_named_when_there_are_several_or_none():
    with pytest.raises(CommandError, match="none yet"):
        run("quicksync_sync")
    Connection.objects.create(name="A", status="connected")
    Connection.objects.create(name="B", status="connected")
    with pytest.raises(CommandError, match=r"\(A\).*\(B\)"):
        run("quicksync_sync")


@pytest.mark.django_db
def test_a_connection_without_access_says_so():
    Connection.objects.create(name="A", status="expired")
    with pytest.raises(CommandError, match="connect it first"):
        run("quicksync_sync")


@pytest.mark.django_db
def test_purge_tells_what_it_deleted():
    assert run("quicksync_purge").splitlines()[0] == "attempts: 0 rows deleted"
