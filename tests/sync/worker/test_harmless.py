"""Nothing of ours breaks a host's request, before its commit or after: what fails here is logged
and made up for.
"""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from django.db import connections, transaction
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.models import OrmQ

from quicksync import signals
from quicksync.books.models import Client
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.monitor import findings
from quicksync.sync.pairs import watch
from quicksync.sync.runs import dispatching, ending
from quicksync.sync.worker import clock, queue
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture(autouse=True)
def company():
    return make.connection()


@pytest.fixture
def no_broker(monkeypatch):
    """The broker is away until the test undoes it."""

    def away(*args, **kwargs):
        raise ConnectionError("Error 111 connecting to redis:6379. Connection refused.")

    for what in ("enqueue", "ping"):
        monkeypatch.setattr(ORM, what, away)
    yield monkeypatch
    queue.forget()


def actions(caplog):
    return {getattr(record, "action", "") for record in caplog.records}


class TestNoBroker:
    """A queue that is away costs a minute, not a sale."""

    def test_a_save_is_saved(self, no_broker, caplog):
        Client.objects.create(name="Ada")
        assert EntityMapping.objects.exclude(touched_at=None).count() == 1
        assert "queue_away" in actions(caplog)

    def test_the_hosts_own_callbacks_come_all(self, no_broker):
        called = []
        with transaction.atomic():
            transaction.on_commit(lambda: called.append("before"))
            Client.objects.create(name="Ada")
            transaction.on_commit(lambda: called.append("after"))
        assert called == ["before", "after"]

    def test_a_request_in_one_transaction(self, no_broker, admin_client, monkeypatch):
        """ATOMIC_REQUESTS"""
        monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
        fields = {"name": "Ada", "currency": "USD", "is_active": "on", "contacts-TOTAL_FORMS": 0}
        form = admin_client.get("/admin/books/client/add/").context["adminform"].form
        values = {
            name: form.get_initial_for_field(field, name) or ""
            for name, field in form.fields.items()
        }
        answer = admin_client.post("/admin/books/client/add/", {**values, **fields})
        assert answer.status_code == 302, answer.content.decode()[:2000]
        assert Client.objects.get().name == "Ada"

    def test_the_next_dispatch_finds_it(self, no_broker, company):
        make.put(next_sync_at=None)
        Client.objects.create(name="Ada")
        no_broker.undo()
        queue.forget()
        assert dispatching.dispatch() == 1
        assert [row.task["args"] for row in OrmQ.objects.all()] == [(company.pk,)]

    def test_a_dispatch_that_could_not_enqueue_does_so_in_a_minute(self, no_broker, company):
        """A connection that was claimed for a queue that is away has not had its turn."""
        assert dispatching.dispatch() == 1
        no_broker.undo()
        queue.forget()
        assert dispatching.dispatch() == 1
        assert OrmQ.objects.count() == 1

    def test_a_dispatch_asks_once_for_each_wherever_the_clocks_stand(
        self, no_broker, company, monkeypatch
    ):
        """Workers go by the database's clock, and this machine's is behind it."""
        ahead = dt.timedelta(seconds=1)
        monkeypatch.setattr(clock, "_is_elsewhere", lambda database: True)
        monkeypatch.setattr(clock, "_ask", lambda database: timezone.now() + ahead)
        monkeypatch.setattr(clock, "_measured", {})
        assert dispatching.dispatch() == 1

    def test_it_is_not_asked_for_each_save(self, no_broker, caplog):
        """A broker may take its time to refuse: the next save does not wait for it again."""
        for number in range(3):
            Client.objects.create(name=f"Client {number}")
            make.put(next_sync_at=None, woken_at=None)
        assert [getattr(one, "action", "") for one in caplog.records].count("queue_away") == 1

    def test_the_health_page_says_so(self, no_broker):
        assert "queue-away" in {finding.code for finding in findings.of_site()}

    def test_and_nothing_while_it_answers(self):
        assert "queue-away" not in {finding.code for finding in findings.of_site()}


class TestNoTable:
    """The site runs the new version, and nobody has migrated yet."""

    @pytest.fixture(params=["quicksync_category", "quicksync_entitymapping"])
    def table(self, request):
        with database.cursor() as cursor:
            cursor.execute(f"ALTER TABLE {request.param} RENAME TO was_{request.param}")
        yield request.param
        with database.cursor() as cursor:
            cursor.execute(f"ALTER TABLE was_{request.param} RENAME TO {request.param}")

    def test_a_save_alone(self, table, caplog):
        watch.forget()
        Client.objects.create(name="Ada").save()
        assert Client.objects.get().name == "Ada"
        assert "watch_failed" in actions(caplog)

    def test_a_save_among_others_in_a_transaction(self, table):
        """On PostgreSQL a statement that fails ends the whole transaction, unless it stood in a
        savepoint.
        """
        watch.forget()
        with transaction.atomic():
            ada = Client.objects.create(name="Ada")
            Client.objects.create(name="Bob")
            ada.delete()
        assert Client.objects.get().name == "Bob"

    def test_the_hosts_own_pages_open_and_save(self, table, admin_client):
        """Without our part of them."""
        ada = Client.objects.create(name="Ada")
        assert "Ada" in admin_client.get("/admin/books/client/").content.decode()
        page = admin_client.get(f"/admin/books/client/{ada.pk}/change/")
        form = page.context["adminform"].form
        values = {
            name: form.get_initial_for_field(field, name) or ""
            for name, field in form.fields.items()
        }
        for formset in page.context["inline_admin_formsets"]:
            values |= {
                f"{formset.formset.prefix}-TOTAL_FORMS": 0,
                f"{formset.formset.prefix}-INITIAL_FORMS": 0,
            }
        answer = admin_client.post(
            f"/admin/books/client/{ada.pk}/change/", {**values, "name": "Ada Lovelace"}
        )
        assert answer.status_code == 302
        assert Client.objects.get().name == "Ada Lovelace"


class TestHooks:
    """The host's own hook fails."""

    def test_whose_it_is(self, monkeypatch, caplog):
        def fails(self, obj):
            raise LookupError("no tenant")

        monkeypatch.setattr(type(registry.for_kind("customer")[0]), "connections_for", fails)
        with transaction.atomic():
            Client.objects.create(name="Ada")
        assert Client.objects.get().name == "Ada"
        assert "watch_failed" in actions(caplog)


class TestReceivers:
    """Somebody's receiver of our signals fails in a request."""

    def test_a_cancelled_run(self, company):
        def fails(**kwargs):
            raise ValueError

        signals.run_finished.connect(fails)
        try:
            ending.cancel(make.run(company))
        finally:
            signals.run_finished.disconnect(fails)
        assert SyncRun.objects.get().state == "cancelled"


if database.vendor == "postgresql":

    def test_a_lock_that_waits_too_long_is_not_the_hosts_trouble(caplog):
        """A plan holds the record's row; the host's transaction gives up waiting, and its own work
        stands.
        """
        ada = Client.objects.create(name="Ada")
        EntityMapping.objects.update(touched_at=None)
        given_up = threading.Event()

        def host():
            try:
                with transaction.atomic():
                    with database.cursor() as cursor:
                        cursor.execute("SET LOCAL lock_timeout = '20ms'")
                    ada.phone = "1"
                    ada.save()
                    Client.objects.create(name="Bob")
                    given_up.set()
            finally:
                given_up.set()
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                EntityMapping.objects.update(version=7)
                theirs = pool.submit(host)
                assert given_up.wait(120)
            theirs.result(120)
        assert set(Client.objects.values_list("name", "phone")) == {("Ada", "1"), ("Bob", "")}
        assert "watch_failed" in actions(caplog)
        assert EntityMapping.objects.get(object_key=ada.pk).touched_at is not None, (
            "it was noticed after the commit"
        )
