"""What lands in the host's tables: nothing over an edit made meanwhile, nothing by a worker that
lost the run.
"""

from __future__ import annotations

import datetime as dt
import threading
import time

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections, transaction
from django.utils import timezone

from quicksync.books.models import Client, Invoice, InvoiceLine
from quicksync.local.registry import registry
from quicksync.models import Category, EntityMapping, Operation, SyncRun
from quicksync.sync.drivers import direct
from quicksync.sync.exchange import landing
from quicksync.sync.pairs import ground
from quicksync.sync.runs import ending, starting
from quicksync.sync.worker import lease
from tests.company import assert_adds_up
from tests.models import make
from tests.options.choosing import choose_for

PATIENCE = 60


def number(text):
    return {"PrimaryPhone": {"FreeFormNumber": text}}


def before_landing(monkeypatch, change, *, action="update"):
    """`change` happens once, after the worker has chosen what to land and before it lands it."""
    real = landing.apply

    def apply(run, company, operations):
        if operations[0].action == action:
            monkeypatch.setattr(landing, "apply", real)
            change()
        real(run, company, operations)

    monkeypatch.setattr(landing, "apply", apply)


@pytest.fixture
def ada(company):
    """A client in step, whose phone QuickBooks has changed to 9; people are asked about what both
    sides changed.
    """
    ada = company.client(phone="1")
    company.sync()
    company.sync()
    choose_for(Category.objects.filter(kind="customer"), wins="ask")
    company.sim.edit("update", "Customer", company.partner(ada)["Id"], values=number("9"))
    return ada


class AnEditInTheMoment:
    """The same field: a person is asked. Another field: it goes over, and QuickBooks' change lands
    all the same.
    """

    def test_of_the_same_field(self, company, ada, monkeypatch):
        self.meanwhile(company, ada, monkeypatch, {"phone": "2"})
        ada.refresh_from_db()
        assert ada.phone == "2"
        assert company.mapping(ada).state == "conflict"
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "9"

    def test_of_another_field(self, company, ada, monkeypatch):
        self.meanwhile(company, ada, monkeypatch, {"notes": "Prefers tea"})
        company.sync()
        ada.refresh_from_db()
        assert (ada.phone, ada.notes) == ("9", "Prefers tea")
        assert company.partner(ada)["Notes"] == "Prefers tea"
        assert company.mapping(ada).state == "in_sync"


@pytest.mark.postgres
@pytest.mark.django_db
class TestSaved(AnEditInTheMoment):
    """Saved in its own, short transaction."""

    def meanwhile(self, company, ada, monkeypatch, values):
        def edit():
            mine = Client.objects.get(pk=ada.pk)
            for name, value in values.items():
                setattr(mine, name, value)
            mine.save()

        before_landing(monkeypatch, edit)
        assert_adds_up(company.sync())


@pytest.mark.postgres
@pytest.mark.django_db
class TestWithoutASignal(AnEditInTheMoment):
    """`queryset.update()` tells nobody: the record itself is compared with what the plan saw."""

    def meanwhile(self, company, ada, monkeypatch, values):
        before_landing(monkeypatch, lambda: Client.objects.filter(pk=ada.pk).update(**values))
        assert_adds_up(company.sync())


# SQLite has one writer at a time: there, no transaction of the host can be open while a record
# lands.
if connection.vendor == "postgresql":

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    class TestAnOpenTransaction(AnEditInTheMoment):
        """The host's transaction began before the landing, and ends when the landing has met it."""

        def meanwhile(self, company, ada, monkeypatch, values):
            saved = threading.Event()

            def host():
                try:
                    with transaction.atomic():
                        mine = Client.objects.get(pk=ada.pk)
                        for name, value in values.items():
                            setattr(mine, name, value)
                        mine.save()
                        saved.set()
                        until(landing_has_met_it)
                finally:
                    connections.close_all()

            thread = threading.Thread(target=host)

            def begin():
                thread.start()
                assert saved.wait(PATIENCE)

            before_landing(monkeypatch, begin)
            run = company.sync()
            thread.join(PATIENCE)
            assert_adds_up(run)

    def landing_has_met_it():
        """Somebody waits for the lock, or has put the record off."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            (waiting,) = cursor.fetchone()
        return waiting or Operation.objects.filter(direction="pull", put_off__gt=0).exists()

    def until(true):
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end
            time.sleep(0.02)

    @pytest.mark.postgres
    @pytest.mark.django_db(transaction=True)
    def test_a_line_that_is_being_edited_is_not_overwritten(company, monkeypatch):
        """The document's own row is free; one of its lines is in a transaction of the host."""
        invoice = company.invoice(company.client(), 100, 50)
        company.sync()
        company.sync()
        choose_for(Category.objects.filter(kind="invoice"), wins="ask")
        there = company.partner(invoice)
        lines = [
            line | {"Description": "Theirs"}
            for line in there["Line"]
            if "SalesItemLineDetail" in line
        ]
        company.sim.edit("update", "Invoice", there["Id"], values={"Line": lines})
        changed = threading.Event()

        def host():
            try:
                with transaction.atomic():
                    line = InvoiceLine.objects.filter(invoice=invoice).first()
                    InvoiceLine.objects.filter(pk=line.pk).update(description="Mine")
                    changed.set()
                    until(landing_has_met_it)
                    line.refresh_from_db()
                    line.save()
            finally:
                connections.close_all()

        thread = threading.Thread(target=host)

        def begin():
            thread.start()
            assert changed.wait(PATIENCE)

        before_landing(monkeypatch, begin)
        company.sync()
        thread.join(PATIENCE)
        texts = set(
            InvoiceLine.objects.filter(invoice=invoice).values_list("description", flat=True)
        )
        assert "Mine" in texts
        assert company.mapping(invoice).state == "conflict"


@pytest.mark.django_db
def test_a_plan_that_looked_before_it_landed_is_overtaken(company, ada, monkeypatch):
    older = []

    def meanwhile():
        mapping = company.mapping(ada)
        plan = make.run(company.connection, state="draft", preview=True)
        seen = {"mapping_version": mapping.version, "touched_at": mapping.touched_at}
        older.append(make.operation(plan, mapping, action="update", state="draft", **seen))
        assert make.standing(older)

    before_landing(monkeypatch, meanwhile)
    company.sync()
    assert Client.objects.get(pk=ada.pk).phone == "9"
    assert older
    assert not make.standing(older)


@pytest.mark.postgres
@pytest.mark.django_db
class TestASleeper:
    """A worker that slept longer than its lease writes nothing when it wakes (A14)."""

    def test_newer_amounts_stay(self, company, ada, monkeypatch):
        def meanwhile():
            SyncRun.objects.filter(state="running").update(
                lease_until=timezone.now() - dt.timedelta(seconds=1)
            )
            company.work(SyncRun.objects.get(state="running"))
            company.sim.edit("update", "Customer", company.partner(ada)["Id"], values=number("10"))
            company.sync()
            assert Client.objects.get(pk=ada.pk).phone == "10"

        before_landing(monkeypatch, meanwhile)
        run = starting.start(company.connection, trigger=SyncRun.Trigger.MANUAL)
        while (verdict := direct.work(run.pk, lease.new_holder())) is not None:
            assert verdict.next is ending.Next.AGAIN
        assert Client.objects.get(pk=ada.pk).phone == "10"
        company.sync()
        assert Client.objects.get(pk=ada.pk).phone == "10"
        assert company.partner(ada)["PrimaryPhone"]["FreeFormNumber"] == "10"
        assert Operation.objects.filter(direction="pull", state="done").count() == 2

    def test_a_join_is_not_made_twice(self, company, monkeypatch):
        client = company.client()
        company.sim.edit("create", "Customer", values={"DisplayName": client.name})

        def meanwhile():
            SyncRun.objects.filter(state="running").update(
                lease_until=timezone.now() - dt.timedelta(seconds=1)
            )
            company.work(SyncRun.objects.get(state="running"))

        before_landing(monkeypatch, meanwhile, action="pair")
        run = starting.start(company.connection, trigger=SyncRun.Trigger.MANUAL)
        while direct.work(run.pk, lease.new_holder()) is not None:
            pass
        assert EntityMapping.objects.filter(kind="customer").count() == 1
        assert company.mapping(client).state == "in_sync"
        assert (
            Operation.objects.filter(action="pair").values_list("state", flat=True).get() == "done"
        )

    def test_a_cancelled_run_lands_nothing_more(self, company, ada, monkeypatch):
        before_landing(monkeypatch, lambda: ending.cancel(SyncRun.objects.get(state="running")))
        run = starting.start(company.connection, trigger=SyncRun.Trigger.MANUAL)
        while direct.work(run.pk, lease.new_holder()) is not None:
            pass
        assert Client.objects.get(pk=ada.pk).phone == "1"
        company.sync()
        assert Client.objects.get(pk=ada.pk).phone == "9"


@pytest.mark.postgres
@pytest.mark.django_db
@pytest.mark.parametrize("error", [ValueError, RuntimeError])
def test_a_save_that_raises_in_the_middle_leaves_nothing_of_itself(company, monkeypatch, error):
    """Neither the object nor what its save() did beside it; the others land all the same (invariant
    5).
    """
    save = Client.save

    def saved(self, *args, **kwargs):
        save(self, *args, **kwargs)
        Group.objects.create(name=f"Friends of {self.name}")
        if self.name == "Ada":
            raise error("We do not write to Ada.")

    monkeypatch.setattr(Client, "save", saved)
    for adapter in registry.all():
        monkeypatch.setattr(type(adapter), "bulk", False)
    for name in ("Ada", "Bob"):
        company.sim.edit("create", "Customer", values={"DisplayName": name})
    run = company.sync()
    assert_adds_up(run)
    assert run.counts["customer"]["pull"] == {"created": 1, "failed": 1}
    assert list(Client.objects.values_list("name", flat=True)) == ["Bob"]
    assert list(Group.objects.values_list("name", flat=True)) == ["Friends of Bob"]
    refused = EntityMapping.objects.get(kind="customer", object_key=None)
    assert (refused.reason, refused.reason_values["message"]) == (
        "host-refused",
        "We do not write to Ada.",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["pair", "create"])
def test_what_was_put_off_is_done_in_the_same_run(company, monkeypatch, kind):
    """Somebody was writing the record when its turn came."""
    client = company.client()
    for name in (client.name, "Grace Hopper"):
        company.sim.edit("create", "Customer", values={"DisplayName": name})
    look, put_off = ground.look, []

    def busy(operations):
        if operations[0].action == kind and len(put_off) < 2:
            put_off.append(kind)
            return ground.Look([], [], list(operations))
        return look(operations)

    monkeypatch.setattr(ground, "look", busy)
    monkeypatch.setattr(ground, "LATER", dt.timedelta(0))
    run = company.sync()
    assert run.state == "done"
    assert_adds_up(run)
    assert put_off == [kind, kind]
    assert set(EntityMapping.objects.filter(kind="customer").values_list("state", flat=True)) == {
        "in_sync"
    }
    assert (Client.objects.count(), EntityMapping.objects.filter(kind="customer").count()) == (2, 2)


@pytest.mark.django_db
def test_what_is_written_by_somebody_all_the_time_is_left_to_the_next_plan(
    company, ada, monkeypatch
):
    """A run ends although a transaction of the host does not."""
    look = ground.look
    monkeypatch.setattr(ground, "look", lambda operations: ground.Look([], [], list(operations)))
    monkeypatch.setattr(ground, "LATER", dt.timedelta(0))
    run = company.sync()
    assert run.state == "done"
    assert company.mapping(ada).touched_at is not None
    monkeypatch.setattr(ground, "look", look)
    company.sync()
    ada.refresh_from_db()
    assert ada.phone == "9"


@pytest.mark.postgres
@pytest.mark.django_db
class TestGone:
    """A host object that is deleted in the moment of the landing."""

    def test_it_is_compared_again_and_not_refused(self, company, ada, monkeypatch):
        before_landing(monkeypatch, lambda: Client.objects.filter(pk=ada.pk).delete())
        run = company.sync()
        assert not run.operations.filter(state="failed").exists()
        assert not Client.objects.filter(pk=ada.pk).exists()

    def test_a_void_that_meets_an_edit_is_asked_about(self, company, monkeypatch):
        company.enable("invoice", on_delete_there="void")
        invoice = company.invoice(company.client(), 100)
        company.sync()
        company.sync()
        there = company.partner(invoice)
        company.sim.edit("delete", "Invoice", there["Id"])

        def edit():
            mine = Invoice.objects.get(pk=invoice.pk)
            mine.memo = "Do not lose this"
            mine.save()

        before_landing(monkeypatch, edit, action="void")
        company.sync()
        invoice.refresh_from_db()
        assert invoice.status != Invoice.Status.VOID
        assert company.mapping(invoice).state == "conflict"
