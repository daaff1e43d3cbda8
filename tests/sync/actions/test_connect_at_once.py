"""A8: people who come back from Intuit at once: a company has one live connection, a connection one
company.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from quicksync.exceptions import NotAllowed
from quicksync.models import Connection, SyncRun
from quicksync.quickbooks.port import Tokens
from quicksync.sync.actions import connect

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
PEOPLE = 6


def at_once(ways):
    """(connection, company) each in a thread of its own; what each person is told, "" when
    connected.
    """
    gate = threading.Barrier(len(ways))

    def come_back(number):
        connection, realm = ways[number]
        gate.wait()
        try:
            connect.connected(
                connection, Tokens(access=f"access-{number}", refresh=f"refresh-{number}"), realm
            )
        except NotAllowed as refused:
            return refused.sentence
        finally:
            connections.close_all()
        return ""

    with ThreadPoolExecutor(len(ways)) as pool:
        return list(pool.map(come_back, range(len(ways))))


def test_a8_one_company_for_many_connections():
    rows = [Connection.objects.create(name=f"C{number}") for number in range(PEOPLE)]
    told = at_once([(row, "77") for row in rows])
    assert told.count("") == 1
    assert sum("is already connected on this site" in said for said in told) == PEOPLE - 1
    winner = Connection.objects.get(realm_id="77")
    assert (winner.status, winner.name) == ("connected", f"C{told.index('')}")
    assert winner.access.refresh_token == f"refresh-{told.index('')}"
    assert set(Connection.objects.exclude(pk=winner.pk).values_list("status", "realm_id")) == {
        ("new", "")
    }
    assert SyncRun.objects.count() == 1


def test_a8_many_companies_for_one_connection():
    """Each thread has read the connection while it had no company."""
    pk = Connection.objects.create(name="Main").pk
    told = at_once([(Connection.objects.get(pk=pk), str(realm)) for realm in range(1, PEOPLE + 1)])
    assert told.count("") == 1
    assert sum("belongs to" in said for said in told) == PEOPLE - 1
    row = Connection.objects.get()
    place = told.index("")
    assert (row.realm_id, row.access.access_token) == (str(place + 1), f"access-{place}")
    assert SyncRun.objects.count() == 1
