"""The page of notifications: what each told, a warning of unknown shapes, and using them again."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from quicksync.models import Connection, WebhookDelivery
from quicksync.sync.read import inbox
from tests.models import make

URL = "/admin/quicksync/webhookdelivery/"


@pytest.fixture
def delivery(connection):
    """A merge in the company of the connection."""
    event = {"id": "e", "type": "qbo.customer.merged.v1", "intuitentityid": "7",
             "intuitaccountid": connection.realm_id, "data": {"deletedId": "9"}}  # fmt: skip
    found = inbox.take(json.dumps([event]).encode())
    make.put(next_sync_at=None, woken_at=None)
    return found


def use_again(browser, delivery):
    return browser.post(URL, {"action": "replay", "_selected_action": [delivery.pk]}, follow=True)


def test_a_delivery_tells_its_events(delivery, staff):
    page = reverse("admin:quicksync_webhookdelivery_change", args=[delivery.pk])
    text = staff("view_webhookdelivery").get(page).content.decode()
    assert "customer 7: merge (9 is gone)" in text
    assert "deletedId" not in text


def test_using_it_again_wakes_the_company(delivery, staff):
    said = use_again(staff("view_webhookdelivery", "run_connection"), delivery).content.decode()
    assert "1 notification was processed again." in said
    assert Connection.objects.get().clock.next_sync_at is not None


def test_using_it_again_needs_the_permission_to_run_i18(delivery, staff):
    use_again(staff("view_webhookdelivery"), delivery)
    assert Connection.objects.get().clock.next_sync_at is None


def test_unknown_shapes_are_warned_about_and_stay_until_they_are_known(connection, staff):
    browser = staff("view_webhookdelivery", "run_connection")
    assert "cannot read" not in browser.get(URL).content.decode()
    delivery = inbox.take(b'{"new": []}')
    assert "cannot read" in browser.get(URL).content.decode()
    assert "1 cannot be read by this version." in use_again(browser, delivery).content.decode()
    delivery.refresh_from_db()
    assert delivery.state == WebhookDelivery.State.STRANGE
