"""The first page after connecting: what was read of the company, its lists, both sides' currencies
(A9, A10, A13).
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.models import CodeMapping, Connection, SyncRun
from tests.models import make

FACTS = {
    "legal": {
        "name": "Sandbox Gardens Ltd",
        "address": "1 Orchard Lane, Leeds",
        "fiscal_year": "April",
        "product": "QuickBooks Online Plus",
    },
    "features": ["classes-per-line", "inventory"],
    "multicurrency": True,
    "currencies": ["EUR", "USD"],
    "tax_kind": "global",
    "custom_numbers": True,
}


@pytest.fixture
def known(connection):
    """A connection whose company has been read."""
    values = {
        "country": "GB",
        "home_currency": "GBP",
        "closing_date": dt.date(2026, 3, 31),
        "facts": FACTS,
        "lists_read_at": timezone.now(),
    }
    make.put(connection, **values)
    connection.refresh_from_db()
    return connection


def page(name, *args):
    return reverse(f"admin:quicksync_connection_{name}", args=args)


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a10_the_page_says_who_the_company_is_and_what_it_has(known, rows, admin_client):
    rows.remote(name="Sales")
    rows.remote(name="Old", active=False)
    text = text_of(admin_client, page("change", known.pk))
    for words in (
        "Sandbox Gardens Ltd",
        "1 Orchard Lane, Leeds",
        "United Kingdom (GB)",
        "GBP",
        "April",
        "QuickBooks Online Plus",
        "One on each line",
        "Not used",
        "Yes: EUR, USD",
        "Quantities are tracked",
        "VAT or GST: a tax code",
        "Your own",
        "March 31, 2026",
        "Choose a preset",
        "Read again",
    ):
        assert words in text, words
    assert f'href="{page("list", known.pk, "account")}" aria-label="Accounts: 1"' in text
    assert f'href="{page("list", known.pk, "currencies")}" aria-label="Currencies: 3"' in text


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"features": ["classes-per-document", "locations"]}, ("One on each document",)),
        (
            {"features": [], "tax_kind": "ast"},
            ("Calculated by QuickBooks (automated sales tax)", "Not tracked"),
        ),
        ({"features": [], "tax_kind": "us"}, ("One rate for each document",)),
        ({"features": [], "tax_kind": "none"}, ("Switched off", "Assigned by QuickBooks")),
    ],
)
def test_a10_plan_features_in_words(facts, words, known, admin_client):
    Connection.objects.filter(pk=known.pk).update(facts=facts, closing_date=None)
    text = text_of(admin_client, page("change", known.pk))
    for word in (*words, "Not closed"):
        assert word in text


def test_a9_both_lists_of_currencies_are_shown_with_what_is_missing(known, admin_client):
    Client.objects.create(name="Ada", currency="SEK")
    Client.objects.create(name="Bob", currency="GBP")
    text = text_of(admin_client, page("change", known.pk))
    assert "Here: GBP, SEK" in text
    assert "In QuickBooks: EUR, GBP, USD" in text
    assert "Not in QuickBooks: SEK" in text
    Client.objects.filter(name="Ada").delete()
    assert "They match" in text_of(admin_client, page("change", known.pk))


def test_a9_a_category_is_refused_with_both_lists(known, admin_client):
    """The refusal stands in the form that asked for it."""
    Client.objects.create(name="Ada", currency="SEK")
    admin_client.post(page("preset", known.pk), {"preset": "recommended"}, follow=True)
    assert not known.categories.get(kind="customer").enabled
    assert known.categories.get(kind="payment").enabled


def test_a_company_that_is_in_step_asks_for_no_preset(known, admin_client):
    known.categories.update(enabled=True, first_synced_at=timezone.now())
    text = text_of(admin_client, page("change", known.pk))
    assert "Choose a preset" not in text
    assert "About the company" in text


def test_a10_a_list_shows_its_entries_to_whoever_may_look(known, rows, staff):
    client = staff("view_connection")
    rows.remote(
        name="Sales",
        payload='{"Id": "1", "Name": "Sales", "AcctNum": "4000", "AccountType": "Income"}',
    )
    rows.remote(
        name="Old", payload='{"Id": "2", "Name": "Old", "AccountType": "Bank"}', active=False
    )
    rows.remote(
        kind="term",
        type="Term",
        name="Net 30",
        payload='{"Id": "1", "Name": "Net 30", "DueDays": 30}',
    )
    text = text_of(client, page("list", known.pk, "account"))
    assert "4000 · Income" in text
    assert "Inactive" in text
    assert "Net 30" not in text
    assert "30 days" in text_of(client, page("list", known.pk, "term"))
    assert "This list is empty" in text_of(client, page("list", known.pk, "class"))
    text = text_of(client, page("list", known.pk, "currencies"))
    assert text.index("GBP") < text.index("EUR")
    assert client.get(page("list", known.pk, "customer")).status_code == 404
    assert staff().get(page("list", known.pk, "account")).status_code == 403


def test_a10_reading_again_starts_a_run(known, admin_client):
    assert admin_client.get(page("read_again", known.pk)).status_code == 405
    response = admin_client.post(page("read_again", known.pk), follow=True)
    assert "Reading the company" in response.content.decode()
    run = SyncRun.objects.get()
    assert (run.trigger, run.scope.setup) == ("setup", True)


def test_a13_codes_in_short(known, admin_client):
    for code, confidence, origin in (
        ("A", 75, "proposed"),
        ("B", 98, "proposed"),
        ("C", 100, "chosen"),
    ):
        CodeMapping.objects.create(
            connection=known,
            kind="term",
            code=code,
            remote_id="1",
            confidence=confidence,
            origin=origin,
        )
    text = text_of(admin_client, page("change", known.pk))
    for words in ("1 to be confirmed", "1 matched automatically", "1 chosen by a person"):
        assert words in text


def test_a13_a_role_without_a_fitting_account_says_so(known, rows, admin_client):
    """No A/R or A/P is offered, and nothing is proposed by luck (F7)."""
    rows.remote(
        name="Debtors",
        payload='{"Id": "1", "Name": "Debtors", "AccountType": "Accounts Receivable"}',
    )
    text = text_of(admin_client, page("change", known.pk))
    assert "QuickBooks has none of a suitable type" in text
    assert "Create an account of type Income, Other Income in QuickBooks" in text
    assert "Debtors (" not in text


@pytest.mark.parametrize("country", ["GB", "ZZ"])
def test_countries_by_name_where_known(country, known, admin_client):
    Connection.objects.filter(pk=known.pk).update(country=country)
    shown = {"GB": "United Kingdom (GB)", "ZZ": "ZZ"}[country]
    assert shown in text_of(admin_client, page("change", known.pk))
