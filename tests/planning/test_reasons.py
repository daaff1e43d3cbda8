"""Reasons: every code has a sentence, a cause and a fix, in words for people."""

from __future__ import annotations

import re

import pytest

from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.reason_row import Severity
from quicksync.planning.reasons.table import ROWS
from quicksync.planning.reasons.words import explain, why

EVERYTHING = dict.fromkeys(
    re.findall(r"{(\w+)}", "".join(row.sentence + row.cause + row.fix for row in ROWS.values())),
    "what it is",
)


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.code)
def test_every_reason_says_what_why_and_what_to_do_x10(row):
    words = explain(Reason(row.code, dict(EVERYTHING), "name"), "customer")
    for text in (words.sentence, words.cause, words.fix):
        assert text.endswith((".", "what it is"))
        assert "{" not in text
        assert "…" not in text
    assert words.severity is row.severity
    assert (words.code, words.place) == (row.code, row.place)


def test_nothing_to_mend_means_no_place_and_no_error():
    for row in ROWS.values():
        if not row.place:
            assert row.severity is not Severity.ERROR, row.code


def test_fields_are_named_in_words():
    assert (
        explain(why("required-empty", "issued_on", plural="invoices"), "invoice").sentence
        == "Date is empty."
    )
    assert (
        "Billing address (city)"
        in explain(why("too-long", "billing.city", length=4, limit=3), "customer").sentence
    )
    assert "Some field" in explain(why("required-empty", "some_field", plural="things")).sentence


def test_lists_are_told_as_a_row():
    reason = why("near-match", label="Acme", others=["Acme Ltd", "Acme Inc"])
    assert "Acme Ltd, Acme Inc" in explain(reason).sentence


def test_what_quickbooks_said_is_the_sentence_when_our_values_are_lacking():
    reason = Reason(
        "number-taken", {"label": "Invoice 7", "message": "Duplicate number.", "fault": "6140"}
    )
    assert explain(reason).sentence == "QuickBooks refused Invoice 7: Duplicate number."


def test_words_are_translated_before_their_values_are_put_in():
    words = explain(
        why("required-empty", "customer", plural="invoices"),
        "invoice",
        say=lambda text: text.replace("Customer", "Kunde").replace("is empty", "ist leer"),
    )
    assert words.sentence == "Kunde ist leer."


def test_a_lacking_value_never_breaks_a_page():
    assert explain(Reason("reference-not-synced", {"label": "A", "other": "B"})).cause.endswith(
        "skipped or not included."
    )
    assert (
        explain(Reason("name-taken", {"other": "B"})).sentence
        == "The name … is already used in QuickBooks by B."
    )
    assert explain(Reason("before-start-date")).sentence == "It is older than the start date, …."
    assert explain(Reason("skipped-by-user")).sentence == "This record is skipped."


def test_a_code_of_another_version_is_told_as_such():
    words = explain(Reason("not-of-this-version", {"label": "Acme"}))
    assert "not-of-this-version" in words.sentence
    assert words.severity is Severity.ERROR


def test_only_codes_of_the_table_are_made():
    with pytest.raises(KeyError):
        why("no-such-reason")
