"""A15: the page and the command that import the past: window, estimate, preview, import, its own
permission.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from quicksync.models import SyncRun

DATES = {"since": "2020-01-01", "until": "2020-12-31", "kinds": ["invoice"], "direction": ""}


@pytest.fixture
def old(company):
    company.enable("invoice", start_date=timezone.localdate(), start_basis="document")
    company.invoice(company.client("Ada"), number="OLD", issued_on=dt.date(2020, 5, 1))
    company.sync()
    return company


def page(company):
    return reverse("admin:quicksync_connection_past", args=[company.connection.pk])


def test_a15_estimate_then_preview_then_import(old, admin_client):
    text = admin_client.get(page(old), DATES).content.decode()
    assert "About 2 calls to QuickBooks: 1 to write and 1 to read, which Intuit meters." in text
    assert "Earlier imports" not in text
    answer = admin_client.post(page(old), DATES | {"begin": "preview"})
    preview = SyncRun.objects.get(trigger="past")
    assert answer["Location"] == reverse("admin:quicksync_syncrun_change", args=[preview.pk])
    old.work(preview)
    assert "OLD" in admin_client.get(answer["Location"]).content.decode()
    assert not old.there("Invoice")
    admin_client.post(reverse("admin:quicksync_syncrun_discard", args=[preview.pk]))
    admin_client.post(page(old), DATES | {"begin": "now"})
    old.work(SyncRun.objects.filter(trigger="past").first())
    assert old.one("Invoice")["DocNumber"] == "OLD"
    text = admin_client.get(page(old), DATES).content.decode()
    assert "Nothing to import: there are no records between these dates" in text
    assert text.count("2020-01-01 … 2020-12-31: Invoices") == 2


def test_a15_what_is_wrong_is_said_on_the_page(old, admin_client):
    for change, words in (
        ({"since": "2021-02-31"}, "Enter a valid date"),
        ({"since": "2022-01-01"}, "swap the two dates"),
        ({"kinds": []}, "This field is required"),
        ({"kinds": ["term"]}, "not one of the available choices"),
    ):
        assert words in admin_client.get(page(old), DATES | change).content.decode()
    assert not SyncRun.objects.filter(trigger="past").exists()


def test_a15_it_needs_its_own_permission(old, staff):
    everything_else = (
        "view_connection",
        "change_connection",
        "run_connection",
        "preview_connection",
    )
    assert staff(*everything_else).get(page(old)).status_code == 403
    text = (
        staff("view_connection")
        .get(reverse("admin:quicksync_connection_change", args=[old.connection.pk]))
        .content.decode()
    )
    assert "Import older records" not in text
    assert staff("history_connection").get(page(old)).status_code == 200


def command(*args):
    call_command("quicksync_past", "--since", "2020-01-01", "--until", "2020-12-31", *args)


def test_a15_j5_the_command(old, capsys):
    command("--estimate", "--kind", "invoice")
    assert (
        "→ invoices: 1\n1 records, about 2 API calls (1 of them metered)."
        in capsys.readouterr().out
    )
    command("--estimate", "--json")
    assert json.loads(capsys.readouterr().out)["writes"] == 1
    command()
    assert "→ invoices: 1 created" in capsys.readouterr().out
    assert old.one("Invoice")["DocNumber"] == "OLD"
    with pytest.raises(CommandError, match="not kept in sync"):
        command("--kind", "term")
