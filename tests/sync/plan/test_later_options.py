"""Options that a later version has chosen, after a step back: nothing moves by a guess."""

from __future__ import annotations

import pytest
from django.urls import reverse

from quicksync import tasks
from quicksync.models import Category, Connection, SyncRun
from quicksync.options import options_json
from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import explain
from quicksync.sync.runs import starting
from tests.company import connected


@pytest.fixture
def company(db):
    with connected(kinds=["customer"]) as found:
        yield found


def of_later(of, **values):
    return options_json.load(of, {"v": 1, "d": values})


def assert_stopped(run, sentence):
    """It has ended at once, and its page says why: no worker tries it again and again."""
    assert (run.state, run.reason) == ("failed", "options-unreadable")
    assert sentence in explain(Reason(run.reason, run.reason_values)).cause


def test_a_choice_that_this_version_does_not_know_is_not_taken_for_the_default(company):
    rows = Category.objects.filter(kind="customer")
    rows.update(options=of_later(CategoryOptions, wins="oldest"))
    company.client("Ada")
    run = company.sync()
    assert_stopped(run, "of customers was chosen in a later version")
    assert not company.writes()
    assert company.connection.clock.last_error.endswith("or choose it anew and save.")


def test_nor_is_one_of_the_company(company):
    Connection.objects.update(options=of_later(CompanyOptions, income_account=["79", "80"]))
    company.client("Ada")
    assert_stopped(company.sync(), "“Income account” of")
    assert not company.writes()


def test_so_it_is_in_the_worker(company):
    Category.objects.update(options=of_later(CategoryOptions, wins="oldest"))
    company.client("Ada")
    run = starting.start(company.connection, trigger=SyncRun.Trigger.MANUAL)
    while tasks.work(run.pk) == "again":
        pass
    run.refresh_from_db()
    assert_stopped(run, "was chosen in a later version")


def test_chosen_anew_it_goes_on(company):
    Category.objects.update(options=of_later(CategoryOptions, wins="oldest"))
    company.client("Ada")
    company.sync()
    Category.objects.update(options=CategoryOptions())
    assert company.sync().state == "done"
    assert len(company.there("Customer")) == 1


def test_totals_are_not_compared_by_a_guess_and_the_page_says_so(company, admin_client):
    Category.objects.update(options=of_later(CategoryOptions, wins="oldest"))
    page = reverse("admin:quicksync_connection_reconcile", args=[company.connection.pk])
    for ask in (admin_client.get, admin_client.post):
        answer = ask(page, follow=True)
        assert "was chosen in a later version" in answer.content.decode()
