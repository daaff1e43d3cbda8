"""I1: the page of all changes of settings: who, when, from what to what, in words, with filters,
without secrets.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quicksync.admin.site import audit
from quicksync.models import Bookmark, Category, CodeMapping, Connection, FieldRule
from quicksync.sync.access import expiry
from quicksync.sync.actions import presets
from quicksync.sync.runs import pausing


def entries(**asked):
    found, _older = audit.page(audit.Asked(**asked))
    return [
        (one.act.text, one.what, [(c.label, c.before, c.after) for c in one.changes])
        for one in found
    ]


def text(client, **asked):
    return client.get(reverse("admin:quicksync_connection_audit"), asked).content.decode()


@pytest.fixture
def invoices(connection):
    return connection.categories.get(kind="invoice")


def test_i1_choices_and_other_rows_are_told_in_words(rows, connection, invoices):
    rows.remote(type="Account", kind="account", name="Sales", remote_id="79")
    rows.remote(type="TaxCode", kind="tax_code", name="Standard", remote_id="5")
    mark = Bookmark.objects.create(
        name="Dollars", model_label="books.invoice", query="currency__exact=USD"
    )
    invoices.bookmark, invoices.enabled = mark, True
    invoices.options = invoices.options.replace(wins="ask", until_paid=True)
    invoices.save()
    FieldRule.objects.create(category=invoices, field="due_on", rule="leave")
    CodeMapping.objects.create(connection=connection, kind="tax_code", code="VAT", remote_id="5")
    connection.options = connection.options.replace(income_account="79")
    connection.save()
    found = {what: changes for _act, what, changes in entries()[:5]}
    assert found["Connection “Main”"] == [("Income account", "—", "Sales")]
    assert found["Code mapping “Main: Tax codes: VAT”"] == [
        ("Entry in QuickBooks", "—", "Standard")
    ]
    assert found["Field rule “Main: Invoices: Due date”"] == []
    assert found["Category “Main: Invoices”"] == [
        ("On", "no", "yes"),
        ("Bookmark", "—", "Dollars"),
        ("If both sides changed the same field", "The newest change", "Ask a person"),
        ("Stop updating once a payment is attached", "no", "yes"),
    ]
    assert ("List", "—", "Invoices") in found["Bookmark “Dollars”"]


def test_i1_what_was_deleted_keeps_its_names(connection, invoices):
    FieldRule.objects.create(category=invoices, field="memo", rule="fixed", value="Thanks")
    CodeMapping.objects.create(connection=connection, kind="term", code="N30", remote_id="3")
    Connection.objects.filter(pk=connection.pk).update(status="disconnected")
    pk = connection.pk
    connection.delete()
    deleted = {
        what: changes for act, what, changes in entries(connection=str(pk)) if act == "deleted"
    }
    assert ("Value", "Thanks", "—") in next(
        v for what, v in deleted.items() if what.startswith("Field rule “Main: In")
    )
    assert "Category “Main: Invoices”" in deleted
    assert deleted["Code mapping “Main: Payment terms: N30”"] == [("Entry in QuickBooks", "3", "—")]
    assert ("Company id", "1234", "—") in deleted["Connection “Main”"]


def test_i1_what_quickbooks_tells_is_laid_to_nobody(connection):
    """Company name and country are read, not set: they would show as the doing of whoever saves
    next.
    """
    Connection.objects.filter(pk=connection.pk).update(
        company_name="Read since", country="CA", home_currency="CAD"
    )
    connection.refresh_from_db()
    connection.name = "Renamed"
    connection.save()
    assert entries()[0] == ("changed", "Connection “Renamed”", [("Name", "Main", "Renamed")])


def test_i1_a5_losing_the_access_pausing_and_connecting_again_are_told(connection, admin_user):
    """Losing it is nobody's doing; so is a pause after failed runs."""
    expiry.expire(connection, "Gone.")
    pausing.pause(connection, why="Paused automatically after 12 failed runs: see History.")
    pausing.resume(connection, user=admin_user)
    found, _older = audit.page(audit.Asked(connection=str(connection.pk), what="connection"))
    told = [(one.who, [(c.label, c.before, c.after) for c in one.changes]) for one in found]
    assert told[2] == ("automatically", [("Status", "Connected", "Access expired: connect again")])
    assert told[1][0] == "automatically"
    assert ("Paused", "no", "yes") in told[1][1]
    assert told[0][0] == "admin"
    assert ("Paused", "yes", "no") in told[0][1]


def test_i1_a_preset_is_named_with_its_changes(connection, admin_user, admin_client):
    presets.apply(connection, "agency", user=admin_user)
    page = text(admin_client, connection=connection.pk, what="category", who=admin_user.pk)
    assert page.count("Preset Agency") >= 3
    assert "Both ways → to QuickBooks only" in page


@pytest.fixture
def busy(connection, invoices):
    """Two people, two connections, two days."""
    ada, bob = (User.objects.create_superuser(name) for name in ("ada", "bob"))
    other = Connection.objects.create(name="Branch")
    for row, who, days in ((invoices, ada, 3), (connection, bob, 1), (other, bob, 0)):
        row._history_user = who
        row._history_date = timezone.now() - dt.timedelta(days=days)
        if isinstance(row, Category):
            row.options = row.options.replace(zero_totals=False)
        else:
            row.interval_minutes = 77
        row.save()
    return ada, bob, connection, other


def test_i1_filters(busy, admin_client):
    ada, bob, _connection, other = busy
    day = timezone.localdate() - dt.timedelta(days=1)
    assert [what for _act, what, _c in entries(who=str(ada.pk))] == ["Category “Main: Invoices”"]
    assert [what for _act, what, _c in entries(who=str(bob.pk))] == [
        "Connection “Branch”",
        "Connection “Main”",
    ]
    assert {what for _act, what, _c in entries(connection=str(other.pk))} == {"Connection “Branch”"}
    assert [w for _a, w, _c in entries(since=str(day), until=str(day))] == ["Connection “Main”"]
    assert not [w for _a, w, _c in entries(what="bookmark")]
    page = text(admin_client, who=bob.pk, since=day)
    assert 'value="77"' not in page
    assert "77" in page
    assert f'<option value="{bob.pk}" selected>bob</option>' in page
    assert "Zero" not in page


def test_i1_filters_that_make_no_sense_show_everything(busy, admin_client):
    nonsense = {
        "connection": "x' OR 1",
        "what": "user",
        "who": "99999",
        "since": "2026-02-31",
        "before": "yesterday",
    }
    assert text(admin_client, **nonsense).count("<tr>") == text(admin_client).count("<tr>")
    assert "No changes match" in text(admin_client, until="1999-01-01")


def test_i1_all_pages_show_every_change_once(connection, admin_client, monkeypatch):
    monkeypatch.setattr(audit, "PER_PAGE", 4)
    for minutes in range(11, 21):
        connection.interval_minutes = minutes
        connection.save()
    asked, seen = audit.Asked(connection=str(connection.pk), what="connection"), []
    while True:
        found, older = audit.page(asked)
        seen += [
            change.after
            for one in found
            for change in one.changes
            if change.label.startswith("Interval")
        ]
        if older is None:
            break
        asked = audit.Asked(connection=asked.connection, what=asked.what, before=older.isoformat())
    assert seen == [str(n) for n in range(20, 10, -1)]
    assert "Earlier changes" in text(admin_client)


def test_i1_many_changes_cost_as_many_queries_as_few(connection, invoices, admin_client):
    def cost():
        with CaptureQueriesContext(database) as captured:
            text(admin_client)
        return len(captured)

    def change(times):
        for number in range(times):
            connection.interval_minutes = 20 + number
            connection.save()
            invoices.options = invoices.options.replace(
                zero_totals=not invoices.options.zero_totals
            )
            invoices.save()

    change(2)
    cost()
    few = cost()
    change(20)
    assert cost() == few


def test_i1_no_secret_is_in_the_history_of_settings():
    names = {field.name for field in Connection.history.model._meta.fields}
    assert not {name for name in names if "token" in name or "secret" in name or "key" in name}


@pytest.mark.parametrize("what", ["connection", "category"])
def test_i1_the_history_of_one_record_is_told_in_the_same_words(
    what, connection, invoices, admin_client
):
    """Not as raw values, and without the offer to go back to an old version, which is refused."""
    invoices.options = invoices.options.replace(wins="ask")
    invoices.save()
    connection.interval_minutes = 77
    connection.save()
    pk = {"connection": connection, "category": invoices}[what].pk
    page = admin_client.get(reverse(f"admin:quicksync_{what}_history", args=[pk]), follow=True)
    told = page.content.decode()
    assert "revert" not in told
    assert ("Interval in minutes" in told) is (what == "connection")
    assert ("If both sides changed the same field" in told) is (what == "category")
    assert f"Only changes of {'Main' if what == 'connection' else 'Main: Invoices'}." in told
    assert "Main: Payments" not in told


def test_i1_who_may_not_see_connections_reads_when_a_code_was_mapped(connection, client):
    row = CodeMapping.objects.create(
        connection=connection, kind="term", code="Net 30", remote_id="3"
    )
    clerk = User.objects.create_user("clerk", is_staff=True)
    wanted = ["view_codemapping", "view_historicalcodemapping"]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    client.force_login(clerk)
    page = client.get(reverse("admin:quicksync_codemapping_history", args=[row.pk]))
    assert page.status_code == 200
    assert "revert" not in page.content.decode()
