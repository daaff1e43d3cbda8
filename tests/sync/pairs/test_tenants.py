"""A8, B3, X21: an object concerns the companies that its adapter names: at save, in rows, on pages,
in metered reads.

A host with tenants: a client is the company's whose name its own begins with, an invoice is its
client's.
"""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from quicksync.books.models import Client, Invoice
from quicksync.local.registry import registry
from quicksync.models import Category, EntityMapping, SyncRun
from quicksync.sync.pairs import scan, watch
from quicksync.sync.runs import nightly
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def tenant(name, **fields):
    made = make.bare(name=name, realm_id=name, status="connected", **fields)
    for kind in ("customer", "invoice"):
        Category.objects.create(
            connection=made, kind=kind, enabled=True, first_synced_at=timezone.now()
        )
    return made


def by_queryset(monkeypatch):
    """The host says whose an object is by what it gives each connection."""
    clients, invoices = (type(registry.for_kind(kind)[0]) for kind in ("customer", "invoice"))

    def clients_of(self, connection):
        return Client.objects.filter(name__startswith=connection.name)

    def invoices_of(self, connection):
        return Invoice.objects.filter(client__name__startswith=connection.name)

    monkeypatch.setattr(clients, "queryset", clients_of)
    monkeypatch.setattr(invoices, "queryset", invoices_of)


def by_hook(monkeypatch):
    """The host says it of the object."""
    by_queryset(monkeypatch)
    clients, invoices = (type(registry.for_kind(kind)[0]) for kind in ("customer", "invoice"))

    def of_client(self, obj):
        return [one.pk for one in known if obj.name.startswith(one.name)]

    known = []
    monkeypatch.setattr(clients, "connections_for", of_client)
    monkeypatch.setattr(invoices, "connections_for", lambda self, obj: of_client(self, obj.client))
    return known


@pytest.fixture(params=["queryset", "hook"])
def names(request, monkeypatch):
    """Whether whose an object is comes from the adapter's queryset or from its hook; both say the
    same.
    """
    monkeypatch.setattr(watch, "REMEMBERED", 3600)
    if request.param == "queryset":
        by_queryset(monkeypatch)
        return []
    return by_hook(monkeypatch)


@pytest.fixture
def north(names):
    made = tenant("North")
    names.append(made)
    return made


@pytest.fixture
def south(names):
    made = tenant("South")
    names.append(made)
    return made


def told():
    """Company -> the keys of its records that were touched."""
    rows = EntityMapping.objects.exclude(touched_at=None).values_list(
        "connection__name", "kind", "object_key"
    )
    return {
        name: {(kind, key) for other, kind, key in rows if other == name} for name, _, _ in rows
    }


def woken():
    return sorted(
        row.task["args"][0] for row in OrmQ.objects.all() if row.task["func"].endswith("cycle")
    )


def ours(act):
    """What quicksync adds to an act, the queue's own rows aside."""
    with CaptureQueriesContext(database) as caught:
        act()
    rows = [row["sql"] for row in caught if not row["sql"].startswith(CONTROL)]
    return [sql for sql in rows if "quicksync_" in sql]


class TestSave:
    """Who hears of it."""

    def test_its_own_company_only(self, north, south):
        ada = Client.objects.create(name="North Ada")
        assert told() == {"North": {("customer", str(ada.pk))}}
        assert woken() == [north.pk]

    def test_a_line_is_its_documents(self, north, south):
        invoice = Invoice.objects.create(number="1", client=Client.objects.create(name="South Bob"))
        EntityMapping.objects.update(touched_at=None)
        invoice.lines.create(quantity=1, unit_price=10, description="Work")
        assert told() == {"South": {("invoice", str(invoice.pk))}}
        assert not EntityMapping.objects.filter(connection=north).exists()

    def test_nobodys_is_left_in_peace(self, north, south):
        """A draft, say."""
        Client.objects.create(name="Nobody")
        assert (told(), woken()) == ({}, [])

    def test_who_moves_is_told_of_by_both(self, north, south):
        """The company that has lost it has to know."""
        ada = Client.objects.create(name="North Ada")
        EntityMapping.objects.update(touched_at=None)
        ada.name = "South Ada"
        ada.save()
        assert told().keys() == {"North", "South"}

    def test_a_deletion_is_its_own_companys(self, north, south):
        ada = Client.objects.create(name="North Ada")
        EntityMapping.objects.update(touched_at=None)
        OrmQ.objects.all().delete()
        make.put(next_sync_at=None, woken_at=None)
        ada.delete()
        assert told().keys() == {"North"}
        assert woken() == [north.pk]

    def test_the_nightly_look_makes_no_foreign_rows(self, north, south):
        Client.objects.bulk_create([Client(name="North Ada"), Client(name="South Bob")])
        nightly.sweep()
        rows = EntityMapping.objects.values_list("connection__name", "label")
        assert sorted(rows) == [("North", "North Ada"), ("South", "South Bob")]


class TestCost:
    """Two statements with one company, three with fifty at most."""

    def companies(self, names, number):
        made = [tenant(f"T{n:02}-") for n in range(number)]
        names += made
        Client.objects.create(name="nobody")  # whoever asks first asks which companies there are

    @pytest.mark.parametrize(("number", "most"), [(1, 2), (50, 3)])
    def test_a_new_object(self, names, number, most):
        self.companies(names, number)
        assert len(ours(lambda: Client.objects.create(name="T00-Ada"))) <= most
        assert EntityMapping.objects.count() == 1

    @pytest.mark.parametrize(("number", "most"), [(1, 2), (50, 3)])
    def test_a_known_one(self, names, number, most):
        self.companies(names, number)
        ada = Client.objects.create(name="T00-Ada")
        make.put(next_sync_at=None, woken_at=None)
        assert len(ours(ada.save)) <= most
        make.put(next_sync_at=None, woken_at=None)
        assert len(ours(ada.delete)) <= most

    @pytest.mark.parametrize(("number", "most"), [(1, 2), (50, 3)])
    def test_where_all_is_everybodys(self, monkeypatch, number, most):
        monkeypatch.setattr(watch, "REMEMBERED", 3600)
        self.companies([], number)
        OrmQ.objects.all().delete()
        make.put(next_sync_at=None, woken_at=None)
        assert len(ours(lambda: Client.objects.create(name="Ada"))) <= most
        assert EntityMapping.objects.filter(label="").count() == 2 * number
        assert len(woken()) == number


class TestTransaction:
    """However often one transaction saves, each company is woken once."""

    def test_many_saves_are_one_wake(self, north, south):
        with CaptureQueriesContext(database) as caught, transaction.atomic():
            invoice = Invoice.objects.create(
                number="1", client=Client.objects.create(name="South Bob")
            )
            for number in range(20):
                invoice.lines.create(quantity=number + 1, unit_price=10, description="Work")
        made = [row["sql"] for row in caught]
        waking = [sql for sql in made if sql.startswith('UPDATE "quicksync_connectionclock"')]
        assert len(waking) == 1
        assert woken() == [south.pk]

    def test_what_was_rolled_back_wakes_nobody_and_silences_nobody(self, north, south):
        with transaction.atomic():
            with transaction.atomic():
                Client.objects.create(name="North Ada")
                transaction.set_rollback(True)
            Client.objects.create(name="South Bob")
        assert woken() == [south.pk]
        Client.objects.create(name="North Ada")
        assert woken() == sorted([north.pk, south.pk])


class TestPages:
    """What 0.1 left behind, or an object left behind that moved, is shown to nobody else."""

    @pytest.fixture
    def bob(self, north, south):
        bob = Client.objects.create(name="South Bob")
        foreign = {
            "kind": "customer",
            "model_label": "books.client",
            "object_key": str(bob.pk),
            "state": "gone",
        }
        EntityMapping.objects.create(
            connection=north, remote_type="Customer", remote_id="77", **foreign
        )
        return bob

    @pytest.mark.parametrize("page", ["/admin/books/client/", "/admin/books/client/{pk}/change/"])
    def test_a_page_of_the_second_tenant_knows_nothing_of_the_first(self, bob, admin_client, page):
        text = admin_client.get(page.format(pk=bob.pk)).content.decode()
        assert "South Bob" in text
        assert "North" not in text
        assert "Deleted" not in text

    def test_who_belongs_to_nobody_any_more_shows_where_it_still_is(self, bob, admin_client):
        Client.objects.update(name="Archived")
        text = admin_client.get(f"/admin/books/client/{bob.pk}/change/").content.decode()
        assert "North" in text
        assert "South" not in text

    def test_sending_it_is_its_own_companys_run(self, bob, south, admin_client):
        """Reads of the other are metered."""
        admin_client.post(f"/admin/books/client/{bob.pk}/quickbooks/", {"direction": "push"})
        assert [run.connection for run in SyncRun.objects.all()] == [south]

    def test_sending_who_belongs_to_nobody_any_more_goes_where_it_still_is(
        self, bob, north, admin_client
    ):
        Client.objects.update(name="Archived")
        admin_client.post(f"/admin/books/client/{bob.pk}/quickbooks/", {"direction": "push"})
        assert [run.connection for run in SyncRun.objects.all()] == [north]

    def test_a_list_takes_as_many_queries_however_long_it_is(self, north, south, admin_client):
        """`touched_at` was asked for row by row."""
        counts = []
        for number in (2, 30):
            Client.objects.bulk_create([Client(name=f"North {number} {n}") for n in range(number)])
            scan.find_here(north, registry.for_kind("customer")[0], lambda: None)
            EntityMapping.objects.update(state="in_sync")
            admin_client.get("/admin/books/client/")
            with CaptureQueriesContext(database) as caught:
                admin_client.get("/admin/books/client/")
            counts.append(len(caught))
        assert counts[0] == counts[1]


def test_rows_that_never_were_a_companys_are_cleaned_away():
    """Those that 0.1 left; what was ever in QuickBooks, agreed on or planned stays."""
    company = make.connection()
    foreign = make.half(company, "1", state="gone")
    stays = [
        make.half(company, "2", state="gone", remote_type="Customer", remote_id="2"),
        make.half(company, "3", state="gone", agreed_here={"v": 1}),
        make.half(company, "4"),
        make.half(company, None, remote_type="Customer", remote_id="5", state="gone"),
        make.half(company, "6", state="gone"),
    ]
    make.operation(make.run(company, state="done"), stays[-1], state="skipped")
    step = importlib.import_module("quicksync.migrations.0011_which_companies_were_woken")
    with database.schema_editor() as editor:
        step.clean(apps, editor)
    left = set(EntityMapping.objects.values_list("pk", flat=True))
    assert left == {one.pk for one in stays}
    assert foreign.pk not in left
