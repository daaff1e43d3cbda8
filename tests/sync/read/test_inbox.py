"""The inbox of notifications: each event once, merges noted, the unknown shouted about, everything
usable again.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from quicksync import signals
from quicksync.models import Connection, EntityMapping, WebhookDelivery, WebhookEvent
from quicksync.quickbooks.online.webhook_events import parse
from quicksync.sync.read import inbox
from quicksync.sync.runs import nightly
from tests.models import make

State = WebhookDelivery.State
REALM = "42"


def cloud(event_id, *, realm=REALM, type_="customer", happened="updated", id_="9", **data):
    return {
        "id": event_id,
        "type": f"qbo.{type_}.{happened}.v1",
        "intuitentityid": id_,
        "intuitaccountid": realm,
        "time": "2026-03-01T10:00:00Z",
        "data": data,
    }


def take(*events):
    return inbox.take(json.dumps(events).encode())


@pytest.fixture
def connection(db):
    """A live connection to company 42."""
    return Connection.objects.create(name="Main", status="connected", realm_id=REALM)


def woken(connection):
    """Whether it was woken since it was last asked."""
    due = Connection.objects.filter(
        pk=connection.pk, clock__next_sync_at__lte=timezone.now()
    ).exists()
    make.put(next_sync_at=None, woken_at=None)
    return due


def test_an_event_of_an_earlier_delivery_wakes_nobody(connection):
    """Intuit groups events anew when it sends them again."""
    take(cloud("a"), cloud("b", id_="10"))
    assert woken(connection)
    assert take(cloud("b", id_="10")).state == State.REPEATED
    assert not woken(connection)
    assert take(cloud("b", id_="10"), cloud("c")).state == State.USED
    assert woken(connection)
    assert WebhookEvent.objects.count() == 3


def test_a_company_of_an_edition_without_notices_is_not_woken(connection):
    Connection.objects.update(edition="paper")
    assert take(cloud("a")).state == State.IGNORED
    assert not woken(connection)


def test_where_no_edition_has_notices_none_can_be_read(connection, settings):
    settings.QUICKSYNC = {"EDITIONS": {"paper": "tests.contracts.polled_edition.PolledEdition"}}
    assert take(cloud("a")).state == State.STRANGE


def test_the_same_id_in_two_companies_is_two_events(connection):
    Connection.objects.create(name="Other", status="connected", realm_id="43")
    take(cloud("a"))
    assert take(cloud("a", realm="43")).state == State.USED


def test_an_event_without_an_id_is_always_new(connection):
    take(cloud(""))
    assert take(cloud(""), cloud("", id_="3")).state == State.USED
    assert WebhookEvent.objects.count() == 3


def test_a_merge_is_noted_on_the_pair_that_lost_its_record(connection):
    lost, left, other = (
        EntityMapping.objects.create(
            connection=connection,
            kind="customer",
            remote_type="Customer",
            remote_id=number,
            state="in_sync",
        )
        for number in ("9", "7", "1")
    )
    take(cloud("m", happened="merged", id_="7", deletedId="9"))
    for mapping in (lost, left, other):
        mapping.refresh_from_db()
    assert lost.note == "Merged into Customer 7 in QuickBooks."
    assert (left.note, other.note) == ("", "")
    assert [bool(one.touched_at) for one in (lost, left, other)] == [True, True, False]
    assert str(WebhookEvent.objects.get()) == "customer 7: merge (9 is gone)"


def test_an_unknown_shape_is_an_alarm(connection, django_capture_on_commit_callbacks, caplog):
    heard = []
    signals.webhook_strange.connect(
        receiver := lambda delivery, **kwargs: heard.append(delivery.state)
    )
    with django_capture_on_commit_callbacks(execute=True):
        inbox.take(b'[{"specversion": "2.0"}]')
        inbox.take(b'[{"specversion": "2.0"}]')
    assert heard == [State.STRANGE]
    assert "unknown shape" in caplog.text
    # People are told at once, not with the next hour's look.
    assert [row.task["func"] for row in OrmQ.objects.all()] == ["quicksync.tasks.alerts"]
    assert receiver


class TestReplay:
    """Stored deliveries are used again."""

    def test_the_companies_read_again(self, connection):
        take(cloud("a"))
        assert woken(connection)
        assert inbox.replay(WebhookDelivery.objects.all()) == (1, 1, 0)
        assert woken(connection)

    def test_a_shape_that_is_known_by_now(self, connection, monkeypatch):
        inbox.take(b'{"events": []}')
        assert inbox.replay(WebhookDelivery.objects.all()) == (0, 0, 1)
        monkeypatch.setattr(
            "quicksync.quickbooks.online.edition.OnlineEdition.notices",
            lambda edition, body: parse(json.dumps([cloud("z")]).encode()),
        )
        assert inbox.replay(WebhookDelivery.objects.all()) == (1, 1, 0)
        row = WebhookDelivery.objects.get()
        assert (row.state, row.realms, row.events) == (State.USED, [REALM], 1)
        assert woken(connection)

    def test_what_came_while_the_company_was_not_connected(self, connection):
        Connection.objects.update(status="expired")
        assert take(cloud("a")).state == State.IGNORED
        Connection.objects.update(status="connected")
        inbox.replay(WebhookDelivery.objects.all())
        assert WebhookDelivery.objects.get().state == State.USED

    def test_what_was_refused_is_never_used(self, connection):
        inbox.refuse()
        assert inbox.replay(WebhookDelivery.objects.all()) == (0, 0, 0)
        assert WebhookDelivery.objects.get().state == State.REFUSED


def test_old_deliveries_are_purged_with_their_events(connection):
    take(cloud("a"))
    WebhookDelivery.objects.update(received_at=timezone.now() - dt.timedelta(days=91))
    take(cloud("b"))
    assert nightly.purge()["deliveries"] == 2
    assert WebhookDelivery.objects.count() == WebhookEvent.objects.count() == 1
