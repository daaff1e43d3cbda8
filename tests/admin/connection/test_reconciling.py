"""The reconciliation of a company with more records than a page can wait for."""

from __future__ import annotations

import pytest
from django.urls import reverse

from quicksync.admin.connection import compared_totals
from quicksync.sync.monitor import reconcile


@pytest.fixture
def page(rows, admin_client):
    """The text of the page."""

    def show():
        url = reverse("admin:quicksync_connection_reconcile", args=[rows.connection.pk])
        return admin_client.get(url).content.decode()

    return show


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Two records are as many as a page waits for."""
    monkeypatch.setattr(compared_totals, "MOST_COMPARED", 2)


@pytest.mark.parametrize("side", ["mapping", "remote"])
def test_too_many_records_are_left_to_the_command(side, rows, page, monkeypatch):
    monkeypatch.setattr(reconcile, "reconcile", lambda connection: pytest.fail("compared"))
    for _ in range(3):
        getattr(rows, side)()
    text = page()
    assert "more than 2 records" in text
    assert f"quicksync_reconcile --connection {rows.connection.pk}" in text
    assert "Both sides agree" not in text


def test_as_many_as_a_page_waits_for_are_compared(rows, page):
    rows.mapping()
    rows.mapping()
    rows.remote()
    text = page()
    assert "quicksync_reconcile" not in text
    assert "those of the last run" in text
