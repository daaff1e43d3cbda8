"""The next page is fetched while the one before it is stored, and is only the answer to a question
that is asked at once: whatever comes between, nothing is read twice, missed or left uncounted.
"""

from __future__ import annotations

import threading

import pytest
from django.test import override_settings

from quicksync.models import ConnectionClock, RemoteRecord, SyncRun
from quicksync.quickbooks.messages import Read
from quicksync.quickbooks.online import changes
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.simulator import running
from quicksync.sync.drivers import direct
from quicksync.sync.read import remote_records
from quicksync.sync.runs import starting
from quicksync.sync.worker import lease, reading_list
from tests.company import join, settings_for, unlimited

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = {"customers": 3, "invoices": 23}
# Only a test that fails waits so long.
PATIENCE = 60


@pytest.fixture
def company(monkeypatch):
    """A company with several pages of invoices, of which nothing has been read."""
    monkeypatch.setattr(changes, "PAGE", 5)
    monkeypatch.setattr(changes, "SHARED", 2)
    with running(company="empty") as sim, unlimited():
        realm = sim.add_company(company="empty", size=SIZE)["realm_id"]
        with override_settings(QUICKSYNC=settings_for(sim)):
            company = join(sim, realm=realm)
            # One moment for all of them would be read by places.
            for one in company.there("Invoice")[::2]:
                sim.advance(seconds=3)
                sim.edit("update", "Invoice", one["Id"], realm=realm, values={"PrivateNote": "x"})
            yield company


def is_page(request):
    return "FROM Invoice" in str(request.params) and "ORDERBY" in str(request.params)


@pytest.fixture
def sent(monkeypatch):
    """How many pages of invoices after the first have been asked for; `at` it is called in the
    thread that asks.
    """

    class Sent:
        number, stored, at = 0, 0, None
        more = threading.Condition()

    send = OnlineClient.send

    def counted(client, request):
        if is_page(request):
            with Sent.more:
                Sent.number += 1
                Sent.more.notify_all()
            if Sent.at is not None:
                Sent.at(Sent.number)
        return send(client, request)

    monkeypatch.setattr(OnlineClient, "send", counted)
    return Sent


@pytest.fixture
def storing(monkeypatch):
    """Calls what is put into it before a page of invoices is stored, with the run and what the page
    says to read next.
    """
    does = []
    real = remote_records.take_result

    def take_result(run, edition, entry, result):
        if entry.read.type == "Invoice" and entry.read.how == changes.PAGED:
            for do in does:
                do(run, result.more)
        real(run, edition, entry, result)

    monkeypatch.setattr(remote_records, "take_result", take_result)
    return does


def known():
    return RemoteRecord.objects.filter(type="Invoice", deleted=False).count()


def calls_of(company, do):
    """How many calls of the company's API there were by QuickBooks' log, and by our meter."""
    clock = ConnectionClock.objects.filter(pk=company.connection.pk)
    metered, last = clock.get().calls, company.sim.requests()[-1]["n"]
    run = do()
    made = [one for one in company.sim.requests(last) if one["path"].startswith("/v3/company/")]
    return run, len(made), clock.get().calls - metered


def test_it_is_under_way_while_the_page_before_is_stored(company, sent, storing):
    met = []

    def waits(run, more):
        before = sent.stored = sent.stored + 1
        # Whatever else waits to be asked is asked first.
        if more[0].how == changes.PAGED and reading_list.next_entry(run) is None:
            with sent.more:
                met.append(sent.more.wait_for(lambda: sent.number > before, PATIENCE))

    storing.append(waits)
    run, made, metered = calls_of(company, company.sync)
    assert met
    assert all(met)
    assert (run.state, known()) == ("done", 23)
    assert run.calls == made == metered
    asked = [one["query"] for one in company.sim.requests() if "Invoice" in one["query"]]
    assert len(asked) == len(set(asked))


def test_a_run_that_is_lost_meanwhile_takes_nothing_of_it(company, sent, storing):
    def cancelled(run, more):
        if reading_list.next_entry(run) is None:
            SyncRun.objects.filter(pk=run.pk).update(state="cancelled")

    storing.append(cancelled)

    def lost():
        run = starting.start(company.connection, trigger="manual")
        assert direct.work(run.pk, lease.new_holder()) is None
        return run

    _, made, metered = calls_of(company, lost)
    assert made == metered
    storing.clear()
    company.sync()
    assert known() == 23


def test_another_question_throws_it_away(company, storing, sent):
    """What is asked next is somebody else's: then that is asked, and all of it counts."""
    asked = []
    other = Read(how=changes.COUNT, type="Invoice", kinds=("invoice",))

    def asks(run, more):
        if reading_list.next_entry(run) is None and more[0].how == changes.PAGED and not asked:
            asked.append(more)
            reading_list.add(run, [other])

    storing.append(asks)
    run, made, metered = calls_of(company, company.sync)
    assert asked
    assert (run.state, known()) == ("done", 23)
    assert run.calls == made == metered


def test_a_token_that_is_refused_is_renewed(company, sent):
    def ended(number):
        if number == 3:
            company.sim.advance(hours=2)

    sent.at = ended
    run, made, metered = calls_of(company, company.sync)
    assert (run.state, known()) == ("done", 23)
    assert made == metered


@pytest.mark.parametrize(
    "trouble",
    [{"throttle": True}, {"status": 503}, {"drop_before": True}, {"html_error_page": True}],
    ids=lambda one: next(iter(one)),
)
def test_trouble_with_it_is_trouble_of_its_turn(company, sent, trouble):
    """The page before is stored; the run waits, and goes on where it was."""

    def breaks(number):
        if number == 3:
            sent.at = None
            company.sim.fault(path="/query", times=1, **trouble)

    sent.at = breaks
    run = starting.start(company.connection, trigger="manual")
    verdict = direct.work(run.pk, lease.new_holder())
    assert verdict.next is direct.Next.WAIT
    company.sim.clear_faults()
    # Nobody waits here for what a throttled company is left alone for.
    ConnectionClock.objects.update(limiter="")
    run = company.work(run)
    assert (run.state, known()) == ("done", 23)
