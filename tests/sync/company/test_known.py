"""What a person chose for a company takes the place of what was found for sure."""

from __future__ import annotations

import pytest

from quicksync.models import Connection
from quicksync.options.company import CompanyOptions
from quicksync.options.row import table
from quicksync.sync.company.known import facts_of

ROWS = {
    name: row
    for name, row in table(CompanyOptions).items()
    if row.option.entries and not row.option.each
}
FOUND = {row.option.role: "found" for row in ROWS.values()}


@pytest.mark.parametrize("name", ROWS)
def test_each_default_account_is_what_was_chosen_d6_d10_g8(name):
    role = ROWS[name].option.role
    options = CompanyOptions().replace(**{name: "79"})
    facts = facts_of(Connection(name="Main", facts={"defaults": FOUND}, options=options))
    assert facts.defaults == {**FOUND, role: "79"}


def test_what_was_not_chosen_is_what_was_found():
    assert facts_of(Connection(name="Main", facts={"defaults": FOUND})).defaults == FOUND
