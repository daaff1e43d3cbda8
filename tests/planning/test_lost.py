"""Deleted and voided records: what the loss of one side does to the other (F4, G10, I13, X12)."""

from __future__ import annotations

import pytest

from quicksync.options.choices import Authority, OnDelete
from quicksync.planning.policy import Company
from quicksync.records import Ref
from tests.planning.sides import LINKED, PULL, PUSH, client, codes, invoice, only, pair, shape

OLD = client(phone="1", email="a@x.test")
BILLED = invoice()
VOIDED = BILLED.replace(voided=True)


@pytest.mark.parametrize(
    ("on_delete", "expected"),
    [
        (OnDelete.VOID, ("void", "push")),
        (OnDelete.DELETE, ("delete", "push")),
        (OnDelete.NOTHING, ("gone", "")),
    ],
)
def test_deleted_here_follows_the_policy_f4_g10(on_delete, expected):
    assert shape(only(pair(None, BILLED, BILLED), on_delete_here=on_delete)) == expected


@pytest.mark.parametrize(
    ("able", "on_delete", "expected"),
    [
        ({"inactive"}, OnDelete.VOID, ("void", "push")),
        ({"inactive"}, OnDelete.DELETE, ("void", "push")),
        ({"delete"}, OnDelete.DELETE, ("delete", "push")),
        ({"delete"}, OnDelete.VOID, ("gone", "")),
        ((), OnDelete.VOID, ("gone", "")),
        ((), OnDelete.DELETE, ("gone", "")),
    ],
)
def test_deleted_here_does_what_quickbooks_can_do_and_never_more_than_was_wanted_f4(
    able, on_delete, expected
):
    step = only(pair(None, BILLED, BILLED), on_delete_here=on_delete, takes_back=frozenset(able))
    assert shape(step) == expected
    assert codes(step) == ([] if expected[1] else ["no-way-to-remove"])


@pytest.mark.parametrize(
    ("on_delete", "expected"),
    [
        (OnDelete.VOID, ("void", "pull")),
        (OnDelete.DELETE, ("delete", "pull")),
        (OnDelete.NOTHING, ("drift", "")),
    ],
)
def test_deleted_there_follows_the_policy_and_is_never_created_again_f4_i13(on_delete, expected):
    assert shape(only(pair(BILLED, None, BILLED), on_delete_there=on_delete)) == expected


def test_voided_there_is_mirrored_or_shown_as_drift_f4_i13():
    one = pair(BILLED, VOIDED, BILLED)
    assert codes(only(one)) == ["drift-voided"]
    assert shape(only(one, on_delete_there=OnDelete.DELETE)) == ("void", "pull")


def test_voided_here_is_mirrored_or_left_f4():
    one = pair(VOIDED, BILLED, BILLED)
    assert shape(only(one)) == ("void", "push")
    assert codes(only(one, on_delete_here=OnDelete.NOTHING)) == ["void-not-followed"]


def test_both_gone_or_voided_needs_no_more_care():
    assert shape(only(pair(None, None, BILLED, kind="invoice"))) == ("gone", "")
    assert shape(only(pair(None, VOIDED, BILLED))) == ("gone", "")
    assert only(pair(VOIDED, VOIDED, BILLED)).agree
    assert not only(pair(VOIDED, VOIDED, VOIDED)).agree


def test_a_void_taken_back_on_one_side_waits_for_a_person():
    assert codes(only(pair(BILLED, VOIDED, VOIDED))) == ["voided-before"]


@pytest.mark.parametrize("side", ["here", "there"])
def test_gone_on_one_side_and_changed_on_the_other_is_a_conflict_i8(side):
    changed = BILLED.replace(memo="x")
    one = pair(None, changed, BILLED) if side == "here" else pair(changed, None, BILLED)
    step = only(one, on_delete_there=OnDelete.VOID)
    assert (shape(step), codes(step)) == (("conflict", ""), ["deleted-elsewhere"])


def test_the_persons_answer_follows_the_deletion_or_makes_the_record_again_i8():
    changed = BILLED.replace(memo="x")
    assert shape(only(pair(None, changed, BILLED, choice={"*": "here"})))[:2] == ("void", "push")
    assert shape(only(pair(changed, None, BILLED, choice={"*": "there"})))[:2] == ("void", "pull")
    back = Company(links={Ref("customer", "c"): Ref("customer", "h1")})
    kept = only(pair(None, changed, BILLED, choice={"*": "there"}), company=back)
    assert shape(kept)[:2] == ("create", "pull")
    again = only(pair(changed, None, BILLED, choice={"*": "here"}), company=LINKED)
    assert shape(again)[:2] == ("create", "push")


def test_send_makes_a_record_again_that_was_deleted_there_f4():
    assert shape(only(pair(BILLED, None, BILLED, forced=PUSH), company=LINKED))[:2] == (
        "create",
        "push",
    )


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ({"authority": Authority.QUICKBOOKS}, "read-only-here"),
        ({"push": False}, "not-in-direction"),
    ],
)
def test_a_deletion_here_that_may_not_go_there_says_why_f8_b2(chosen, code):
    assert codes(only(pair(None, BILLED, BILLED), **chosen)) == [code]


@pytest.mark.parametrize("chosen", [{"authority": Authority.HERE}, {"pull": False}])
def test_a_deletion_there_that_may_not_come_here_is_drift_f8_b2(chosen):
    step = only(pair(BILLED, None, BILLED), on_delete_there=OnDelete.VOID, **chosen)
    assert codes(step) == ["drift-deleted"]


def test_get_takes_a_deletion_over_whatever_the_settings_b8():
    step = only(pair(BILLED, None, BILLED, forced=PULL), authority=Authority.HERE)
    assert shape(step) == ("void", "pull")


def test_a_customer_deleted_here_becomes_inactive_there_or_is_so_already_f4():
    assert shape(only(pair(None, OLD, OLD))) == ("void", "push")
    assert shape(only(pair(None, OLD.replace(active=False), OLD.replace(active=False)))) == (
        "gone",
        "",
    )


def test_a_deleted_pair_without_an_agreement_still_follows_the_policy_f4():
    assert shape(only(pair(None, BILLED))) == ("void", "push")
