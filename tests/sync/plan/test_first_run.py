"""The first run of a connection, and the first of a category, waits for an approved preview (I2,
B17).
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from quicksync.exceptions import NotAllowed
from quicksync.models import Category, SyncRun
from quicksync.models.run_values import Scope
from quicksync.sync.actions import import_past, presets
from quicksync.sync.pairs.date_window import Window
from quicksync.sync.plan import approve
from quicksync.sync.runs import dispatching, ending, starting
from tests.company import connected

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fresh():
    """A company that has just been connected: nothing is switched on, nothing has been approved."""
    with connected() as found:
        yield found


def work_by_the_clock(company):
    """What the schedule does of itself."""
    dispatching.dispatch()
    run = dispatching.cycle_of(company.connection.pk)
    return company.work(run) if run is not None else None


def test_i17_an_automatic_preset_moves_nothing_before_its_preview_is_approved(fresh):
    """Choosing "Recommended" sent the whole book within a minute."""
    fresh.invoice(fresh.client("Ada"), 50)
    presets.apply(fresh.connection, "recommended")
    assert work_by_the_clock(fresh) is None
    assert not fresh.writes()
    preview = fresh.preview()
    assert work_by_the_clock(fresh) is None
    assert fresh.approve(preview).state == "done"
    assert fresh.one("Invoice")["TotalAmt"] == 50
    fresh.client("Grace")
    assert work_by_the_clock(fresh).state == "done"
    assert len(fresh.there("Customer")) == 2


@pytest.mark.parametrize("trigger", [SyncRun.Trigger.MANUAL, SyncRun.Trigger.AUTOMATIC])
def test_i2_whatever_starts_the_first_run_it_is_a_preview(fresh, trigger):
    fresh.client("Ada")
    fresh.enable("customer", approved=False)
    run = fresh.sync(trigger=trigger)
    assert (run.state, run.preview, run.reason) == ("draft", True, "first-preview")
    assert not fresh.there("Customer")
    fresh.approve(run)
    assert fresh.one("Customer")["DisplayName"] == "Ada"


def test_i2_a_run_that_stood_in_line_is_a_preview_too(fresh):
    fresh.client("Ada")
    fresh.enable("customer", approved=False)
    first = starting.start(fresh.connection, trigger=SyncRun.Trigger.PREVIEW, preview=True)
    second = starting.ask(fresh.connection, trigger=SyncRun.Trigger.MANUAL)
    fresh.work(first)
    assert fresh.work(second).state == "draft"
    assert not fresh.there("Customer")


def test_i2_a_category_switched_on_later_waits_alone(fresh):
    fresh.enable("customer")
    ada = fresh.client("Ada")
    fresh.sync()
    fresh.enable("item", approved=False)
    fresh.product("Hosting")
    grace = fresh.client("Grace")
    before = len(fresh.there("Item"))
    run = fresh.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert run.state == "done"
    assert fresh.mapping(ada).is_pair
    assert fresh.mapping(grace).is_pair
    assert len(fresh.there("Item")) == before
    fresh.approve(fresh.preview())
    assert len(fresh.there("Item")) == before + 1


def test_i2_what_waits_still_travels_with_the_documents_that_name_it(fresh):
    """C9, D5: as when its category is off."""
    fresh.enable("invoice")
    fresh.enable("customer", approved=False)
    fresh.client("Nobody's")
    fresh.invoice(fresh.client("Ada"), 50)
    fresh.sync()
    assert [one["DisplayName"] for one in fresh.there("Customer")] == ["Ada"]


def test_i2_settings_changed_after_the_preview_wait_for_another_one(fresh):
    """What was looked at went one way; the other way has been seen by nobody."""
    fresh.client("Ada")
    fresh.sim.api("POST", "customer", {"DisplayName": "Theirs"}, realm=fresh.connection.realm_id)
    fresh.enable("customer", approved=False, direction="push")
    preview = fresh.preview()
    fresh.enable("customer", approved=False, direction="both")
    fresh.approve(preview)
    assert work_by_the_clock(fresh) is None
    assert Category.objects.get(kind="customer", connection=fresh.connection).approved_at is None


def test_i2_a_category_switched_on_after_the_preview_is_not_approved_with_it(fresh):
    fresh.enable("customer", approved=False)
    preview = fresh.preview()
    fresh.enable("item", approved=False)
    fresh.approve(preview)
    approved = fresh.connection.categories.exclude(approved_at=None).values_list("kind", flat=True)
    assert list(approved) == ["customer"]


def test_i2_a_first_run_that_was_stopped_asks_again(fresh):
    fresh.client("Ada")
    fresh.enable("customer", approved=False)
    preview = fresh.preview()
    approve.approve(preview, user=None)
    ending.cancel(preview)
    assert work_by_the_clock(fresh) is None
    assert not fresh.there("Customer")


def test_i2_a_discarded_preview_approves_nothing(fresh):
    fresh.enable("customer", approved=False)
    approve.discard(fresh.preview(), user=None)
    assert work_by_the_clock(fresh) is None


def test_b8_one_record_that_a_person_sends_does_not_wait(fresh):
    """Pressing its own button is the yes to this record, and to nothing else."""
    fresh.enable("customer", approved=False)
    ada, grace = fresh.client("Ada"), fresh.client("Grace")
    scope = Scope(mappings=(fresh.mapping(ada).pk,), forced="push")
    assert fresh.sync(trigger=SyncRun.Trigger.OBJECT, scope=scope).state == "done"
    assert fresh.mapping(ada).is_pair
    assert not fresh.mapping(grace).is_pair
    assert work_by_the_clock(fresh) is None


def test_a15_the_past_is_not_imported_before_the_first_preview(fresh):
    fresh.enable("invoice", approved=False)
    with pytest.raises(NotAllowed, match="Approve a preview"):
        import_past.start(
            fresh.connection, Window(dt.date(2020, 1, 1), dt.date(2020, 12, 31), ("invoice",))
        )


def test_i17_another_preset_is_another_first_run(fresh):
    fresh.enable("customer")
    presets.apply(fresh.connection, "recommended")
    assert not fresh.connection.categories.exclude(approved_at=None).exists()


def test_i2_a_preview_that_shows_nothing_asks_for_nothing(fresh, admin_client):
    """There was a button to approve nothing, and one more waiting preview with each press."""
    fresh.client("Ada")
    fresh.enable("customer")
    fresh.sync()
    run = fresh.preview()
    assert (run.state, run.operations.count()) == ("done", 0)
    page = reverse("admin:quicksync_syncrun_change", args=[run.pk])
    told = admin_client.get(page).content.decode()
    assert "Both sides are in sync: there is nothing to do." in told
    assert "Approve" not in told
    fresh.client("Grace")
    assert fresh.preview().state == "draft"


def test_i2_the_first_preview_of_empty_lists_says_what_its_approval_is_for(fresh, admin_client):
    fresh.enable("vendor", approved=False)
    run = fresh.preview()
    page = reverse("admin:quicksync_syncrun_change", args=[run.pk])
    told = admin_client.get(page).content.decode()
    assert "Approve to let these sync on their own from now on: Vendors." in told
    assert "This is what would happen" not in told
    fresh.approve(run)
    fresh.vendor("Mason")
    assert work_by_the_clock(fresh).state == "done"
    assert fresh.one("Vendor")["DisplayName"] == "Mason"
