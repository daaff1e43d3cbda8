"""Every page opens, with the same number of queries for one row and many, and shows no secret."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quicksync.models import Attempt, Bookmark, CodeMapping, WebhookDelivery

LISTS = (
    "connection",
    "syncrun",
    "skippedrecord",
    "entitymapping",
    "operation",
    "remoterecord",
    "codemapping",
    "bookmark",
    "webhookdelivery",
    "attempt",
)


def fill(rows, count):
    """So many rows of everything."""
    for _ in range(count):
        run = rows.run(
            state="done", counts={"invoice": {"push": {"created": 3}, "none": {"skipped": 1}}}
        )
        operation = rows.operation(run, state="done")
        Attempt.objects.create(operation=operation, outcome="done", status=200)
        rows.mapping(state="held", reason="tax-code-unmapped", reason_values={"other": "VAT"})
        remote = rows.remote(name=f"Account {rows.number}")
        CodeMapping.objects.create(
            connection=rows.connection,
            kind="account",
            code=remote.remote_id,
            remote_id=remote.remote_id,
        )
        Bookmark.objects.create(
            name=f"Mark {rows.number}", model_label="books.invoice", query="status__exact=issued"
        )
        WebhookDelivery.objects.create(digest=str(rows.number), body="{}", state="used")


def queries(client, url):
    """How many statements a page takes; its text."""
    with CaptureQueriesContext(database) as captured:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(captured), response.content.decode()


@pytest.mark.parametrize("model", LISTS)
def test_lists_take_the_same_queries_for_one_row_and_for_many(model, rows, admin_client):
    url = reverse(f"admin:quicksync_{model}_changelist")
    fill(rows, 2)
    admin_client.get(url)
    few, _ = queries(admin_client, url)
    fill(rows, 10)
    many, text = queries(admin_client, url)
    assert many == few
    assert "secret-" not in text


def test_pages_of_single_rows_open(rows, admin_client):
    """I5, I6: a run, its operations, a record, evidence."""
    fill(rows, 1)
    run = rows.connection.runs.get()
    pages = {
        "syncrun": run.pk,
        "operation": run.operations.get().pk,
        "entitymapping": rows.connection.mappings.first().pk,
        "skippedrecord": rows.connection.mappings.get(state="held").pk,
        "remoterecord": rows.connection.remotes.get().pk,
        "codemapping": CodeMapping.objects.get().pk,
        "bookmark": Bookmark.objects.get().pk,
        "webhookdelivery": WebhookDelivery.objects.get().pk,
        "attempt": Attempt.objects.get().pk,
        "connection": rows.connection.pk,
        "category": rows.connection.categories.first().pk,
    }
    for model, pk in pages.items():
        _, text = queries(admin_client, reverse(f"admin:quicksync_{model}_change", args=[pk]))
        assert "secret-" not in text, model


@pytest.mark.parametrize(
    "model", ["operation", "remoterecord", "entitymapping", "syncrun", "webhookdelivery"]
)
def test_journals_cannot_be_added_to(model, admin_client):
    assert admin_client.get(f"/admin/quicksync/{model}/add/").status_code in (403, 404)


def test_payloads_need_their_own_permission(rows, staff):
    """I18"""
    remote = rows.remote(name="Travel", payload='{"Id": "1", "Secretly": "yes"}')
    url = reverse("admin:quicksync_remoterecord_change", args=[remote.pk])
    assert "Secretly" not in staff("view_remoterecord").get(url).content.decode()
    assert "Secretly" in staff("view_remoterecord", "payloads_connection").get(url).content.decode()


def test_no_page_carries_inline_scripts_or_styles(rows, admin_client):
    """The content policy forbids them."""
    fill(rows, 1)
    draft = rows.draft()
    rows.operation(draft)
    for url in (
        reverse("admin:quicksync_connection_change", args=[rows.connection.pk]),
        reverse("admin:quicksync_syncrun_change", args=[draft.pk]),
        reverse("admin:quicksync_connection_audit"),
    ):
        text = admin_client.get(url).content.decode()
        assert " style=" not in text
        assert "<style" not in text
        assert "onclick" not in text
