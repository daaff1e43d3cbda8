"""Pages on what a real run leaves behind: totals of both sides, the list of records, progress on
the connection.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from quicksync import tasks
from quicksync.local.registry import registry
from quicksync.models import EntityMapping
from quicksync.sync.runs import starting

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def synced(company):
    """Two clients with an invoice each, in step."""
    for name, amount in (("Ada", 120), ("Bob", 80)):
        company.invoice(company.client(name), amount)
    company.sync()
    return company


def compared(company, client):
    """The page of a comparison that somebody has just asked for."""
    client.post(reverse("admin:quicksync_connection_reconcile", args=[company.connection.pk]))
    tasks.reconcile(company.connection.reconciliations.first().pk)
    return text_of(client, "connection_reconcile", company.connection.pk)


def text_of(client, name, *args):
    response = client.get(reverse(f"admin:quicksync_{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def test_i12_totals_of_both_sides_agree(synced, admin_client):
    """X25"""
    text = compared(synced, admin_client)
    # QuickBooks has products of its own, which are held: unequal numbers never stand beside
    # "agrees".
    assert "every difference is explained" in text
    assert text.count("differs for a reason") == 1
    assert text.count("200.00 USD") == 4  # total and open, here and there


def test_i12_a_difference_is_named(synced, admin_client):
    invoice = synced.there("Invoice")[0]
    mapping = EntityMapping.objects.get(remote_type="Invoice", remote_id=invoice["Id"])
    row = synced.connection.remotes.get(type="Invoice", remote_id=invoice["Id"])
    row.payload = row.payload.replace(f'"TotalAmt":{invoice["TotalAmt"]}', '"TotalAmt":7.00')
    row.save()
    text = compared(synced, admin_client)
    assert "The two sides differ" in text
    assert text.count("7.00 in QuickBooks") == 1
    assert reverse("admin:quicksync_entitymapping_change", args=[mapping.pk]) in text


def test_i12_what_this_side_does_not_tell_is_not_said_to_agree(synced, admin_client, monkeypatch):
    [adapter] = registry.for_kind("invoice")
    monkeypatch.setattr(
        type(adapter), "fields", {**adapter.fields, "total": None, "tax": None, "balance": None}
    )
    adapter.forget_table()
    try:
        text = compared(synced, admin_client)
    finally:
        monkeypatch.undo()
        adapter.forget_table()
    assert "not everything could be compared" in text
    assert "Open amounts of invoices: not known here." in text
    assert "– agrees as far as known" in text
    assert text.count("200.00 USD") == 3  # the total here is that of the lines
    assert text.count("not known") == 2  # in the cell, and in the sentence about it
    assert "Both sides agree" not in text


def test_without_categories_there_is_nothing_to_compare(synced, admin_client):
    synced.connection.categories.update(enabled=False)
    assert "No category was switched on" in compared(synced, admin_client)


def test_i5_the_run_shows_what_was_sent_by_name(synced, admin_client):
    run = synced.connection.runs.latest("id")
    text = text_of(admin_client, "syncrun_change", run.pk)
    for words in ("Created in QuickBooks", "Invoice T-1", "120.00 USD", "Ada"):
        assert words in text
    rows = b"".join(
        admin_client.get(reverse("admin:quicksync_syncrun_csv", args=[run.pk])).streaming_content
    )
    assert (
        rows.decode().count("Create in QuickBooks,Done")
        == run.operations.filter(direction="push").count()
    )


def test_an_operation_shows_its_attempts_and_what_was_sent(synced, admin_client, staff):
    """I18"""
    operation = synced.connection.operations.filter(kind="invoice", state="done").first()
    text = text_of(admin_client, "operation_change", operation.pk)
    assert "Sent text" in text
    assert "SalesItemLineDetail" in text
    text = text_of(staff("view_operation", "view_attempt"), "operation_change", operation.pk)
    assert "SalesItemLineDetail" not in text


def test_the_connection_shows_a_run_under_way_and_each_phase(synced, admin_client):
    run = starting.start(synced.connection, trigger="manual")
    assert "Waiting in line" in text_of(admin_client, "connection_change", synced.connection.pk)
    run.heartbeat_at = run.started_at
    for phase, words in (
        ("read", "Reading what changed"),
        ("scan", "Reading the records"),
        ("plan", "Comparing"),
    ):
        run.phase = phase
        run.save()
        progress = admin_client.get(
            reverse("admin:quicksync_syncrun_progress", args=[run.pk])
        ).json()
        assert words in progress["words"]
        assert progress["percent"] is None


def test_a_draft_waits_on_the_connections_page(synced, admin_client):
    synced.client("Carl")
    run = synced.preview()
    text = text_of(admin_client, "connection_change", synced.connection.pk)
    assert "A preview is waiting for your approval" in text
    assert reverse("admin:quicksync_syncrun_change", args=[run.pk]) in text
    assert "1 of 1" not in text


def test_a_preview_of_nothing_says_so(synced, admin_client):
    run = synced.preview()
    assert "nothing to do" in text_of(admin_client, "syncrun_change", run.pk)


def test_an_address_and_an_allocation_are_written_out(synced, admin_client):
    client = synced.client("Carl", billing_street="1 Road", billing_city="Leeds")
    invoice = synced.invoice(client, 50, number="C-1")
    synced.receipt(client, {invoice: 50})
    text = text_of(admin_client, "syncrun_change", synced.preview().pk)
    assert "1 Road<br>Leeds" in text
    assert "Invoice C-1: 50.00" in text
