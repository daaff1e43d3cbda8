"""A change here whose transaction ends while its record is being planned is neither lost nor
overwritten.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.plan import approve, gather
from quicksync.sync.runs import starting
from tests.at_once import still_open
from tests.company import assert_adds_up, phoned

LONG_AGO = dt.timedelta(minutes=5)


def late(monkeypatch, change):
    """`change` is committed right after the planner has read the record, with a stamp from long
    before it did.
    """
    both = gather.Gather.both

    def read(self, mappings, taken):
        sides = both(self, mappings, taken)
        if any(side.mapping.kind == "customer" for side in sides):
            monkeypatch.setattr(gather.Gather, "both", both)
            change()
        return sides

    monkeypatch.setattr(gather.Gather, "both", read)


@pytest.mark.django_db
class TestAnOlderStamp:
    """The stamp is made when somebody saves; the transaction around it may end much later."""

    @pytest.fixture
    def ada(self, company):
        ada = company.client()
        company.sync()
        ada.phone = "1"
        ada.save()
        return ada

    def change(self, ada):
        Client.objects.filter(pk=ada.pk).update(phone="2")
        EntityMapping.objects.filter(object_key=ada.pk).update(touched_at=timezone.now() - LONG_AGO)

    def phone(self, company, ada):
        return company.partner(ada)["PrimaryPhone"]["FreeFormNumber"]

    def test_it_is_planned_once_more(self, company, ada, monkeypatch):
        late(monkeypatch, lambda: self.change(ada))
        assert_adds_up(company.sync())
        assert self.phone(company, ada) == "2"
        assert company.mapping(ada).touched_at is None

    def test_an_approved_preview_does_not_swallow_it(self, company, ada, monkeypatch):
        late(monkeypatch, lambda: self.change(ada))
        run = company.preview()
        done = approve.approve(run, user=None)
        assert (done.approved, done.stale) == (0, 1)
        company.work(run)
        company.sync()
        assert self.phone(company, ada) == "2"

    def test_a_change_from_there_does_not_land_over_it(self, company, ada, monkeypatch):
        company.sync()
        customer = company.partner(ada)
        company.sim.edit(
            "update", "Customer", customer["Id"], values={"PrimaryPhone": {"FreeFormNumber": "9"}}
        )
        company.enable("customer", wins="ask")
        late(monkeypatch, lambda: self.change(ada))
        company.sync()
        ada.refresh_from_db()
        assert ada.phone == "2"
        assert company.mapping(ada).state == "conflict"


# SQLite has one writer at a time: there, no transaction of the host can be open while a plan is
# saved.
if connection.vendor == "postgresql":

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_a_long_transaction_of_the_host(company, monkeypatch):
        """The same with two real transactions."""
        ada = company.client()
        company.sync()
        ada.phone = "1"
        ada.save()
        with still_open(lambda: phoned(ada, "2")) as commit:
            late(monkeypatch, commit)
            company.work(starting.start(company.connection, trigger=SyncRun.Trigger.MANUAL))
        company.sync()
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "2"
