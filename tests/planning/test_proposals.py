"""Proposals for codes: by number, by name, with a confidence; what speaks against them (A13)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.planning.matching.proposals import SURE, Entry, guesses
from quicksync.records import Account, Class, PaymentMethod, TaxCode, Term


def best(code, mine, *there):
    """(id, confidence) of the first guess; None without any."""
    found = guesses(
        [Entry(code, mine)], [Entry(str(number), one) for number, one in enumerate(there)]
    )[code]
    return (found[0].id, found[0].confidence) if found else None


def account(name="", number="", kind="", **more):
    return Account(name=name.rpartition(":")[2], full_name=name, number=number, type=kind, **more)


def test_number_and_name_leave_no_doubt():
    mine = account("Sales", "4000", "Income")
    assert best(
        "4000", mine, account("Other", "4100", "Income"), account("Sales", "4000", "Income")
    ) == ("1", 100)


@pytest.mark.parametrize(
    ("code", "mine", "there", "confidence"),
    [
        ("4000", Account(), account("Sales", "4000", "Income"), 98),
        ("4000", account("Sales", "4000", "Income"), account("Sales", "", "Income"), 96),
        ("Meals", Account(), account("Travel:Meals", "", "Expense"), 92),
        ("4000", account("Rent", "4000", "Income"), account("Sales", "4000", "Income"), 75),
        ("4000", account("Sales", "4000", "Bank"), account("Sales", "4000", "Income"), 50),
        ("1200", Account(), account("Receivables", "1200", "Accounts Receivable"), 50),
        ("VAT", TaxCode(name="VAT"), TaxCode(name="vat"), 96),
        (
            "VAT",
            TaxCode(name="VAT", rate=Decimal(20)),
            TaxCode(name="VAT", rate=Decimal("17.5")),
            50,
        ),
        ("X", TaxCode(name="X", rate=Decimal(20)), TaxCode(name="20.0% S", rate=Decimal(20)), 60),
        ("30", Term(name="Thirty", due_days=30), Term(name="Net 30", due_days=30), 60),
        ("Net 30", Term(name="Net 30", due_days=30), Term(name="Net 30", due_days=60), 50),
        ("Roses", Class(name="Roses"), Class(name="Roses", full_name="Garden:Roses"), 92),
    ],
)
def test_how_sure_a_guess_is(code, mine, there, confidence):
    assert best(code, mine, there) == ("0", confidence)


def test_a_name_that_is_nearly_the_same_is_a_guess_for_a_person():
    found = best("MasterCard", PaymentMethod(name="MasterCard"), PaymentMethod(name="Master Card"))
    assert found is not None
    assert found[1] < SURE


@pytest.mark.parametrize(
    ("mine", "there"),
    [
        (PaymentMethod(name="Cash"), PaymentMethod(name="Visa")),
        (PaymentMethod(name="Cash"), PaymentMethod(name="Cash", active=False)),
        (TaxCode(name="5.0% R"), TaxCode(name="20.0% S")),
        (TaxCode(name="NON", rate=Decimal(0)), TaxCode(name="Zero", rate=Decimal(0))),
        (TaxCode(), TaxCode(name="")),
    ],
)
def test_nothing_in_common_is_no_guess(mine, there):
    assert best(mine.natural_key(), mine, there) is None


def test_two_that_fit_as_well_are_a_question_with_both_answers():
    found = guesses(
        [Entry("Meals", Account())],
        [Entry("5", account("Travel:Meals")), Entry("6", account("Office:Meals"))],
    )["Meals"]
    assert [(one.id, one.confidence) for one in found] == [("5", 55), ("6", 55)]


def test_the_best_three_and_the_same_every_time():
    there = [
        Entry(str(number), Class(name=f"Maintenance {letter}"))
        for number, letter in enumerate("abcde")
    ]
    mine = Entry("x", Class(name="Maintenance f"))
    found = guesses([mine], there)["x"]
    assert [one.id for one in found] == ["0", "1", "2"]
    assert guesses([mine], there[::-1])["x"] == found
