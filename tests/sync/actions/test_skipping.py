"""Skip a record, add it back, try it again: who, when and why stay visible (I6, I9)."""

from __future__ import annotations

from unittest import mock

import pytest

from quicksync.models import EntityMapping, Operation
from quicksync.sync.actions import single_records, skipping
from quicksync.sync.exchange.settle import Settlement
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from tests.company import assert_adds_up

pytestmark = pytest.mark.django_db


def test_skipped_until_added_back(company, admin_user):
    ada = company.client()
    invoice = company.invoice(ada)
    run = company.preview()
    chosen = run.operations.filter(kind="invoice")
    assert skipping.skip(chosen, user=admin_user, why="a draft") == 1
    operation = Operation.objects.get(run=run, kind="invoice")
    assert (operation.state, operation.reason_values) == (
        "skipped",
        {"who": str(admin_user), "why": "a draft"},
    )
    for _ in range(2):
        assert_adds_up(company.sync())
    assert company.there("Invoice") == []
    mapping = company.mapping(invoice)
    assert (mapping.state, mapping.note) == ("excluded", f"{admin_user}: a draft")

    assert skipping.add_back([mapping], user=admin_user) == 1
    company.sync()
    assert company.partner(invoice)["DocNumber"] == invoice.number


def test_a_change_does_not_add_it_back(company, admin_user):
    ada = company.client()
    skipping.exclude(EntityMapping.objects.filter(object_key=str(ada.pk)), user=admin_user, why="")
    ada.phone = "1"
    ada.save()
    company.sync()
    assert company.there("Customer") == []
    assert company.mapping(ada).state == "excluded"


def test_sent_by_hand_it_goes_all_the_same(company, admin_user):
    """ "Send to QuickBooks" on its own page is a person's word, too."""
    ada = company.client()
    mapping = company.mapping(ada)
    skipping.exclude(EntityMapping.objects.filter(pk=mapping.pk), user=admin_user, why="")
    [run] = single_records.send("books.client", [str(ada.pk)], user=admin_user, direction="push")
    company.work(run)
    assert company.partner(ada)["DisplayName"] == "Ada Lovelace"


def test_skipped_while_it_was_on_the_wire_it_stays_out(company, admin_user):
    """It has been written; what was agreed is kept, and no later run touches it until somebody adds
    it back.
    """
    ada = company.client()

    def leave_out(settlement, *answer):
        skipping.exclude(
            EntityMapping.objects.filter(object_key=str(ada.pk)), user=admin_user, why="not yet"
        )
        return settle(settlement, *answer)

    settle = Settlement.settle
    with mock.patch.object(Settlement, "settle", leave_out):
        assert_adds_up(company.sync())
    mapping = company.mapping(ada)
    assert (mapping.state, mapping.reason, mapping.note) == (
        "excluded",
        "skipped-by-user",
        f"{admin_user}: not yet",
    )
    assert mapping.remote_id == company.partner(ada)["Id"]
    ada.phone = "1"
    ada.save()
    company.sync()
    assert "PrimaryPhone" not in company.partner(ada)
    skipping.add_back([company.mapping(ada)], user=admin_user)
    company.sync()
    assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "1"


class TestRetry:
    """I9, X9"""

    def test_a_refused_record_goes_again(self, company, admin_user):
        bob = company.client("Bob")
        run = company.preview()
        company.sim.api("POST", "vendor", {"DisplayName": "Bob"})
        run = approve_and_work(company, run)
        assert company.mapping(bob).state == "failed"
        vendor = company.one("Vendor")
        company.sim.edit("update", "Vendor", vendor["Id"], values={"DisplayName": "Bob (v)"})
        retried = skipping.retry([company.mapping(bob)], user=admin_user)
        assert retried.user == admin_user
        # The name is free there, but what this side last read says that it is taken.
        company.work(retried)
        company.sync()
        assert company.partner(bob)["DisplayName"] == "Bob"

    def test_beside_a_run_it_is_left_to_it(self, company, admin_user):
        ada = company.client()
        run = starting.start(company.connection, trigger="manual")
        assert skipping.retry([company.mapping(ada)], user=admin_user) is None
        company.work(run)
        assert company.mapping(ada).state == "in_sync"

    def test_nothing_to_retry(self, admin_user):
        assert skipping.retry([], user=admin_user) is None


def approve_and_work(company, run):
    """A person's yes."""
    approve.approve(run, user=None)
    return company.work(run)
