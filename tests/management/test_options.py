"""`quicksync_options`: what the pages in the admin choose, from the command line."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quicksync.models import Connection
from quicksync.sync.actions import connect


def run(*words, **options):
    out = StringIO()
    call_command("quicksync_options", *words, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def connection(db):
    connection = Connection.objects.create(name="Main", status="connected", realm_id="1")
    connect.categories(connection)
    return connection


def test_the_options_of_a_category_are_shown_with_what_can_be_chosen():
    lines = run(kind="invoice").splitlines()
    assert "wins=newest  (newest|here|quickbooks|ask)" in lines
    assert "zero_totals=yes  (yes|no)" in lines
    assert not [line for line in lines if line.startswith("active_only")]


def test_the_options_of_a_company_are_shown():
    assert "income_account=" in run().splitlines()


def test_what_is_shown_can_be_chosen_again():
    words = [line.partition("  ")[0] for line in run(kind="invoice").splitlines()]
    assert run(*words, kind="invoice") == run(kind="invoice")


def test_options_are_chosen(connection):
    shown = json.loads(run("wins=ask", "zero_totals=no", kind="invoice", json=True))
    assert (shown["wins"], shown["zero_totals"]) == ("ask", False)
    assert connection.categories.get(kind="invoice").options.wins == "ask"


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("wins=oldest", "cannot be 'oldest'"),
        ("by_moon=yes", "There is no option 'by_moon'"),
        ("wins", "is not NAME=VALUE"),
    ],
)
def test_what_cannot_be_chosen_is_refused_in_a_sentence(word, words):
    with pytest.raises(CommandError, match=words):
        run(word, kind="invoice")


def test_a_kind_that_the_site_does_not_have_is_refused(connection):
    connection.categories.filter(kind="invoice").delete()
    with pytest.raises(CommandError, match="no category of that kind"):
        run(kind="invoice")
