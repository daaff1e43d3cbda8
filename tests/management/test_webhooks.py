"""`quicksync_webhooks`: what came, and using it again, with exit codes."""

from __future__ import annotations

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from quicksync.models import Connection, WebhookDelivery
from quicksync.sync.read import inbox
from tests.models import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def connection(db):
    """A connection with a delivery of today, an old one, and one of an unknown shape."""
    found = Connection.objects.create(name="Main", status="connected", realm_id="42")
    for number in range(2):
        event = {
            "id": f"e{number}",
            "type": "qbo.item.updated.v1",
            "intuitentityid": "1",
            "intuitaccountid": "42",
        }
        inbox.take(json.dumps([event]).encode())
    WebhookDelivery.objects.filter(pk=WebhookDelivery.objects.latest("pk").pk).update(
        received_at=timezone.now() - dt.timedelta(days=3)
    )
    inbox.take(b'{"new": []}')
    make.put(next_sync_at=None, woken_at=None)
    return found


def run(*words):
    out = StringIO()
    call_command("quicksync_webhooks", *words, stdout=out)
    return out.getvalue().splitlines()


def test_list(connection):
    assert run("list") == ["Read: 1", "Unreadable: 1"]
    assert run("list", "--hours", "100") == ["Read: 2", "Unreadable: 1"]
    WebhookDelivery.objects.all().delete()
    assert run("list") == ["No deliveries."]


def test_replay_of_one_of_a_time_and_of_the_strange(connection):
    old = WebhookDelivery.objects.earliest("received_at")
    assert run("replay", "--delivery", str(old.pk)) == [
        "1 deliveries processed again, 1 companies will read what changed."
    ]
    assert Connection.objects.get().clock.next_sync_at is not None
    with pytest.raises(CommandError, match="1 deliveries cannot be read") as raised:
        run("replay", "--strange")
    assert raised.value.returncode == 1


def test_a_delivery_that_is_not_there(connection):
    with pytest.raises(CommandError, match="no delivery 99") as raised:
        run("replay", "--delivery", "99")
    assert raised.value.returncode == 2
