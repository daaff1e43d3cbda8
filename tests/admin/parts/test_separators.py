"""A site that writes 12,346 for people (USE_THOUSAND_SEPARATOR) and has a time zone of its own."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from quicksync.models import Attempt, CodeMapping, Connection, WebhookDelivery
from quicksync.sync.actions import connect

BIG = 1_234_567
# What a browser sends back, follows or draws: no number there is for people.
FOR_MACHINES = (
    r"\b(?:value|href|action|formaction|data-[a-z-]+|id|for|max|min"
    r"|x|y|x1|x2|y1|y2|width|height|viewBox)"
)
GROUPED = re.compile(FOR_MACHINES + r'="[^"]*\d,\d{3}[^"]*"')
LINKS = re.compile(r'href="([^"#]+)')
MOST = 80


@pytest.fixture
def separators(settings):
    settings.USE_THOUSAND_SEPARATOR = True


@pytest.fixture
def big(rows):
    """The connection and all rows have ids of seven digits."""
    made = Connection.objects.create(
        pk=BIG,
        name="Main",
        status="connected",
        realm_id="99",
        company_name="Big",
        country="US",
        home_currency="USD",
        connected_at=timezone.now(),
    )
    connect.categories(made)
    rows.connection.delete()
    rows.connection = made
    run = rows.draft(pk=BIG, done=BIG, total=BIG + 1)
    mapping = rows.mapping(pk=BIG)
    operation = rows.operation(run, pk=BIG, mapping=mapping)
    twin = rows.mapping(remote_id="77", remote_type="Invoice", object_key=None, model_label="")
    rows.mapping(
        state="held", reason="near-match", reason_values={"other": str(twin), "twins": [twin.pk]}
    )
    rows.operation(
        run,
        mapping=rows.mapping(state="conflict", reason="conflict"),
        action="conflict",
        state="skipped",
    )
    Attempt.objects.create(operation=operation, outcome="done", status=200)
    remote = rows.remote(name="Sales")
    CodeMapping.objects.create(
        connection=made, kind="account", code="4000", remote_id=remote.remote_id
    )
    WebhookDelivery.objects.create(digest="1", body="{}", state="used")
    rows.run(pk=2 * BIG, state="planning", total=BIG + 1, done=BIG)
    return rows


def crawl(client):
    """Every page of quicksync that the admin's pages lead to: address -> text."""
    found, waiting = (
        {},
        [
            reverse("admin:index"),
            *(reverse(f"admin:quicksync_{name}_changelist") for name in LISTS),
        ],
    )
    while waiting and len(found) < MOST:
        url = waiting.pop(0)
        response = client.get(url)
        found[url] = ""
        if response.status_code != 200 or "text/html" not in response.headers["Content-Type"]:
            continue
        found[url] = response.content.decode()
        links = (unescape(link) for link in LINKS.findall(found[url]))
        ours = (link for link in links if link.startswith("/admin/quicksync/") and "?" not in link)
        waiting += [link for link in dict.fromkeys(ours) if link not in (*found, *waiting)]
    return found


LISTS = (
    "connection",
    "syncrun",
    "skippedrecord",
    "entitymapping",
    "operation",
    "remoterecord",
    "attempt",
)


def test_no_number_that_a_browser_sends_back_is_grouped(big, admin_client, separators):
    pages = crawl(admin_client)
    assert len([url for url in pages if str(BIG) in url]) > 5
    assert sum(bool(text) for text in pages.values()) > 20
    assert {
        url: wrong
        for url, text in pages.items()
        if (wrong := [m.group() for m in GROUPED.finditer(text)])
    } == {}


def test_ticked_records_are_skipped(big, admin_client, separators):
    page = reverse("admin:quicksync_syncrun_change", args=[BIG])
    ticks = re.findall(r'name="operation" value="([^"]*)"', admin_client.get(page).content.decode())
    assert str(BIG) in ticks
    answer = admin_client.post(
        reverse("admin:quicksync_syncrun_skip", args=[BIG]),
        {"operation": ticks, "why": "A test"},
        follow=True,
    )
    assert "skipped." in answer.content.decode()


def test_the_title_of_a_run_is_in_the_sites_time_zone(rows, admin_client, settings):
    settings.TIME_ZONE = "America/Los_Angeles"
    run = rows.run(state="done")
    type(run).objects.update(started_at=dt.datetime(2026, 1, 2, 5, 30, tzinfo=dt.UTC))
    run.refresh_from_db()
    text = admin_client.get(
        reverse("admin:quicksync_syncrun_change", args=[run.pk])
    ).content.decode()
    assert "2026-01-01 21:30" in text
    assert "2026-01-02 05:30" not in text
    assert str(run).endswith("2026-01-01 21:30")
