"""A claim takes only what still stands: it looks again under the lock, in the transaction that claims (V1)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction
from django.db.models import F

from quicksync.books.models import Client
from quicksync.models import EntityMapping, Operation
from quicksync.sync.exchange import outbox
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending
from tests.company import assert_adds_up


@pytest.fixture
def planned(company):
    """A client's new phone number, approved and not claimed yet."""
    ada = company.client()
    company.sync()
    ada.phone = "1"
    ada.save()
    run = company.preview()
    approve.approve(run, user=None)
    return ada, run


@pytest.mark.django_db
class TestMoved:
    """What a plan rests on is a pair as it was."""

    def test_a_pair_that_another_plan_or_a_person_decided_on_since(self, company, planned):
        ada, run = planned
        EntityMapping.objects.filter(pk=company.mapping(ada).pk).update(version=F("version") + 1)
        company.work(run)
        [first, *_] = company.operations(run)
        assert (first.state, first.reason, first.parcel) == ("stale", "moved-since-preview", "")
        assert_adds_up(run)
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "1"

    def test_a_record_that_was_saved_since(self, company, planned):
        ada, run = planned
        ada.phone = "2"
        ada.save()
        company.work(run)
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "2"
        assert all('"FreeFormNumber":"1"' not in one["body"] for one in company.writes())


# SQLite has one writer at a time: there, no transaction of the host can be open while a parcel is claimed.
if connection.vendor == "postgresql":

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_a_save_whose_transaction_ends_after_the_claim(company, monkeypatch):
        """Two real connections: the host has the record's row while the parcel is claimed, and neither waits."""
        ada = company.client()
        company.sync()
        ada.phone = "1"
        ada.save()
        run = company.preview()
        approve.approve(run, user=None)
        saved, claimed = threading.Event(), threading.Event()

        def host():
            try:
                with transaction.atomic():
                    mine = Client.objects.get(pk=ada.pk)
                    mine.phone = "2"
                    mine.save()
                    saved.set()
                    assert claimed.wait(60)
            finally:
                connections.close_all()

        claim = outbox.claim

        def watched(*args):
            parcel = claim(*args)
            claimed.set()
            return parcel

        monkeypatch.setattr(outbox, "claim", watched)
        writer = threading.Thread(target=host)
        writer.start()
        assert saved.wait(60)
        company.work(run)
        writer.join()
        for _ in range(3):
            Operation.objects.update(retry_at=None)
            company.work(run)
        run.refresh_from_db()
        if run.is_active:
            ending.cancel(run)
        company.sync()
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "2"
        assert all('"FreeFormNumber":"1"' not in one["body"] for one in company.writes())
