"""Single records from their own pages: send, get, force (B8, B9, B10, I16)."""

from __future__ import annotations

import datetime as dt

import pytest

from quicksync.exceptions import NotAllowed
from quicksync.models import Category, Connection, SyncRun
from quicksync.sync.actions import single_records
from tests.company import assert_adds_up

pytestmark = pytest.mark.django_db
CLIENT = "books.client"


def send(company, *found, direction="push", **more):
    """Send and work, as the button does."""
    label = found[0]._meta.label
    runs = single_records.send(
        label, [str(one.pk) for one in found], user=None, direction=direction, **more
    )
    return [company.work(run) for run in runs]


class TestSend:
    """B8, B9: past direction, start date and bookmark, never past guards."""

    def test_these_and_no_others(self, company):
        ada, bob, _ = company.client(), company.client("Bob"), company.client("Cleo")
        [run] = send(company, ada, bob)
        assert run.trigger == SyncRun.Trigger.OBJECT
        assert_adds_up(run)
        assert sorted(one["DisplayName"] for one in company.there("Customer")) == [
            "Ada Lovelace",
            "Bob",
        ]

    @pytest.mark.parametrize(
        "setting",
        [{"direction": "pull"}, {"enabled": False}, {"start_date": dt.date(2100, 1, 1)}],
        ids=str,
    )
    def test_past_the_settings(self, company, setting):
        Category.objects.filter(kind="customer").update(**setting)
        ada = company.client()
        send(company, ada)
        assert company.partner(ada)["DisplayName"] == "Ada Lovelace"

    def test_what_it_names_comes_along(self, company):
        """C6, C9, D5"""
        invoice = company.invoice(company.client())
        Category.objects.filter(kind__in=("customer", "item")).update(enabled=False)
        [run] = send(company, invoice)
        assert company.partner(invoice)["CustomerRef"]["name"] == "Ada Lovelace"
        assert_adds_up(run)

    def test_not_past_the_guards(self, company):
        company.sim.edit("close_books", date="2020-12-31")
        company.connection.refresh_from_db()
        Connection.objects.update(closing_date=dt.date(2020, 12, 31))
        invoice = company.invoice(company.client(), issued_on=dt.date(2020, 6, 1))
        [run] = send(company, invoice)
        assert company.there("Invoice") == []
        assert company.mapping(invoice).reason == "closed-period"
        assert_adds_up(run)


class TestForce:
    """B10: every mapped field again."""

    def test_all_fields_are_sent(self, company):
        ada = company.client(phone="1", company="Engines")
        company.sync()
        before = company.partner(ada)["SyncToken"]
        [run] = send(company, ada, resend=True)
        assert_adds_up(run)
        assert company.partner(ada)["SyncToken"] != before
        operation = run.operations.get(kind="customer")
        assert {"name", "phone", "company"} <= set(operation.fields)

    def test_without_force_nothing_is_sent(self, company):
        ada = company.client()
        company.sync()
        [run] = send(company, ada)
        assert run.counts == {"customer": {"none": {"unchanged": 1}}}


class TestOnlyTheOtherSideChanged:
    """B8: "Send" without anything to send, or "Get" to get, does not call the pair in step."""

    @pytest.fixture
    def apart(self, company):
        """A client whose notes are changed in QuickBooks and read by the very run that sends the
        client.
        """
        ada = company.client(notes="old")
        company.sync()
        company.sync()
        company.sim.edit(
            "update", "Customer", company.mapping(ada).remote_id, values={"Notes": "new"}
        )
        return ada

    def test_what_quickbooks_changed_comes_with_the_next_run(self, company, apart):
        [run] = send(company, apart)
        assert_adds_up(run)
        assert (company.mapping(apart).state, company.mapping(apart).touched_at is None) == (
            "in_sync",
            False,
        )
        assert_adds_up(company.sync(trigger=SyncRun.Trigger.AUTOMATIC))
        apart.refresh_from_db()
        assert (apart.notes, company.partner(apart)["Notes"]) == ("new", "new")
        assert (company.mapping(apart).state, company.mapping(apart).touched_at) == (
            "in_sync",
            None,
        )

    @pytest.mark.parametrize(
        ("setting", "reason"),
        [({"direction": "push"}, "not-in-direction"), ({"enabled": False}, "category-off")],
    )
    def test_or_the_pair_says_why_it_does_not(self, company, apart, setting, reason):
        Category.objects.filter(kind="customer").update(**setting)
        send(company, apart)
        company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        mapping = company.mapping(apart)
        assert (mapping.state, mapping.reason, mapping.touched_at) == ("outside", reason, None)

    def test_what_changed_here_goes_with_the_next_run(self, company):
        ada = company.client(notes="old")
        company.sync()
        ada.notes = "new"
        ada.save()
        [run] = send(company, ada, direction="pull")
        assert run.counts == {"customer": {"none": {"unchanged": 1}}}
        company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        assert company.partner(ada)["Notes"] == "new"


class TestGet:
    """The other button."""

    def test_what_quickbooks_says_now(self, company):
        ada = company.client()
        company.sync()
        Category.objects.filter(kind="customer").update(direction="push")
        company.sim.edit(
            "update", "Customer", company.mapping(ada).remote_id, values={"CompanyName": "Engines"}
        )
        [run] = send(company, ada, direction="pull")
        ada.refresh_from_db()
        assert ada.company == "Engines"
        assert_adds_up(run)

    def test_one_call_for_one_record(self, company):
        """Reads are metered."""
        ada = company.client()
        company.sync()
        [run] = send(company, ada, direction="pull")
        assert run.calls == 1

    def test_what_is_not_there_yet(self, company):
        with pytest.raises(NotAllowed, match="not in QuickBooks yet"):
            single_records.send(CLIENT, [str(company.client().pk)], user=None, direction="pull")


class TestRefused:
    """Sentences for people."""

    def test_no_company(self, db):
        with pytest.raises(NotAllowed, match="do not belong to a connected QuickBooks company"):
            single_records.send(CLIENT, ["1"], user=None, direction="push")

    def test_no_adapter(self, db):
        with pytest.raises(NotAllowed, match="no adapter"):
            single_records.send("auth.user", ["1"], user=None, direction="push")

    def test_beside_a_run(self, company):
        """A14: it stands in line."""
        ada = company.client()
        SyncRun.objects.create(connection=company.connection)
        [run] = single_records.send(CLIENT, [str(ada.pk)], user=None, direction="push")
        assert run.state == "queued"


def test_where_an_object_stands(company):
    """I16: one row for each company that knows it."""
    ada = company.client()
    assert [one.state for one in single_records.state("books.Client", str(ada.pk))] == ["pending"]
    company.sync()
    [mapping] = single_records.state("books.Client", str(ada.pk))
    assert (mapping.state, mapping.connection) == ("in_sync", company.connection)
