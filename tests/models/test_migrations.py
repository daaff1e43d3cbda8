"""Rows of earlier versions are carried over, those of the history too, and the way back loses
nothing.
"""

from __future__ import annotations

import pytest

from quicksync.models import Category, Connection
from quicksync.options import codec
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
    assert options == codec.load(CompanyOptions, codec.dump(options))
    assert (options.income_account, options.line_product) == ("79", "5")
    assert options.kept.values == {"sales": "3"}
    assert Connection.history.model.objects.only("options").get().options.deposit_account == "4"
    apps = at(AFTER)
    company, history = (
        apps.get_model("quicksync", name) for name in ("Connection", "HistoricalConnection")
    )
    assert company.objects.get().defaults == ACCOUNTS
    assert history.objects.get().defaults == {"deposit": "4"}
