"""What only a polled edition can do to us: answers late, twice, in the wrong order, in another
process, or never.
"""

from __future__ import annotations

import pytest

from quicksync.books.models import Client
from quicksync.exceptions import Busy, ConfigurationError, NotAllowed
from quicksync.models import Attempt, Connection, Operation, SyncRun
from quicksync.quickbooks.messages import Purpose, WireReply
from quicksync.sync.drivers import direct, polled
from quicksync.sync.runs import ending, starting
from quicksync.sync.runs.ending import Next
from tests.company import assert_adds_up


class Conversation:
    """A session that a test holds in its hands: every call is made by a process that knows only run
    and ticket.
    """

    def __init__(self, world, ticket="ticket"):
        self.world = world
        self.ticket = ticket
        self.run = world.open(ticket).run
        self.next = Next.AGAIN

    def ask(self):
        """The next request."""
        session = polled.resume_session(self.run.pk, self.ticket)
        request = polled.hand_out(session)
        self.next = session.next
        return request

    def ask_until(self, purpose):
        """Answer everything before the first request of this purpose, and give that one."""
        while (request := self.ask()).purpose is not purpose:
            self.bring(request)
        return request

    def bring(self, request, reply=None):
        """Bring an answer: the company's, unless the test made one."""
        session = polled.resume_session(self.run.pk, self.ticket)
        polled.take_back(session, request.id, request.purpose, reply or self.world.answer(request))
        return session

    def finish(self):
        """Go on to the end, without more ado."""
        while (request := self.ask()) is not None:
            self.bring(request)
        assert self.next is Next.DONE
        self.run.refresh_from_db()
        assert_adds_up(self.run)


@pytest.fixture
def talk(paper):
    """A conversation about one new client."""
    paper.client()
    paper.open("before")
    polled.close(polled.resume_session(SyncRun.objects.get().pk, "before"))
    return Conversation(paper)


def executed(talk):
    """The sets that the company did, and what it has now."""
    return len(talk.world.paper.executed), talk.world.names("customer")


class TestAnswers:
    """An answer is believed once, whenever it comes."""

    def test_a_repeated_answer_changes_nothing(self, talk):
        request = talk.ask_until(Purpose.WRITE)
        reply = talk.world.answer(request)
        for _ in range(3):
            talk.bring(request, reply)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])
        assert Attempt.objects.count() == 1

    def test_work_asked_for_without_an_answer_asks_what_became_of_it(self, talk):
        """One writing parcel at most is on its way, ever."""
        first = talk.ask_until(Purpose.WRITE)
        talk.world.answer(first)
        question = talk.ask()
        assert question.purpose is Purpose.RECOVER
        talk.bring(question)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])
        assert Attempt.objects.get().outcome == "recovered"

    def test_an_answer_that_comes_after_the_one_to_the_question(self, talk):
        request = talk.ask_until(Purpose.WRITE)
        late = talk.world.answer(request)
        talk.bring(talk.ask())
        talk.bring(request, late)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_an_answer_that_comes_before_the_one_to_the_question(self, talk):
        request = talk.ask_until(Purpose.WRITE)
        late = talk.world.answer(request)
        question = talk.ask()
        talk.bring(request, late)
        talk.bring(question)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_what_never_arrived_is_sent_again_under_its_id(self, talk):
        first = talk.ask_until(Purpose.WRITE)
        talk.bring(talk.ask())
        again = talk.ask()
        assert (again.id, again.body) == (first.id, first.body)
        talk.bring(again)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_an_old_not_received_does_not_send_twice(self, talk):
        """It was true when it was said; since then the parcel has been sent."""
        talk.ask_until(Purpose.WRITE)
        question = talk.ask()
        old = talk.world.answer(question)
        talk.bring(question, old)
        again = talk.ask()
        talk.world.answer(again)
        talk.bring(question, old)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_a_not_received_of_two_questions_ago_does_not_send_twice(self, talk):
        talk.ask_until(Purpose.WRITE)
        first, second = talk.ask(), talk.ask()
        old = [talk.world.answer(first), talk.world.answer(second)]
        talk.bring(second, old[1])
        again = talk.ask()
        assert again.purpose is Purpose.WRITE
        talk.world.answer(again)
        third = talk.ask()
        assert third.purpose is Purpose.RECOVER
        for question, reply in zip((first, second), old, strict=True):
            talk.bring(question, reply)
        talk.bring(third)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_an_answer_that_cannot_be_read_is_asked_about(self, talk):
        request = talk.ask_until(Purpose.WRITE)
        talk.world.answer(request)
        session = talk.bring(request, WireReply(status=0))
        assert session.trouble
        talk.world.connection.refresh_from_db()
        assert talk.world.connection.clock.last_error == session.trouble
        talk.world.time_passes()
        assert talk.ask().purpose is Purpose.RECOVER
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_a_read_without_an_answer_is_owed_again(self, talk):
        first = talk.ask()
        second = talk.ask()
        assert (first.id, first.body) == (second.id, second.body)
        talk.bring(second)
        talk.bring(first)
        talk.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])


class TestRefusals:
    """Per record: tried again a few times, then told. As a whole: the run ends and says why."""

    def test_a_company_that_refuses_to_be_read(self, talk):
        request = talk.ask()
        talk.bring(request, WireReply(status=200, body=b'{"refused": "Wrong company file"}'))
        assert talk.ask() is None
        assert talk.next is Next.DONE
        talk.run.refresh_from_db()
        assert (talk.run.state, talk.run.reason) == ("failed", "quickbooks-refused")
        assert talk.run.reason_values["message"] == "Wrong company file"
        assert polled.progress(polled.resume_session(talk.run.pk, talk.ticket)) == 100

    def test_passing_trouble_is_tried_again_in_a_new_parcel(self, paper):
        paper.client()
        paper.client("Bob")
        paper.paper.troubled["Bob"] = 2
        run = paper.sync_through()
        assert run.counts["customer"]["push"] == {"created": 2}
        assert paper.names("customer") == ["Ada Lovelace", "Bob"]
        assert len(set(paper.paper.executed)) == 3
        assert_adds_up(run)

    def test_lasting_trouble_fails_the_record_alone(self, paper):
        paper.client()
        paper.client("Bob")
        paper.paper.troubled["Bob"] = 99
        run = paper.sync_through()
        assert run.state == "done"
        assert run.counts["customer"]["push"] == {"created": 1, "failed": 1}
        failed = Operation.objects.get(run=run, state="failed")
        assert (failed.label, failed.reason, failed.attempts.count()) == (
            "Bob",
            "quickbooks-down",
            5,
        )
        assert_adds_up(run)


class TestSessions:
    """B4: a session is the holder of a run's lease."""

    def test_one_at_a_time(self, talk):
        with pytest.raises(Busy, match="still running"):
            polled.open_session(talk.world.connection, "another")

    def test_a_session_that_lost_its_run_gives_no_work_and_is_still_believed(self, talk):
        request = talk.ask_until(Purpose.WRITE)
        reply = talk.world.answer(request)
        talk.world.worker_dies()
        other = Conversation(talk.world, "another")
        assert talk.ask() is None
        assert talk.next is Next.DONE
        talk.bring(request, reply)
        assert Operation.objects.get(direction="push").state == "done"
        other.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_a_cancelled_runs_answer_is_believed(self, talk):
        request = talk.ask_until(Purpose.WRITE)
        reply = talk.world.answer(request)
        ending.cancel(talk.run)
        talk.bring(request, reply)
        assert talk.world.mapping(Client.objects.get()).remote_id
        Conversation(talk.world).finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_what_a_cancelled_run_left_unanswered_is_asked_about_by_the_next(self, talk):
        request = talk.ask_until(Purpose.WRITE)
        talk.world.answer(request)
        ending.cancel(talk.run)
        after = Conversation(talk.world)
        question = after.ask_until(Purpose.RECOVER)
        assert question.id.startswith(request.id)
        after.bring(question)
        after.finish()
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_progress_ends_at_a_hundred(self, talk):
        seen = []
        while (request := talk.ask()) is not None:
            talk.bring(request)
            seen.append(polled.progress(polled.resume_session(talk.run.pk, talk.ticket)))
        assert seen == sorted(seen)
        assert max(seen) < 100
        assert polled.progress(polled.resume_session(talk.run.pk, talk.ticket)) == 100

    def test_a_closed_session_leaves_its_run_to_the_next(self, talk):
        talk.ask_until(Purpose.WRITE)
        polled.close(polled.resume_session(talk.run.pk, talk.ticket))
        after = Conversation(talk.world, "next")
        assert after.run.pk == talk.run.pk
        after.finish()
        polled.close(polled.resume_session(after.run.pk, "next"))
        assert executed(talk) == (1, ["Ada Lovelace"])

    def test_a_company_that_we_ask_has_no_session(self, paper):
        Connection.objects.update(edition="online")
        paper.connection.refresh_from_db()
        with pytest.raises(ConfigurationError, match="not an edition that is polled"):
            polled.open_session(paper.connection, "ticket")
        assert not SyncRun.objects.exists()

    def test_a_manual_connection_waits_to_be_asked(self, paper):
        """B6"""
        Connection.objects.update(sync_type="manual")
        paper.connection.refresh_from_db()
        assert polled.open_session(paper.connection, "ticket") is None
        starting.start(paper.connection, trigger=SyncRun.Trigger.MANUAL)
        assert polled.open_session(paper.connection, "ticket") is not None

    def test_a_disconnected_company_is_refused(self, paper):
        Connection.objects.update(status="disconnected")
        paper.connection.refresh_from_db()
        with pytest.raises(NotAllowed):
            polled.open_session(paper.connection, "ticket")

    def test_a_preview_waits_for_its_yes(self, paper):
        """I2: the same plan, asked for on this side, made in the next session."""
        paper.client()
        run = paper.preview()
        assert run.state == "draft"
        assert paper.names("customer") == []
        paper.approve(run)
        assert paper.names("customer") == ["Ada Lovelace"]

    def test_no_worker_touches_it(self, talk):
        """Runs of a polled edition are never worked on by tasks."""
        talk.world.worker_dies()
        assert direct.work(talk.run.pk, "worker") is None
        talk.run.refresh_from_db()
        assert talk.run.lease_holder == "ticket"
