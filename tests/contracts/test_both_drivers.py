"""The engine's contract, the same for every driver: what is owed is done once, whatever happens on
the way.

Invariants 1 (counts add up), 4 (a lost answer is asked about first), 5 (one bad record stops
nothing) and 8 (nothing deleted is created again, nothing overwritten silently) of the design.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.models import Attempt, EntityMapping, Operation, SyncRun
from quicksync.records import Invoice, Payment
from quicksync.sync.drivers import direct
from quicksync.sync.pairs.sides import agreed_of
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending
from quicksync.sync.worker import lease
from quicksync.sync.worker.counts import sums
from tests.company import assert_adds_up

State = SyncRun.State


def outcomes(run):
    """A run's counts that are not zero."""
    return {outcome: number for outcome, number in sums(run.counts).items() if number}


def reasons(run, **where):
    """Label -> (state, reason) of a run's operations."""
    return {one.label: (one.state, one.reason) for one in run.operations.filter(**where)}


def amounts(record):
    """What the lines of a document say."""
    return {line.description: line.amount for line in record.lines}


class TestToQuickBooks:
    """→ (C1)"""

    def test_new_records_arrive_parents_first(self, world):
        ada = world.client()
        invoice = world.invoice(ada, "100", "20.50")
        receipt = world.receipt(ada, {invoice: 50})
        run = world.sync_through()
        assert run.state == State.DONE
        assert_adds_up(run)
        assert outcomes(world.sync_through()).keys() <= {"unchanged", "skipped"}
        there = world.shown(invoice)
        assert isinstance(there, Invoice)
        assert (there.number, there.total, len(there.lines)) == (
            invoice.number,
            Decimal("120.50"),
            2,
        )
        paid = world.shown(receipt)
        assert isinstance(paid, Payment)
        assert [part.amount for part in paid.allocations] == [Decimal(50)]

    def test_a_change_is_sent_sparsely(self, world):
        """F17: what somebody else wrote there stays."""
        ada = world.client()
        world.sync_through()
        world.edit(ada, company="Engines Ltd")
        ada.phone = "020 7946 0000"
        ada.save()
        run = world.sync_through()
        assert_adds_up(run)
        there = world.shown(ada)
        assert (there.phone, there.company) == ("020 7946 0000", "Engines Ltd")
        ada.refresh_from_db()
        assert ada.company == "Engines Ltd"

    def test_a_void_is_carried_over(self, world):
        """F4"""
        invoice = world.invoice(world.client())
        world.sync_through()
        invoice.status = invoice.Status.VOID
        invoice.save()
        run = world.sync_through()
        assert_adds_up(run)
        assert world.shown(invoice).voided


class TestFromQuickBooks:
    """← (C2)"""

    def test_a_new_record_lands_here(self, world):
        world.add_customer("Grace Hopper")
        run = world.sync_through()
        assert_adds_up(run)
        assert run.counts["customer"]["pull"] == {"created": 1}
        assert Client.objects.filter(name="Grace Hopper").count() == 1

    def test_a_change_lands_here(self, world):
        ada = world.client()
        world.sync_through()
        world.edit(ada, email="ada@example.com")
        run = world.sync_through()
        ada.refresh_from_db()
        assert ada.email == "ada@example.com"
        assert run.counts["customer"]["pull"] == {"updated": 1}
        assert_adds_up(run)

    def test_a_void_there_is_shown_not_followed(self, world):
        """I13: by default drift is shown; nothing is done silently."""
        invoice = world.invoice(world.client())
        world.sync_through()
        world.void(invoice)
        run = world.sync_through()
        assert world.mapping(invoice).state == "drifted"
        assert_adds_up(run)
        invoice.refresh_from_db()
        assert not invoice.voided

    def test_what_was_deleted_there_is_not_created_again(self, world):
        """Invariant 8."""
        invoice = world.invoice(world.client())
        world.sync_through()
        world.delete(invoice)
        invoice.memo = "Still wanted here"
        invoice.save()
        for _ in range(2):
            assert_adds_up(world.sync_through())
        assert world.names("invoice") == []
        assert world.mapping(invoice).state in ("drifted", "conflict")


class TestLinesOfOthers:
    """The answer to a write shows lines that are none of ours: nobody has agreed on them (F17)."""

    @pytest.fixture
    def written(self, world, request):
        """A bookkeeper adds a line, and ours is written before anybody here has seen it."""
        invoice = world.invoice(world.client(), 50)
        world.sync_through()
        world.enable("invoice", wins="here", direction=request.param)
        world.add_line(invoice)
        invoice.lines.update(unit_price=60)
        invoice.update_totals()
        run = world.sync_through()
        assert_adds_up(run)
        assert run.counts["invoice"]["push"] == {"updated": 1}
        invoice.refresh_from_db()
        return invoice

    @pytest.mark.parametrize("written", ["both"], indirect=True)
    def test_such_a_line_stays_and_comes_here(self, world, written):
        assert amounts(world.shown(written)) == {"Courier": 7, "Work 1": 60}
        assert {line.description: line.amount for line in written.lines.all()} == {
            "Courier": 7,
            "Work 1": 60,
        }
        assert written.total == world.shown(written).total == 67
        assert world.sync_through().counts.get("invoice", {}).get("push", {}) == {}

    @pytest.mark.parametrize("written", ["push"], indirect=True)
    def test_such_a_line_is_drift_where_nothing_comes_here(self, world, written):
        world.sync_through()
        assert amounts(world.shown(written)) == {"Courier": 7, "Work 1": 60}
        assert [line.description for line in written.lines.all()] == ["Work 1"]
        mapping = world.mapping(written)
        assert amounts(agreed_of(mapping).there) == {"Work 1": 60}
        assert (mapping.state, mapping.reason) == ("drifted", "drift-changed")


class TestMovedMeanwhile:
    """What was planned and what QuickBooks has by the time it is sent are two things."""

    def test_a_stale_token_is_planned_anew_and_both_changes_stay(self, world):
        """Point 5: read again, compared again, merged field by field (C5)."""
        ada = world.client()
        world.sync_through()
        ada.phone = "1234"
        ada.save()
        plan = world.preview()
        world.edit(ada, email="ada@example.com")
        run = world.approve(plan)
        assert run.state == State.DONE
        assert_adds_up(run)
        assert Operation.objects.filter(run=run, state="stale", reason="stale-token").count() == 1
        there = world.shown(ada)
        ada.refresh_from_db()
        assert (there.phone, there.email) == ("1234", "ada@example.com")
        assert (ada.phone, ada.email) == ("1234", "ada@example.com")

    def test_a_refused_record_stops_no_other(self, world):
        """Invariant 5."""
        for name in ("Ada", "Bob", "Cleo"):
            world.client(name)
        plan = world.preview()
        world.take_name("Bob")
        run = world.approve(plan)
        assert run.state == State.DONE
        assert_adds_up(run)
        assert run.counts["customer"]["push"] == {"created": 2, "failed": 1}
        assert reasons(run, state="failed") == {"Bob": ("failed", "name-taken")}
        assert Attempt.objects.filter(operation__run=run, outcome="refused").count() == 1

    def test_a_child_of_a_refused_parent_is_held_and_follows_it(self, world):
        """The invoice says whom it waits for, and goes by itself once its client has gone."""
        bob = world.client("Bob")
        invoice = world.invoice(bob)
        plan = world.preview()
        world.take_name("Bob")
        run = world.approve(plan)
        assert_adds_up(run)
        held = world.mapping(invoice)
        assert (held.state, held.reason) == ("held", "reference-not-synced")
        assert "Bob" in held.reason_values["other"]
        assert world.names("invoice") == []
        world.free_name("Bob")
        bob.name = "Bob the Builder"
        bob.save()
        assert_adds_up(world.sync_through())
        assert world.names("invoice") == [invoice.number]
        assert world.mapping(invoice).state == "in_sync"


class TestLostAnswers:
    """Invariant 4: asked about first, sent again only if it never arrived."""

    @pytest.mark.parametrize("after_commit", [True, False], ids=["after", "before"])
    @pytest.mark.parametrize("number", [1, 3])
    def test_exactly_one_document_each(self, world, after_commit, number):
        ada = world.client()
        invoices = [world.invoice(ada, amount) for amount in (1, 2, 3)]
        world.lose_answers(number, after_commit=after_commit)
        run = world.sync_through()
        assert run.state == State.DONE
        assert_adds_up(run)
        assert world.names("customer") == ["Ada Lovelace"]
        assert world.names("invoice") == [one.number for one in invoices]
        assert Attempt.objects.filter(operation__run=run, outcome="failed").count() == 0

    def test_an_update_is_not_sent_over_a_later_edit(self, world):
        """The update arrived, its answer did not; then a bookkeeper edits the same field."""
        ada = world.client()
        world.sync_through()
        ada.phone = "1"
        ada.save()
        plan = world.preview()
        world.lose_answers(1, after_commit=True)
        run = world.approve(plan)
        assert_adds_up(run)
        assert world.shown(ada).phone == "1"
        assert world.mapping(ada).state == "in_sync"

    @pytest.mark.parametrize("asked", [0, 99], ids=["asked-about", "given-up"])
    def test_a_lost_record_is_never_taken_for_somebody_elses(self, world, asked):
        """The run was cancelled with an answer lost; the next one reads the very record before it
        can ask about it.
        """
        ada = world.client()
        run = world.preview()
        approve.approve(run, user=None)
        world.lose_answers(1, after_commit=True)
        world.until_lost(run)
        ending.cancel(run)
        later = timezone.now() + dt.timedelta(hours=1)
        doubtful = Operation.objects.filter(state__in=("sending", "unknown"))
        assert doubtful.update(state="unknown", retry_at=later, recoveries=asked) == 1
        run = world.sync()
        assert Client.objects.count() == 1
        if asked:
            # Nobody asks any more: it is found in what was read.
            assert run.state == State.DONE
            assert not doubtful.exists()
        assert_adds_up(world.through(run))
        world.sync_through()
        assert world.names("customer") == ["Ada Lovelace"]
        assert world.mapping(ada).state == "in_sync"
        assert EntityMapping.objects.filter(kind="customer").count() == 1

    def test_a_pause_asked_for_is_kept(self, world):
        """A 429 does nothing there and nothing is lost here."""
        world.client()
        world.throttle()
        run = world.sync_through()
        assert run.state == State.DONE
        assert_adds_up(run)
        assert world.names("customer") == ["Ada Lovelace"]


class TestLease:
    """One worker has a run; one that lost it writes nothing more (A14)."""

    def test_a_second_worker_gets_nothing(self, world):
        world.client()
        world.connection.refresh_from_db()
        run = SyncRun.objects.create(connection=world.connection, trigger="manual")
        assert lease.take(run.pk, "first") is not None
        assert lease.take(run.pk, "second") is None
        assert direct.work(run.pk, "third") is None

    def test_a_dead_workers_run_is_taken_over(self, world):
        world.client()
        world.connection.refresh_from_db()
        run = SyncRun.objects.create(connection=world.connection, trigger="manual")
        first = lease.take(run.pk, "first")
        assert first is not None
        world.worker_dies()
        run = world.through(run)
        assert run.state == State.DONE
        assert world.names("customer") == ["Ada Lovelace"]
        with pytest.raises(lease.LeaseLost):
            lease.keep(first)

    def test_time_does_not_run_backwards(self, world):
        """A lease lasts from its last sign of life."""
        run = SyncRun.objects.create(connection=world.connection, trigger="manual")
        first = lease.take(run.pk, "first")
        assert first is not None
        before = first.lease_until
        lease.keep(first)
        assert first.lease_until >= before
        assert first.lease_until - first.heartbeat_at > dt.timedelta(0)
