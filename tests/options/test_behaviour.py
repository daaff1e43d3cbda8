"""Every option makes a difference: each of its values gives another outcome than the others."""

from __future__ import annotations

import datetime as dt
from itertools import combinations

import pytest

from quicksync.options.category import CategoryOptions
from quicksync.options.row import of_kind, table
from quicksync.planning.policy import NameEntry
from tests.options.choosing import values_of
from tests.planning.sides import (
    COMPANY,
    DAY,
    LINKED,
    NEWER,
    OLDER,
    client,
    codes,
    here,
    invoice,
    linked,
    pair,
    shape,
    steps,
    there,
)

ROWS = table(CategoryOptions)
OLD = client(phone="1")
MINE, THEIRS = OLD.replace(phone="2"), OLD.replace(phone="3")
HERE_LAST = {"here_modified": NEWER, "there_modified": OLDER}
THERE_LAST = {"here_modified": OLDER, "there_modified": NEWER}
SENT = invoice(total=None)
CUSTOMER = next(iter(LINKED.links_back.items()))


def situation(*candidates, company=COMPANY, **settings):
    """Gives what becomes of the candidates under further settings."""

    def outcome(**chosen):
        found = steps(*candidates, company=company, **settings, **chosen)
        return [(step.key, *shape(step), *codes(step)) for step in found]

    return outcome


# Option -> situations in which it decides.
SITUATIONS = {
    "start_basis": [
        situation(
            here(SENT, here_date=DAY, here_modified=NEWER + dt.timedelta(days=90)),
            company=LINKED,
            start_date=DAY + dt.timedelta(days=30),
        )
    ],
    "wins": [situation(pair(MINE, THEIRS, OLD, **times)) for times in (HERE_LAST, THERE_LAST)],
    "first_sync": [
        situation(here(MINE, here_modified=mine), there(THEIRS, there_modified=theirs))
        for mine, theirs in ((NEWER, OLDER), (OLDER, NEWER))
    ],
    "authority": [situation(pair(MINE, OLD, OLD)), situation(pair(OLD, THEIRS, OLD))],
    "on_delete_here": [situation(pair(None, SENT, SENT), company=LINKED)],
    "on_delete_there": [situation(pair(SENT, None, SENT), company=LINKED)],
    "active_only": [situation(here(client(active=False)))],
    "sub_customers": [situation(here(client(parent=next(iter(CUSTOMER)))), company=LINKED)],
    "zero_totals": [situation(here(invoice(lines=(), total=None)), company=LINKED)],
    "until_paid": [
        situation(
            pair(SENT.replace(memo="later"), SENT, SENT),
            company=linked(CUSTOMER, paid=frozenset({"q1"})),
        )
    ],
    "hold_near_matches": [situation(here(client("Acme Limited")), there(client("Acme Ltd")))],
    "name_suffix": [
        situation(
            here(client("Acme")),
            company=linked(
                CUSTOMER, names={"acme": (NameEntry(kind="vendor", id="9", name="Acme"),)}
            ),
        )
    ],
}


def test_every_option_has_situations_in_which_it_decides():
    assert SITUATIONS.keys() == ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
def test_each_value_of_an_option_gives_another_outcome(name):
    found = {
        value: [outcome(**{name: value}) for outcome in SITUATIONS[name]]
        for value in values_of(ROWS[name])
    }
    alike = [pair_ for pair_ in combinations(found, 2) if found[pair_[0]] == found[pair_[1]]]
    assert not alike, found


@pytest.mark.parametrize(
    ("kind", "lacks"),
    [
        ("customer", {"start_basis", "zero_totals", "until_paid"}),
        ("vendor", {"start_basis", "zero_totals", "until_paid", "sub_customers"}),
        ("item", {"sub_customers", "start_basis", "zero_totals", "until_paid", "name_suffix"}),
        (
            "term",
            {
                "sub_customers",
                "start_basis",
                "zero_totals",
                "until_paid",
                "hold_near_matches",
                "name_suffix",
            },
        ),
        ("invoice", {"sub_customers", "active_only", "hold_near_matches", "name_suffix"}),
        (
            "payment",
            {"sub_customers", "active_only", "hold_near_matches", "until_paid", "name_suffix"},
        ),
    ],
)
def test_a_kind_has_only_options_that_mean_something_for_it(kind, lacks):
    assert ROWS.keys() - of_kind(CategoryOptions, kind).keys() == lacks
