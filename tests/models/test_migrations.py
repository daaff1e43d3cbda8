"""Rows of earlier versions are carried over, those of the history too, and the way back loses
nothing.
"""

from __future__ import annotations

import datetime as dt

import pytest

from quicksync.models import Category, Connection, SyncRun
from quicksync.models.run_values import Progress, Scope
from quicksync.options import options_json
from quicksync.options.company import CompanyOptions

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


BEFORE, AFTER = "0015_dead_options", "0016_options_of_categories"
COMPANIES = "0017_options_of_companies"
CHOSEN = {
    "start_basis": "document",
    "wins": "ask",
    "first_sync": "here",
    "authority": "quickbooks",
    "on_delete_here": "nothing",
    "on_delete_there": "delete",
    "active_only": False,
    "zero_totals": False,
    "until_paid": True,
    "hold_near_matches": False,
}
EARLIER = {**CHOSEN, "wins": "quickbooks", "zero_totals": True}


def planted(apps):
    """One category that was changed once, and one that is as usual."""
    company = apps.get_model("quicksync", "Connection").objects.create(name="Main")
    category, history = (
        apps.get_model("quicksync", name) for name in ("Category", "HistoricalCategory")
    )
    row = category.objects.create(connection=company, kind="invoice", **CHOSEN)
    category.objects.create(connection=company, kind="customer")
    for number, values in enumerate((EARLIER, CHOSEN)):
        history.objects.create(
            id=row.pk,
            connection_id=company.pk,
            kind="invoice",
            history_type="~",
            history_date=f"2026-05-0{number + 1}T09:00:00Z",
            **values,
        )


def options_of(rows):
    return [{name: getattr(row.options, name) for name in CHOSEN} for row in rows]


def test_the_columns_of_a_category_become_its_options(at):
    planted(at(BEFORE))
    at(AFTER)
    invoices = Category.objects.only("options").filter(kind="invoice")
    assert options_of(invoices) == [CHOSEN]
    assert Category.objects.only("options").get(kind="customer").options == Category().options


def test_the_history_keeps_every_earlier_value_in_words_that_can_be_read(at):
    planted(at(BEFORE))
    at(AFTER)
    found = Category.history.model.objects.only("options").order_by("history_date")
    assert options_of(found) == [EARLIER, CHOSEN]


def test_the_way_back_brings_every_value_back(at):
    planted(at(BEFORE))
    at(AFTER)
    apps = at(BEFORE)
    category, history = (
        apps.get_model("quicksync", name) for name in ("Category", "HistoricalCategory")
    )
    assert category.objects.filter(kind="invoice").values(*CHOSEN).get() == CHOSEN
    assert category.objects.values("wins", "on_delete_here").get(kind="customer") == {
        "wins": "newest",
        "on_delete_here": "void",
    }
    assert list(history.objects.order_by("history_date").values(*CHOSEN)) == [EARLIER, CHOSEN]


ACCOUNTS = {"income": "79", "item": "5", "sales": "3"}


def test_the_default_accounts_of_a_company_become_its_options(at):
    """G8. What no option is called is kept, and so is the history."""
    apps = at(AFTER)
    company, history = (
        apps.get_model("quicksync", name) for name in ("Connection", "HistoricalConnection")
    )
    row = company.objects.create(name="Main", defaults=ACCOUNTS)
    moment = "2026-05-01T09:00:00Z"
    history.objects.create(
        id=row.pk, name="Main", history_date=moment, created_at=moment, defaults={"deposit": "4"}
    )
    at(COMPANIES)
    options = Connection.objects.only("options").get().options
    assert options == options_json.load(CompanyOptions, options_json.dump(options))
    assert (options.income_account, options.line_product) == ("79", "5")
    assert options.kept.values == {"sales": "3"}
    assert Connection.history.model.objects.only("options").get().options.deposit_account == "4"
    apps = at(AFTER)
    company, history = (
        apps.get_model("quicksync", name) for name in ("Connection", "HistoricalConnection")
    )
    assert company.objects.get().defaults == ACCOUNTS
    assert history.objects.get().defaults == {"deposit": "4"}


CLOCKS, PROGRESS = "0020_clocks_apart", "0021_progress_apart"
TOGETHER = {"mappings": [4], "forced": "push", "began": True, "look": "2026-05-01T09:30:00Z"}


def test_how_far_a_run_is_moves_apart_from_what_was_asked(at):
    apps = at(CLOCKS)
    company, runs = (apps.get_model("quicksync", name) for name in ("Connection", "SyncRun"))
    row = company.objects.create(name="Main")
    for state in ("planning", "done"):
        runs.objects.create(connection=row, state=state, scope=TOGETHER)
    at(PROGRESS)
    run = SyncRun.objects.only("scope", "progress").get(state="planning")
    assert run.scope == Scope(mappings=(4,), forced="push")
    moment = dt.datetime(2026, 5, 1, 9, 30, tzinfo=dt.UTC)
    assert run.progress == Progress(began=True, look_began=moment)
    assert SyncRun.objects.only("scope").get(state="done").scope == run.scope
    apps = at(CLOCKS)
    scopes = apps.get_model("quicksync", "SyncRun").objects.values_list("scope", flat=True)
    assert list(scopes) == [TOGETHER, TOGETHER]
