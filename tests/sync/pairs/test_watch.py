"""A save touches its record and wakes its companies, and costs the save next to nothing (B3)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from quicksync.books.models import Client, Invoice
from quicksync.models import Category, Connection, EntityMapping
from quicksync.sync.pairs import watch
from quicksync.sync.worker import wakes
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def joined():
    """A company whose customers and invoices are kept in step; no wire is needed to watch."""
    return join("1")


def join(realm, *kinds, **fields):
    found = make.bare(name=realm, realm_id=realm, status="connected", **fields)
    for kind in kinds or ("customer", "invoice"):
        Category.objects.create(
            connection=found, kind=kind, enabled=True, approved_at=timezone.now()
        )
    return found


def touched(**where):
    return EntityMapping.objects.exclude(touched_at=None).filter(**where)


def extra_statements(act):
    """What quicksync adds to an act, the queue's own row aside."""
    with CaptureQueriesContext(database) as caught:
        act()
    rows = [row["sql"] for row in caught if not row["sql"].startswith(CONTROL)]
    return [sql for sql in rows if "quicksync_" in sql]


class TestTouch:
    """Which mappings a change concerns."""

    def test_a_new_object_gets_a_mapping(self, joined):
        ada = Client.objects.create(name="Ada")
        mapping = touched().get()
        assert (mapping.connection, mapping.kind, mapping.object_key) == (
            joined,
            "customer",
            str(ada.pk),
        )
        assert (mapping.origin, mapping.state) == ("here", "pending")

    def test_a_known_object_keeps_what_its_mapping_knows(self, joined):
        ada = Client.objects.create(name="Ada")
        EntityMapping.objects.update(
            touched_at=None, state="in_sync", label="Ada", remote_type="Customer", remote_id="5"
        )
        ada.save()
        mapping = touched().get()
        assert (mapping.state, mapping.label, mapping.remote_id) == ("in_sync", "Ada", "5")

    def test_a_line_concerns_its_invoice(self, joined, an_invoice):
        invoice = an_invoice()
        EntityMapping.objects.update(touched_at=None)
        invoice.lines.first().save()
        assert touched().get().object_key == str(invoice.pk)

    def test_a_deleted_line_concerns_its_invoice(self, joined, an_invoice):
        invoice = an_invoice()
        EntityMapping.objects.update(touched_at=None)
        invoice.lines.first().delete()
        assert touched(kind="invoice").get().object_key == str(invoice.pk)

    def test_a_deletion_concerns_what_was_known(self, joined):
        ada = Client.objects.create(name="Ada")
        EntityMapping.objects.update(touched_at=None)
        ada.delete()
        assert touched().count() == 1

    def test_a_deletion_of_what_nobody_knew_leaves_nothing(self, joined):
        ada = Client.objects.create(name="Ada")
        EntityMapping.objects.all().delete()
        ada.delete()
        assert not EntityMapping.objects.exists()

    def test_every_company_is_told(self, joined):
        """A8"""
        other = join("2")
        Client.objects.create(name="Ada")
        assert set(touched().values_list("connection", flat=True)) == {joined.pk, other.pk}

    def test_a_company_that_came_later_is_told_too(self, joined):
        ada = Client.objects.create(name="Ada")
        later = join("2")
        ada.save()
        assert touched(connection=later).count() == 1

    def test_a_category_that_is_off_is_left_in_peace(self, joined):
        Category.objects.filter(kind="customer").update(enabled=False)
        watch.forget()
        Client.objects.create(name="Ada")
        assert not EntityMapping.objects.exists()

    def test_switching_a_category_on_is_known_at_once(self, joined):
        category = Category.objects.get(kind="customer")
        category.enabled = False
        category.save()
        Client.objects.create(name="Ada")
        category.enabled = True
        category.save()
        Client.objects.create(name="Bob")
        assert EntityMapping.objects.count() == 1

    def test_a_fixture_touches_nothing(self, joined, tmp_path):
        """Raw saves are a copy of a database, not work."""
        file = tmp_path / "clients.json"
        file.write_text(
            serializers.serialize(
                "json",
                [Client(pk=7, name="Ada", created_at=timezone.now(), updated_at=timezone.now())],
            )
        )
        call_command("loaddata", str(file), verbosity=0)
        assert Client.objects.exists()
        assert not EntityMapping.objects.exists()

    def test_a_rolled_back_save_touches_nothing(self, joined):
        with transaction.atomic():
            Client.objects.create(name="Ada")
            transaction.set_rollback(True)
        assert not EntityMapping.objects.exists()
        assert not OrmQ.objects.exists()


class TestCost:
    """Two statements at most, whatever the save."""

    @pytest.fixture(autouse=True)
    def _remembered(self, monkeypatch):
        """Asking anew after five seconds is no part of a save, however slow this machine is just
        now.
        """
        monkeypatch.setattr(watch, "REMEMBERED", 3600)

    def test_a_first_save(self, joined):
        make.put(next_sync_at=timezone.now())
        assert len(extra_statements(lambda: Client.objects.create(name="Ada"))) - self.asking() <= 2

    def test_a_later_save(self, joined):
        ada = Client.objects.create(name="Ada")
        assert len(extra_statements(ada.save)) <= 2

    def test_a_deletion(self, joined):
        ada = Client.objects.create(name="Ada")
        assert len(extra_statements(ada.delete)) <= 2

    def test_without_live_updates(self, joined):
        Connection.objects.update(live=False)
        ada = Client.objects.create(name="Ada")
        assert len(extra_statements(ada.save)) == 1

    def test_without_a_company(self):
        """Asked once in a few seconds whether there is one."""
        ada = Client.objects.create(name="Ada")
        assert extra_statements(ada.save) == []

    @staticmethod
    def asking():
        """Once in five seconds a process asks which connections want a kind."""
        return 1


class TestWake:
    """Many saves are one run."""

    def test_saves_are_gathered(self, joined):
        for number in range(5):
            Client.objects.create(name=f"Client {number}")
        assert OrmQ.objects.count() == 1
        joined.refresh_from_db()
        assert joined.clock.next_sync_at <= timezone.now()

    def test_a_save_after_the_run_has_begun_wakes_again(self, joined):
        Client.objects.create(name="Ada")
        make.put(next_sync_at=timezone.now() + dt.timedelta(minutes=5), woken_at=None)
        Client.objects.create(name="Bob")
        assert OrmQ.objects.count() == 2

    def test_a_wake_that_came_to_nothing_does_not_silence_the_next(self, joined):
        """B3: its task was lost, or met a run that has ended since; the dispatch is up to a minute
        away.
        """
        long_ago = timezone.now() - 2 * wakes.BELIEVED
        make.put(next_sync_at=long_ago, woken_at=long_ago)
        Client.objects.create(name="Ada")
        assert OrmQ.objects.count() == 1
        Client.objects.create(name="Bob")
        assert OrmQ.objects.count() == 1

    @pytest.mark.parametrize(
        "setting",
        [{"live": False}, {"paused": True}, {"sync_type": "manual"}, {"status": "expired"}],
        ids=str,
    )
    def test_who_is_not_woken(self, joined, setting):
        """Touched all the same: the next run, whenever that is, looks at it."""
        Connection.objects.update(**setting)
        watch.forget()
        Client.objects.create(name="Ada")
        assert not OrmQ.objects.exists()
        assert touched().count() == 1


@pytest.fixture
def an_invoice():
    """An invoice of the books, without any company's helpers."""

    def make():
        invoice = Invoice.objects.create(number="1", client=Client.objects.create(name="Ada"))
        invoice.lines.create(quantity=1, unit_price=10, description="Work")
        return invoice

    return make
