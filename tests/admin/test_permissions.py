"""I18: each act needs its permission on the server, comes by POST, and says what went wrong in a
sentence.
"""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from quicksync.models import SyncRun

ON_CONNECTIONS = {
    "synchronize": "run_connection",
    "preview": "preview_connection",
    "pause": "run_connection",
    "resume": "run_connection",
    "disconnect": "connect_connection",
}
ON_RUNS = {
    "approve": "run_connection",
    "discard": "preview_connection",
    "skip": "resolve_connection",
    "retry": "resolve_connection",
    "cancel": "run_connection",
}
EVERY = {"run_connection", "preview_connection", "connect_connection", "resolve_connection"}


@pytest.mark.parametrize(("act", "permission"), ON_CONNECTIONS.items())
def test_acts_on_connections_need_their_permission(act, permission, connection, staff):
    url = reverse(f"admin:quicksync_connection_{act}", args=[connection.pk])
    others = EVERY - {permission}
    assert staff("view_connection", *others).post(url).status_code == 403
    assert staff("view_connection", permission).post(url).status_code == 302


@pytest.mark.parametrize(("act", "permission"), ON_RUNS.items())
def test_acts_on_runs_need_their_permission(act, permission, rows, staff):
    run = rows.draft()
    url = reverse(f"admin:quicksync_syncrun_{act}", args=[run.pk])
    assert staff("view_syncrun", *(EVERY - {permission})).post(url).status_code == 403
    run.refresh_from_db()
    assert run.state == "draft"
    assert staff("view_syncrun", permission).post(url).status_code == 302


@pytest.mark.parametrize("act", sorted(set(ON_CONNECTIONS) - {"disconnect"}))
def test_acts_come_by_post(act, connection, admin_client):
    url = reverse(f"admin:quicksync_connection_{act}", args=[connection.pk])
    assert admin_client.get(url).status_code == 405
    assert not SyncRun.objects.exists()


def test_acts_need_the_form_of_this_site(connection, admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    url = reverse("admin:quicksync_connection_synchronize", args=[connection.pk])
    assert client.post(url).status_code == 403


def test_disconnecting_asks_first(connection, admin_client):
    """A6"""
    url = reverse("admin:quicksync_connection_disconnect", args=[connection.pk])
    assert "Yes, disconnect" in admin_client.get(url).content.decode()
    connection.refresh_from_db()
    assert connection.status == "connected"


def test_strangers_see_nothing(connection, client, rows):
    run = rows.draft()
    for url in (
        reverse("admin:quicksync_connection_change", args=[connection.pk]),
        reverse("admin:quicksync_syncrun_change", args=[run.pk]),
        reverse("admin:quicksync_syncrun_progress", args=[run.pk]),
        reverse("admin:quicksync_syncrun_csv", args=[run.pk]),
        reverse("admin:quicksync_connection_audit"),
        reverse("admin:quicksync_connection_reconcile", args=[connection.pk]),
    ):
        assert client.get(url).status_code == 302


def test_staff_without_permission_see_no_run(rows, staff):
    run = rows.draft()
    client = staff("view_connection")
    for page in ("change", "progress", "csv"):
        assert (
            client.get(reverse(f"admin:quicksync_syncrun_{page}", args=[run.pk])).status_code == 403
        )


def test_buttons_show_only_to_those_who_may(rows, staff):
    run = rows.draft()
    rows.operation(run)
    text = (
        staff("view_syncrun")
        .get(reverse("admin:quicksync_syncrun_change", args=[run.pk]))
        .content.decode()
    )
    assert "Approve and synchronize" not in text
    assert 'name="operation"' not in text
    page = reverse("admin:quicksync_connection_change", args=[rows.connection.pk])
    text = staff("view_connection").get(page).content.decode()
    assert "Synchronize now" not in text
    assert "Keep in sync" not in text


def test_a14_a_second_start_says_who_is_at_work(rows, admin_client, admin_user):
    rows.run(state="running", user=admin_user)
    url = reverse("admin:quicksync_connection_synchronize", args=[rows.connection.pk])
    text = admin_client.post(url, follow=True).content.decode()
    assert f"{admin_user} started a run at" in text


def test_b7_the_list_action_starts_a_run_for_each(connection, admin_client, admin_user):
    url = reverse("admin:quicksync_connection_changelist")
    chosen = {"action": "synchronize_now", "_selected_action": [connection.pk]}
    assert "1 started" in admin_client.post(url, chosen, follow=True).content.decode()
    run = connection.runs.get()
    assert (run.trigger, run.user) == ("manual", admin_user)
