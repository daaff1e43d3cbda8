"""What a large run adds up to is kept with it, and is what adding up would give (I5)."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quicksync.admin.run import sections
from quicksync.models import Operation, SyncRun
from quicksync.models.run_values import Sums
from quicksync.sync.actions import skipping
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending, starting
from quicksync.sync.worker import run_sums
from tests.company import connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """Every run is a large one."""
    monkeypatch.setattr(SyncRun, "LARGE", 1)


@pytest.fixture
def company():
    with connected(kinds=("customer", "item", "invoice")) as company:
        for number in range(3):
            company.invoice(company.client(f"Client {number}"), 100 + number)
        yield company


def fresh(run):
    return SyncRun.objects.select_related("connection").get(pk=run.pk)


def told(run):
    """What the page shows of a run, without its rows."""
    run = fresh(run)
    groups = sections.groups(run)
    shown = [
        (one.kind, one.key, one.count, one.amounts, one.can_skip, [row.id for row in one.rows])
        for group in groups
        for one in group.sections
    ]
    return shown, sections.overview(run, groups)


def assert_kept(run):
    """The sums are there, and the page is the same without them."""
    assert fresh(run).sums.alike
    kept = told(run)
    sums = fresh(run).sums
    SyncRun.objects.filter(pk=run.pk).update(sums=Sums())
    assert told(run) == kept
    SyncRun.objects.filter(pk=run.pk).update(sums=sums)


def test_a_finished_run(company):
    run = company.sync()
    assert run.state == "done"
    assert_kept(run)
    assert sum(one.number for one in fresh(run).sums.alike) == run.operations.count()


def test_a_preview_that_waits_and_of_which_something_is_skipped(company):
    run = company.preview()
    assert_kept(run)
    before = told(run)
    first = run.operations.filter(state="draft").first()
    assert skipping.skip([first], user=None, why="Not this one") == 1
    assert told(run) != before
    assert_kept(run)


def test_an_approved_preview_is_added_up_anew(company):
    run = company.preview()
    approve.approve(run, user=None)
    assert fresh(run).sums == Sums()
    company.work(run)
    assert fresh(run).state == "done"
    assert_kept(run)
    assert {one.state for one in fresh(run).sums.alike} == {"done"} | {
        one.state for one in run.operations.exclude(state="done")
    }


def test_a_preview_that_was_discarded(company):
    run = company.preview()
    approve.discard(run, user=None)
    assert_kept(run)
    assert "cancelled" in {one.state for one in fresh(run).sums.alike}


def test_a_run_that_was_cancelled(company):
    run = company.preview()
    approve.approve(run, user=None)
    ending.cancel(fresh(run))
    assert_kept(run)
    assert not run.operations.filter(state="pending").exists()


def test_what_it_left_in_doubt_is_looked_at_by_itself(company):
    """It ends later, in the hands of another run."""
    run = company.sync()
    one = run.operations.filter(state="done", direction="push").first()
    Operation.objects.filter(pk=one.pk).update(state="unknown")
    run_sums.keep(fresh(run))
    assert fresh(run).sums.open == (one.pk,)
    assert_kept(run)
    doubtful = told(run)
    Operation.objects.filter(pk=one.pk).update(state="done")
    assert told(run) != doubtful
    assert_kept(run)


def test_with_too_much_left_open_nothing_is_kept(company, monkeypatch):
    run = company.sync()
    monkeypatch.setattr(run_sums, "MOST_OPEN", 0)
    Operation.objects.filter(run=run, state="done").update(state="failed")
    one = run.operations.first()
    Operation.objects.filter(pk=one.pk).update(state="unknown")
    run_sums.keep(fresh(run))
    assert fresh(run).sums == Sums()
    assert told(run)[0]


def test_nothing_is_kept_of_small_runs(company, monkeypatch):
    monkeypatch.setattr(SyncRun, "LARGE", 10_000)
    run = company.sync()
    assert fresh(run).sums == Sums()


@pytest.mark.parametrize("waits", [True, False])
def test_the_page_adds_nothing_up(company, admin_client, waits):
    run = company.preview() if waits else company.sync()
    with CaptureQueriesContext(database) as caught:
        admin_client.get(reverse("admin:quicksync_syncrun_change", args=[run.pk]))
    statements = [one["sql"] for one in caught]
    assert not [sql for sql in statements if "SUM(" in sql or "quicksync_counted" in sql]


def test_of_a_long_preview_the_first_proposals_are_looked_at(company, admin_client, monkeypatch):
    monkeypatch.setattr(SyncRun, "LARGE", 2)
    run = company.preview()
    url = reverse("admin:quicksync_syncrun_change", args=[run.pk])
    assert "have changed" not in admin_client.get(url).content.decode()
    for client in run.operations.filter(kind="customer"):
        client.mapping.version += 1
        client.mapping.save()
    text = admin_client.get(url).content.decode()
    assert "Of the first 2 proposals, 2 are about records that have changed" in text


def test_a_run_that_begins_has_none(company):
    run = starting.start(company.connection, trigger="manual")
    assert fresh(run).sums == Sums()
