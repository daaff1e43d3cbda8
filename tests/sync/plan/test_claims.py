"""A claim takes only what still stands: it looks again under the lock, in the transaction that
claims (V1).
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.models import F

from quicksync.models import EntityMapping, Operation
from quicksync.sync.exchange import outbox
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending
from tests.at_once import still_open
from tests.company import assert_adds_up, phoned


def plan(company):
    """A client's new phone number, approved and not claimed yet."""
    ada = company.client()
    company.sync()
    phoned(ada, "1")
    run = company.preview()
    approve.approve(run, user=None)
    return ada, run


@pytest.fixture
def planned(company):
    return plan(company)


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


# SQLite has one writer at a time: there, no transaction of the host can be open while a parcel is
# claimed.
if connection.vendor == "postgresql":

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_a_save_whose_transaction_ends_after_the_claim(company, monkeypatch):
        """Two real connections: the host has the record's row while the parcel is claimed, and
        neither waits.
        """
        ada, run = plan(company)
        claim = outbox.claim
        with still_open(lambda: phoned(ada, "2")) as commit:

            def watched(*args):
                parcel = claim(*args)
                commit()
                return parcel

            monkeypatch.setattr(outbox, "claim", watched)
            company.work(run)
        for _ in range(3):
            Operation.objects.update(retry_at=None)
            company.work(run)
        run.refresh_from_db()
        if run.is_active:
            ending.cancel(run)
        company.sync()
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "2"
        assert all('"FreeFormNumber":"1"' not in one["body"] for one in company.writes())
