"""Webhooks over HTTP: proved, stored once, answered at once, their companies woken (X15)."""

from __future__ import annotations

import json
import time

import pytest
from django.test import Client
from django.utils import timezone

from quicksync.models import Connection, WebhookDelivery, WebhookEvent
from quicksync.quickbooks.online.webhook_events import signature
from quicksync.sync.access import key_check
from quicksync.web import webhook
from tests.models import make

PATH = "/quicksync/webhook/"
KEY = "verifier"
State = WebhookDelivery.State


def cloud(realm, event_id="e1"):
    return {
        "id": event_id,
        "type": "qbo.invoice.updated.v1",
        "intuitentityid": "9",
        "intuitaccountid": realm,
    }


@pytest.fixture
def connected(db, settings):
    """A live connection to company 42."""
    settings.QUICKSYNC = {"WEBHOOK_VERIFIER": KEY}
    return Connection.objects.create(name="Main", status=Connection.Status.CONNECTED, realm_id="42")


def deliver(events, *, key=KEY, **headers):
    body = events if isinstance(events, bytes) else json.dumps(events).encode()
    # Intuit has no cookie and no CSRF token.
    return Client(enforce_csrf_checks=True).post(
        PATH,
        body,
        content_type="application/json",
        headers={"intuit-signature": signature(body, key), **headers},
    )


def is_woken(connection):
    connection.refresh_from_db()
    at = connection.clock.next_sync_at
    return at is not None and at <= timezone.now()


def test_a_delivery_wakes_the_companies_it_names(connected):
    other = Connection.objects.create(
        name="Other", status=Connection.Status.CONNECTED, realm_id="43"
    )
    third = Connection.objects.create(
        name="Third", status=Connection.Status.CONNECTED, realm_id="44"
    )
    answer = deliver(
        [cloud("42"), cloud("43", "e2"), cloud("42", "e3")], **{"intuit-t-id": "1-trace"}
    )
    assert answer.status_code == 200
    assert (is_woken(connected), is_woken(other), is_woken(third)) == (True, True, False)
    row = WebhookDelivery.objects.get()
    assert (row.state, row.realms, row.events, row.trace_id) == (
        State.USED,
        ["42", "43"],
        3,
        "1-trace",
    )
    assert row.used_at


def test_the_classic_shape_is_taken_too(connected):
    events = {"eventNotifications": [{"realmId": "42", "dataChangeEvent": {
        "entities": [{"name": "Customer", "id": "1", "operation": "Update"}]}}]}  # fmt: skip
    assert deliver(events).status_code == 200
    assert is_woken(connected)


def test_each_environment_signs_with_its_own_token(connected):
    """Intuit does not say which of its two it is: every token that is in force is tried."""
    key_check.store("sandbox", {"webhook_verifier": "verifier-of-the-sandbox"})
    key_check.store("production", {"webhook_verifier": "replaced-by-the-settings"})
    assert deliver([cloud("42")], key="verifier-of-the-sandbox").status_code == 200
    assert deliver([cloud("42", "e2")]).status_code == 200
    assert deliver([cloud("42", "e3")], key="replaced-by-the-settings").status_code == 401
    key_check.store("sandbox", {"webhook_verifier": ""})
    assert deliver([cloud("42", "e4")], key="verifier-of-the-sandbox").status_code == 401


def test_a_repeated_delivery_is_stored_and_used_once(connected):
    deliver([cloud("42")])
    make.put(next_sync_at=None, woken_at=None)
    assert deliver([cloud("42")]).status_code == 200
    assert WebhookDelivery.objects.count() == 1
    assert not is_woken(connected)


def test_companies_of_others_are_ignored(connected):
    assert deliver([cloud("77")]).status_code == 200
    assert WebhookDelivery.objects.get().state == State.IGNORED


@pytest.mark.parametrize("status", [Connection.Status.EXPIRED, Connection.Status.DISCONNECTED])
def test_companies_that_are_not_connected_are_ignored(connected, status):
    Connection.objects.update(status=status)
    deliver([cloud("42")])
    assert WebhookDelivery.objects.get().state == State.IGNORED


def test_a_wrong_signature_is_counted_and_nothing_of_it_kept(connected):
    for number in range(3):
        assert deliver([cloud("42", f"secret {number}")], key="wrong").status_code == 401
    row = WebhookDelivery.objects.get()
    assert (row.state, row.events, row.body) == (State.REFUSED, 3, "")
    assert not is_woken(connected)


def test_without_a_verifier_nothing_is_believed(connected, settings):
    settings.QUICKSYNC = {}
    assert deliver([cloud("42")], key="").status_code == 401


def test_an_unknown_shape_is_kept_for_people_to_see(connected, caplog):
    assert deliver(b'{"events": []}').status_code == 200
    assert WebhookDelivery.objects.get().state == State.STRANGE
    assert "webhook of an unknown shape" in caplog.text


def test_bytes_that_are_no_text_do_no_harm(connected):
    assert deliver(b"\xff\x00\xfe").status_code == 200
    assert WebhookDelivery.objects.get().state == State.STRANGE


def test_too_large_a_body_is_not_read(connected, monkeypatch):
    monkeypatch.setattr(webhook, "LARGEST", 10)
    assert deliver([cloud("42")]).status_code == 413
    assert not WebhookDelivery.objects.exists()


def test_larger_than_a_form_may_be(connected, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50
    assert deliver([cloud("42", f"e{number}") for number in range(100)]).status_code == 200


def test_only_by_post(connected, client):
    assert client.get(PATH).status_code == 405


def test_a_delivery_takes_few_statements(connected, django_assert_max_num_queries):
    with django_assert_max_num_queries(11):
        deliver([cloud("42")])


def test_one_event_that_cannot_be_read_does_not_cost_the_others(connected, caplog):
    """Pain 38: QuickBooks repeats a refused delivery for ever, and withholds the later ones."""
    odd = [{"type": "qbo.x.updated.v1"}, 5, None, "x", [], cloud(["42"]), cloud("42", {"a": 1})]
    for number, strange in enumerate(odd):
        assert (
            deliver([cloud("42", f"a{number}"), strange, cloud("42", f"b{number}")]).status_code
            == 200
        )
    rows = WebhookDelivery.objects.all()
    assert {(row.state, row.events, row.unread) for row in rows} == {(State.USED, 3, 1)}
    assert WebhookEvent.objects.count() == 2 * len(odd)
    assert is_woken(connected)
    assert "webhook of an unknown shape" in caplog.text


def test_nor_in_the_classic_shape(connected):
    good = {"name": "Customer", "id": "1", "operation": "Update"}
    parts = [
        {"realmId": "42", "dataChangeEvent": {"entities": [good, {"name": "Customer"}, 7]}},
        {"realmId": "42", "dataChangeEvent": {"entities": 5}},
        {"dataChangeEvent": {"entities": [good]}},
        "x",
    ]
    assert deliver({"eventNotifications": parts}).status_code == 200
    row = WebhookDelivery.objects.get()
    assert (row.state, row.events, row.unread) == (State.USED, 6, 5)
    assert is_woken(connected)


@pytest.mark.parametrize(
    "nested",
    [b"[" * 100_000 + b"]" * 100_000, b'{"eventNotifications":' * 100_000 + b"}" * 100_000],
)
@pytest.mark.parametrize(("key", "status"), [(KEY, 200), ("wrong", 401)])
def test_a_delivery_nested_without_end_is_no_error_of_ours(connected, nested, key, status):
    assert deliver(nested, key=key).status_code == status
    assert WebhookDelivery.objects.get().state == (State.STRANGE if key == KEY else State.REFUSED)
    assert not is_woken(connected)


def test_one_deep_event_among_others(connected):
    deep = b"[" * 50_000 + b"]" * 50_000
    body = b"[" + json.dumps(cloud("42")).encode() + b"," + deep + b"]"
    assert deliver(body).status_code == 200


class TestManyEvents:
    """Intuit waits for three seconds, however many events a delivery holds."""

    NUMBER = 50_000

    def events(self, **more):
        return [
            cloud("42", f"e{number}") | {"intuitentityid": str(number % 9000), **more}
            for number in range(self.NUMBER)
        ]

    def test_in_few_statements(self, connected, django_assert_max_num_queries):
        with django_assert_max_num_queries(30):
            assert deliver(self.events()).status_code == 200
        assert WebhookEvent.objects.count() == self.NUMBER
        assert is_woken(connected)
        # They come again in another delivery, with one that is new.
        make.put(next_sync_at=None, woken_at=None)
        with django_assert_max_num_queries(30):
            assert deliver([*self.events(), cloud("42", "new")]).status_code == 200
        assert WebhookEvent.objects.count() == self.NUMBER + 1
        assert is_woken(connected)

    def test_merges_too(self, connected, django_assert_max_num_queries):
        merged = self.events(type="qbo.customer.merged.v1", data={"deletedId": "9"})[:5000]
        with django_assert_max_num_queries(60):
            assert deliver(merged).status_code == 200

    def test_in_little_processor_time(self, connected):
        """Measured by what the same machine at the same time needs for the mere reading: a second
        or so where it is idle, of the three that Intuit waits.
        """
        body = json.dumps(self.events()).encode()
        started = time.process_time()
        for _ in range(10):
            json.loads(body)
        read = time.process_time()
        assert deliver(body).status_code == 200
        assert time.process_time() - read < 5 * (read - started)
