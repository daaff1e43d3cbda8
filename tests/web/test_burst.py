"""Bursts of notifications: none lost, none applied twice, no run more than needed (X15)."""

from __future__ import annotations

import datetime as dt
import json
import random
import time

import pytest
from django.test import Client as Browser
from django.test import override_settings
from django_q.models import OrmQ

from quicksync.books.models import Client
from quicksync.models import EntityMapping, SyncRun, WebhookDelivery, WebhookEvent
from quicksync.quickbooks.online.webhook_events import signature
from quicksync.sync.worker import wakes
from tests.company import connected
from tests.web.worker import work_off

PATH = "/quicksync/webhook/"
KEY = "verifier"
State = WebhookDelivery.State
CUSTOMERS = 300


@pytest.fixture(autouse=True)
def _one_wake(monkeypatch):
    """A burst is one wake's time, however slow this machine is just now."""
    monkeypatch.setattr(wakes, "ONE_WAKE", dt.timedelta(hours=1))


@pytest.fixture
def company(transactional_db):
    """An empty company with customers switched on, read once; nothing waits in the queue."""
    with connected(kinds=("customer",), quicksync={"WEBHOOK_VERIFIER": KEY}) as found:
        found.sync()
        OrmQ.objects.all().delete()
        yield found


def cloud(realm, number, happened):
    return {
        "id": f"{happened}-{number}",
        "type": f"qbo.customer.{happened}.v1",
        "intuitentityid": str(number),
        "intuitaccountid": realm,
    }


def post(events, key=KEY):
    body = json.dumps(events).encode()
    headers = {"intuit-signature": signature(body, key)}
    return Browser().post(PATH, body, content_type="application/json", headers=headers).status_code


def burst(realm):
    """1,000 deliveries in no order: 660 tell something new, the rest comes again, regrouped or
    badly signed.
    """
    new = [
        [cloud(realm, n, happened)] for n in range(CUSTOMERS) for happened in ("created", "updated")
    ]
    new += [[cloud("another", n, "created")] for n in range(60)]
    again = new[:140] + [[*new[n], *new[n + 1]] for n in range(100)]
    forged = [[cloud(realm, n, "deleted")] for n in range(100)]
    sent = [(events, KEY) for events in new + again] + [(events, "wrong") for events in forged]
    random.Random(7).shuffle(sent)
    return sent


def landed(company):
    """How many customers of QuickBooks are here, each once."""
    pairs = EntityMapping.objects.filter(
        connection=company.connection, kind="customer", state="in_sync"
    )
    assert pairs.values("remote_id").distinct().count() == pairs.count() == Client.objects.count()
    return pairs.count()


def test_a_thousand_deliveries_in_no_order(company):
    sent = burst(company.connection.realm_id)
    assert len(sent) == 1000
    for number in range(CUSTOMERS):
        company.sim.api("POST", "customer", {"DisplayName": f"Customer {number}"})
    before = SyncRun.objects.count()
    answers = {key: set() for key in (KEY, "wrong")}
    for number, (events, key) in enumerate(sent):
        answers[key].add(post(events, key))
        if number == 500:
            # All that came so far is one run's work.
            assert work_off().count("cycle") == 1
    assert work_off().count("cycle") == 1
    assert answers == {KEY: {200}, "wrong": {401}}
    assert SyncRun.objects.count() == before + 2
    assert landed(company) == CUSTOMERS
    assert WebhookEvent.objects.count() == 660
    rows = WebhookDelivery.objects
    assert rows.get(state=State.REFUSED).events == 100
    assert rows.exclude(state=State.REFUSED).count() == 660 + 100
    assert not rows.filter(state=State.STRANGE).exists()
    assert OrmQ.objects.count() == 0


def told(company, number):
    """Wait until QuickBooks has told so often, however slow this machine is just now."""
    for _ in range(2400):
        if len(found := company.sim.call("GET", "webhooks")["deliveries"]) >= number:
            return found
        time.sleep(0.05)
    raise AssertionError(f"QuickBooks told {len(found)} times, not {number}.")


@pytest.mark.parametrize("form", ["classic", "cloudevents"])
def test_over_http_each_told_twice_and_in_reverse(company, live_server, form):
    company.sim.webhooks(
        live_server.url + PATH,
        format=form,
        verifier_token=KEY,
        duplicate=True,
        reorder=True,
        patience=120,
    )
    before = SyncRun.objects.count()
    for number in range(25):
        company.sim.api("POST", "customer", {"DisplayName": f"Customer {number}"})
    assert {one["status"] for one in told(company, 50)} == {200}
    assert work_off().count("cycle") == 1
    assert SyncRun.objects.count() == before + 1
    assert landed(company) == 25
    assert WebhookDelivery.objects.filter(state=State.USED).count() == 25


def test_what_was_never_told_comes_with_the_next_cycle(company, live_server):
    """Lost deliveries, and deliveries that a wrong verifier token refused."""
    company.sim.webhooks(live_server.url + PATH, verifier_token=KEY, drop=1, patience=120)
    company.sim.api("POST", "customer", {"DisplayName": "Never told"})
    with override_settings(QUICKSYNC={"WEBHOOK_VERIFIER": "another"}):
        company.sim.webhooks(live_server.url + PATH, verifier_token=KEY, retries=[], patience=120)
        company.sim.api("POST", "customer", {"DisplayName": "Refused"})
        assert told(company, 1)[0]["status"] == 401
    assert work_off() == []
    company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert landed(company) == 2
