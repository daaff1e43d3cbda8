"""What a record takes along to the other side: the records it names, if it goes there itself (C9,
D5, B2, B11, F3).
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.planning.brings import brings
from quicksync.planning.case import Case, rules_for
from quicksync.planning.compare import Links
from quicksync.planning.policy import Company
from quicksync.planning.steps import Candidate
from tests.planning.sides import (
    COMPANY,
    PULL,
    PUSH,
    client,
    codes,
    here,
    invoice,
    only,
    pair,
    policy,
    shape,
    there,
)


def ways(candidate, company: Company = COMPANY, **settings):
    """Where the records go that this one names."""
    return set(
        brings(
            Case(candidate, rules_for(policy(candidate.kind, **settings)), company, Links(company))
        )
    )


def free():
    """An invoice that comes to nothing."""
    return invoice(discount=Decimal("10.00"), total=Decimal(0))


def test_what_goes_over_takes_along_what_it_names():
    assert ways(here(invoice())) == {PUSH}
    assert ways(there(invoice())) == {PULL}


@pytest.mark.parametrize(
    ("candidate", "chosen"),
    [
        (here(invoice()), {"push": False}),
        (there(invoice()), {"pull": False}),
        (here(invoice(), in_bookmark=False), {}),
        (here(invoice(voided=True)), {}),
        (here(free()), {"zero_totals": False}),
        (pair(invoice(), None, invoice()), {"enabled": False}),
    ],
    ids=["direction-here", "direction-there", "bookmark", "voided", "nothing-to-pay", "off"],
)
def test_what_stays_takes_nothing_along(candidate, chosen):
    assert ways(candidate, **chosen) == set()


def test_what_comes_from_quickbooks_is_not_left_out_for_its_total():
    assert ways(there(free()), zero_totals=False) == {PULL}


def test_a_pair_takes_along_what_it_names_where_it_is_written():
    before, after = invoice(memo="before"), invoice(memo="after")
    assert ways(pair(after, before, before)) == {PUSH}
    assert ways(pair(before, after, before)) == {PULL}
    assert ways(
        pair(invoice(memo="after", private_note="x"), invoice(memo="before", email="y"), before)
    ) == {
        PUSH,
        PULL,
    }
    assert ways(pair(before, before, before)) == set()


def test_nothing_to_show_on_either_side_takes_nothing_along():
    assert ways(Candidate(key=1, kind="invoice")) == set()


@pytest.mark.parametrize(
    ("mine", "theirs", "shown"),
    [
        ("after", "before", ("update", "push", "notes")),
        ("before", "after", ("skip", "")),
        ("before", "before", ("unchanged", "")),
    ],
    ids=["edited-here", "edited-there", "not-edited"],
)
def test_a_pair_of_a_category_that_is_off_travels_the_way_of_its_document_only(mine, theirs, shown):
    """C9: with its invoice, to where the invoice goes; what changed on the other side stays, and
    says why.
    """
    candidate = pair(client(notes=mine), client(notes=theirs), client(notes="before"), travels=PUSH)
    step = only(candidate, enabled=False)
    assert shape(step) == shown
    assert codes(step) == (["category-off"] if shown[0] == "skip" else [])


def test_a_pair_of_a_category_that_is_off_stays_without_a_document_to_travel_with():
    before = client(notes="before")
    step = only(pair(client(notes="after"), before, before), enabled=False)
    assert (shape(step)[0], codes(step)) == ("skip", ["category-off"])
