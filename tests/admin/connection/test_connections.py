"""The connection's page: how it stands, its settings, its categories, its default accounts; and the
audit of them.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from quicksync.admin.connection import connection_page
from quicksync.local.registry import registry
from quicksync.models import Bookmark, CodeMapping, Connection, FieldRule
from quicksync.options import options_json
from quicksync.options.company import CompanyOptions
from quicksync.sync.access import standing
from quicksync.sync.plan import first_run
from tests.models import make


def url(connection):
    return reverse("admin:quicksync_connection_change", args=[connection.pk])


def posted(client, connection):
    """What the settings form of a connection would send, unchanged."""
    form = client.get(url(connection)).context["adminform"].form
    formset = client.get(url(connection)).context["inline_admin_formsets"][0].formset
    data = {}
    for one in (form, *formset.forms, formset.management_form):
        for field in one:
            value = field.value()
            if value not in (None, False):
                data[field.html_name] = "on" if value is True else value
    return data


def account(rows, name, kind):
    payload = (
        f'{{"Id": "{name}", "Name": "{name}", "FullyQualifiedName": "{name}", "AccountType":'
        f' "{kind}", "Active": true}}'
    )
    return rows.remote(name=name, remote_id=name, payload=payload)


@pytest.mark.parametrize(
    ("values", "title", "button"),
    [
        ({"status": "new"}, "Not connected yet", "connect"),
        ({"status": "expired"}, "Access expired", "connect"),
        ({"status": "disconnected"}, "Disconnected", "connect"),
        (
            {"paused": True, "pause_reason": "Year end"},
            "Paused: nothing is synced automatically until you resume",
            "resume",
        ),
        (
            {"refresh_expires_at": timezone.now() + dt.timedelta(days=3, hours=1)},
            "Access ends in 3 days",
            "connect",
        ),
        ({"failures": 2, "last_error": "No answer"}, "Connected, but the last run stopped", ""),
        ({}, "Connected", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and value else None,
)
def test_a5_the_banner_says_the_one_thing_to_know(values, title, button, connection):
    """I14"""
    make.put(connection, **values)
    days = standing.of([connection.pk])[connection.pk].days_left
    banner = connection_page.banner(connection, first_run.First((), ("customer",)), days)
    assert (banner.title, banner.button) == (title, button)
    assert banner.text


def test_i2_the_next_step_of_a_new_connection_is_its_preview(connection, admin_client):
    """Also where it would run by itself: the page says that nothing moves before, and offers the
    preview first.
    """
    connection.categories.filter(kind="customer").update(enabled=True, approved_at=None)
    text = admin_client.get(url(connection)).content.decode()
    assert "the first synchronization is waiting for you" in text
    assert "Synchronize now" not in text
    assert "Changes are sent within seconds" not in text
    assert text.count(">Preview</button>") == 1


def test_i2_a_category_that_waits_is_named_while_the_others_go_on(connection, admin_client):
    connection.categories.filter(kind="customer").update(enabled=True, approved_at=timezone.now())
    connection.categories.filter(kind="invoice").update(enabled=True, approved_at=None)
    text = admin_client.get(url(connection)).content.decode()
    assert "Not synchronized yet: Invoices." in text
    assert "Synchronize now" in text


def test_a4_the_page_names_company_environment_and_redirect_uri(connection, admin_client):
    text = admin_client.get(url(connection)).content.decode()
    for words in (
        "Sandbox",
        "1234",
        "Production",
        "US",
        "USD",
        "http://testserver/quicksync/callback/",
        "0, including 0 metered reads",
    ):
        assert words in text


def test_a_new_connection_leads_to_its_own_page_with_its_categories(admin_client, db):
    data = {"name": "Second", "edition": "online", "environment": "sandbox"}
    answer = admin_client.post(reverse("admin:quicksync_connection_add"), data)
    made = Connection.objects.get()
    assert answer["Location"] == url(made)
    assert {one.kind for one in made.categories.all()} == {
        adapter.kind for adapter in registry.all()
    }
    assert "Connect" in admin_client.get(url(made)).content.decode()


def test_saving_settings_leaves_tokens_and_clocks_alone(connection, admin_client):
    """A16: a run renews the token while somebody edits the page."""
    data = posted(admin_client, connection) | {"name": "Renamed"}
    make.put(connection, calls=77, cursor="later")
    admin_client.post(url(connection), data)
    connection.refresh_from_db()
    assert connection.name == "Renamed"
    assert (connection.clock.calls, connection.clock.cursor) == (77, "later")
    assert connection.access.access_token == "secret-access"
    assert connection.history.first().history_user.username == "admin"


def test_b5_a_new_interval_counts_from_now(connection, admin_client):
    data = posted(admin_client, connection) | {"interval_minutes": "30"}
    admin_client.post(url(connection), data)
    connection.refresh_from_db()
    assert connection.interval_minutes == 30
    assert connection.clock.next_sync_at <= timezone.now()
    answer = admin_client.post(url(connection), data | {"interval_minutes": "0"})
    assert "Choose between 1 minute and 1440 minutes" in answer.content.decode()


def test_b1_b2_categories_are_switched_on_the_connections_page(connection, admin_client):
    data = posted(admin_client, connection)
    category = connection.categories.get(kind="invoice")
    number = next(
        name.split("-")[1]
        for name, value in data.items()
        if name.endswith("-id") and value == category.pk
    )
    category.needs_scan = False
    category.save()
    data |= {f"categories-{number}-enabled": "on", f"categories-{number}-direction": "push"}
    assert admin_client.post(url(connection), data).status_code == 302
    category.refresh_from_db()
    assert (category.enabled, category.direction, category.needs_scan) == (True, "push", True)
    assert connection.categories.filter(enabled=True).count() == 1


def test_f4_no_option_promises_what_quickbooks_cannot_do(connection, admin_client):
    """QuickBooks deletes no customers and no products, and voids only documents."""
    formset = admin_client.get(url(connection)).context["inline_admin_formsets"][0].formset
    offered = {
        form.instance.kind: dict(form.fields["on_delete_here"].choices) for form in formset.forms
    }
    assert offered["invoice"] == {
        "void": "Void it",
        "delete": "Delete it",
        "nothing": "Leave it alone",
    }
    for kind in ("customer", "item"):
        assert offered[kind] == {"void": "Make it inactive", "nothing": "Leave it alone"}
    if "tax_code" in offered:
        assert offered["tax_code"] == {"nothing": "Leave it alone"}
    here = {
        form.instance.kind: dict(form.fields["on_delete_there"].choices) for form in formset.forms
    }
    assert here["customer"]["void"] == "Make it inactive"
    assert here["payment"]["void"] == "Void it"


def test_f4_a_setting_that_promised_more_is_shown_as_what_it_does(connection, admin_client):
    """Nothing is changed by looking, nor by saving the page as it is."""
    category = connection.categories.get(kind="customer")
    category.options = category.options.replace(on_delete_here="delete")
    category.save()
    connection.categories.update(needs_scan=False)
    admin_client.post(url(connection), posted(admin_client, connection))
    category.refresh_from_db()
    assert (category.options.on_delete_here, category.needs_scan) == ("delete", False)
    formset = admin_client.get(url(connection)).context["inline_admin_formsets"][0].formset
    [form] = [one for one in formset.forms if one.instance.kind == "customer"]
    assert form["on_delete_here"].value() == "void"


def test_b13_the_start_date_is_fixed_after_the_first_run(connection, admin_client):
    category = connection.categories.get(kind="invoice")
    category.first_synced_at = timezone.now()
    category.save()
    assert (
        "Fixed since the first synchronization"
        in admin_client.get(url(connection)).content.decode()
    )


def test_b12_an_earlier_start_needs_the_permission_for_the_past(connection, staff):
    category = connection.categories.get(kind="invoice")
    page = reverse("admin:quicksync_category_change", args=[category.pk])
    data = {
        "enabled": "on",
        "direction": "both",
        "start_date": "2001-01-01",
        "start_basis": "modified",
        "wins": "newest",
        "first_sync": "ask",
        "authority": "both",
        "on_delete_here": "void",
        "on_delete_there": "nothing",
        "field_rules-TOTAL_FORMS": "0",
        "field_rules-INITIAL_FORMS": "0",
    }
    text = staff("change_connection", "view_connection").post(page, data).content.decode()
    assert "You need the permission to import older records" in text
    allowed = staff("change_connection", "view_connection", "history_connection").post(page, data)
    assert allowed["Location"].endswith("#category-invoice")
    category.refresh_from_db()
    assert category.start_date == dt.date(2001, 1, 1)


def test_f10_rules_for_single_fields(connection, admin_client):
    category = connection.categories.get(kind="invoice")
    page = reverse("admin:quicksync_category_change", args=[category.pk])
    text = admin_client.get(page).content.decode()
    assert "Private note" in text
    data = {
        "direction": "both",
        "start_basis": "modified",
        "wins": "newest",
        "first_sync": "ask",
        "authority": "both",
        "on_delete_here": "void",
        "on_delete_there": "nothing",
        "field_rules-TOTAL_FORMS": "1",
        "field_rules-INITIAL_FORMS": "0",
        "field_rules-0-field": "memo",
        "field_rules-0-rule": "fixed",
    }
    assert "Write the value" in admin_client.post(page, data).content.decode()
    assert admin_client.post(page, data | {"field_rules-0-value": "Thanks"}).status_code == 302
    assert FieldRule.objects.get().value == "Thanks"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("due_on", "next Friday", "write a date, such as 2026-12-31"),
        ("memo", "x" * 1200, "Ensure this value has at most 500 characters"),
        ("number", "x" * 40, "too long"),
        ("billing", "4581 Finch St.", "can only be left alone"),
    ],
)
def test_f10_a_value_that_cannot_be_is_refused_when_it_is_entered(
    connection, admin_client, field, value, words
):
    category = connection.categories.get(kind="invoice")
    page = reverse("admin:quicksync_category_change", args=[category.pk])
    data = {
        "direction": "both",
        "start_basis": "modified",
        "wins": "newest",
        "first_sync": "ask",
        "authority": "both",
        "on_delete_here": "void",
        "on_delete_there": "nothing",
        "field_rules-TOTAL_FORMS": "1",
        "field_rules-INITIAL_FORMS": "0",
        "field_rules-0-field": field,
        "field_rules-0-rule": "fixed",
        "field_rules-0-value": value,
    }
    assert words in admin_client.post(page, data).content.decode()
    assert not FieldRule.objects.exists()


def test_f7_default_accounts_are_offered_by_type(connection, rows, admin_client):
    """G8"""
    account(rows, "Sales", "Income")
    account(rows, "Checking", "Bank")
    account(rows, "Debtors", "Accounts Receivable")
    Connection.objects.filter(pk=connection.pk).update(
        options=options_json.load(CompanyOptions, {"v": 1, "d": {"other": "9"}}),
        facts={"defaults": {"income": "Sales"}},
    )
    form = admin_client.get(url(connection)).context["adminform"].form
    offered = {
        name: [words for _, words in form.fields[name].choices]
        for name in ("income_account", "deposit_account")
    }
    assert offered["income_account"] == ["Automatic: Sales (Income)", "Sales (Income)"]
    assert "Checking (Bank)" in offered["deposit_account"]
    assert not any("Debtors" in words for every in offered.values() for words in every)
    admin_client.post(
        url(connection), posted(admin_client, connection) | {"deposit_account": "Checking"}
    )
    connection.refresh_from_db()
    assert connection.options.deposit_account == "Checking"
    assert options_json.dump(connection.options)["d"]["other"] == "9"


def test_a_live_connection_is_disconnected_before_it_is_deleted(connection, admin_client):
    page = reverse("admin:quicksync_connection_delete", args=[connection.pk])
    assert admin_client.get(page).status_code == 403


def test_problems_lead_to_their_list(connection, rows, admin_client):
    rows.mapping(state="held", reason="account-unmapped")
    text = admin_client.get(url(connection)).content.decode()
    assert f"skippedrecord/?connection__id__exact={connection.pk}&amp;state__exact=held" in text


def test_pausing_with_a_reason_and_resuming(connection, admin_client):
    """X32"""
    answer = admin_client.post(
        reverse("admin:quicksync_connection_pause", args=[connection.pk]),
        {"why": "Audit"},
        follow=True,
    )
    assert "Audit" in answer.content.decode()
    admin_client.post(reverse("admin:quicksync_connection_resume", args=[connection.pk]))
    connection.refresh_from_db()
    assert not connection.paused


# --- Codes, bookmarks, audit ----------------------------------------------------------------------


def test_h10_a_code_is_joined_to_an_entry_of_quickbooks_list(connection, rows, admin_client):
    rows.remote(type="TaxCode", kind="tax_code", name="20.0% S", remote_id="5")
    Connection.objects.filter(pk=connection.pk).update(facts={"tax_codes": {"5": "20"}})
    add = reverse("admin:quicksync_codemapping_add")
    assert "Choose a list" in admin_client.get(add).content.decode()
    page = f"{add}?connection={connection.pk}&kind=tax_code&code=VAT"
    text = admin_client.get(page).content.decode()
    assert "20.0% S" in text
    assert 'value="VAT"' in text
    data = {"connection": connection.pk, "kind": "tax_code", "code": "VAT", "remote_id": "5"}
    assert admin_client.post(page, data).status_code == 302
    made = CodeMapping.objects.get()
    assert (made.origin, made.rate) == ("chosen", 20)
    assert (
        "20.0% S"
        in admin_client.get(reverse("admin:quicksync_codemapping_changelist")).content.decode()
    )


def test_f7_receivables_are_not_offered_for_codes(connection, rows, admin_client):
    account(rows, "Debtors", "Accounts Receivable")
    account(rows, "Sales", "Income")
    page = f"{reverse('admin:quicksync_codemapping_add')}?connection={connection.pk}&kind=account"
    text = admin_client.get(page).content.decode()
    assert "Sales (Income)" in text
    assert "Debtors" not in text
    data = {"connection": connection.pk, "kind": "account", "code": "1", "remote_id": "Debtors"}
    assert "not one of the available choices" in admin_client.post(page, data).content.decode()


def test_b14_b15_a_bookmark_says_what_it_uses(admin_client, db):
    page = reverse("admin:quicksync_bookmark_add")
    data = {"name": "Issued", "model_label": "books.invoice", "query": "currency__exact=USD&q=ada"}
    admin_client.post(page, data)
    mark = Bookmark.objects.get()
    text = admin_client.get(
        reverse("admin:quicksync_bookmark_change", args=[mark.pk])
    ).content.decode()
    assert "currency__exact = USD" in text
    assert "q: not used." in text
    refused = admin_client.post(
        page, data | {"name": "Odd", "query": "client__secret=1"}
    ).content.decode()
    assert "cannot be used" in refused


def test_i1_every_change_of_a_setting_is_shown_with_before_and_after(connection, admin_client):
    admin_client.post(
        url(connection),
        posted(admin_client, connection) | {"name": "Renamed", "sync_type": "manual"},
    )
    text = admin_client.get(
        f"{reverse('admin:quicksync_connection_audit')}?connection={connection.pk}"
    ).content.decode()
    for words in (
        "admin",
        "Name:",
        "Main → Renamed",
        "Synchronization:",
        "Manual: nothing is synced until you ask",
    ):
        assert words in text
    assert "secret-" not in text


def test_old_versions_of_settings_are_never_saved_back(connection, admin_client):
    """They lack the tokens: saving one would disconnect the company."""
    version = connection.history.first()
    page = reverse("admin:quicksync_connection_simple_history", args=[connection.pk, version.pk])
    assert admin_client.post(page, {"name": "Old"}).status_code == 302
    connection.refresh_from_db()
    assert connection.access.access_token == "secret-access"
