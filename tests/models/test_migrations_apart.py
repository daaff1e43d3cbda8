"""Tokens and clocks of earlier versions move apart, and back, on both databases."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection as database

from quicksync.models import Connection, ConnectionAccess, ConnectionClock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
SOON = dt.datetime(2026, 5, 1, 12, tzinfo=dt.UTC)
READ = {"cursor": "2026-05-01T12:00:00Z", "read_at": SOON, "lists_read_at": SOON}
USED = {"limiter": "{}", "calls_month": "2026-05", "calls": 12, "reads": 5}
RAN = {"failures": 2, "last_run_at": SOON, "last_error": "No answer."}
DUE = {"next_sync_at": SOON, "woken_at": SOON, "woken_by": "live"}
CLOCKS = {"read_kinds": ["customer", "invoice"], **READ, **USED, **RAN, **DUE}
TOKENS = {"access_token": "a", "refresh_token": "r", "previous_refresh_token": "p"}
ENDS = {"access_expires_at": SOON, "refresh_expires_at": SOON, "reconnect_by": SOON}


@pytest.fixture
def old(at):
    """Connections as they were."""
    return whole(at)


def whole(at):
    return at("0018_words_on_screen").get_model("quicksync", "Connection")


def apart(at):
    at("0020_clocks_apart")


def cipher(table, key):
    with database.cursor() as cursor:
        cursor.execute(" ".join(["SELECT refresh_token FROM", table, "WHERE", key, "> 0"]))
        return [row[0] for row in cursor.fetchall()]


def test_access_moves_apart_and_back(old, at):
    first = old.objects.create(
        name="A", realm_id="1", token_version=7, token_lease_until=SOON, **TOKENS, **ENDS
    )
    old.objects.create(name="B")
    apart(at)
    assert Connection.objects.count() == ConnectionAccess.objects.count() == 2
    row = ConnectionAccess.objects.get(connection__name="A")
    assert {name: getattr(row, name) for name in TOKENS | ENDS} == TOKENS | ENDS
    assert (row.pk, row.version, row.lease_until) == (first.pk, 7, SOON)
    row = ConnectionAccess.objects.get(connection__name="B")
    assert (row.refresh_token, row.version, row.access_expires_at) == ("", 0, None)

    back = whole(at)
    row = back.objects.get(name="A")
    assert {name: getattr(row, name) for name in TOKENS | ENDS} == TOKENS | ENDS
    assert (row.token_version, row.token_lease_until) == (7, SOON)
    assert back.objects.get(name="B").refresh_token == ""


def test_clocks_move_apart_and_back(old, at):
    first = old.objects.create(name="A", realm_id="1", **CLOCKS)
    old.objects.create(name="B")
    apart(at)
    assert ConnectionClock.objects.count() == 2
    row = ConnectionClock.objects.get(connection__name="A")
    assert {name: getattr(row, name) for name in CLOCKS} == CLOCKS
    assert row.pk == first.pk
    row = ConnectionClock.objects.get(connection__name="B")
    assert (row.next_sync_at, row.read_kinds, row.calls) == (None, [], 0)

    back = whole(at)
    row = back.objects.get(name="A")
    assert {name: getattr(row, name) for name in CLOCKS} == CLOCKS
    assert back.objects.get(name="B").read_kinds == []


def test_a_secret_whose_key_is_missing_moves_as_it_is(old, at, settings):
    """The key may be put back later."""
    old.objects.create(name="A", **TOKENS)
    before = cipher("quicksync_connection", "id")
    settings.SECRET_KEY = "another"
    apart(at)
    assert ConnectionAccess.objects.get().refresh_token == ""
    assert cipher("quicksync_connectionaccess", "connection_id") == before
    whole(at)
    assert cipher("quicksync_connection", "id") == before
