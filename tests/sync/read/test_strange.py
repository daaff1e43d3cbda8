"""One strange record never stops a company: it is held with its payload and a reason, the others go
on (V7, V8, 9).
"""

from __future__ import annotations

import re

import pytest

from quicksync.admin.parts import list_entries
from quicksync.models import Category, Connection, EntityMapping, FieldRule, RemoteRecord
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import explain
from quicksync.quickbooks.online import batch
from quicksync.sync.actions import single_records, skipping
from quicksync.sync.monitor import reconcile
from quicksync.sync.read.remote_records import LISTS_EVERY
from tests.company import assert_adds_up
from tests.models import make
from tests.sync.strange import Answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def answers(company, monkeypatch):
    return Answers(monkeypatch)


def touch(company, *clients):
    """A bookkeeper edits these in QuickBooks."""
    for client in clients:
        company.sim.edit(
            "update", "Customer", company.mapping(client).remote_id, values={"Notes": "seen"}
        )


def words(mapping):
    told = explain(Reason(mapping.reason, mapping.reason_values), mapping.kind)
    assert told.sentence
    assert told.cause
    assert told.fix
    return told.sentence


READ = [
    {"Active": "true"},
    {"SyncToken": None},
    {"MetaData": {"LastUpdatedTime": "0000-01-01T00:00:00-08:00"}},
    {"MetaData": None},
    {"ParentRef": {"value": None}},
    {"Mobile": {}},
    {"Job": "false"},
    {"Unheard": "deep"},
]
HELD = [
    {"DisplayName": {"value": "Ada"}},
    {"BillAddr": "x"},
    {"Balance": "NaN"},
    {"Balance": 1e300},
    {"Notes": "deep"},
    {"CurrencyRef": {"value": "Dollars"}},
    {"PrimaryEmailAddr": ["x"]},
    {"Taxable": "perhaps"},
    {"ParentRef": ["1"]},
]


class TestOneOfMany:
    """A strange row of the change feed, beside one that is as it should be."""

    @pytest.fixture
    def both(self, company):
        both = company.client(), company.client("Bob")
        company.sync()
        return both

    @pytest.mark.parametrize("strange", [*READ, *HELD], ids=str)
    def test_the_others_go_on_and_the_cursor_moves(self, company, both, answers, strange):
        ada, bob = both
        cursor = Connection.objects.get().clock.cursor
        company.sim.advance(minutes=5)
        touch(company, ada, bob)
        answers.change("Customer", company.mapping(ada).remote_id, **strange)
        run = company.sync()
        assert answers.seen
        assert (run.state, run.reason) == ("done", "")
        assert_adds_up(run)
        assert Connection.objects.get().clock.cursor > cursor
        bob.refresh_from_db()
        assert (bob.notes, company.mapping(bob).state) == ("seen", "in_sync")
        ada.refresh_from_db()
        mapping = company.mapping(ada)
        if mapping.state == "held":
            assert "Ada" in words(mapping)
            assert RemoteRecord.objects.get(type="Customer", remote_id=mapping.remote_id).payload
        else:
            assert strange in READ
            assert (ada.notes, mapping.state) == ("seen", "in_sync")

    @pytest.mark.parametrize("strange", HELD[:3], ids=str)
    def test_it_is_well_again_by_itself(self, company, both, answers, strange):
        ada, _ = both
        touch(company, ada)
        answers.change("Customer", company.mapping(ada).remote_id, **strange)
        company.sync()
        assert company.mapping(ada).reason == "unreadable-there"
        answers.changes.clear()
        make.put(lists_read_at=company.connection.clock.lists_read_at - LISTS_EVERY)
        company.sync()
        ada.refresh_from_db()
        assert (company.mapping(ada).state, ada.notes) == ("in_sync", "seen")

    @pytest.mark.parametrize("strange", HELD[:1], ids=str)
    def test_one_that_was_skipped_stays_skipped_i6(self, company, both, answers, strange):
        """Readable or not: it is taken in again by a person only."""
        ada, _ = both
        mine = EntityMapping.objects.filter(pk=company.mapping(ada).pk)
        skipping.exclude(mine, user="Ann", why="later")
        touch(company, ada)
        answers.change("Customer", company.mapping(ada).remote_id, **strange)
        assert_adds_up(company.sync())
        mapping = company.mapping(ada)
        assert (mapping.state, mapping.reason) == ("excluded", "skipped-by-user")
        assert mapping.reason_values["who"] == "Ann"

    def test_a_record_without_an_id_is_held_and_nobodys_partner(self, company, both, answers):
        """V11: no phantom record here, no half with an empty id."""
        company.sim.edit("create", "Customer", values={"DisplayName": "Cleo"})
        [cleo] = company.there("Customer", "DisplayName = 'Cleo'")
        answers.change("Customer", cleo["Id"], Id=...)
        run = company.sync()
        assert_adds_up(run)
        assert not EntityMapping.objects.filter(remote_id="").exists()
        assert [client.name for client in type(both[0]).objects.order_by("name")] == [
            "Ada Lovelace",
            "Bob",
        ]
        [held] = EntityMapping.objects.filter(object_key=None, kind="customer")
        assert (held.state, held.reason) == ("held", "unreadable-there")
        assert "Cleo" in words(held)
        assert "without an Id" in words(held)
        # It comes again, whole: it is one record, and the nameless one is gone.
        answers.changes.clear()
        company.sim.edit("update", "Customer", cleo["Id"], values={"Notes": "x"})
        assert_adds_up(company.sync())
        held.refresh_from_db()
        assert held.state == "gone"
        assert type(both[0]).objects.get(name="Cleo").notes == "x"
        assert company.sync().counts == {}

    def test_one_is_read_whatever_the_first_read_brings(self, company, answers):
        for number in range(3):
            company.sim.edit("create", "Customer", values={"DisplayName": f"C{number}"})
        ids = [one["Id"] for one in company.there("Customer")]
        answers.change("Customer", ids[0], Id=...)
        answers.change("Customer", ids[1], BillAddr=5)
        run = company.sync()
        assert_adds_up(run)
        states = EntityMapping.objects.filter(kind="customer").values_list("state", flat=True)
        assert sorted(states) == ["held", "held", "in_sync"]


class TestEverywhere:
    """One guarded way for all who read a stored record (9)."""

    SPOILT = (
        '{"Id":"1","SyncToken":"0","Name":{"x":1},"AccountType":["Accounts'
        ' Receivable"],"Active":"x"}'
    )

    def test_an_account_that_cannot_be_read_stops_nobody(self, company):
        invoice = company.invoice(company.client())
        company.sync()
        RemoteRecord.objects.filter(kind="account").update(payload=self.SPOILT)
        company.invoice(invoice.client)
        assert_adds_up(company.sync())
        assert list_entries.accounts_by_role(company.connection)["income"] == []
        assert list_entries.for_lines(company.connection, "account") == []

    def test_reconciliation_goes_past_it(self, company):
        company.sim.edit("create", "Customer", values={"DisplayName": "Cleo"})
        company.sync()
        EntityMapping.objects.filter(object_key=None).delete()
        rows = RemoteRecord.objects.filter(kind="customer")
        rows.update(payload=self.SPOILT)
        EntityMapping.objects.all().delete()
        reconcile.reconcile(company.connection)

    def test_a_set_up_that_cannot_be_read_stops_nobody(self, company):
        company.sync()
        for payload in (
            "[" * 5000 + "]" * 5000,
            "5",
            '{"CurrencyPrefs":[],"NameValue":5,"AccountingInfoPrefs":7}',
        ):
            RemoteRecord.objects.filter(kind__in=("", "tax_code", "account")).update(
                payload=payload, fingerprint=""
            )
            make.put(lists_read_at=None)
            company.client(f"Client {len(payload)}")
            assert_adds_up(company.sync())


class TestAgreements:
    """V8: what was agreed may come from another version, or be damaged."""

    @pytest.fixture
    def both(self, company):
        both = company.client(), company.client("Bob")
        company.sync()
        return both

    @pytest.mark.parametrize(
        "damage",
        [
            {
                "agreed_here": {"v": 99, "k": "customer", "d": {}},
                "agreed_there": {"v": 99, "k": "customer", "d": {}},
            },
            {
                "agreed_there": {
                    "v": 1,
                    "k": "customer",
                    "d": {"parent": {"kind": "customer", "id": 1}},
                    "minus": [],
                }
            },
            {"agreed_here": [], "agreed_there": []},
            {"agreed_here": "x", "agreed_there": 5},
            {
                "agreed_here": {"v": 1, "k": "term", "d": {}},
                "agreed_there": {"v": 1, "k": "term", "d": {}},
            },
            {"agreed_there": {"v": 1, "k": "customer", "d": 5, "minus": 7}},
        ],
        ids=str,
    )
    def test_one_that_cannot_be_read_is_held(self, company, both, damage):
        ada, bob = both
        for client in both:
            client.phone = "5"
            client.save()
        mapping = company.mapping(ada)
        EntityMapping.objects.filter(pk=mapping.pk).update(**damage)
        run = company.sync()
        assert_adds_up(run)
        assert company.partner(bob)["PrimaryPhone"] == {"FreeFormNumber": "5"}
        mapping = company.mapping(ada)
        assert (mapping.state, mapping.reason) == ("held", "unreadable-agreement")
        assert "Ada Lovelace" in words(mapping)
        assert "PrimaryPhone" not in company.partner(ada)
        # A person says which side counts.
        [run] = single_records.send("books.client", [str(ada.pk)], user=None, direction="push")
        assert_adds_up(company.work(run))
        assert company.partner(ada)["PrimaryPhone"] == {"FreeFormNumber": "5"}
        assert company.mapping(ada).state == "in_sync"

    def test_an_answer_of_a_person_is_enough_too(self, company, both):
        ada, _ = both
        ada.phone = "5"
        ada.save()
        damaged = EntityMapping.objects.filter(pk=company.mapping(ada).pk)
        damaged.update(agreed_here=[], agreed_there=[], choice={"*": "here"})
        assert_adds_up(company.sync())
        assert company.partner(ada)["PrimaryPhone"] == {"FreeFormNumber": "5"}
        assert company.mapping(ada).state == "in_sync"

    def test_what_an_answer_tells_can_be_read_again(self, company, both, monkeypatch):
        """A reference as a number, in an answer to a write: its text is what is agreed."""
        invoice = company.invoice(both[0])
        told = batch.remote_of

        def numbered(name, raw):
            """References as numbers."""
            return told(
                name,
                re.sub(
                    rb'"CustomerRef":{"value":"(\d+)"', rb'"CustomerRef":{"value":\1', bytes(raw)
                ),
            )

        monkeypatch.setattr(batch, "remote_of", numbered)
        company.sync()
        monkeypatch.undo()
        invoice.refresh_from_db()
        invoice.memo = "x"
        invoice.save()
        assert_adds_up(company.sync())
        assert company.mapping(invoice).state == "in_sync"


class TestFieldRules:
    """9: a fixed value that cannot be what its field is for."""

    def test_one_that_got_in_anyway_holds_its_records_and_stops_nobody(self, company):
        category = Category.objects.get(kind="invoice")
        FieldRule.objects.create(
            category=category, field="due_on", rule="fixed", value="next Friday"
        )
        invoice = company.invoice(company.client())
        run = company.sync()
        assert_adds_up(run)
        assert company.there("Invoice") == []
        mapping = company.mapping(invoice)
        assert (mapping.state, mapping.reason) == ("held", "rule-impossible")
        assert "next Friday" in words(mapping)
        assert "Due date" in words(mapping)
        assert company.mapping(invoice.client).state == "in_sync"
        category.field_rules.update(value="2026-12-31")
        category.save()
        assert_adds_up(company.sync())
        assert company.partner(invoice)["DueDate"] == "2026-12-31"

    def test_what_comes_from_quickbooks_does_not_need_it(self, company):
        FieldRule.objects.create(
            category=Category.objects.get(kind="customer"),
            field="active",
            rule="fixed",
            value="perhaps",
        )
        company.sim.edit("create", "Customer", values={"DisplayName": "Cleo"})
        assert_adds_up(company.sync())
        [mapping] = EntityMapping.objects.filter(kind="customer")
        assert mapping.state == "in_sync"
