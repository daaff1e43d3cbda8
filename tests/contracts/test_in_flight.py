"""What people do while a request is on its way, and what comes of losses and refusals."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from quicksync.books.models import Client, Invoice, Receipt
from quicksync.models import Category
from quicksync.quickbooks.messages import Purpose
from quicksync.sync.drivers import polled
from tests.company import assert_adds_up
from tests.contracts.test_polled_driver import Conversation
from tests.options.choosing import choose_for


class TestInFlight:
    """Nothing that is saved between sending and settling is lost or overwritten."""

    @pytest.fixture
    def sent(self, paper):
        """A new client, sent and not answered."""
        ada = paper.client()
        talk = Conversation(paper)
        return ada, talk, talk.ask_until(Purpose.WRITE)

    def test_an_edit_here_goes_with_the_next_parcel(self, paper, sent):
        ada, talk, request = sent
        ada.phone = "1"
        ada.save()
        talk.bring(request)
        talk.finish()
        assert paper.shown(ada).phone == "1"
        assert paper.names("customer") == ["Ada Lovelace"]

    def test_a_deletion_here_follows_the_answer(self, paper, sent):
        """F4: a client that is deleted here becomes inactive there, once it is known which one that
        is.
        """
        ada, talk, request = sent
        ada.delete()
        talk.bring(request)
        talk.finish()
        [row] = paper.paper.live("customer")
        assert row.fields.get("active") is False or row.fields.get("voided")

    def test_a_bookkeepers_edit_after_the_write_lands_here(self, paper, sent):
        ada, talk, request = sent
        reply = paper.answer(request)
        [row] = paper.paper.live("customer")
        paper.paper.edit("customer", row.id, email="ada@example.com")
        talk.bring(request, reply)
        talk.finish()
        polled.close(polled.resume_session(talk.run.pk, talk.ticket))
        assert_adds_up(paper.sync_through())
        ada.refresh_from_db()
        assert ada.email == "ada@example.com"
        assert paper.shown(ada).email == "ada@example.com"


class TestBothSides:
    """First sync, losses and refusals, for either driver."""

    def test_namesakes_are_joined_not_doubled(self, world):
        """C10"""
        world.add_customer("Ada Lovelace")
        ada = world.client()
        run = world.sync_through()
        assert_adds_up(run)
        assert world.names("customer") == ["Ada Lovelace"]
        assert world.mapping(ada).state == "in_sync"
        assert Client.objects.count() == 1

    def test_an_invoice_and_its_payment_land_here(self, world):
        """F2, G2: what QuickBooks made comes with what it names."""
        world.enable("account", "tax_code", "term", "payment_method")
        invoice = world.invoice(world.client(), 100)
        receipt = world.receipt(invoice.client, {invoice: 40})
        world.sync_through()
        number = invoice.number
        for one in (receipt, invoice):
            mapping = world.mapping(one)
            mapping.delete()
            one.delete()
        Category.objects.update(needs_scan=True)
        assert_adds_up(world.sync_through())
        assert_adds_up(world.sync_through())
        again = Invoice.objects.get()
        assert (again.number, again.total, again.client.name) == (number, 100, "Ada Lovelace")
        [part] = Receipt.objects.get().allocations.all()
        assert (part.invoice, part.amount) == (again, 40)
        assert world.names("invoice") == [number]

    @pytest.mark.parametrize("policy", ["void", "delete"])
    def test_a_void_there_is_followed_if_the_settings_say_so(self, world, policy):
        invoice = world.invoice(world.client())
        world.sync_through()
        choose_for(Category.objects.filter(kind="invoice"), on_delete_there=policy)
        world.void(invoice)
        assert_adds_up(world.sync_through())
        invoice.refresh_from_db()
        assert invoice.voided

    def test_a_deletion_there_is_followed_if_the_settings_say_so(self, world):
        invoice = world.invoice(world.client())
        world.sync_through()
        choose_for(Category.objects.filter(kind="invoice"), on_delete_there="delete")
        world.delete(invoice)
        run = world.sync_through()
        assert_adds_up(run)
        assert not Invoice.objects.exists()
        assert world.sync_through().counts.get("invoice", {}).get("push") is None

    def test_a_deletion_here_deletes_there_if_the_settings_say_so(self, world):
        """F4"""
        invoice = world.invoice(world.client())
        world.sync_through()
        choose_for(Category.objects.filter(kind="invoice"), on_delete_here="delete")
        invoice.delete()
        assert_adds_up(world.sync_through())
        assert world.names("invoice") == []

    def test_what_this_side_refuses_is_told_and_stops_nobody(self, world, monkeypatch):
        """Invariant 5, ←: the host's own rules say no to one record."""

        def clean(client):
            if client.email == "ada@example.com":
                raise ValidationError({"email": "We do not write to Ada."})

        monkeypatch.setattr(Client, "clean", clean)
        ada, bob = world.client(), world.client("Bob")
        world.sync_through()
        world.edit(ada, email="ada@example.com")
        world.edit(bob, email="bob@example.com")
        run = world.sync_through()
        assert_adds_up(run)
        assert run.counts["customer"]["pull"] == {"updated": 1, "failed": 1}
        mapping = world.mapping(ada)
        assert (mapping.state, mapping.reason) == ("failed", "host-refused")
        assert "We do not write to Ada" in mapping.reason_values["message"]
        bob.refresh_from_db()
        assert bob.email == "bob@example.com"

    def test_a_conflict_is_asked_about_and_nothing_is_written(self, world):
        choose_for(Category.objects.filter(kind="customer"), wins="ask")
        ada = world.client()
        world.sync_through()
        world.edit(ada, email="there@example.com")
        ada.email = "here@example.com"
        ada.save()
        run = world.sync_through()
        assert_adds_up(run)
        assert world.mapping(ada).state == "conflict"
        assert world.shown(ada).email == "there@example.com"
        ada.refresh_from_db()
        assert ada.email == "here@example.com"
