"""Values at which a side arrives by itself, as QuickBooks closes an estimate that is invoiced: they
are taken over, never sent, and no edit of anybody's (F18).
"""

from __future__ import annotations

import msgspec
import pytest

from quicksync.planning.steps import Action, Agreed
from quicksync.records import Estimate, Ref
from tests.planning.sides import DAY, PULL, line, linked, only, pair, shape

COMPANY = linked((Ref("customer", "c"), Ref("customer", "C")))
# What there is to choose about edits; none of it is about what happens by itself.
SETTINGS = [{}, {"wins": "ask"}, {"wins": "here"}, {"authority": "here"}, {"first_sync": "ask"}]


def estimate(status, customer="c", **values):
    return Estimate(
        number="E-1",
        customer=Ref("customer", customer),
        issued_on=DAY,
        lines=(line(),),
        status=status,
        **values,
    )


def known(mine, theirs, old, **values):
    """A pair with what was agreed on, as each side showed it."""
    return msgspec.structs.replace(pair(mine, theirs), agreed=old, **values)


def look(mine, theirs, before=None, *, more=None, **settings):
    """The step for an estimate of these statuses here and there, agreed on with those `before`."""
    old = Agreed(estimate(before[0]), estimate(before[1], "C")) if before else None
    one = known(estimate(mine), estimate(theirs, "C"), old, **(more or {}))
    return only(one, company=COMPANY, **settings)


def unchanged(step):
    assert (step.action, step.reasons, step.changes) == (Action.UNCHANGED, (), ())
    return step.agree


CLOSED = ("update", "pull", "status")


@pytest.mark.parametrize("chosen", SETTINGS)
def test_closed_there_it_is_closed_here(chosen):
    assert shape(look("pending", "closed", ("pending", "pending"), **chosen)) == CLOSED


@pytest.mark.parametrize("chosen", SETTINGS)
def test_whatever_was_done_here_meanwhile(chosen):
    assert shape(look("accepted", "closed", ("pending", "pending"), **chosen)) == CLOSED


@pytest.mark.parametrize("mine", ["pending", "accepted"])
def test_where_nothing_comes_from_there_it_is_neither_drift_nor_a_conflict(mine):
    step = look(mine, "closed", ("pending", "pending"), pull=False)
    assert unchanged(step) is True
    assert unchanged(look("pending", "closed", ("pending", "closed"), pull=False)) is False


def test_closed_on_both_sides_is_met():
    assert unchanged(look("closed", "closed", ("pending", "pending"))) is True


def test_closed_here_first_nothing_is_sent():
    assert unchanged(look("closed", "pending", ("pending", "pending"))) is True
    assert unchanged(look("closed", "pending", ("closed", "pending"))) is False
    assert unchanged(look("closed", "closed", ("closed", "pending"))) is True


def test_what_a_person_says_there_comes_here_all_the_same():
    assert shape(look("closed", "rejected", ("closed", "pending"))) == CLOSED


def test_open_again_there_it_is_open_again_here():
    assert shape(look("closed", "pending", ("closed", "closed"))) == CLOSED
    assert unchanged(look("closed", "pending", ("closed", "closed"), pull=False)) is True


def test_open_again_on_both_sides_what_was_accepted_here_goes_there():
    """QuickBooks only knows that it is pending."""
    step = look("accepted", "pending", ("closed", "closed"), wins="ask")
    assert shape(step) == ("update", "push", "status")


def test_open_again_there_where_it_never_was_closed_here():
    assert unchanged(look("accepted", "pending", ("accepted", "closed"), pull=False)) is True
    assert shape(look("accepted", "pending", ("accepted", "closed"))) == CLOSED


def test_nothing_is_sent_over_what_is_closed_there():
    """Open again here, perhaps because its invoice was deleted: QuickBooks will follow, and then is
    compared again.
    """
    assert unchanged(look("accepted", "closed", ("closed", "closed"))) is False


def test_get_brings_it_in_any_case():
    step = look("accepted", "closed", ("accepted", "closed"), more={"forced": PULL})
    assert shape(step) == CLOSED


def test_at_first_what_is_closed_there_is_closed_here():
    step = look("accepted", "closed", first_sync="here")
    assert shape(step) == CLOSED
    assert unchanged_at_first(look("closed", "pending", first_sync="here"))


def unchanged_at_first(step):
    return step.action is Action.PAIR and step.agree


def test_what_people_say_is_merged_as_ever():
    assert shape(look("accepted", "pending", ("pending", "pending"))) == (
        "update",
        "push",
        "status",
    )
    assert shape(look("pending", "rejected", ("pending", "pending"))) == CLOSED
    step = look("accepted", "rejected", ("pending", "pending"), wins="ask")
    assert step.action is Action.CONFLICT


def test_a_persons_answer_is_taken():
    step = look("pending", "closed", ("pending", "pending"), more={"choice": {"status": "there"}})
    assert shape(step) == CLOSED


def test_closing_by_itself_is_no_edit_that_saves_it_from_a_deletion():
    """F4: deleted here, while QuickBooks opened it again by itself."""
    old = Agreed(estimate("closed"), estimate("closed", "C"))
    one = known(None, estimate("pending", "C"), old)
    step = only(one, company=COMPANY, on_delete_here="delete")
    assert (step.action, step.direction) == (Action.DELETE, "push")
    edited = known(None, estimate("pending", "C", memo="No!"), old)
    assert only(edited, company=COMPANY, on_delete_here="delete").action is Action.CONFLICT


def test_what_is_invoiced_there_is_not_deleted():
    old = Agreed(estimate("closed"), estimate("closed", "C"))
    one = known(None, estimate("closed", "C", invoiced=True), old)
    step = only(one, company=COMPANY, on_delete_here="delete")
    assert [reason.code for reason in step.reasons] == ["invoiced"]
