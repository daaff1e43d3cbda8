"""Preview and approval: what is approved is what was shown, or it is not sent (path 4, I2)."""

from __future__ import annotations

import pytest

from quicksync.books.models import Client
from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Category, EntityMapping, Operation, SyncRun
from quicksync.models.run_values import Scope
from quicksync.sync.actions import skipping
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from tests.company import assert_adds_up
from tests.options.choosing import choose_for

pytestmark = pytest.mark.django_db


def states(run):
    return dict(run.operations.exclude(action__in=("hold", "skip")).values_list("label", "state"))


class TestPreview:
    """It writes nothing outside quicksync's own tables."""

    def test_it_waits_and_changes_nothing(self, company):
        company.client()
        writes = len(company.writes())
        run = company.preview()
        assert run.state == "draft"
        assert states(run) == {"Ada Lovelace": "draft"}
        assert len(company.writes()) == writes

    def test_twice_is_the_same(self, company):
        company.client()
        assert states(company.preview()) == states(company.preview())

    def test_approved_it_is_done_without_planning_again(self, company):
        company.client()
        run = company.preview()
        operation = run.operations.get(label="Ada Lovelace")
        assert approve.approve(run, user=None).approved == 1
        run = company.work(run)
        assert run.state == "done"
        operation.refresh_from_db()
        assert operation.state == "done"
        assert_adds_up(run)

    def test_who_said_yes_is_kept(self, company, admin_user):
        company.client()
        run = company.preview()
        approve.approve(run, user=admin_user)
        run.refresh_from_db()
        assert (run.approved_by, run.forced) == (admin_user, False)


class TestStale:
    """What has moved since is not sent as shown."""

    def test_a_record_that_was_changed_here(self, company):
        ada, bob = company.client(), company.client("Bob")
        run = company.preview()
        ada.phone = "1"
        ada.save()
        assert approve.approve(run, user=None) == approve.Approved(approved=1, stale=1)
        assert states(run) == {"Ada Lovelace": "stale", "Bob": "pending"}
        run = company.work(run)
        assert_adds_up(run)
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "1"
        assert company.partner(bob)["DisplayName"] == "Bob"

    def test_a_record_that_another_run_settled(self, company):
        ada = company.client()
        run = company.preview()
        company.sync()
        assert approve.approve(run, user=None) == approve.Approved(approved=0, stale=1)
        company.work(run)
        assert len(company.there("Customer", "DisplayName = 'Ada Lovelace'")) == 1
        assert company.mapping(ada).state == "in_sync"

    def test_a_record_that_somebody_skipped(self, company, admin_user):
        ada = company.client()
        run = company.preview()
        skipping.skip(
            run.operations.filter(label="Ada Lovelace"), user=admin_user, why="a test account"
        )
        approve.approve(run, user=admin_user)
        run = company.work(run)
        assert company.there("Customer") == []
        mapping = company.mapping(ada)
        assert (mapping.state, mapping.reason) == ("excluded", "skipped-by-user")
        assert_adds_up(run)


class TestRefused:
    """Plans that may not start now."""

    def test_approved_already(self, company):
        company.client()
        run = company.preview()
        approve.approve(run, user=None)
        with pytest.raises(NotAllowed):
            approve.approve(run, user=None)

    def test_beside_a_run_at_work(self, company):
        company.client()
        run = company.preview()
        starting.start(company.connection, trigger="manual")
        with pytest.raises(Busy):
            approve.approve(run, user=None)

    def test_thrown_away(self, company, admin_user):
        ada = company.client()
        run = company.preview()
        approve.discard(run, user=admin_user)
        with pytest.raises(NotAllowed):
            approve.approve(run, user=None)
        with pytest.raises(NotAllowed):
            approve.discard(run, user=admin_user)
        assert company.sync().counts["customer"]["push"] == {"created": 1}
        assert company.mapping(ada).state == "in_sync"


class TestUnsafe:
    """So much would change that somebody has to say that it is meant (invariant of style 12)."""

    @pytest.fixture
    def many(self, company):
        clients = [company.client(f"Client {number}") for number in range(12)]
        company.sync()
        for client in clients:
            client.phone = "1"
            client.save()
        return company

    def test_an_automatic_run_stops_and_shows_the_numbers(self, many):
        run = many.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        assert (run.state, run.reason) == ("draft", "unsafe-plan")
        assert run.unsafe[0]["values"] | {"changed": 12, "pairs": 12} == run.unsafe[0]["values"]
        assert Operation.objects.filter(run=run, state="draft").count() == 12

    def test_it_needs_an_express_yes(self, many, admin_user):
        run = many.sync()
        with pytest.raises(NotAllowed, match="unusual number of records"):
            approve.approve(run, user=admin_user)
        assert approve.approve(run, user=admin_user, force=True).approved == 12
        run = many.work(run)
        assert (run.state, run.forced) == ("done", True)
        assert_adds_up(run)

    def test_an_old_plan_overwrites_nothing_that_was_synchronized_since(self, many, admin_user):
        """What moved while an unsafe plan waited is taken out of it at approval, on both sides."""
        corrected, disputed = Client.objects.order_by("pk")[:2]
        old = many.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        assert old.state == "draft"
        corrected.phone = "300"
        corrected.save()
        many.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        disputed.phone = "200"
        disputed.save()
        there = many.mapping(disputed).remote_id
        choose_for(Category.objects.filter(kind="customer"), wins="ask")
        many.sim.edit(
            "update", "Customer", there, values={"PrimaryPhone": {"FreeFormNumber": "777"}}
        )
        many.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        assert many.mapping(disputed).state == "conflict"
        assert approve.approve(old, user=admin_user, force=True) == approve.Approved(
            approved=10, stale=2
        )
        assert_adds_up(many.work(old))
        many.sync()
        assert many.partner(corrected)["PrimaryPhone"]["FreeFormNumber"] == "300"
        assert many.partner(disputed)["PrimaryPhone"]["FreeFormNumber"] == "777"
        disputed.refresh_from_db()
        assert (disputed.phone, many.mapping(disputed).state) == ("200", "conflict")

    def test_single_records_are_nobodys_worry(self, many):
        mapping = EntityMapping.objects.filter(kind="customer").first()
        run = many.sync(
            trigger=SyncRun.Trigger.OBJECT, scope=Scope(mappings=(mapping.pk,), forced="push")
        )
        assert run.state == "done"
