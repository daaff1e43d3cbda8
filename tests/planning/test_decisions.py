"""The decision table, row by row: what becomes of a candidate from here, there and agreed."""

from __future__ import annotations

import datetime as dt

import pytest

from quicksync.options.choices import Authority, StartBasis, Wins
from quicksync.planning.build import build
from quicksync.planning.scope import is_wanted_if_named
from quicksync.planning.steps import Candidate
from quicksync.records import Ref
from tests.planning.sides import (
    COMPANY,
    LINKED,
    NEWER,
    OLDER,
    PULL,
    PUSH,
    client,
    codes,
    here,
    invoice,
    only,
    pair,
    shape,
    steps,
    there,
)

# --- One side only --------------------------------------------------------------------------------


def test_new_here_is_created_there_c7():
    step = only(here(client(email="a@acme.test")))
    assert shape(step) == ("create", "push", "name", "email")
    assert step.record == client(email="a@acme.test")


def test_new_there_is_created_here_c17():
    step = only(there(client()))
    assert shape(step) == ("create", "pull", "name")
    assert step.changes[0].will == "Acme"


PARENT = Ref("customer", "above")


@pytest.mark.parametrize(
    ("values", "chosen", "code"),
    [
        ({}, {"enabled": False}, "category-off"),
        ({}, {"push": False}, "not-in-direction"),
        ({"excluded": True}, {}, "skipped-by-user"),
        ({"in_bookmark": False}, {}, "not-in-bookmark"),
        ({"here_modified": OLDER}, {"start_date": NEWER.date()}, "before-start-date"),
        ({"forced": PULL}, {}, "no-partner"),
        ({"here": client(active=False)}, {}, "inactive-not-imported"),
        ({"here": client(parent=PARENT)}, {"sub_customers": "left_out"}, "below-another"),
        ({"here": invoice(voided=True), "kind": "invoice"}, {}, "voided-not-taken"),
    ],
)
def test_new_here_out_of_scope_is_skipped_with_the_reason_b1_b2_b11_b16_c12_i6(
    values, chosen, code
):
    step = only(here(client(), **values), **chosen)
    assert (shape(step), codes(step)) == (("skip", ""), [code])


@pytest.mark.parametrize(
    ("values", "chosen", "code"),
    [
        ({}, {"pull": False}, "not-in-direction"),
        ({"there_modified": OLDER}, {"start_date": NEWER.date()}, "before-start-date"),
        ({"forced": PUSH}, {}, "no-partner"),
        ({"there": client(active=False)}, {}, "inactive-not-imported"),
        ({"there": client(parent=PARENT)}, {"sub_customers": "left_out"}, "below-another"),
    ],
)
def test_new_there_out_of_scope_is_skipped_with_the_reason_b2_b11_c12(values, chosen, code):
    assert codes(only(there(client(), **values), **chosen)) == [code]


def test_customers_below_another_are_customers_or_left_out_as_set_c3():
    below = client(name="Job", parent=PARENT)
    for candidate in (here(below, needed=True), there(below, needed=True)):
        step = only(candidate, sub_customers="left_out")
        assert (step.action, codes(step)) == ("hold", ["reference-not-synced"]), "it is wanted"
    left_out = only(there(below), sub_customers="left_out")
    assert is_wanted_if_named(left_out)
    assert not is_wanted_if_named(only(there(client()), pull=False))
    paired = pair(below.replace(phone="1"), below, below)
    assert shape(only(paired, sub_customers="left_out")) == ("update", "push", "phone")
    assert shape(only(here(client()), sub_customers="left_out"))[:2] == ("create", "push")


def test_a_kind_without_settings_counts_as_off_b1():
    (step,) = build([here(client())], {}, COMPANY).steps
    assert codes(step) == ["category-off"]


def test_inactive_records_are_taken_when_the_category_says_so_c12():
    assert shape(only(here(client(active=False)), active_only=False))[:2] == ("create", "push")


@pytest.mark.parametrize("values", [{"forced": PUSH}, {"needed": True}])
def test_asked_for_or_needed_passes_over_category_direction_bookmark_and_start_b8_c9_d5(values):
    chosen = {"enabled": False, "push": False, "start_date": NEWER.date()}
    one = here(client(active=False), in_bookmark=False, here_modified=OLDER, **values)
    assert shape(only(one, **chosen))[:2] == ("create", "push")


def test_what_a_person_skipped_stays_skipped_even_if_needed_i6():
    assert codes(only(here(client(), excluded=True, needed=True, forced=PUSH))) == [
        "skipped-by-user"
    ]


@pytest.mark.parametrize(
    ("basis", "document", "modified", "taken"),
    [
        (StartBasis.DOCUMENT, dt.date(2026, 4, 30), NEWER, False),
        (StartBasis.MODIFIED, dt.date(2026, 4, 30), NEWER, True),
        (StartBasis.DOCUMENT, None, NEWER, True),
        (StartBasis.MODIFIED, dt.date(2026, 4, 30), None, False),
        (StartBasis.MODIFIED, None, None, True),
    ],
)
def test_start_date_looks_at_its_basis_and_else_at_the_other_date_b11(
    basis, document, modified, taken
):
    one = here(client(), here_date=document, here_modified=modified)
    step = only(one, start_date=dt.date(2026, 5, 1), start_basis=basis)
    assert (step.action == "create") is taken


def test_a_mapping_without_any_side_is_gone():
    assert shape(only(Candidate(key=1, kind="customer"))) == ("gone", "")


def test_a_half_whose_object_was_deleted_is_gone_and_never_created_again():
    assert shape(only(here(client(), here=None, here_gone=True))) == ("gone", "")
    assert codes(only(here(client(), there_gone=True))) == ["drift-deleted"]


# --- A pair ---------------------------------------------------------------------------------------

OLD = client(phone="1", email="a@x.test")


def test_nothing_changed_is_unchanged():
    step = only(pair(OLD, OLD, OLD))
    assert (shape(step), step.agree) == (("unchanged", ""), False)


def test_changed_here_updates_there_with_the_changed_fields_only_c7_f1():
    step = only(pair(OLD.replace(phone="2"), OLD, OLD))
    assert shape(step) == ("update", "push", "phone")
    change = step.changes[0]
    assert (change.agreed, change.here, change.there, change.will) == ("1", "2", "1", "2")


def test_changed_there_updates_here_f2():
    step = only(pair(OLD, OLD.replace(phone="2"), OLD))
    assert shape(step) == ("update", "pull", "phone")
    assert step.record == OLD.replace(phone="2")


def test_both_changed_other_fields_gives_two_steps_c5():
    """The two-step rule: each side gets the other's fields, as a full target of its own."""
    mine, theirs = OLD.replace(phone="2"), OLD.replace(email="b@x.test")
    push, pull = steps(pair(mine, theirs, OLD))
    both = OLD.replace(phone="2", email="b@x.test")
    assert (shape(push), push.record, push.leaves) == (
        ("update", "push", "phone"),
        both,
        ("email",),
    )
    assert (shape(pull), pull.record, pull.leaves) == (
        ("update", "pull", "email"),
        both,
        ("phone",),
    )


def test_both_changed_to_the_same_is_agreed_without_a_write():
    changed = OLD.replace(phone="2")
    step = only(pair(changed, changed.replace(phone=" 2 "), OLD))
    assert (shape(step), step.agree) == (("unchanged", ""), True)


@pytest.mark.parametrize(
    ("wins", "mine", "theirs", "expected"),
    [
        (Wins.HERE, None, None, ("update", "push", "phone")),
        (Wins.QUICKBOOKS, None, None, ("update", "pull", "phone")),
        (Wins.NEWEST, NEWER, OLDER, ("update", "push", "phone")),
        (Wins.NEWEST, OLDER, NEWER, ("update", "pull", "phone")),
        (Wins.NEWEST, NEWER, NEWER, ("conflict", "", "phone")),
        (Wins.NEWEST, None, NEWER, ("conflict", "", "phone")),
        (Wins.ASK, NEWER, OLDER, ("conflict", "", "phone")),
    ],
)
def test_both_changed_the_same_field_goes_by_the_conflict_policy_c5_i8_x3(
    wins, mine, theirs, expected
):
    one = pair(
        OLD.replace(phone="2"),
        OLD.replace(phone="3"),
        OLD,
        here_modified=mine,
        there_modified=theirs,
    )
    step = only(one, wins=wins)
    assert shape(step) == expected
    assert codes(step) == (["conflict"] if expected[0] == "conflict" else [])


@pytest.mark.parametrize(("answer", "direction"), [("here", "push"), ("there", "pull")])
@pytest.mark.parametrize("field", ["phone", "*"])
def test_a_conflict_is_settled_by_the_persons_answer_i8(field, answer, direction):
    one = pair(OLD.replace(phone="2"), OLD.replace(phone="3"), OLD, choice={field: answer})
    assert shape(only(one, wins=Wins.ASK, push=False, pull=False)) == ("update", direction, "phone")


@pytest.mark.parametrize(
    ("values", "chosen", "code"),
    [
        ({"excluded": True}, {}, "skipped-by-user"),
        ({}, {"enabled": False}, "category-off"),
        ({"in_bookmark": False}, {}, "not-in-bookmark"),
        ({}, {"push": False}, "not-in-direction"),
    ],
)
def test_a_changed_pair_out_of_scope_is_skipped_b1_b2_b16_i6(values, chosen, code):
    step = only(pair(OLD.replace(phone="2"), OLD, OLD, **values), **chosen)
    assert (shape(step), codes(step)) == (("skip", ""), [code])


def test_edits_there_of_a_category_that_only_sends_are_skipped_but_drift_on_documents_i13():
    assert codes(only(pair(OLD, OLD.replace(phone="2"), OLD), pull=False)) == ["not-in-direction"]
    old = invoice()
    step = only(pair(old, old.replace(memo="x"), old), company=LINKED, pull=False)
    assert (shape(step), codes(step)) == (("drift", "", "memo"), ["drift-changed"])


# --- Edit authority (F8) --------------------------------------------------------------------------


def test_master_here_shows_edits_there_as_drift_f8_i13():
    step = only(pair(OLD, OLD.replace(phone="2"), OLD), authority=Authority.HERE)
    assert (shape(step), codes(step)) == (("drift", "", "phone"), ["drift-changed"])


def test_master_here_sends_other_fields_and_keeps_the_drift_open_f8():
    one = pair(OLD.replace(email="b@x.test"), OLD.replace(phone="2"), OLD)
    step = only(one, authority=Authority.HERE)
    assert (shape(step), step.leaves) == (("update", "push", "email"), ("phone",))
    assert [reason.code for reason in step.warnings] == ["drift-changed"]


def test_master_here_overwrites_nothing_that_was_edited_there_by_itself_f8():
    one = pair(OLD.replace(email="b@x.test", phone="3"), OLD.replace(phone="2"), OLD)
    assert shape(only(one, authority=Authority.HERE)) == ("drift", "", "phone")


def test_master_there_holds_edits_here_f8():
    step = only(pair(OLD.replace(phone="2"), OLD, OLD), authority=Authority.QUICKBOOKS)
    assert (shape(step), codes(step)) == (("hold", "", "phone"), ["read-only-here"])


def test_master_there_takes_other_fields_and_warns_f8():
    one = pair(OLD.replace(phone="2"), OLD.replace(email="b@x.test"), OLD)
    step = only(one, authority=Authority.QUICKBOOKS)
    assert (shape(step), step.leaves) == (("update", "pull", "email"), ("phone",))
    assert [reason.code for reason in step.warnings] == ["read-only-here"]


@pytest.mark.parametrize(
    ("authority", "forced", "mine", "theirs", "expected"),
    [
        (Authority.HERE, PUSH, "1", "2", ("update", "push", "phone")),
        (Authority.HERE, PULL, "1", "2", ("update", "pull", "phone")),
        (Authority.QUICKBOOKS, PUSH, "2", "1", ("update", "push", "phone")),
        (Authority.QUICKBOOKS, PULL, "2", "1", ("update", "pull", "phone")),
        (Authority.BOTH, PUSH, "1", "2", ("unchanged", "")),
        (Authority.BOTH, PULL, "2", "1", ("unchanged", "")),
    ],
)
def test_send_and_get_pass_over_drift_b8_i13(authority, forced, mine, theirs, expected):
    one = pair(
        OLD.replace(phone=mine), OLD.replace(phone=theirs), OLD, forced=forced, in_bookmark=False
    )
    assert shape(only(one, authority=authority, enabled=False)) == expected


@pytest.mark.parametrize(("forced", "mine", "theirs"), [(PUSH, "1", "2"), (PULL, "2", "1")])
def test_send_and_get_leave_what_the_other_side_changed_to_the_next_look_b8(forced, mine, theirs):
    step = only(pair(OLD.replace(phone=mine), OLD.replace(phone=theirs), OLD, forced=forced))
    assert (shape(step), step.leaves) == (("unchanged", ""), ("phone",))


def test_send_overwrites_the_drift_of_a_category_that_only_sends_b8_i13():
    old = invoice()
    one = pair(old, old.replace(memo="x"), old, forced=PUSH)
    assert shape(only(one, company=LINKED, pull=False)) == ("update", "push", "memo")


# --- Force update (B10) ---------------------------------------------------------------------------


def test_force_update_sends_every_mapped_field_again_b10():
    step = only(pair(OLD, OLD, OLD, resend=True))
    assert (step.action, step.direction) == ("update", PUSH)
    assert {change.name for change in step.changes} == set(OLD.__struct_fields__) - {
        "balance",
        "currency",
    }


def test_force_update_the_other_way_and_not_against_the_direction_b10():
    assert only(pair(OLD, OLD, OLD, resend=True, forced=PULL)).direction is PULL
    assert codes(only(pair(OLD, OLD, OLD, resend=True), push=False)) == ["not-in-direction"]
