"""Values as an office manager reads them: the same line looks the same, whatever noughts a side
keeps behind it.
"""

from __future__ import annotations

import pytest

from quicksync.admin.parts.present import rows as rows_of
from quicksync.admin.parts.wording import HERE, Names, Writer


@pytest.fixture
def text(db):
    return Writer(Names([]), 1, HERE).text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ({"quantity": "1.0000", "unit_price": "30.0000", "amount": "30.00"}, "1 × 30.00 = 30.00"),
        ({"quantity": "1", "unit_price": "30", "amount": "30"}, "1 × 30.00 = 30.00"),
        ({"quantity": "2.50", "unit_price": "0.3333", "amount": "0.8"}, "2.5 × 0.3333 = 0.80"),
        ({"quantity": "100", "unit_price": "1E+2", "amount": "10000"}, "100 × 100.00 = 10000.00"),
        ({"quantity": None, "unit_price": "7", "amount": "7"}, " × 7.00 = 7.00"),
    ],
)
def test_a_line_reads_the_same_on_both_sides(text, line, said):
    assert text([{"description": "Work", **line}]) == f"Work · {said}"


def test_what_a_payment_pays_has_its_cents(text):
    assert text([{"document": {"kind": "invoice", "id": "7"}, "amount": "20"}]) == "7: 20.00"


def test_an_amount_has_its_cents_on_both_sides(rows):
    """A credit note's balance went from 50.00 to 0."""
    change = {"label": "Balance", "agreed": None, "here": "50.00", "there": "0", "will": "0"}
    operation = rows.operation(
        rows.draft(),
        kind="credit_note",
        changes=[
            change | {"name": "balance", "conflict": False},
            change | {"name": "number", "there": "12", "will": "later", "conflict": False},
        ],
    )
    ((balance, number),) = (row.differences for row in rows_of([operation]))
    assert (balance.here, balance.there, balance.will) == ("50.00", "0.00", "0.00")
    assert (number.here, number.there, number.will) == ("50.00", "12", "later")


def test_what_is_no_number_is_shown_as_it_stands(db):
    assert Writer(Names([]), 1, HERE).figure("a lot") == "a lot"
