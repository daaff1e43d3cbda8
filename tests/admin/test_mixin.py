"""SyncedAdmin on a host's own pages, here the bundled books: state, buttons, timeline, bookmarks,
read-only rule.
"""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quicksync.admin.mixin import SyncedAdmin
from quicksync.books.models import Client
from tests.options.choosing import choose_for


@pytest.fixture
def ada(db):
    return Client.objects.create(name="Ada Lovelace")


def page(obj):
    return reverse("admin:books_client_change", args=[obj.pk])


def pair(rows, obj, **values):
    usual = {
        "kind": "customer",
        "model_label": "books.client",
        "object_key": str(obj.pk),
        "remote_type": "Customer",
        "remote_id": str(obj.pk),
        "state": "in_sync",
        "label": str(obj),
    }
    return rows.mapping(**usual | values)


def test_the_books_use_the_mixin():
    assert isinstance(admin.site.get_model_admin(Client), SyncedAdmin)


def test_i16_the_page_shows_state_link_and_timeline(ada, rows, admin_client):
    """X35"""
    mapping = pair(rows, ada)
    run = rows.run(state="done")
    rows.operation(run, mapping=mapping, state="done", label="Ada Lovelace")
    text = admin_client.get(page(ada)).content.decode()
    for words in (
        "In sync",
        "qbo.intuit.com",
        "Activity",
        "Create in QuickBooks",
        "Get from QuickBooks",
    ):
        assert words in text


def test_a_record_that_quickbooks_does_not_know_says_so(ada, connection, admin_client):
    text = admin_client.get(page(ada)).content.decode()
    assert "This record is not in QuickBooks yet" in text
    assert "Get from QuickBooks" not in text


def test_badges_of_a_list_take_one_query(connection, rows, admin_client):
    url = reverse("admin:books_client_changelist")
    for number in range(2):
        pair(rows, Client.objects.create(name=f"Client {number}"))
    admin_client.get(url)
    with CaptureQueriesContext(database) as few:
        admin_client.get(url)
    for number in range(2, 12):
        pair(rows, Client.objects.create(name=f"Client {number}"), state="held")
    with CaptureQueriesContext(database) as many:
        text = admin_client.get(url).content.decode()
    assert len(many) == len(few)
    assert text.count("In sync") == 2
    assert text.count("Held") == 10


def test_b8_one_record_is_sent_from_its_own_page(ada, connection, admin_client):
    url = reverse("admin:books_client_quickbooks", args=[ada.pk])
    text = admin_client.post(url, {"direction": "push"}, follow=True).content.decode()
    assert "Sending 1 record to QuickBooks" in text
    run = connection.runs.get()
    assert (run.trigger, run.scope.forced) == ("object", "push")
    assert admin_client.get(url).status_code == 405


def test_getting_what_is_not_there_is_explained(ada, connection, admin_client):
    url = reverse("admin:books_client_quickbooks", args=[ada.pk])
    text = admin_client.post(url, {"direction": "pull"}, follow=True).content.decode()
    assert "not in QuickBooks yet" in text


@pytest.mark.parametrize(
    ("action", "resend"), [("send_to_quickbooks", False), ("force_update_in_quickbooks", True)]
)
def test_b9_b10_chosen_records_are_sent_from_the_list(
    action, resend, ada, connection, admin_client
):
    url = reverse("admin:books_client_changelist")
    admin_client.post(url, {"action": action, "_selected_action": [ada.pk]})
    assert connection.runs.get().scope.resend is resend


def test_i18_sending_needs_the_permission(ada, connection, staff):
    client = staff("view_client", "change_client")
    url = reverse("admin:books_client_quickbooks", args=[ada.pk])
    assert client.post(url, {"direction": "push"}).status_code == 403
    text = client.get(page(ada)).content.decode()
    assert "Send to QuickBooks" not in text
    assert (
        "send_to_quickbooks"
        not in client.get(reverse("admin:books_client_changelist")).content.decode()
    )


def test_b14_a_filter_is_kept_as_a_bookmark(ada, admin_client):
    url = reverse("admin:books_client_changelist")
    assert "Keep this filter" not in admin_client.get(url).content.decode()
    text = admin_client.get(f"{url}?active__exact=1").content.decode()
    add = reverse("admin:quicksync_bookmark_add")
    assert f"{add}?model_label=books.client&amp;query=active__exact%3D1" in text
    form = admin_client.get(
        f"{add}?model_label=books.client&query=active__exact%3D1"
    ).content.decode()
    assert "active__exact=1" in form


def test_f8_records_edited_in_quickbooks_only_are_read_only_here(ada, rows, admin_client):
    mapping = pair(rows, ada)
    customers = rows.connection.categories.filter(kind="customer")
    customers.update(enabled=True)
    choose_for(customers, authority="quickbooks")
    text = admin_client.get(page(ada)).content.decode()
    assert "edited in QuickBooks only (Main)" in text
    assert 'name="_save"' not in text
    assert admin_client.post(page(ada), {"name": "Changed"}).status_code == 403
    assert (
        admin_client.post(
            reverse("admin:books_client_delete", args=[ada.pk]), {"post": "yes"}
        ).status_code
        == 403
    )
    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace"
    mapping.remote_id, mapping.state = None, "pending"
    mapping.save()
    assert 'name="_save"' in admin_client.get(page(ada)).content.decode()


def test_a_record_of_two_companies_shows_the_worse_state(ada, rows, admin_client):
    pair(rows, ada)
    other = type(rows.connection).objects.create(name="Other")
    pair(rows, ada, connection=other, state="failed", reason="quickbooks-refused")
    text = admin_client.get(reverse("admin:books_client_changelist")).content.decode()
    assert "Refused by QuickBooks" in text


def test_what_this_site_refuses_is_not_called_a_refusal_of_quickbooks(ada, rows, admin_client):
    mapping = pair(rows, ada)
    values = {"label": "Ada", "message": "We do not write to Ada.", "detail": ""}
    type(mapping).objects.update(state="failed", reason="host-refused", reason_values=values)
    run = rows.run(state="done")
    rows.operation(
        run,
        mapping=mapping,
        state="failed",
        direction="pull",
        reason="host-refused",
        reason_values=values,
    )
    pages = [
        reverse("admin:books_client_changelist"),
        page(ada),
        reverse("admin:quicksync_entitymapping_changelist"),
        reverse("admin:quicksync_entitymapping_change", args=[mapping.pk]),
        reverse("admin:quicksync_syncrun_change", args=[run.pk]),
        reverse("admin:quicksync_skippedrecord_changelist"),
    ]
    texts = [admin_client.get(url).content.decode() for url in pages]
    assert not [
        url for url, text in zip(pages, texts, strict=True) if "Refused by QuickBooks" in text
    ]
    assert "Refused by this site" in texts[0]
    assert "Refused by this site" in texts[1]
    assert "We do not write to Ada." in texts[1]
    assert "We do not write to Ada." in texts[4]
