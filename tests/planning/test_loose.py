"""References that may be left out: an invoice neither brings its estimate along nor waits for it
(F18, C6, B2, B11, B16).
"""

from __future__ import annotations

import msgspec

from quicksync.planning.build import build
from quicksync.planning.steps import Action, Agreed
from quicksync.records import Estimate, Invoice, Ref
from tests.planning.sides import (
    DAY,
    PULL,
    PUSH,
    codes,
    here,
    invoice,
    line,
    linked,
    only,
    pair,
    policy,
    shape,
    steps,
    there,
)

CUSTOMERS = (Ref("customer", "c"), Ref("customer", "C"))
OURS, THEIRS = Ref("estimate", "h9"), Ref("estimate", "q9")
BOTH = linked(CUSTOMERS, (OURS, THEIRS))
ALONE = linked(CUSTOMERS)


def estimate(number="E-1", customer="c", **values):
    return Estimate(
        number=number, customer=Ref("customer", customer), issued_on=DAY, lines=(line(),), **values
    )


def of(ref, **values):
    """An invoice that was made of an estimate; QuickBooks' customer for QuickBooks' estimate."""
    customer = CUSTOMERS[ref.id[0] == "q"]
    return invoice(customer=customer, estimate=ref, **values)


def without(mine=True, **values):
    return invoice(customer=CUSTOMERS[not mine], **values)


def warned(step):
    assert not codes(step)
    return [reason.code for reason in step.warnings]


def fields(step):
    return [change.name for change in step.changes]


def met(mine, theirs, before, **values):
    """A pair; `before` is what each side showed when both last agreed."""
    return msgspec.structs.replace(pair(mine, theirs), agreed=Agreed(*before), **values)


NOTHING = (without(), without(False))
LINKED = (of(OURS), of(THEIRS))


def test_it_brings_no_estimate_along():
    assert OURS in dict(of(OURS).refs()).values()
    assert [ref.kind for ref in of(OURS).brought()] == ["customer"]


def test_an_estimate_that_is_there_is_linked():
    step = only(here(of(OURS)), company=BOTH)
    assert shape(step)[:2] == ("create", "push")
    assert step.record.estimate == OURS
    assert "estimate" in fields(step)
    assert not warned(step)


def test_an_estimate_that_goes_with_the_same_plan_is_waited_for():
    found = {step.key: step for step in steps(here(of(OURS)), here(estimate(), 9), company=ALONE)}
    assert found[1].waits_for == (OURS,)
    assert found[1].record.estimate == OURS
    assert list(found) == [9, 1]


def test_the_same_in_the_other_direction():
    mine = linked((Ref("customer", "c"), Ref("customer", "C")))
    found = {
        step.key: step
        for step in steps(there(of(THEIRS)), there(estimate(customer="C"), 9), company=mine)
    }
    assert found[2].waits_for == (THEIRS,)
    assert found[2].record.estimate == THEIRS


def test_without_its_estimate_it_goes_alone_and_nobody_is_told():
    """The estimate's own line tells what is the matter with it, if anything is."""
    step = only(here(of(OURS)), company=ALONE)
    assert (step.action, step.direction) == (Action.CREATE, PUSH)
    assert step.record.estimate is None
    assert "estimate" not in fields(step)
    assert not warned(step)


def test_an_estimate_whose_category_is_off_or_that_is_held_keeps_nothing_back():
    policies = {"invoice": policy("invoice"), "estimate": policy("estimate", enabled=False)}
    plan = build([here(of(OURS)), here(estimate(), 9)], policies, ALONE)
    assert [(step.kind, step.action) for step in plan.steps] == [
        ("estimate", Action.SKIP),
        ("invoice", Action.CREATE),
    ]
    held = [here(of(OURS)), here(estimate(customer="nobody"), 9)]
    found = {step.kind: step for step in steps(*held, company=ALONE)}
    assert found["estimate"].action is Action.HOLD
    assert (found["invoice"].action, found["invoice"].record.estimate) == (Action.CREATE, None)


def test_what_comes_here_without_its_estimate_is_looked_at_again():
    step = only(there(of(THEIRS)), company=ALONE)
    assert (step.action, step.direction) == (Action.CREATE, PULL)
    assert step.record.estimate is None
    assert step.leaves == ("estimate",)


def test_one_link_to_an_estimate():
    """Two invoices of one plan: the first has it, the second says why it does not."""
    first, second = here(of(OURS), 1), here(of(OURS, number="1002"), 2)
    found = {step.key: step for step in steps(first, second, company=BOTH)}
    assert found[1].record.estimate == OURS
    assert found[2].record.estimate is None
    assert warned(found[2]) == ["link-left-out"]
    earlier = linked(CUSTOMERS, (OURS, THEIRS), claimed={found[1].claims[-1]: 1})
    assert warned(only(second, company=earlier)) == ["link-left-out"]
    assert not warned(only(first, company=earlier)), "It is its own."


def test_an_estimate_that_is_invoiced_there_is_not_linked_again():
    for taken in (estimate(invoiced=True), estimate(status="closed")):
        company = linked(CUSTOMERS, (OURS, THEIRS), loosely={THEIRS: taken})
        step = only(here(of(OURS)), company=company)
        assert step.record.estimate is None
        assert warned(step) == ["link-left-out"]


def test_an_estimate_of_somebody_else_is_not_linked():
    strangers = linked(CUSTOMERS, (OURS, THEIRS), loosely={THEIRS: estimate(customer="B")})
    assert warned(only(here(of(OURS)), company=strangers)) == ["link-left-out"]
    same = linked(CUSTOMERS, (OURS, THEIRS), loosely={THEIRS: estimate(customer="C")})
    assert not warned(only(here(of(OURS)), company=same))
    nobodys = linked(CUSTOMERS, (OURS, THEIRS), loosely={THEIRS: Estimate()})
    assert not warned(only(here(of(OURS)), company=nobodys))


def test_an_estimate_that_was_deleted_is_not_linked():
    gone = linked(CUSTOMERS, (OURS, THEIRS), missing=frozenset({THEIRS}))
    step = only(here(of(OURS)), company=gone)
    assert (step.action, step.record.estimate) == (Action.CREATE, None)
    assert warned(step) == ["link-left-out"]


def test_a_link_that_is_made_here_goes_and_one_that_is_made_there_comes():
    step = only(met(of(OURS), without(False), NOTHING), company=BOTH)
    assert shape(step) == ("update", "push", "estimate")
    step = only(met(without(), of(THEIRS), NOTHING), company=BOTH)
    assert shape(step) == ("update", "pull", "estimate")


def test_a_link_that_is_taken_away_is_taken_away():
    assert shape(only(met(of(OURS), without(False), LINKED), company=BOTH)) == (
        *("update", "pull", "estimate"),
    )
    assert shape(only(met(without(), of(THEIRS), LINKED), company=BOTH)) == (
        *("update", "push", "estimate"),
    )


def test_a_link_to_what_the_other_side_does_not_have_is_nobodys_edit():
    """Whatever the settings say of edits: there is nothing that could be carried over."""
    for settings in ({}, {"pull": False}, {"authority": "here"}, {"wins": "ask"}):
        for mine, other in ((of(OURS), without(False)), (without(), of(THEIRS)), LINKED):
            one = met(mine, other, NOTHING)
            step = only(one, company=ALONE, **settings)
            assert (step.action, step.reasons) == (Action.UNCHANGED, ())


def test_it_stays_to_be_judged_when_something_else_is_written():
    one = met(of(OURS, memo="new"), without(False), NOTHING)
    step = only(one, company=ALONE)
    assert shape(step) == ("update", "push", "memo")
    assert step.leaves == ("estimate",)


def test_an_update_for_a_link_that_cannot_be_made_is_none():
    taken = linked(CUSTOMERS, (OURS, THEIRS), loosely={THEIRS: estimate(invoiced=True)})
    step = only(met(of(OURS), without(False), NOTHING), company=taken)
    assert (step.action, step.agree, step.leaves) == (Action.UNCHANGED, False, ())
    with_more = met(of(OURS, memo="new"), without(False), NOTHING)
    step = only(with_more, company=taken)
    assert shape(step) == ("update", "push", "memo")
    assert warned(step) == ["link-left-out"]
    assert step.record.estimate is None


def test_a_pair_of_which_nothing_was_agreed_is_agreed_on_but_for_the_link():
    taken = linked(CUSTOMERS, (OURS, THEIRS), loosely={THEIRS: estimate(invoiced=True)})
    step = only(pair(of(OURS), without(False)), company=taken, first_sync="here")
    assert (step.action, step.agree, step.leaves) == (Action.UNCHANGED, True, ("estimate",))


def test_a_link_that_stands_is_sent_again_where_somebody_asks_for_all():
    """B10: the estimate is taken, by this very invoice."""
    taken = linked(CUSTOMERS, (OURS, THEIRS), loosely={THEIRS: estimate(invoiced=True)})
    step = only(met(*LINKED, LINKED, forced=PUSH, resend=True), company=taken)
    assert "estimate" in fields(step)
    assert not warned(step)


def test_records_without_loose_references_are_as_ever():
    assert not Estimate.loose
    assert Invoice.loose == {"estimate"}
    step = only(here(estimate()), company=ALONE)
    assert (step.action, step.direction) == (Action.CREATE, PUSH)
