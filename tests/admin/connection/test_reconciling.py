"""The page of the reconciliation: what is stored, since when and for whom, and a button for more
(I12, X25).
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quicksync.models import Reconciliation
from quicksync.sync.monitor import reconcile, reconciling
from tests.models import make

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def url(rows, settings):
    """The address of the page."""
    settings.TIME_ZONE = "UTC"
    return reverse("admin:quicksync_connection_reconcile", args=[rows.connection.pk])


@pytest.fixture
def page(url, admin_client):
    """The text of the page."""
    return lambda query="": admin_client.get(url + query).content.decode()


@pytest.fixture
def ended(rows):
    """One that has ended."""

    def made(**values):
        usual = {"verdict": "agree", "result": [], "finished_at": NOON, "begun_at": NOON}
        user = User.objects.create_user(f"user{User.objects.count()}")
        return Reconciliation.objects.create(
            **{"connection": rows.connection, "user": user} | usual | values
        )

    return made


def line(month, **values):
    """A stored line of invoices."""
    usual = {
        "kind": "invoice",
        "month": month,
        "currency": "USD",
        "paired": 1,
        "here_count": 1,
        "there_count": 1,
        "here_total": "12.50",
        "there_total": "12.50",
        "here_open": "0",
        "there_open": "0",
    }
    return usual | values


def test_nothing_is_compared_for_a_page(page, monkeypatch):
    monkeypatch.setattr(reconcile.Comparison, "piece", lambda own: pytest.fail("compared"))
    text = page()
    assert "The two sides have not been compared yet." in text
    assert "Compare now" in text
    assert "Both sides agree" not in text


def test_the_button_asks_for_one_in_the_persons_name(page, url, admin_client, admin_user):
    answer = admin_client.post(url, follow=True).content.decode()
    one = Reconciliation.objects.get()
    assert (one.user, one.begun_at) == (admin_user, None)
    assert "are being compared" in answer
    assert "Waiting in line" in answer
    assert "Waiting for a worker since" in answer
    assert "Asked for by admin" in answer
    assert "Compare now" not in answer
    admin_client.post(url)
    assert Reconciliation.objects.count() == 1


def test_the_result_says_when_and_for_whom(page, ended):
    ended(result=[line("2026-05")])
    text = page()
    assert "Both sides agree." in text
    assert "Compared at 2026-06-01 12:00 for user" in text
    assert "2026-05" in text
    assert "Compare again" in text
    assert "Another run has ended since" not in text


def test_it_says_that_a_run_has_ended_since(page, ended, rows):
    ended(result=[line("2026-05")])
    make.put(rows.connection, last_run_at=NOON + dt.timedelta(hours=1))
    assert "Another run has ended since." in page()


def test_while_it_compares_the_page_shows_how_far_it_is_and_the_last_result(
    page, ended, rows, url, admin_client
):
    ended(result=[line("2026-05")])
    working = Reconciliation.objects.create(connection=rows.connection, total=2000)
    reconciling._take(working.pk, "books1:4711:ab12")
    Reconciliation.objects.filter(pk=working.pk).update(done=500)
    text = page()
    for words in (
        "Comparing both sides: 500 of 2,000 records",
        "Running on books1 (process 4711)",
        'max="2000"',
        "Both sides agree.",
        "quicksync/progress.js",
        url.replace("reconcile/", "reconcile_progress/"),
    ):
        assert words in text
    assert "Compare again" not in text


def test_the_script_is_told_how_far_it_is_and_where_to_go(ended, rows, url, admin_client):
    progress = url.replace("reconcile/", "reconcile_progress/")
    assert admin_client.get(progress).status_code == 404
    one = ended(finished_at=None, done=5, total=10)
    told = admin_client.get(progress).json()
    assert (told["finished"], told["done"], told["total"], told["url"]) == (False, 5, 10, url)
    Reconciliation.objects.filter(pk=one.pk).update(finished_at=NOON)
    assert admin_client.get(progress).json()["finished"]


def test_one_that_stopped_says_why_and_the_last_result_stays(page, ended):
    ended(result=[line("2026-05")])
    ended(verdict="", sentence="The worker was stopped.", fix="Have more memory.")
    text = page()
    assert "The last comparison did not finish" in text
    assert "The worker was stopped. Have more memory." in text
    assert "Both sides agree." in text
    assert "Compare again" in text
    ended(result=[line("2026-05")])
    assert "did not finish" not in page()


def test_earlier_ones_can_be_looked_at(page, ended, rows, admin_client, url):
    first = ended(result=[line("2026-03")])
    ended(result=[line("2026-04", unexplained=1, there_total="9.00")], verdict="differ")
    failed = ended(verdict="", sentence="It stopped.")
    text = page()
    assert "Latest comparisons" in text
    assert f"?of={first.pk}" in text
    assert f"?of={failed.pk}" not in text
    assert "2026-04" in text
    old = page(f"?of={first.pk}")
    assert "2026-03" in old
    assert "2026-04" not in old.split("Latest comparisons")[0]
    assert "did not finish" not in old
    for strange in ("0", "x", str(failed.pk)):
        assert admin_client.get(f"{url}?of={strange}").status_code == 404


def test_of_another_company_nothing_is_shown(page, rows, ended):
    other = make.bare(name="Other", realm_id="9")
    foreign = ended(connection=other, result=[line("2026-05")])
    assert "have not been compared yet" in page()
    assert f"?of={foreign.pk}" not in page()


def test_whose_account_is_gone(page, ended):
    ended(result=[line("2026-05")], user=None)
    assert "for somebody who has left" in page()


def test_a_result_that_nobody_can_read_is_as_none(page, ended):
    ended(result=[{"sort": "invoice"}])
    assert "have not been compared yet" in page()


def test_statements_do_not_grow_with_results_and_earlier_ones(ended, rows, url, admin_client):
    ended(result=[line("2026-05")])
    admin_client.get(url)

    def statements():
        with CaptureQueriesContext(database) as caught:
            admin_client.get(url)
        return len(caught)

    few = statements()
    for _ in range(8):
        ended(result=[line(f"2026-{month:02}") for month in range(1, 13)])
    assert statements() == few
    assert few < 15


def test_results_are_read_of_one_only(ended, url, admin_client):
    ended()
    ended()
    with CaptureQueriesContext(database) as caught:
        admin_client.get(url)
    assert sum('"result"' in one["sql"] for one in caught) == 1
