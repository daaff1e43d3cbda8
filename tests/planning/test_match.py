"""Which unpaired halves are one record, and which wait for a person (B17, C10, C11, X6)."""

from __future__ import annotations

import datetime as dt

import pytest

from quicksync.options.choices import OnDelete, Wins
from quicksync.planning.matching.names import numbers_in, words_of
from quicksync.planning.matching.near import alike, pairs_alike
from quicksync.planning.policy import Company
from quicksync.planning.steps import Candidate
from quicksync.records import Ref, Term
from quicksync.records.spelling import fold
from tests.planning.sides import (
    LINKED,
    NEWER,
    OLDER,
    PULL,
    PUSH,
    client,
    codes,
    here,
    invoice,
    line,
    only,
    payment,
    product,
    shape,
    steps,
    there,
)

THEIRS = Ref("customer", "C")


def both(*candidates: Candidate, **chosen):
    """The shapes and partners of all steps, by key."""
    return {
        step.key: (shape(step)[0], step.partner)
        for step in steps(*candidates, company=LINKED, **chosen)
    }


def reasons(*candidates: Candidate, **chosen) -> dict[int, list[str]]:
    return {step.key: codes(step) for step in steps(*candidates, company=LINKED, **chosen)}


# --- Exact identity -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Acme", "ACME", "  acme ", "Ａcme", "Acme\t"])
def test_one_of_a_name_on_each_side_is_paired_c10(name):
    assert both(here(client("Acme")), there(client(name))) == {1: ("pair", 2), 2: ("pair", 1)}


def test_pairing_agrees_on_what_both_sides_show():
    mine, theirs = steps(here(client(phone="1")), there(client(email="a@x.test")))
    assert (mine.agree, mine.partner, theirs.agree, theirs.partner) == (True, 2, True, 1)


def test_nothing_pairs_across_kinds():
    assert both(here(client("Acme")), there(product("Acme"))) == {
        1: ("create", None),
        2: ("create", None),
    }


def test_two_here_with_one_name_wait_c11():
    found = reasons(here(client(), 1), here(client("ACME"), 2), there(client(), 3))
    assert found == {1: ["duplicate-here"], 2: ["duplicate-here"], 3: ["ambiguous-match"]}


def test_two_there_with_one_name_wait_c11():
    found = reasons(here(client(), 1), there(client("ACME"), 2), there(client(), 3))
    assert found == {1: ["ambiguous-match"], 2: ["duplicate-there"], 3: ["duplicate-there"]}


def test_a_skipped_duplicate_is_no_duplicate_c11_i6():
    found = both(here(client(), 1), here(client(), 2, excluded=True), there(client(), 3))
    assert found == {1: ("pair", 3), 2: ("skip", None), 3: ("pair", 1)}


@pytest.mark.parametrize("side", [here, there])
def test_beside_a_skipped_partner_nothing_is_created_i6(side):
    other = there if side is here else here
    found = reasons(side(client(), 1), other(client(), 2, excluded=True))
    assert found == {1: ["match-skipped"], 2: ["skipped-by-user"]}


def test_nameless_records_pair_with_nothing():
    assert both(here(client(" ")), there(client("")))[2] == ("create", None)


def test_out_of_scope_on_one_side_still_pairs_but_not_on_both_b11():
    chosen = {"start_date": NEWER.date()}
    old, new = {"here_modified": OLDER}, {"there_modified": NEWER}
    assert both(here(client(), **old), there(client(), **new), **chosen)[1] == ("pair", 2)
    assert both(here(client(), **old), there(client(), there_modified=OLDER), **chosen)[1] == (
        "skip",
        None,
    )
    assert reasons(here(client(), 1, **old), here(client(), 3, **old), **chosen)[1] == [
        "before-start-date"
    ]


# --- First sync: what differs ---------------------------------------------------------------------


def test_first_sync_that_asks_holds_both_halves_and_lists_the_fields_b17():
    mine, theirs = steps(here(client(phone="1", email="a@x.test")), there(client(phone="2")))
    assert (shape(mine), codes(mine), mine.partner) == (("hold", "", "phone"), ["conflict"], 2)
    assert (shape(theirs), codes(theirs), theirs.partner) == (
        ("hold", "", "phone"),
        ["conflict"],
        1,
    )


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        (
            Wins.HERE,
            [("pair", ""), ("update", "push", "email", "phone"), ("update", "pull", "notes")],
        ),
        (
            Wins.QUICKBOOKS,
            [("pair", ""), ("update", "push", "email"), ("update", "pull", "phone", "notes")],
        ),
        (
            Wins.NEWEST,
            [("pair", ""), ("update", "push", "email", "phone"), ("update", "pull", "notes")],
        ),
    ],
)
def test_first_sync_settles_differences_and_fills_what_is_empty_b17(first, expected):
    mine = here(client(phone="1", email="a@x.test"), here_modified=NEWER)
    theirs = there(client(phone="2", notes="n"), there_modified=OLDER)
    found = [step for step in steps(mine, theirs, first_sync=first) if step.key == 1]
    assert [shape(step) for step in found] == expected
    assert [step.agree for step in found] == [False, False, False]
    assert found[1].partner == 2


def test_first_sync_by_newest_asks_when_nobody_knows_which_b17():
    assert reasons(here(client(phone="1")), there(client(phone="2")), first_sync=Wins.NEWEST)[
        1
    ] == ["conflict"]


def test_first_sync_respects_the_direction_and_what_is_fixed_on_creation_b2_c16():
    mine, theirs = here(client(phone="1", currency="EUR")), there(client(phone="2", currency="USD"))
    found = [
        step for step in steps(mine, theirs, first_sync=Wins.HERE, push=False) if step.key == 1
    ]
    assert [(shape(step), step.agree) for step in found] == [(("pair", ""), True)]
    found = [
        step
        for step in steps(mine, theirs, first_sync=Wins.QUICKBOOKS, pull=False)
        if step.key == 1
    ]
    assert [(shape(step), step.agree) for step in found] == [(("pair", ""), True)]
    assert len(steps(mine, theirs, first_sync=Wins.HERE)) == 3


def test_the_persons_answer_settles_the_first_sync_b17_i8():
    mine, theirs = (
        here(client(phone="1"), choice={"phone": "here"}),
        there(client(phone="2", notes="n")),
    )
    found = [shape(step) for step in steps(mine, theirs) if step.key == 1]
    assert found == [("pair", ""), ("update", "push", "phone")]
    mine = here(client(phone="1"), choice={"*": "there"})
    found = [shape(step) for step in steps(mine, theirs) if step.key == 1]
    assert found == [("pair", ""), ("update", "pull", "phone", "notes")]


def test_a_voided_half_is_not_paired_with_a_living_one():
    mine, theirs = here(invoice()), there(invoice(customer=THEIRS, voided=True))
    assert reasons(mine, theirs, on_delete_there=OnDelete.VOID) == {
        1: ["conflict"],
        2: ["conflict"],
    }


# --- Customers by e-mail (C10) --------------------------------------------------------------------


def test_the_same_address_and_a_like_name_are_one_customer_c10():
    mine, theirs = (
        here(client("Acme Ltd", email="A@x.test")),
        there(client("ACME Limited", email="a@x.test")),
    )
    assert both(mine, theirs, first_sync=Wins.HERE)[1] == ("update", 2)
    assert both(here(client("", email="a@x.test")), theirs)[2] == ("pair", 1)


def test_the_same_address_under_other_names_waits_c10():
    mine, theirs = (
        here(client("Acme", email="office@x.test")),
        there(client("Zenith", email="office@x.test")),
    )
    assert reasons(mine, theirs) == {1: ["near-match"], 2: ["near-match"]}
    assert both(mine, theirs, hold_near_matches=False) == {1: ("create", None), 2: ("create", None)}


def test_an_address_of_several_waits_c10():
    candidates = [
        here(client(name, email="o@x.test"), key) for key, name in ((1, "Acme"), (2, "Bolt"))
    ]
    found = reasons(*candidates, there(client("Zenith", email="o@x.test"), 3))
    assert found == {1: ["near-match"], 2: ["near-match"], 3: ["ambiguous-match"]}


# --- Likeness -------------------------------------------------------------------------------------


def test_like_names_wait_on_both_sides_c10_b17():
    mine, theirs = here(client("Acme Ltd")), there(client("ACME Limited"))
    assert reasons(mine, theirs) == {1: ["near-match"], 2: ["near-match"]}
    assert both(mine, theirs) == {1: ("hold", 2), 2: ("hold", 1)}
    assert both(mine, theirs, hold_near_matches=False) == {1: ("create", None), 2: ("create", None)}


def test_several_like_names_are_ambiguous_c10():
    found = both(
        here(client("Acme"), 1), there(client("Acme Ltd"), 2), there(client("Acme Inc"), 3)
    )
    assert found == {1: ("hold", None), 2: ("hold", 1), 3: ("hold", 1)}


def test_a_person_said_that_it_is_none_of_them_c10():
    found = both(
        here(client("Acme Ltd"), distinct=True), there(client("ACME Limited"), distinct=True)
    )
    assert found == {1: ("create", None), 2: ("create", None)}


def test_list_entries_are_never_near():
    mine, theirs = here(Term(name="Net 30 days")), there(Term(name="Net 30 day"))
    assert both(mine, theirs) == {1: ("create", None), 2: ("create", None)}


@pytest.mark.parametrize(
    ("left", "right", "like"),
    [
        ("Acme Ltd", "ACME Limited", True),
        ("The Acme Co.", "Acme", True),
        ("Smith, John", "John Smith", True),
        ("Müller & Söhne GmbH", "MÜLLER and SÖHNE", True),
        ("O'Brien", "OBrien", True),
        ("Jonathan Weatherby", "Jonathon Weatherby", True),
        ("Room 12", "Room 13", False),
        ("Acme", "Zenith", False),
        ("东京商事", "东京商会", False),
        ("Ltd", "Limited", False),
    ],
)
def test_which_names_are_alike(left, right, like):
    assert alike(left, right) is like
    assert bool(pairs_alike({1: left}, {2: right})) is like


def test_likeness_skips_crowded_blocks_and_empty_names():
    right = {
        number: f"Customer {chr(97 + number % 26)}{chr(97 + number // 26)}qz"
        for number in range(200)
    }
    left = {1000: "Customer aaqz", 1001: "", 1002: "Customer xyzzy"}
    found = pairs_alike(left, {**right, 500: " "})
    assert (1000, 0) in found
    assert {mine for mine, _ in found} == {1000}


def test_folding_and_words():
    assert fold(" Straße  ＡＢＣ ") == "strasse abc"
    assert words_of("The Acme Trading Co. Ltd.") == ("acme", "trading")
    assert numbers_in("Unit 12b, 7th floor") == ("12", "7")


# --- Documents ------------------------------------------------------------------------------------


def test_invoices_pair_by_number_and_customer():
    assert both(here(invoice("a-1")), there(invoice("A-1", THEIRS))) == {
        1: ("pair", 2),
        2: ("pair", 1),
    }


@pytest.mark.parametrize(
    "other", [invoice("1002", THEIRS), invoice("1001", Ref("customer", "D")), invoice("", THEIRS)]
)
def test_invoices_of_another_number_or_customer_do_not_pair(other):
    assert both(here(invoice("1001")), there(other))[1] == ("create", None)


def test_invoices_without_number_or_customer_pair_with_nothing():
    bare = invoice("7").replace(customer=None)
    assert both(here(bare), there(bare))[2][0] == "create"
    assert both(here(invoice("")), there(invoice("", THEIRS)))[1] == ("create", None)


def test_invoices_pair_in_the_plan_that_pairs_their_customers():
    customers = [here(client(), 1), there(client(), 2)]
    mine = here(invoice(customer=Ref("customer", "h1")), 3)
    theirs = there(invoice(customer=Ref("customer", "q2")), 4)
    assert both(*customers, mine, theirs)[3] == ("pair", 4)


def test_invoices_pair_when_another_chunk_joins_their_customers():
    mine, theirs = Ref("customer", "m"), Ref("customer", "t")
    known = Company(joining={theirs: mine}, joining_back={mine: theirs}, coming=frozenset({mine}))
    found = steps(here(invoice(customer=mine)), there(invoice(customer=theirs)), company=known)
    assert [(step.action, step.partner, step.agree) for step in found] == [
        ("pair", 2, True),
        ("pair", 1, True),
    ]
    new = only(here(invoice("8", customer=mine)), company=known)
    assert (shape(new)[0], new.waits_for) == ("create", (mine,))


def test_the_order_and_ids_of_lines_do_not_keep_invoices_apart():
    mine = here(invoice(lines=(line("1", id="a"), line("2", id="b"))))
    theirs = there(invoice(customer=THEIRS, lines=(line("2.0", id="7"), line("1", id="9"))))
    assert both(mine, theirs)[1] == ("pair", 2)


def test_payments_pair_only_when_all_is_equal_and_unique_g1():
    mine = here(payment(reference="r1"))
    assert both(mine, there(payment(customer=THEIRS, reference="R1")))[1] == ("pair", 2)
    for other in (
        payment("11", THEIRS, reference="r1"),
        payment(customer=THEIRS, reference="r2"),
        payment(customer=THEIRS, reference="r1", paid_on=dt.date(2026, 1, 1)),
        payment(customer=THEIRS, reference="r1", paid_on=None),
        payment(customer=Ref("customer", "D"), reference="r1"),
    ):
        assert both(mine, there(other))[1] == ("create", None)


def test_equal_payments_on_one_side_are_rightly_two_but_facing_others_they_wait_g5():
    two = [here(payment(), 1), here(payment(), 2)]
    assert both(*two) == {1: ("create", None), 2: ("create", None)}
    assert set(map(tuple, reasons(*two, there(payment(customer=THEIRS), 3)).values())) == {
        ("ambiguous-match",)
    }


def test_asked_for_from_its_own_page_a_half_is_still_matched_b8():
    assert both(here(client(), forced=PUSH), there(client()))[1] == ("pair", 2)
    assert both(here(client()), there(client(), forced=PULL))[1] == ("pair", 2)
