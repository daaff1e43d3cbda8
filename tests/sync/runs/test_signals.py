"""J7: every run that ends and every record that is left out, refused or in conflict is told,
whoever did it.
"""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from django.db import transaction

from quicksync import signals
from quicksync.books.models import Client
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.quickbooks.loading import edition_for
from quicksync.records import Ref
from quicksync.sync.actions import connect, skipping
from quicksync.sync.exchange import unsent
from quicksync.sync.pairs import watch
from quicksync.sync.pairs.links import Links
from quicksync.sync.plan import approve
from quicksync.sync.runs import dispatching, ending
from quicksync.sync.worker import wakes
from quicksync.sync.worker.counts import Counting
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def heard(signal):
    """What the signal sends meanwhile."""
    found = []

    def receive(**what):
        assert not transaction.get_connection().in_atomic_block, "sent before the commit"
        found.append(what)

    signal.connect(receive)
    try:
        yield found
    finally:
        signal.disconnect(receive)


class TestRunFinished:
    """Whatever way."""

    def test_a_run_that_somebody_cancels(self):
        run = make.run(make.connection())
        with heard(signals.run_finished) as found:
            ending.cancel(run)
        assert [(one["run"].pk, one["run"].state) for one in found] == [(run.pk, "cancelled")]

    def test_a_preview_that_is_discarded(self):
        run = make.run(make.connection(), state="draft", preview=True)
        with heard(signals.run_finished) as found:
            approve.discard(run, user=None)
        assert [one["run"].state for one in found] == ["cancelled"]

    def test_who_waits_in_line_when_the_company_is_disconnected(self, settings):
        company = make.connection()
        runs = [make.run(company, state="queued", trigger="manual"), make.run(company)]
        with heard(signals.run_finished) as found:
            connect._stop(company, None)
        assert {one["run"].pk for one in found} == {run.pk for run in runs}
        assert {one["run"].state for one in found} == {"cancelled"}

    def test_once(self, company):
        with heard(signals.run_finished) as found:
            company.sync()
        assert [one["run"].state for one in found] == ["done"]

    def test_not_one_that_is_rolled_back(self):
        run = make.run(make.connection())
        with heard(signals.run_finished) as found, transaction.atomic():
            ending.cancel(run)
            transaction.set_rollback(True)
        assert found == []


class TestRecords:
    """Left out, refused, in conflict."""

    @pytest.fixture
    def proposal(self):
        run = make.run(make.connection(), state="draft", preview=True)
        return make.operation(run, make.half(run.connection), state="draft")

    def test_a_proposal_that_a_person_skips(self, proposal):
        with heard(signals.record_skipped) as found:
            skipping.skip([proposal], user="ann", why="later")
        (told,) = found
        assert (told["operation"].pk, told["operation"].reason) == (proposal.pk, "skipped-by-user")
        assert (told["mapping"].state, told["mapping"].reason_values["why"]) == (
            "excluded",
            "later",
        )

    def test_a_record_that_a_person_skips(self):
        mapping = make.half(make.connection())
        with heard(signals.record_skipped) as found:
            skipping.exclude(EntityMapping.objects.all(), user="ann", why="")
        assert [(one["operation"], one["mapping"].pk) for one in found] == [(None, mapping.pk)]

    @pytest.fixture
    def owed(self, proposal):
        Operation.objects.update(state="pending")
        proposal.refresh_from_db()
        return proposal

    def test_what_the_edition_cannot_say(self, owed):
        with heard(signals.record_failed) as found:
            unsent.refuse(owed.run, owed, "There is no such thing.", Counting())
        assert [one["operation"].pk for one in found] == [owed.pk]

    def test_what_waits_for_another_record(self, owed):
        """What it names has no partner yet."""
        links = Links(owed.connection, edition_for("online"))
        with heard(signals.record_skipped) as found:
            unsent.wait_for(owed.run, owed, [Ref("customer", "9")], links, Counting())
        assert [one["operation"].pk for one in found] == [owed.pk]

    def test_a_conflict(self, company):
        ada = company.client("Ada")
        company.enable("customer", wins="ask")
        company.sync()
        Client.objects.filter(pk=ada.pk).update(phone="1")
        Client.objects.get(pk=ada.pk).save()
        company.sim.edit(
            "update",
            "Customer",
            company.partner(ada)["Id"],
            values={"PrimaryPhone": {"FreeFormNumber": "2"}},
        )
        with heard(signals.conflict) as found, heard(signals.record_skipped) as skipped:
            company.sync()
        assert [one["mapping"].object_key for one in found] == [str(ada.pk)]
        assert [one["operation"].pk for one in skipped] == [found[0]["operation"].pk]
        assert Operation.objects.get(pk=found[0]["operation"].pk).state == "skipped"


class TestTriggers:
    """B3: history says what a run was begun for."""

    def begun(self, company):
        run = dispatching.cycle_of(company.pk)
        return run and run.trigger

    def test_a_save_here(self):
        company = make.connection()
        Client.objects.create(name="Ada")
        assert self.begun(company) == "live"

    def test_a_change_there(self):
        company = make.connection()
        wakes.wake([company.pk], SyncRun.Trigger.WEBHOOK)
        assert self.begun(company) == "webhook"

    def test_the_clock(self):
        assert self.begun(make.connection()) == "automatic"

    def test_a_save_that_meets_a_run_at_work(self):
        """The run that follows is for that save."""
        company = make.connection()
        at_work = make.run(company)
        Client.objects.create(name="Ada")
        assert self.begun(company) is None
        SyncRun.objects.filter(pk=at_work.pk).update(state="done")
        wakes.again(company.pk)
        assert self.begun(company) == "live"

    def test_of_two_tasks_for_one_wake_the_second_does_nothing(self):
        """Metered reads are paid for: not even when the first run has ended meanwhile."""
        company = make.connection()
        watch.wake([company.pk])
        assert self.begun(company) == "automatic"
        SyncRun.objects.update(state="done")
        assert self.begun(company) is None
