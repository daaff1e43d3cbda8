"""What an answer settles is settled: no plan that looked at the record before writes over it."""

from __future__ import annotations

import pytest
from django.utils import timezone

from quicksync.models import EntityMapping, SyncRun
from quicksync.quickbooks.messages import Fate, Fault, Outcome, Remote, WireReply
from quicksync.records import Customer, codec
from quicksync.sync.company.known import at_hand
from quicksync.sync.exchange.outbox import Parcel
from quicksync.sync.exchange.settle import Answer, Settlement
from quicksync.sync.pairs import ground
from quicksync.sync.plan import approve
from quicksync.sync.worker.ids import item_key
from tests.models import make

pytestmark = pytest.mark.django_db
RECORD = codec.dump(Customer(name="Ada"))
FAULTS = {
    "refused": Fault("2020", Fate.PERSON, "quickbooks-refused", "Required param missing"),
    "overtaken": Fault("5010", Fate.REPLAN, "stale-token", "Stale object"),
}


@pytest.fixture
def mapping():
    return make.half(make.connection(), "1", label="Ada")


def planned(run, mapping, **values):
    """What a plan wanted that looked at the record as it is now."""
    seen = {"mapping_version": mapping.version, "touched_at": mapping.touched_at}
    return make.operation(run, mapping, record=RECORD, label="Ada", **seen | values)


def theirs(id_="7"):
    payload = f'{{"Id": "{id_}", "SyncToken": "0", "DisplayName": "Ada"}}'
    return Remote(type="Customer", id=id_, kind="customer", token="0", payload=payload, name="Ada")


def answered(mapping, **told):
    """One worker's write is answered, in a run that is over then."""
    run = make.run(mapping.connection, state="running", phase="send")
    sent = planned(run, mapping, state="sending", parcel="p")
    sent.mapping = EntityMapping.objects.get(pk=mapping.pk)
    company = at_hand(mapping.connection)
    outcomes = [Outcome(key=item_key(sent.pk), **told)]
    answer = Answer(Parcel("p", [sent]), outcomes, WireReply(status=200))
    Settlement(company, [answer], recovered=False, careful=True).settle()
    SyncRun.objects.filter(pk=run.pk).update(state="done")


def preview_of(mapping):
    run = make.run(
        mapping.connection,
        state="draft",
        preview=True,
        phase="plan",
        planned_from=timezone.now(),
    )
    return run, planned(run, mapping, state="draft")


def assert_overtaken(plan, draft):
    assert not make.standing([draft])
    assert approve.approve(plan, user=None) == (0, 1)
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("stale", ground.MOVED)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_refused_is_not_sent_by_an_older_plan(mapping, fault):
    plan, draft = preview_of(mapping)
    answered(mapping, fault=FAULTS[fault])
    assert_overtaken(plan, draft)


def test_what_was_made_there_is_not_made_twice(mapping):
    plan, draft = preview_of(mapping)
    answered(mapping, remote=theirs())
    assert_overtaken(plan, draft)


def test_what_a_person_has_to_settle_is_not_made_meanwhile(mapping):
    """Its record was taken for another one's: somebody has to say which of the two stays."""
    other = make.half(mapping.connection, "2", remote_type="Customer", remote_id="7")
    EntityMapping.objects.filter(pk=other.pk).update(origin="there")
    plan, draft = preview_of(mapping)
    answered(mapping, remote=theirs())
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("excluded", "partner-taken")
    assert_overtaken(plan, draft)


def test_what_goes_once_more_is_as_it_was_planned(mapping):
    """QuickBooks was busy: nothing was settled, and what is owed still stands."""
    busy = Fault("10001", Fate.RETRY, "quickbooks-down", "Try again")
    answered(mapping, fault=busy)
    owed = mapping.operations.get()
    assert (owed.state, make.standing([owed])) == ("pending", {owed.pk})
