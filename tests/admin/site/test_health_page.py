"""Health, set-up and presets in the admin (I14, I17, A1)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from quicksync.admin.site.chart import chart
from quicksync.books.models import Client
from quicksync.models import Connection, WebhookDelivery
from quicksync.simulator import running
from quicksync.sync.monitor.health import Day
from tests.company import settings_for
from tests.models import make


def text(client, name, *args):
    response = client.get(reverse(f"admin:quicksync_connection_{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_i14_the_health_of_all_connections(rows, admin_client):
    make.put(rows.connection, access_token="", refresh_token="kept", failures=4)
    Connection.objects.create(name="Branch", status="expired", realm_id="2")
    rows.mapping(state="held", reason="near-match")
    page = text(admin_client, "health")
    assert "4 runs in a row have stopped." in page
    assert "This site no longer has access to QuickBooks" in page
    assert "Records that need you: 1." in page
    assert "secret" not in page


def test_i14_the_health_of_many_costs_as_many_queries_as_of_one(
    connection, admin_client, django_assert_max_num_queries
):
    for number in range(20):
        make.bare(name=f"C{number}", status="connected", realm_id=f"9{number}", refresh_token="r")
    with django_assert_max_num_queries(20):
        assert "C19" in text(admin_client, "health")


def test_i14_the_health_of_one_connection_names_causes_with_an_example(rows, admin_client):
    rows.mapping(
        state="held",
        reason="tax-code-unmapped",
        reason_values={"other": "VAT20"},
        label="Invoice 77",
    )
    rows.mapping(state="held", reason="tax-code-unmapped", reason_values={"other": "VAT20"})
    rows.run(state="failed", finished_at=timezone.now())
    page = text(admin_client, "health_of", rows.connection.pk)
    assert "Invoice 77" in page
    assert "stopped: 1" in page
    assert "Outcome" not in page


def test_i14_a_healthy_connection_says_so(connection, admin_client):
    make.put(connection, refresh_token="r")
    assert "Nothing is wrong." in text(admin_client, "health_of", connection.pk)


def test_i14_the_chart_fits_its_frame_and_shows_single_failures():
    today = dt.date(2026, 1, 30)
    days = [
        Day(today - dt.timedelta(days=29 - n), good=n * 50, failed=n % 2, records=n)
        for n in range(30)
    ]
    found = chart(days)
    assert len(found.columns) == 30
    assert found.columns[0].bars == ()
    for column in found.columns:
        assert all(bar.y >= 0 and bar.y + bar.height <= found.height for bar in column.bars)
        assert column.x + found.bar <= found.width
    assert [bar.tone for bar in found.columns[1].bars] == ["ok", "bad"]
    assert found.columns[29].words == "2026-01-30: 1451 runs, 1 of them stopped, 29 records"


def test_i14_the_chart_is_one_drawing_that_says_what_it_shows(rows, admin_client):
    rows.run(state="done", finished_at=timezone.now(), done=3)
    page = text(admin_client, "health")
    drawing = page[page.index('<figure class="qs-chart"') : page.index("</figure>")]
    assert drawing.count("Runs finished: 1, stopped: 0; records compared or synced: 3.") == 2
    assert drawing.count("<g>") == 30
    assert drawing.count('class="qs-bar-ok"') == 1
    assert "style=" not in drawing


def test_a1_the_set_up_page_names_the_exact_addresses(connection, admin_client):
    page = text(admin_client, "setup")
    for route in ("callback", "webhook", "disconnected"):
        assert f"http://testserver{reverse(f'quicksync:{route}')}" in page
    assert "Intuit will not accept the redirect address" in page
    assert "1. An app at Intuit" in page


def test_a1_keys_are_tested_at_once(connection, admin_client, settings):
    url = reverse("admin:quicksync_connection_setup")
    with running(company="empty") as sim:
        settings.QUICKSYNC = settings_for(sim)
        page = admin_client.post(url, follow=True).content.decode()
        assert "Intuit knows these keys." in page
        assert "This site talks to a simulator, not to Intuit." in page
        assert settings.QUICKSYNC["CLIENT_SECRET"] not in page
        settings.QUICKSYNC = {**settings.QUICKSYNC, "CLIENT_SECRET": "wrong"}
        assert (
            "Intuit does not know these app keys"
            in admin_client.post(url, follow=True).content.decode()
        )


def test_a1_the_two_environments_are_not_mixed(connection, admin_client, settings):
    settings.QUICKSYNC = {"CLIENT_ID": "a", "CLIENT_SECRET": "b", "ENVIRONMENT": "sandbox"}
    page = text(admin_client, "setup")
    assert "belong to Intuit&#x27;s other environment: Main" in page
    WebhookDelivery.objects.create(digest="1", state="used")
    assert "The latest webhook arrived at" in text(admin_client, "setup")


def test_i17_a_preset_is_chosen_on_its_page(connection, admin_client, admin_user):
    page = text(admin_client, "preset", connection.pk)
    assert page.count("Start with “") == 6
    url = reverse("admin:quicksync_connection_preset", args=[connection.pk])
    told = admin_client.post(url, {"preset": "engineering"}, follow=True).content.decode()
    assert "Preset “Engineering”" in told
    connection.refresh_from_db()
    assert (connection.sync_type, connection.live) == ("manual", False)
    invoice = connection.categories.get(kind="invoice")
    assert (invoice.enabled, invoice.direction, invoice.options.start_basis) == (
        True,
        "push",
        "document",
    )
    latest = invoice.history.latest()
    assert (latest.history_user, latest.history_change_reason) == (admin_user, "Preset Engineering")
    assert (
        "there is no preset"
        in admin_client.post(url, {"preset": "x"}, follow=True).content.decode().lower()
    )


def test_i17_no_preset_after_the_first_synchronization(connection, admin_client):
    connection.categories.filter(kind="invoice").update(first_synced_at=timezone.now())
    assert "Start with “" not in text(admin_client, "preset", connection.pk)
    url = reverse("admin:quicksync_connection_preset", args=[connection.pk])
    assert (
        "Presets are only for new connections"
        in admin_client.post(url, {"preset": "agency"}, follow=True).content.decode()
    )
    assert not connection.categories.filter(enabled=True).exists()


@pytest.mark.parametrize(
    ("page", "permission"), [("setup", "connect_connection"), ("health", "view_connection")]
)
def test_i18_the_pages_need_their_permission(page, permission, connection, staff):
    url = reverse(f"admin:quicksync_connection_{page}")
    assert staff().get(url).status_code == 403
    assert staff(permission).get(url).status_code == 200


def test_i18_a_preset_needs_the_permission_to_configure(connection, staff):
    url = reverse("admin:quicksync_connection_preset", args=[connection.pk])
    assert (
        staff("view_connection", "run_connection").post(url, {"preset": "agency"}).status_code
        == 403
    )
    assert staff("change_connection").get(url).status_code == 200


def test_the_list_of_connections_leads_there(rows, admin_client):
    rows.mapping(state="held", reason="near-match")
    page = text(admin_client, "changelist")
    assert "&lt;span" not in page
    assert reverse("admin:quicksync_connection_health") in page
    assert reverse("admin:quicksync_connection_setup") in page


def test_a9_a_category_is_not_switched_on_while_quickbooks_lacks_its_currency(
    connection, admin_client
):
    Client.objects.create(name="Ada", currency="EUR")
    category = connection.categories.get(kind="customer")
    url = reverse("admin:quicksync_category_change", args=[category.pk])
    form = admin_client.get(url).context["adminform"].form
    values = {name: form[name].value() or "" for name in form.fields}
    values |= {"enabled": "on", "field_rules-TOTAL_FORMS": "0", "field_rules-INITIAL_FORMS": "0"}
    page = admin_client.post(url, values).content.decode()
    assert "Records here use EUR" in page
    assert "Here: EUR. In QuickBooks: USD." in page
    Client.objects.update(currency="USD")
    assert admin_client.post(url, values).status_code == 302
    category.refresh_from_db()
    assert category.enabled
    Client.objects.update(currency="EUR")
    assert admin_client.post(url, values).status_code == 302, "what is on already is not refused"


def test_a9_both_lists_are_shown(connection, admin_client):
    Client.objects.create(name="Ada", currency="EUR")
    page = text(admin_client, "health_of", connection.pk)
    assert "Not in QuickBooks, which refuses them</span> EUR" in page
    assert "Not used here</span> USD" in page
