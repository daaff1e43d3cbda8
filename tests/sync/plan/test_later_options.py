"""Options that a later version has chosen, after a step back: nothing moves by a guess."""

from __future__ import annotations

import pytest

from quicksync.exceptions import BadValue
from quicksync.models import Category, Connection
from quicksync.options import options_json
from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from tests.company import connected


@pytest.fixture
def company(db):
    with connected(kinds=["customer"]) as found:
        yield found


def of_later(of, **values):
    return options_json.load(of, {"v": 1, "d": values})


def test_a_choice_that_this_version_does_not_know_is_not_taken_for_the_default(company):
    rows = Category.objects.filter(kind="customer")
    rows.update(options=of_later(CategoryOptions, wins="oldest"))
    company.client("Ada")
    with pytest.raises(BadValue, match="of customers was chosen in a later version"):
        company.sync()
    assert not company.writes()


def test_nor_is_one_of_the_company(company):
    Connection.objects.update(options=of_later(CompanyOptions, income_account=["79", "80"]))
    company.client("Ada")
    with pytest.raises(BadValue, match="“Income account” of"):
        company.sync()
    assert not company.writes()
