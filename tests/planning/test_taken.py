"""What QuickBooks works out and a host takes over: it comes here, and is never sent, asked about or
called an edit (F15, I8).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.options.choices import Authority, Wins
from quicksync.planning.steps import Direction
from quicksync.records import Ref
from tests.planning.sides import PULL, PUSH, invoice, linked, only, pair, payment, shape, steps

TAKEN = {"taken": frozenset({"balance"})}
HUNDRED, HALF = Decimal(100), Decimal(50)
OPEN = invoice(balance=HUNDRED)
PART_PAID = invoice(balance=HALF)


def test_what_was_paid_there_comes_here_when_nothing_else_has_changed():
    step = only(pair(OPEN, PART_PAID, OPEN), **TAKEN)
    assert shape(step) == ("update", "pull", "balance")
    assert step.record.balance == HALF


def test_a_host_that_works_it_out_itself_keeps_its_own_figure():
    assert shape(only(pair(OPEN, PART_PAID, OPEN))) == ("unchanged", "")


def test_a_figure_of_this_side_is_never_sent_and_stays_until_there_is_news():
    assert shape(only(pair(PART_PAID, OPEN, OPEN), **TAKEN)) == ("unchanged", "")


def test_when_both_have_moved_quickbooks_is_right_and_nobody_is_asked():
    mine = invoice(balance=Decimal(70))
    step = only(pair(mine, PART_PAID, OPEN), wins=Wins.ASK, **TAKEN)
    assert shape(step) == ("update", "pull", "balance")


@pytest.mark.parametrize("wins", list(Wins))
@pytest.mark.parametrize("authority", list(Authority))
def test_it_is_no_edit_there_whoever_is_to_edit(wins, authority):
    step = only(pair(OPEN, PART_PAID, OPEN), wins=wins, authority=authority, **TAKEN)
    assert shape(step) == ("update", "pull", "balance")


def test_a_category_that_only_sends_takes_nothing_and_calls_it_no_drift():
    assert shape(only(pair(OPEN, PART_PAID, OPEN), pull=False, **TAKEN)) == ("unchanged", "")


def test_what_only_sends_forgets_no_news_for_the_day_on_which_it_takes():
    mine, theirs = invoice(balance=HUNDRED, memo="New"), invoice(balance=HALF, memo="New")
    met = only(pair(mine, theirs, OPEN), pull=False, **TAKEN)
    assert (shape(met), met.agree, met.leaves) == (("unchanged", ""), True, ("balance",))
    quiet = only(pair(OPEN, PART_PAID, OPEN), pull=False, **TAKEN)
    assert quiet.leaves == (), "what is left is looked at again: nobody would ever be done"
    known = linked((Ref("customer", "c"), Ref("customer", "c")))
    first = only(pair(OPEN, PART_PAID), company=known, pull=False, **TAKEN)
    assert (first.action, first.agree, first.leaves) == ("pair", True, ("balance",))


def test_beside_a_change_of_this_side_it_waits_for_the_answer_and_is_not_forgotten():
    mine = invoice(balance=HUNDRED, memo="Second half")
    (step,) = steps(pair(mine, PART_PAID, OPEN), **TAKEN)
    assert shape(step) == ("update", "push", "memo")
    assert step.leaves == ("balance",)


def test_beside_a_change_of_that_side_it_comes_along():
    theirs = invoice(balance=HALF, memo="Second half")
    step = only(pair(OPEN, theirs, OPEN), **TAKEN)
    assert shape(step) == ("update", "pull", "memo", "balance")


def test_with_a_change_of_each_side_it_waits_and_both_writes_leave_it():
    mine = invoice(balance=HUNDRED, memo="Second half")
    theirs = invoice(balance=HALF, private_note="Called them")
    push, pull = steps(pair(mine, theirs, OPEN), **TAKEN)
    assert shape(push) == ("update", "push", "memo")
    assert shape(pull) == ("update", "pull", "private_note")
    assert "balance" in push.leaves
    assert "balance" in pull.leaves


def test_at_the_first_sync_it_comes_here_even_where_this_side_is_right():
    known = linked((Ref("customer", "c"), Ref("customer", "c")))
    step = only(pair(OPEN, PART_PAID), company=known, first_sync=Wins.HERE, **TAKEN)
    assert (step.direction, [one.name for one in step.changes]) == (PULL, ["balance"])


def test_get_brings_what_quickbooks_shows_and_send_does_not_touch_it():
    mine = pair(PART_PAID, OPEN, OPEN, forced=PULL)
    assert shape(only(mine, **TAKEN)) == ("update", "pull", "balance")
    again = pair(OPEN, PART_PAID, OPEN, forced=PULL, resend=True)
    assert "balance" in shape(only(again, **TAKEN))
    sent = pair(OPEN, PART_PAID, OPEN, forced=PUSH, resend=True)
    assert "balance" not in shape(only(sent, **TAKEN))


def test_what_quickbooks_does_not_tell_is_no_news():
    step = only(pair(OPEN, invoice(balance=None), OPEN), **TAKEN)
    assert step.direction is Direction.NONE


def test_a_payment_that_lies_in_a_deposit_now_says_so_here():
    before, after = payment(deposited=False), payment(deposited=True)
    step = only(pair(before, after, before), taken=frozenset({"deposited"}))
    assert shape(step) == ("update", "pull", "deposited")
