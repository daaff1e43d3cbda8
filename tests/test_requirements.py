"""The page of requirements agrees with the tests, and every id in code or tests is explained."""

from __future__ import annotations

import pytest

from tests import requirements
from tests.tree import ROOT, tracked

TEXT = requirements.PAGE.read_text(encoding="utf-8")
ROWS = list(requirements.rows(TEXT))
IDS = {row.id for row in ROWS}


def test_the_column_of_proofs_is_what_the_tests_say():
    assert requirements.written(TEXT) == TEXT, "run python -m tests.requirements --write"


def test_each_id_has_one_row():
    assert len(ROWS) == len(IDS)


def test_each_row_says_its_state():
    odd = [
        row.id
        for row in ROWS
        if row.state not in {"works", "not yet"}
        and not row.state.startswith(("partly, without ", "not yet: "))
    ]
    assert not odd


def test_what_works_is_proved():
    unproved = [row.id for row in ROWS if row.works and row.proof == "–"]
    assert not unproved


def test_every_id_in_code_and_tests_is_on_the_page():
    strange = {
        f"{path.relative_to(ROOT)}: {id_}"
        for path in tracked("quicksync/*.py", "tests/*.py", "config/*.py", "benchmarks/*.py")
        if path.name != "test_requirements.py"
        for id_ in requirements.ids_in(path) - IDS
    }
    assert not strange


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("A9: both lists are shown.", {"A9"}),
        ("A9, F15. Then something else.", {"A9", "F15"}),
        ("I13", {"I13"}),
        ("Totals, to the cent (F14,\nF15).", {"F14", "F15"}),
        ("Connect (A1, A4-A6), then learn.", {"A1", "A4", "A5", "A6"}),
        ("Counts (invariant 1, I5) are right.", {"I5"}),
        ("C7 is a customer, P3 a product.", set()),
        ("Invoice A9 of (Mr. B2) is paid.", set()),
        ("It stays in line B2.", set()),
    ],
)
def test_ids_are_told_from_other_words(text, ids):
    assert requirements.ids_in_prose(text) == ids


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("test_a9_both_lists", {"A9"}),
        ("test_a_payment_lands_g3_g4", {"G3", "G4"}),
        ("test_base64_is_no_id", set()),
        ("fill_a1", set()),
    ],
)
def test_ids_in_names_are_those_of_tests(name, ids):
    assert requirements.ids_in_name(name) == ids
