"""Finding the records of both sides that nobody knows yet, and those that signals missed."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, RemoteRecord
from quicksync.sync.pairs import scan
from quicksync.sync.runs import nightly
from tests.models import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def category():
    """Customers of a company, before anything is known of either side."""
    for name in ("Ada", "Bob"):
        Client.objects.create(name=name)
    return make.connection().categories.get(kind="customer")


def there(category, remote_id, **fields):
    values = {
        "type": "Customer",
        "kind": "customer",
        "name": f"Name {remote_id}",
        "payload": "{}",
    } | fields
    return RemoteRecord.objects.create(
        connection=category.connection, remote_id=remote_id, **values
    )


def scanned(category):
    beats = []
    scan.scan(category, lambda: beats.append(1))
    assert beats, "a long scan shows signs of life"
    return EntityMapping.objects.filter(connection=category.connection)


class TestScan:
    """A category's first look at both sides."""

    def test_everything_of_both_sides_becomes_a_half(self, category):
        there(category, "1")
        mappings = scanned(category)
        assert mappings.filter(remote_id=None, origin="here").count() == 2
        half = mappings.get(object_key=None)
        assert (half.remote_type, half.remote_id, half.label, half.origin) == (
            "Customer",
            "1",
            "Name 1",
            "there",
        )
        category.refresh_from_db()
        assert not category.needs_scan

    def test_what_is_deleted_there_is_nothing_new(self, category):
        there(category, "1", deleted=True)
        assert not scanned(category).filter(object_key=None).exists()

    def test_twice_is_once(self, category):
        there(category, "1")
        assert [scanned(category).count() for _ in range(2)] == [3, 3]

    def test_known_pairs_are_left_alone(self, category):
        ada = Client.objects.first()
        make.half(
            category.connection, str(ada.pk), remote_type="Customer", remote_id="1", state="in_sync"
        )
        there(category, "1")
        mappings = scanned(category)
        assert mappings.count() == 2
        assert mappings.get(remote_id="1").touched_at is None

    @pytest.mark.parametrize(
        ("state", "again"),
        [
            ("held", True),
            ("conflict", True),
            ("failed", True),
            ("outside", True),
            ("in_sync", False),
            ("excluded", False),
            ("gone", False),
        ],
    )
    def test_what_is_looked_at_again(self, category, state, again):
        """Settings have changed: what was held or out of scope may be in scope now. What a person
        skipped is not.
        """
        make.half(category.connection, "77", state=state)
        assert bool(scanned(category).get(object_key="77").touched_at) is again

    def test_many_in_chunks(self, category, monkeypatch):
        monkeypatch.setattr(scan, "CHUNK", 2)
        for number in range(5):
            there(category, str(number))
        assert scanned(category).count() == 7


class TestUnwatched:
    """Nobody is told of a save while the category is off; the scan that follows finds it."""

    @pytest.fixture
    def unwatched(self, category):
        scanned(category).update(touched_at=None, state="in_sync")
        category.enabled = False
        category.save()
        Client.objects.get(name="Ada").save()
        return category

    def test_a_change_is_found(self, unwatched):
        touched = scanned(unwatched).exclude(touched_at=None)
        assert list(touched.values_list("label", flat=True)) == ["Ada"]

    def test_what_a_person_skipped_is_not(self, unwatched):
        EntityMapping.objects.update(state="excluded")
        assert not scanned(unwatched).exclude(touched_at=None).exists()


class TestSweep:
    """Every night: bulk changes, raw SQL and deletions have no signals."""

    def test_a_bulk_insert_is_found(self, category):
        scanned(category)
        Client.objects.bulk_create([Client(name="Cleo")])
        nightly.sweep()
        assert EntityMapping.objects.filter(label="Cleo").exclude(touched_at=None).exists()

    def test_a_bulk_change_is_found_if_its_time_moved(self, category):
        scanned(category).update(touched_at=None, state="in_sync")
        Client.objects.filter(name="Ada").update(phone="1", updated_at=timezone.now())
        Client.objects.filter(name="Bob").update(updated_at=timezone.now() - dt.timedelta(days=9))
        nightly.sweep()
        touched = EntityMapping.objects.exclude(touched_at=None)
        assert list(touched.values_list("label", flat=True)) == ["Ada"]

    def test_a_bulk_deletion_is_found(self, category):
        scanned(category).update(touched_at=None, state="in_sync")
        gone = str(Client.objects.get(name="Ada").pk)
        Client.objects.filter(name="Bob").update(updated_at=timezone.now() - dt.timedelta(days=9))
        Client.objects.filter(name="Ada")._raw_delete("default")
        assert scan.find_gone(category.connection, registry.for_kind("customer")[0]) == 1
        assert EntityMapping.objects.exclude(touched_at=None).get().object_key == gone
