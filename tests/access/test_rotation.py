"""Killed at the one renewal a day that no program survives: what it costs, and what it does not
(A5, A16).
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.utils import timezone

from quicksync import signals
from quicksync.models import Alert, Connection, Operation, SyncRun
from quicksync.quickbooks.online.transport import oauth
from quicksync.sync.access import app_keys
from quicksync.sync.actions import connect
from quicksync.sync.monitor import alerts
from quicksync.sync.runs import dispatching
from tests.access.test_processes import the_lease_ends
from tests.company import Company, join
from tests.models import make

pytestmark = pytest.mark.postgres
REDIRECT = "http://testserver/quicksync/callback/"


@pytest.fixture
def told():
    """Connections that were said to be lost, each time that it was said."""
    found = []

    def hear(connection, **rest):
        found.append(connection.pk)

    signals.connection_lost.connect(hear)
    yield found
    signals.connection_lost.disconnect(hear)


@pytest.fixture
def other(company):
    """A second company of this site."""
    return join(
        company.sim, realm=company.sim.add_company(company="empty")["realm_id"], kinds=("customer",)
    )


@pytest.fixture
def killed(company, other, crowd):
    """A day has passed; a worker is killed when Intuit has replaced the refresh token and nobody
    has kept it.
    """
    company.client()
    company.sim.advance(hours=25)
    crowd.gather(1, kill="store")
    assert crowd.read() == [""]
    the_lease_ends()
    return company


def connect_again(company: Company) -> SyncRun | None:
    """What a person does: press Reconnect, and say yes at Intuit."""
    company.sim.consent("approve", company.connection.realm_id)
    keys = app_keys.keys_for(company.connection.environment)
    there = oauth.authorize_url(REDIRECT, "state", keys)
    back = requests.get(there, allow_redirects=False, timeout=120).headers["Location"]
    (code,) = parse_qs(urlsplit(back).query)["code"]
    return connect.connected(
        company.connection, oauth.exchange(code, REDIRECT, keys), company.connection.realm_id
    )


def test_a_reconnect_is_asked_for_once_a5(killed, told, settings, mailoutbox):
    settings.QUICKSYNC = {**settings.QUICKSYNC, "ALERT_EMAILS": ["office@example.com"]}
    run = killed.sync()
    assert (run.state, run.reason) == ("failed", "no-access")
    assert killed.connection.status == Connection.Status.EXPIRED
    before = len(killed.sim.requests())
    make.put(killed.connection, next_sync_at=timezone.now())
    for _ in range(3):
        dispatching.dispatch()
        assert dispatching.cycle_of(killed.connection.pk) is None
        alerts.check()
    assert told == [killed.connection.pk]
    assert Alert.objects.filter(connection=killed.connection, code="access-lost").count() == 1
    assert (
        sum("access-lost" in one.body or str(killed.connection) in one.body for one in mailoutbox)
        == 1
    )
    assert len(killed.sim.requests()) == before, "nobody knocks at a door that is shut"


def test_nothing_owed_is_lost_and_connecting_again_sends_it_a5(killed):
    run = killed.preview()
    assert run.reason == "no-access"
    killed.client("Grace Hopper")
    assert not Operation.objects.filter(
        connection=killed.connection, state__in=("sending", "unknown")
    ).exists()
    setup = connect_again(killed)
    killed.work(setup)
    assert killed.connection.status == Connection.Status.CONNECTED
    # The preview that a person had asked for begins by itself again.
    assert killed.work(SyncRun.objects.get(state__in=SyncRun.ACTIVE)).state == "draft"
    assert killed.sync().state == "done"
    assert sorted(one["DisplayName"] for one in killed.there("Customer")) == [
        "Ada Lovelace",
        "Grace Hopper",
    ]


def test_no_other_company_notices_a8(killed, other, told):
    assert killed.sync().reason == "no-access"
    assert other.sync().state == "done"
    assert [one["DisplayName"] for one in other.there("Customer")] == ["Ada Lovelace"]
    other.connection.refresh_from_db()
    assert other.connection.status == Connection.Status.CONNECTED
    assert told == [killed.connection.pk]
