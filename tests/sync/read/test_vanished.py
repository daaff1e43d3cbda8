"""Pain 10: what was deleted in QuickBooks is noticed even where nothing tells of it."""

from __future__ import annotations

import datetime as dt
from urllib.parse import unquote_plus

import pytest
from django.test import override_settings
from django.utils import timezone

from quicksync.models import EntityMapping, RemoteRecord, SyncRun
from quicksync.simulator import running
from quicksync.sync.read import vanished
from quicksync.sync.runs import starting
from tests.company import assert_adds_up, join, settings_for, unlimited
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)


def away(days):
    """The connection was last read so long ago."""
    make.put(read_at=timezone.now() - dt.timedelta(days=days))


def asked(company, since, words):
    """Reads that hold these words, of those after `since`."""
    asked_for = [unquote_plus(request["query"]) for request in company.sim.requests(since)]
    return [query for query in asked_for if words in query]


def seen(company):
    return max(request["n"] for request in company.sim.requests())


class TestAfterALongGap:
    """The change feed forgets after 30 days."""

    @pytest.fixture
    def invoices(self, company):
        ada = company.client()
        invoices = [company.invoice(ada, 100 + number) for number in range(8)]
        company.sync()
        return invoices

    def deleted(self, company, invoice):
        company.sim.edit("delete", "Invoice", company.mapping(invoice).remote_id)

    def test_a_deletion_is_found_and_the_others_stay(self, company, invoices):
        self.deleted(company, invoices[3])
        # Longer ago than QuickBooks remembers.
        company.sim.advance(days=40)
        away(40)
        company.sync()
        company.sim.refresh()
        gone = company.mapping(invoices[3])
        assert (gone.state, gone.reason) != ("in_sync", "")
        assert RemoteRecord.objects.get(type="Invoice", remote_id=gone.remote_id).deleted
        others = EntityMapping.objects.filter(kind="invoice").exclude(pk=gone.pk)
        assert set(others.values_list("state", flat=True)) == {"in_sync"}
        assert len(company.there("Invoice")) == 7

    def test_so_it_is_where_nobody_knows_any_more_what_was_to_be_read(self, company, invoices):
        """Another version of this program took the run over while it read."""
        self.deleted(company, invoices[3])
        run = starting.start(company.connection, trigger="manual")
        odd = [{"id": "r1", "out": False, "read": {"how": ["sideways"]}}]
        SyncRun.objects.filter(pk=run.pk).update(reads=odd, progress={"began": True})
        assert company.work(run).state == "done"
        gone = company.mapping(invoices[3])
        assert RemoteRecord.objects.get(type="Invoice", remote_id=gone.remote_id).deleted
        assert RemoteRecord.objects.filter(type="Invoice", deleted=False).count() == 7

    def test_it_goes_on_where_another_worker_stopped(self, company, invoices, monkeypatch):
        """Chunk after chunk; a read without an answer is taken up by the next worker, and none is
        asked twice.
        """
        monkeypatch.setattr(vanished, "CHUNK", 2)
        self.deleted(company, invoices[0])
        self.deleted(company, invoices[7])
        away(40)
        since = seen(company)
        company.sim.fault(method="GET", entity="Invoice", nth=3, drop_before=True)
        run = company.sync()
        assert run.is_active
        assert_adds_up(company.work(run))
        assert RemoteRecord.objects.filter(type="Invoice", deleted=True).count() == 2
        reads = asked(company, since, "FROM Invoice WHERE Id IN")
        ids = [part for query in reads for part in query.split("'")[1::2]]
        assert set(ids) == {company.mapping(invoice).remote_id for invoice in invoices}
        # The read that got no answer went out twice.
        assert len(ids) <= len(invoices) + vanished.CHUNK

    def test_not_without_a_gap(self, company, invoices):
        since = seen(company)
        company.sync()
        assert asked(company, since, "Id IN") == []


class TestMoreThanTheFeedTells:
    """It tells of 1,000 changes at most, and of deletions among them only."""

    @pytest.fixture
    def crowded(self):
        with running(company="empty") as sim, unlimited():
            size = {"customers": 20, "invoices": 1030}
            realm = sim.add_company(company="empty", size=size)["realm_id"]
            with override_settings(QUICKSYNC=settings_for(sim)):
                company = join(sim, realm=realm)
                company.sync()
                yield company

    def touched(self, company):
        """Every invoice, by a bookkeeper's hand."""
        found = company.there("Invoice") + company.there("Invoice STARTPOSITION 1001")
        rows = [{"Id": one["Id"], "SyncToken": one["SyncToken"]} for one in found]
        for start in range(0, len(rows), 30):
            items = [
                {
                    "bId": row["Id"],
                    "operation": "update",
                    "Invoice": {**row, "sparse": True, "PrivateNote": "seen"},
                }
                for row in rows[start : start + 30]
            ]
            company.sim.api(
                "POST", "batch", {"BatchItemRequest": items}, realm=company.connection.realm_id
            )

    def test_a_deletion_that_did_not_fit_is_found(self, crowded):
        self.touched(crowded)
        last = RemoteRecord.objects.filter(type="Invoice").latest("pk").remote_id
        crowded.sim.edit("delete", "Invoice", last, realm=crowded.connection.realm_id)
        crowded.sync()
        assert RemoteRecord.objects.get(type="Invoice", remote_id=last).deleted
        assert RemoteRecord.objects.filter(type="Invoice", deleted=True).count() == 1

    def test_nothing_is_asked_for_by_id_when_the_number_is_right(self, crowded):
        self.touched(crowded)
        since = seen(crowded)
        crowded.sync()
        assert len(asked(crowded, since, "SELECT COUNT(*) FROM Invoice")) == 1
        assert asked(crowded, since, "Id IN") == []
