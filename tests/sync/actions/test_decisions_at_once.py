"""People and workers who decide about one record at the same moment: one decision counts, and that
one is told.

Real threads on real connections, on both databases (invariant 7).
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.exceptions import NotAllowed
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.quickbooks.messages import Fate, Fault, Outcome, WireReply
from quicksync.sync.actions import answers, skipping
from quicksync.sync.company.known import at_hand
from quicksync.sync.exchange import landing
from quicksync.sync.exchange.outbox import Parcel
from quicksync.sync.exchange.settle import Answer, Settlement
from quicksync.sync.plan import approve, planner
from quicksync.sync.worker import lease
from quicksync.sync.worker.ids import item_key
from tests.at_once import behind
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def connection():
    return make.connection()


@pytest.fixture
def plan(connection):
    """A preview with one proposal."""
    run = make.run(connection, state="draft", preview=True, planned_from=timezone.now())
    make.operation(run, make.half(connection), state="draft")
    return run


def skip(plan):
    return skipping.skip(plan.operations.all(), user="Ada", why="A test")


def states(plan):
    return plan.operations.values_list("state", "mapping__state").get()


def test_a_skip_behind_an_approval_skips_nothing_and_says_so(plan):
    approved, skipped = behind(lambda: approve.approve(plan, user=None), lambda: skip(plan))
    assert (approved.approved, skipped, *states(plan)) == (1, 0, "pending", "pending")


def test_an_approval_behind_a_skip_sends_nothing(plan):
    skipped, approved = behind(lambda: skip(plan), lambda: approve.approve(plan, user=None))
    assert (skipped, approved.approved, *states(plan)) == (1, 0, "skipped", "excluded")


def test_a_dismissal_behind_an_approval(plan):
    _, told = behind(
        lambda: approve.approve(plan, user=None), lambda: approve.discard(plan, user=None)
    )
    assert (type(told), *states(plan)) == (NotAllowed, "pending", "pending")


def test_an_approval_behind_a_dismissal(plan):
    _, told = behind(
        lambda: approve.discard(plan, user=None), lambda: approve.approve(plan, user=None)
    )
    assert (type(told), *states(plan)) == (NotAllowed, "cancelled", "pending")


def test_an_approval_beside_a_save_of_the_host(plan):
    """The record is being saved at this moment: what was shown is not what it says now."""
    mapping = EntityMapping.objects.get()
    _, approved = behind(
        lambda: EntityMapping.objects.filter(pk=mapping.pk).update(touched_at=timezone.now()),
        lambda: approve.approve(plan, user=None),
    )
    assert (approved.approved, approved.stale, *states(plan)) == (0, 1, "stale", "pending")
    mapping.refresh_from_db()
    assert mapping.touched_at is not None


def test_the_same_two_records_joined_by_two_people(connection):
    here = make.half(connection, "1")
    there = make.half(connection, None, model_label="", remote_type="Customer", remote_id="1")
    _, told = behind(
        lambda: answers.same(here, there, user=None),
        lambda: answers.same(EntityMapping.objects.get(pk=here.pk), there, user=None),
    )
    assert isinstance(told, NotAllowed)
    assert EntityMapping.objects.get().remote_id == "1"


def test_joined_while_a_plan_looks_at_them(connection):
    """A plan moves the version: who joined what he saw before is told to look again."""
    here = make.half(connection, "1")
    there = make.half(connection, None, model_label="", remote_type="Customer", remote_id="1")
    _, told = behind(
        lambda: EntityMapping.objects.filter(pk=there.pk).update(version=7),
        lambda: answers.same(here, there, user=None),
    )
    assert isinstance(told, NotAllowed)
    assert EntityMapping.objects.filter(pk__in=(here.pk, there.pk)).count() == 2


def test_answers_to_two_fields_are_both_kept(connection):
    mapping = make.half(connection, "1", state="conflict")
    behind(
        *[
            lambda name=name: answers.answer(mapping, {name: "here"}, user=None)
            for name in ("phone", "email")
        ]
    )
    mapping.refresh_from_db()
    assert mapping.choice == {"phone": "here", "email": "here"}


def test_added_back_behind_another_decision(connection):
    """It is in step by now: nothing is added back, and nobody is told so."""
    mapping = make.half(connection, "1", state="held")
    _, number = behind(
        lambda: EntityMapping.objects.filter(pk=mapping.pk).update(state="in_sync"),
        lambda: skipping.add_back([mapping], user=None),
    )
    mapping.refresh_from_db()
    assert (number, mapping.state) == (0, "in_sync")


def test_a_skip_while_a_plan_is_saved(connection, monkeypatch):
    """What a person decided between the plan's look and its saving is not marked over."""
    client = Client.objects.create(name="Ada")
    mapping = EntityMapping.objects.get(object_key=str(client.pk))
    run = make.run(connection, phase="plan", planned_from=timezone.now())
    run = lease.take(run.pk, "worker")
    build = planner.build

    def meanwhile(*arguments):
        monkeypatch.setattr(planner, "build", build)
        assert (
            skipping.exclude(EntityMapping.objects.filter(pk=mapping.pk), user="Bob", why="A test")
            == 1
        )
        return build(*arguments)

    monkeypatch.setattr(planner, "build", meanwhile)
    planner.Planner(run, at_hand(run.connection)).plan([mapping])
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("excluded", "skipped-by-user")
    drafted = run.operations.get()
    assert not run.operations.filter(
        pk=drafted.pk, mapping__version=drafted.mapping_version
    ).exists()


def test_a_skip_in_the_moment_of_its_answer(connection):
    """What was refused while somebody left it out is left out, and the reason says who."""
    mapping = make.half(connection, "1", state="pending")
    run = make.run(connection)
    operation = make.operation(run, mapping, state="sending", parcel="p")
    operation.mapping = EntityMapping.objects.get(pk=mapping.pk)
    fault = Fault("2020", Fate.PERSON, "quickbooks-refused", "Required param missing")
    outcomes = [Outcome(key=item_key(operation.pk), fault=fault)]
    answer = Answer(Parcel("p", [operation]), outcomes, WireReply(status=200))
    settlement = Settlement(at_hand(connection), [answer], recovered=False)
    behind(
        lambda: skipping.exclude(
            EntityMapping.objects.filter(pk=mapping.pk), user="Bob", why="A test"
        ),
        settlement.settle,
    )
    mapping.refresh_from_db()
    operation.refresh_from_db()
    assert (mapping.state, mapping.reason, operation.state) == (
        "excluded",
        "skipped-by-user",
        "failed",
    )


def test_two_workers_with_one_ticket_land_each_record_once(company):
    """Even if both believe that the run is theirs."""
    for number in range(5):
        company.sim.edit("create", "Customer", values={"DisplayName": f"Customer {number}"})
    run = company.preview()
    approve.approve(run, user=None)
    SyncRun.objects.filter(pk=run.pk).update(state="running")
    first, second = lease.take(run.pk, "ticket"), lease.take(run.pk, "ticket")
    chunks = [
        (
            mine,
            landing.loaded([one.key for one in landing.next_chunk(mine)]),
            at_hand(mine.connection),
        )
        for mine in (first, second)
    ]
    (mine, chunk, known), (other, same, _) = chunks
    behind(
        lambda: landing.apply(mine, known, chunk),
        lambda: landing.apply(other, known, same),
    )
    assert Client.objects.count() == 5
    assert Operation.objects.filter(run=run, state="done").count() == 5
    assert SyncRun.objects.get(pk=run.pk).counts["customer"]["pull"] == {"created": 5}
