"""A record's name in QuickBooks, where another sort of contact has its own already (C14)."""

from __future__ import annotations

import msgspec
import pytest

from quicksync.planning.names_there import with_tail, without_tail
from quicksync.planning.policy import NameEntry
from quicksync.planning.steps import Agreed
from quicksync.records import Vendor
from quicksync.records.limits import FieldLimit
from tests.planning.sides import (
    PULL,
    client,
    codes,
    here,
    linked,
    only,
    pair,
    refs,
    shape,
    steps,
    there,
)

SUFFIX = {"name_suffix": "(v)", "first_sync": "newest"}


def vendor(name="Acme", **values):
    return Vendor(name=name, **values)


def taken(*entries):
    """A company in which these (kind, id, name) have their names."""
    names = {}
    for kind, id_, name in entries:
        entry = NameEntry(kind=kind, id=id_, name=name)
        names[name.lower()] = (*names.get(name.lower(), ()), entry)
    return linked(names=names, limits={("vendor", "name"): FieldLimit(100, ":")})


def will(step):
    """The name that both sides will show after the step: here, and in QuickBooks."""
    told = next((change.will for change in step.changes if change.name == "name"), None)
    return (step.record.name if step.record else None, told)


ACME = ("customer", "7", "Acme")


@pytest.mark.parametrize("kind", ["customer", "employee"])
def test_a_name_of_another_kind_gets_the_suffix_there_and_not_here_c14(kind):
    step = only(here(vendor()), company=taken((kind, "7", "ACME")), **SUFFIX)
    assert shape(step)[:2] == ("create", "push")
    assert will(step) == ("Acme", "Acme (v)")
    assert [one.code for one in step.warnings] == ["name-suffixed"]
    assert not codes(step)
    assert "acme (v)" in step.claims


def test_a_free_name_and_one_of_its_own_kind_get_none_c14():
    assert will(only(here(vendor()), company=taken(), **SUFFIX)) == ("Acme", "Acme")
    own = only(here(vendor()), company=taken(("vendor", "7", "Acme")), **SUFFIX)
    assert codes(own) == ["name-taken"]


def test_where_both_names_are_taken_it_waits_c14():
    company = taken(ACME, ("customer", "8", "Acme (v)"))
    assert codes(only(here(vendor()), company=company, **SUFFIX)) == ["name-taken"]


def test_one_that_stands_with_its_suffix_here_gets_no_second_c14():
    company = taken(("customer", "8", "Acme (v)"), ACME)
    assert codes(only(here(vendor("Acme (v)")), company=company, **SUFFIX)) == ["name-taken"]


def test_what_another_kind_of_the_plan_claims_is_taken_c14():
    first, second = steps(here(client("ACME"), key=1), here(vendor(), key=2), **SUFFIX)
    assert [step.kind for step in (first, second)] == ["customer", "vendor"]
    assert will(first) == ("ACME", "ACME")
    assert will(second) == ("Acme", "Acme (v)")


def test_what_others_claim_with_the_suffix_is_not_given_away_twice_c14():
    many = (here(client("Acme"), key=1), here(client("Acme (v)"), key=2), here(vendor(), key=3))
    assert [codes(step) for step in steps(*many, **SUFFIX)] == [[], [], ["name-taken"]]
    both = (here(vendor(), key=3), here(vendor("Acme (v)"), key=4))
    found = steps(*both, company=taken(ACME), **SUFFIX)
    assert [codes(step) for step in found] == [["name-taken"]] * 2


def test_renamed_it_has_the_suffix_only_where_it_must_c14():
    new = pair(vendor(), vendor("Old"), vendor("Old"))
    assert will(only(new, company=taken(ACME), **SUFFIX)) == ("Acme", "Acme (v)")
    assert will(only(new, company=taken(), **SUFFIX)) == ("Acme", "Acme")


def apart(mine, theirs, **values):
    """A pair that was agreed on under two names."""
    agreed = Agreed(vendor("Acme"), vendor("Acme (v)"))
    return msgspec.structs.replace(pair(mine, theirs), agreed=agreed, **values)


def test_a_pair_of_two_names_is_in_step_whatever_the_suffix_is_now_c14():
    for suffix in ("(v)", "", "(supplier)"):
        step = only(apart(vendor(), vendor("Acme (v)")), name_suffix=suffix)
        assert shape(step) == ("unchanged", "")


def test_a_new_name_there_comes_without_the_suffix_c14():
    step = only(apart(vendor(), vendor("Acme Ltd (V)")), **SUFFIX)
    assert shape(step) == ("update", "pull", "name")
    assert will(step) == ("Acme Ltd", "Acme Ltd")


def test_the_plain_name_on_both_sides_is_agreed_on_c14():
    step = only(apart(vendor(), vendor()), **SUFFIX)
    assert (step.action, step.agree) == ("unchanged", True)
    step = only(apart(vendor("Acme (v)"), vendor("Acme (v)")), **SUFFIX)
    assert (step.action, step.agree) == ("unchanged", True)


def test_each_side_wins_a_field_and_the_name_is_this_sides_c14():
    found = apart(vendor(phone="1"), vendor("Acme Ltd (v)"))
    push, pull = sorted(steps(found, **SUFFIX), key=lambda step: step.direction != "push")
    assert (push.record.name, pull.record.name) == ("Acme Ltd", "Acme Ltd")


def test_get_brings_the_name_of_here_c14():
    asked = apart(vendor(), vendor("Acme (v)"), forced=PULL, resend=True)
    assert will(only(asked, **SUFFIX)) == ("Acme", "Acme")


def test_one_with_the_suffix_there_is_the_one_without_here_c14():
    found = steps(here(vendor(), key=1), there(vendor("Acme (v)"), key=2), **SUFFIX)
    assert {step.action for step in found} == {"pair"}
    assert all(step.agree for step in found if step.key == 1)
    assert not [step for step in found if step.changes]


def test_the_exact_name_is_the_better_match_c14():
    mine = (here(vendor(), key=1), here(vendor("Acme (v)"), key=2))
    theirs = (there(vendor("Acme (v)"), key=3), there(vendor(), key=4))
    pairs = {step.key: step.partner for step in steps(*mine, *theirs, **SUFFIX)}
    assert pairs == {1: 4, 2: 3, 3: 2, 4: 1}


def test_several_of_a_plain_name_wait_for_a_person_c14():
    mine = (here(vendor(email="a@x.test"), key=1),)
    theirs = (there(vendor("Acme (v)"), key=3), there(vendor("ACME  (V)"), key=4))
    found = {step.key: codes(step) for step in steps(*mine, *theirs, **SUFFIX)}
    assert found[3] == found[4] == ["duplicate-there"]


def test_two_here_and_one_with_the_suffix_there_wait_c14():
    mine = (here(vendor(), key=1), here(vendor("ACME"), key=2))
    found = {
        step.key: codes(step) for step in steps(*mine, there(vendor("Acme (v)"), key=3), **SUFFIX)
    }
    assert found[1] == found[2] == ["duplicate-here"]


def test_what_a_person_skipped_is_matched_with_nobody_c14():
    mine = here(vendor(), key=1)
    found = steps(mine, there(vendor("Acme (v)"), key=3, excluded=True), **SUFFIX)
    assert {step.key: step.partner for step in found} == {1: None, 3: None}


def test_beside_one_of_the_plain_name_the_suffix_is_a_part_of_the_name_c14():
    company = taken(("vendor", "9", "Acme"), ("vendor", "q2", "Acme (v)"))
    assert will(only(there(vendor("Acme (v)")), company=company, **SUFFIX)) == ("Acme (v)",) * 2
    company = taken(ACME, ("vendor", refs("vendor", 2)[1].id, "Acme"))
    assert will(only(there(vendor("Acme (v)")), company=company, **SUFFIX)) == ("Acme", "Acme")


def test_a_name_is_cut_and_its_suffix_is_not_c14():
    assert with_tail("A" * 100, " (v)", FieldLimit(100, ":")) == "A" * 96 + " (v)"
    assert with_tail("A:B", " (v)", FieldLimit(None, ":")) == "A B (v)"
    assert with_tail("Acme", " (v)", None) == "Acme (v)"


def test_a_name_that_is_nothing_but_the_suffix_keeps_it_c14():
    assert without_tail(" (v)", " (v)") == " (v)"
    assert without_tail("Acme", " (v)") == "Acme"
    assert without_tail("Acme", "") == "Acme"
    assert without_tail("Acme (V)", " (v)") == "Acme"
