"""Outcomes that were asked about in vain hold nothing up, and come right by themselves when
QuickBooks answers.
"""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.models import EntityMapping, Operation
from quicksync.models.run_values import Scope
from quicksync.sync.actions import skipping
from quicksync.sync.exchange import open_operations, outbox
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending, starting
from tests.company import assert_adds_up
from tests.sync.exchange.test_unknown_outcomes import through, time_passes

pytestmark = pytest.mark.django_db

CUSTOMER = {"path": "/batch$", "entity": "Customer"}


def hours_pass(hours=1):
    """The next time for what is asked about now and then."""
    given_up = Operation.objects.filter(open_operations.given_up())
    for operation in given_up.exclude(retry_at=None):
        given_up.filter(pk=operation.pk).update(
            retry_at=operation.retry_at - dt.timedelta(hours=hours)
        )


@pytest.fixture(autouse=True)
def _soon(company, settings):
    """Given up after two questions, not after twenty."""
    settings.QUICKSYNC = {**settings.QUICKSYNC, "RECOVERIES": 2}


@pytest.fixture
def outage(company):
    """A client and his invoice, and QuickBooks takes batches but gives no answer for hours."""
    invoice = company.invoice(company.client(), 100)
    company.sim.fault(path="/batch$", drop_after_commit=True)
    run = through(company)
    # the client and the product
    assert Operation.objects.filter(open_operations.given_up()).count() == 2
    return invoice, run


class TestOutage:
    """The run ends, others begin, and asking begins again by itself."""

    def test_the_run_ends_and_what_hangs_on_it_says_why(self, company, outage):
        invoice, run = outage
        assert run.state == "done"
        assert company.mapping(invoice.client).state == "unknown"
        mapping = company.mapping(invoice)
        assert (mapping.state, mapping.reason) == ("held", "reference-not-synced")

    def test_others_are_carried_over_meanwhile(self, company, outage):
        company.sim.clear_faults()
        company.sim.fault(**CUSTOMER, drop_before=True, times=1)
        company.client("Bob")
        run = through(company)
        assert run.state == "done"
        assert company.there("Customer", "DisplayName = 'Bob'")

    @pytest.mark.parametrize(
        "categories", [{}, {"direction": "push"}], ids=["both-ways", "push-only"]
    )
    def test_it_comes_right_by_itself(self, company, outage, categories):
        """Nobody presses a button."""
        invoice, _ = outage
        company.enable("customer", "item", "invoice", **categories)
        company.sim.clear_faults()
        hours_pass()
        for _ in range(3):
            time_passes(company)
            through(company)
            EntityMapping.objects.filter(state="held").update(retry_at=timezone.now())
        assert not Operation.objects.filter(state__in=Operation.OPEN).exists()
        assert [one["DisplayName"] for one in company.there("Customer")] == ["Ada Lovelace"]
        assert [one["DocNumber"] for one in company.there("Invoice")] == [invoice.number]
        assert {company.mapping(one).state for one in (invoice, invoice.client)} == {"in_sync"}
        assert Client.objects.count() == 1

    def test_an_answer_to_anything_begins_the_asking(self, company, outage):
        """Not only after the hour: QuickBooks answers, so it is asked now."""
        company.sim.clear_faults()
        Operation.objects.filter(open_operations.given_up()).update(
            retry_at=timezone.now() + dt.timedelta(minutes=40)
        )
        # Only asked about: what was read is kept from telling.
        company.enable("customer", "item", enabled=False)
        company.receipt(Client.objects.create(name="Paid already"), {}, amount=5)
        outbox.ask_given_up(company.connection)
        assert set(
            Operation.objects.filter(state="unknown").values_list("retry_at", flat=True)
        ) == {None}

    def test_what_was_asked_only_just_waits(self, company, outage):
        """Or two of them, that nothing is known of, would have each other asked for ever."""
        outbox.ask_given_up(company.connection)
        assert not Operation.objects.filter(state="unknown", retry_at=None).exists()


class TestSilence:
    """QuickBooks gives no answer at all, not to reads either."""

    def test_all_that_waits_waits_together(self, company):
        """Not each rank for hours, one after the other: what was never sent is not sent into the
        silence.
        """
        eve = company.client("Eve")
        old = company.invoice(eve, 70)
        company.sync()
        made = company.client("Ada"), company.invoice(eve, 80), company.receipt(eve, {old: 70})
        run = company.preview()
        before = company.sim.requests()[-1]["n"]
        company.sim.fault(path="/batch$", drop_after_commit=True)
        company.sim.fault(path="/(query|cdc)$", drop_before=True)
        approve.approve(run, user=None)
        for _ in range(8):
            run = company.work(run)
            time_passes(company)
        assert run.is_active
        assert [company.mapping(one).state for one in made] == ["unknown", "pending", "pending"]
        batches = [one for one in company.sim.requests(before) if one["path"].endswith("/batch")]
        assert len({parse_qs(one["query"])["requestid"][0] for one in batches}) == 1
        company.sim.clear_faults()
        # What was given up on longer ago than just now is asked about as soon as QuickBooks
        # answers.
        Operation.objects.filter(open_operations.given_up()).update(
            retry_at=timezone.now() + dt.timedelta(minutes=40)
        )
        run = through(company, run)
        assert_adds_up(run)
        company.sync()
        assert [company.mapping(one).state for one in made] == ["in_sync"] * 3
        assert [len(company.there(name)) for name in ("Customer", "Invoice", "Payment")] == [
            2,
            2,
            1,
        ]


class TestRenamedHere:
    """A create that was given up on, and its record here has another name by now."""

    @pytest.fixture
    def lost(self, company):
        ada = company.client()
        company.sim.fault(**CUSTOMER, drop_after_commit=True)
        assert through(company).state == "done"
        company.sim.clear_faults()
        assert company.mapping(ada).state == "unknown"
        ada.name = "Ada King"
        ada.save()
        return ada

    def test_it_is_no_second_client_here(self, company, lost):
        for _ in range(2):
            through(company)
        assert [one.name for one in Client.objects.all()] == ["Ada King"]
        assert [one["DisplayName"] for one in company.there("Customer")] == ["Ada King"]
        assert company.mapping(lost).state == "in_sync"

    def test_an_edit_there_is_not_lost_on_the_way(self, company, lost):
        [there] = company.there("Customer")
        company.sim.edit("update", "Customer", there["Id"], values={"CompanyName": "Engines Ltd"})
        for _ in range(2):
            through(company)
        lost.refresh_from_db()
        assert (lost.name, lost.company) == ("Ada King", "Engines Ltd")
        assert company.one("Customer")["DisplayName"] == "Ada King"

    def test_trying_again_where_0_1_made_a_second_one_says_so(self, company, lost):
        """What happened before this was mended: the record there was paired with a client made from
        it.
        """
        [there] = company.there("Customer")
        twin = Client.objects.create(name="Ada Lovelace")
        twins = EntityMapping.objects.filter(object_key=str(twin.pk))
        twins.delete()
        EntityMapping.objects.create(
            connection=company.connection,
            kind="customer",
            model_label="books.client",
            object_key=str(twin.pk),
            remote_type="Customer",
            remote_id=there["Id"],
            state="in_sync",
            origin="there",
        )
        run = skipping.retry([company.mapping(lost)], user=None)
        assert through(company, run).state == "done"
        mapping = company.mapping(lost)
        assert (mapping.state, mapping.reason, mapping.remote_id) == (
            "excluded",
            "partner-taken",
            None,
        )
        through(company)
        assert len(company.there("Customer")) == 1


class TestRenamedOnBothSides:
    """Nothing but QuickBooks' own answer tells then that the two are one."""

    @pytest.fixture
    def lost(self, company):
        ada = company.client()
        company.sim.fault(**CUSTOMER, drop_after_commit=True)
        assert through(company).state == "done"
        ada.name = "Ada King"
        ada.save()
        [there] = company.there("Customer")
        company.sim.edit("update", "Customer", there["Id"], values={"DisplayName": "Ada Byron"})
        return ada

    def test_it_is_no_second_client_here(self, company, lost):
        company.sim.clear_faults()
        for _ in range(2):
            through(company)
        assert Client.objects.count() == 1
        [there] = company.there("Customer")
        mapping = company.mapping(lost)
        assert (mapping.remote_id, mapping.state) == (there["Id"], "in_sync")

    def test_it_is_none_while_quickbooks_gives_no_answer(self, company, lost):
        """Other new records are no older than it, so they wait as well: an hour at most after it
        answers again.
        """
        company.sim.edit("create", "Customer", values={"DisplayName": "Cleo"})
        for _ in range(2):
            assert through(company).state == "done"
        assert Client.objects.count() == 1
        company.sim.clear_faults()
        for _ in range(2):
            through(company)
        assert Client.objects.count() == 2
        assert Client.objects.filter(name="Cleo").exists()
        assert company.mapping(lost).remote_id

    def test_what_is_older_than_it_comes_here_meanwhile(self, company, lost):
        mapping = EntityMapping.objects.filter(object_key=str(lost.pk))
        assert mapping.get().state == "unknown"
        run = Operation.objects.get(state="unknown").run
        type(run).objects.filter(pk=run.pk).update(started_at=timezone.now() + dt.timedelta(days=5))
        company.sim.edit("create", "Customer", values={"DisplayName": "Cleo"})
        assert through(company).state == "done"
        assert Client.objects.filter(name="Cleo").exists()


class TestIdentity:
    """A pair never moves to a record that its answer cannot be about."""

    @pytest.mark.parametrize(
        "how",
        [
            {"values": {"Id": "77"}},
            {"values": {"Id": ""}},
            {"without": ["Id"]},
            {"values": {"SyncToken": None}},
        ],
        ids=["another", "empty", "none", "no-token"],
    )
    def test_an_updates_answer_about_another_record(self, company, how):
        ada = company.client()
        company.sync()
        before = company.mapping(ada).remote_id
        ada.phone = "1"
        ada.save()
        company.sim.fault(**CUSTOMER, spoil=how)
        run = through(company)
        company.sim.clear_faults()
        run = through(company)
        assert run.state == "done"
        mapping = company.mapping(ada)
        assert (mapping.remote_id, mapping.state) == (before, "in_sync")
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "1"
        assert Client.objects.count() == 1

    @pytest.mark.parametrize("field", ["email", "phone"])
    def test_a_repeated_answer_is_as_old_as_the_first_one(self, company, field):
        """V4: what a bookkeeper changed since is a change there, though the answer does not show
        it.
        """
        ada = company.client()
        company.sync()
        ada.phone = "1"
        ada.save()
        company.sim.fault(**CUSTOMER, drop_after_commit=True, times=1)
        run = company.work(starting.start(company.connection, trigger="manual"))
        if run.is_active:
            ending.cancel(run)
        values = {"email": {"PrimaryEmailAddr": {"Address": "ada@example.com"}},
                  "phone": {"PrimaryPhone": {"FreeFormNumber": "2"}}}[field]  # fmt: skip
        company.sim.edit("update", "Customer", company.mapping(ada).remote_id, values=values)
        through(company)
        company.sync()
        ada.refresh_from_db()
        assert getattr(ada, field) == {"email": "ada@example.com", "phone": "2"}[field]
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == ada.phone
        assert company.mapping(ada).state == "in_sync"

    def test_a_repeated_answer_about_a_record_that_is_gone(self, company):
        """Pain 34: it was made, its answer was lost, and it was deleted before anybody asked."""
        invoice = company.invoice(company.client(), 100)
        company.sim.fault(path="/batch$", entity="Invoice", drop_after_commit=True, times=1)
        run = company.work(starting.start(company.connection, trigger="manual"))
        [there] = company.there("Invoice")
        company.sim.edit("delete", "Invoice", there["Id"])
        through(company, run)
        company.sync()
        mapping = company.mapping(invoice)
        assert (mapping.state, mapping.reason) == ("drifted", "drift-deleted")
        assert company.there("Invoice") == []

    def test_what_is_made_again_has_a_new_id(self, company):
        """Pain 34: a person sends again what was deleted in QuickBooks; the first answer is no
        answer to that.
        """
        invoice = company.invoice(company.client(), 100)
        company.sync()
        old = company.mapping(invoice).remote_id
        company.sim.edit("delete", "Invoice", old)
        company.sync()
        assert company.mapping(invoice).state == "drifted"
        company.sim.fault(path="/batch$", entity="Invoice", spoil={"values": {"Id": old}}, times=1)
        EntityMapping.objects.filter(pk=company.mapping(invoice).pk).update(
            touched_at=timezone.now()
        )
        run = company.sync(scope=Scope(mappings=(company.mapping(invoice).pk,), forced="push"))
        assert_adds_up(through(company, run))
        company.sync()
        there = company.one("Invoice")
        mapping = company.mapping(invoice)
        assert (mapping.remote_id, mapping.state) == (there["Id"], "in_sync")
        assert there["Id"] != old
        assert len(there["Line"]) == 2
