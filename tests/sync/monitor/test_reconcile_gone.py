"""Reconciliation of what was deleted or voided: a nightly job that cries every night is worthless
(I12, X25).
"""

from __future__ import annotations

import datetime as dt
from io import StringIO

import pytest
from django.core.management import call_command

from quicksync.models import EntityMapping
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import explain
from quicksync.sync.monitor.comparison import agree, explained
from quicksync.sync.monitor.reconcile import reconcile
from tests.company import connected

pytestmark = pytest.mark.django_db(transaction=True)
NEW_YEAR = dt.date(2026, 1, 1)


@pytest.fixture
def company():
    with connected(kinds=("customer", "invoice", "payment")) as company:
        yield company


def settled(company):
    """Balances that our own payments changed are read by the next cycle."""
    company.sync()
    company.sync()


def by_kind(company):
    return {(line.kind, line.month): line for line in reconcile(company.connection)}


def said(company):
    out = StringIO()
    call_command("quicksync_reconcile", stdout=out)
    return out.getvalue()


@pytest.fixture
def paid(company):
    """An invoice of 100 and a payment of 40, in step."""
    client = company.client()
    invoice = company.invoice(client, 100, issued_on=NEW_YEAR)
    receipt = company.receipt(client, {invoice: 40}, received_on=NEW_YEAR)
    settled(company)
    return invoice, receipt


def test_a_payment_deleted_here_and_voided_there_is_explained(company, paid):
    paid[1].delete()
    settled(company)
    lines = by_kind(company)
    [difference] = lines["payment", "2026-01"].differences
    assert (difference.where, difference.code) == ("there", "deletion-followed-there")
    assert "was carried over" in explain(Reason(difference.code, {})).cause
    assert explained(lines.values())
    assert "Nobody has compared" not in said(company)


def test_a_payment_voided_on_both_sides_does_not_differ(company, paid):
    """Though one side keeps its old amount."""
    company.enable("payment", on_delete_there="void")
    remote = company.partner(paid[1])
    company.sim.edit("void", "Payment", remote["Id"])
    settled(company)
    paid[1].refresh_from_db()
    assert paid[1].voided
    line = by_kind(company)["payment", "2026-01"]
    assert not line.differences
    assert (line.here_total, line.there_total) == (0, 0)
    assert line.agrees


def test_voided_on_both_sides_and_then_deleted_there_is_explained(company, paid):
    company.enable("payment", on_delete_there="void")
    remote = company.partner(paid[1])
    company.sim.edit("void", "Payment", remote["Id"])
    settled(company)
    company.sim.edit("delete", "Payment", remote["Id"])
    settled(company)
    [difference] = by_kind(company)["payment", "2026-01"].differences
    assert (difference.where, difference.code) == ("here", "deletion-followed-here")
    assert explained(by_kind(company).values())


def test_what_came_back_to_life_alone_is_not_explained_away(company, paid):
    """Gone on one side, and the other is valid: somebody has to know."""
    EntityMapping.objects.filter(kind="payment").update(state="gone", object_key="gone")
    type(paid[1]).objects.filter(pk=paid[1].pk).delete()
    line = by_kind(company)["payment", "2026-01"]
    [difference] = line.differences
    assert difference.code == "gone-on-one-side"
    assert not line.explained


def test_a_void_that_is_not_followed_explains_what_is_open(company, paid):
    """The payment drifted, as its category says; its invoice's balances differ by it and by nothing
    else.
    """
    company.enable("payment", on_delete_there="nothing", needs_scan=False)
    company.sim.edit("void", "Payment", company.partner(paid[1])["Id"])
    settled(company)
    lines = by_kind(company)
    [difference] = lines["payment", "2026-01"].differences
    assert difference.what
    assert difference.explained, difference
    [open_] = lines["invoice", "2026-01"].differences
    assert open_.what == ("open",)
    assert open_.explained, open_
    assert not agree(lines.values())
    assert explained(lines.values())


def test_an_invoice_deleted_here_and_voided_there(company):
    """The totals of such a month used to differ for good."""
    invoice = company.invoice(company.client(), 100, issued_on=NEW_YEAR)
    settled(company)
    invoice.delete()
    settled(company)
    [difference] = by_kind(company)["invoice", "2026-01"].differences
    assert difference.code == "deletion-followed-there"
    assert said(company)
