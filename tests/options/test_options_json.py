"""Stored options are read again, by this version, a later one and an earlier one, and nothing is
lost.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quicksync.exceptions import BadValue
from quicksync.options import options_json
from quicksync.options.category import CategoryOptions
from quicksync.options.choices import Wins
from quicksync.options.company import CompanyOptions
from quicksync.options.row import VERSION, table
from tests.options.choosing import values_of

ROWS = table(CategoryOptions)
LATER = VERSION + 1


def stored(version=VERSION, **values):
    return {"v": version, "d": values}


def whole(**values):
    return {**options_json.dump(CategoryOptions())["d"], **values}


def options():
    chosen = {name: st.sampled_from(values_of(row)) for name, row in ROWS.items()}
    return st.builds(CategoryOptions, **chosen)


@given(options())
def test_what_is_stored_is_read_again(chosen):
    assert (
        options_json.load(CategoryOptions, json.loads(json.dumps(options_json.dump(chosen))))
        == chosen
    )


def test_every_option_is_stored_even_with_its_default():
    assert options_json.dump(CategoryOptions())["d"].keys() == ROWS.keys()


@pytest.mark.parametrize("nothing", [None, {}])
def test_nothing_stored_means_the_defaults(nothing):
    assert options_json.load(CategoryOptions, nothing) == CategoryOptions()


def test_an_option_that_was_not_there_yet_has_its_default():
    found = options_json.load(CategoryOptions, stored(wins="ask"))
    assert found == CategoryOptions(wins=Wins.ASK)
    found.check_readable("invoices")


@pytest.mark.parametrize(
    "broken", [{"d": {}}, {"v": 1}, {"v": "one", "d": {}}, [1], {"v": 1, "d": 5}]
)
def test_what_are_no_stored_options_is_refused(broken):
    with pytest.raises(BadValue, match="cannot be read"):
        options_json.load(CategoryOptions, broken)


def test_options_of_a_later_version_are_kept():
    found = options_json.load(CategoryOptions, stored(LATER, **whole(wins="ask", by_moon=True)))
    found.check_readable("invoices")
    again = options_json.dump(found.replace(zero_totals=False))
    assert (again["v"], again["d"]["by_moon"], again["d"]["wins"], again["d"]["zero_totals"]) == (
        LATER,
        True,
        "ask",
        False,
    )


@pytest.mark.parametrize("data", [stored(LATER, **whole(wins="oldest")), stored(wins="oldest")])
def test_a_value_of_a_later_version_is_kept_and_never_taken_for_the_default(data):
    found = options_json.load(CategoryOptions, data)
    with pytest.raises(BadValue, match="changed the same field” of invoices was chosen"):
        found.check_readable("invoices")
    assert options_json.dump(found)["d"]["wins"] == "oldest"


def test_what_a_later_version_does_not_write_any_more_it_has_renamed():
    values = whole(winner="ask")
    del values["wins"]
    with pytest.raises(BadValue, match="the same field” of invoices"):
        options_json.load(CategoryOptions, stored(LATER, **values)).check_readable("invoices")


def test_choosing_anew_makes_it_readable():
    found = options_json.load(CategoryOptions, stored(wins="oldest", by_moon=True)).replace(
        wins="here"
    )
    found.check_readable("invoices")
    assert (options_json.dump(found)["d"]["wins"], options_json.dump(found)["d"]["by_moon"]) == (
        "here",
        True,
    )


def test_old_rows_pass_through_every_step(monkeypatch):
    def renamed(values):
        return {"wins" if name == "winner" else name: value for name, value in values.items()}

    monkeypatch.setitem(options_json.UPGRADES, (CategoryOptions, VERSION - 1), renamed)
    assert options_json.load(CategoryOptions, stored(VERSION - 1, winner="here")).wins is Wins.HERE


def test_an_old_row_whose_shape_did_not_change_is_read_as_it_is():
    assert options_json.load(CategoryOptions, stored(VERSION - 1, wins="here")).wins is Wins.HERE


@given(options(), options())
def test_taking_what_another_chooses(mine, other):
    assert mine.taking(other) == other


def test_a_value_for_each_entry_can_be_written_as_text_and_read_again_g8():
    (row,) = (row for row in table(CompanyOptions).values() if row.option.each)
    value = {"2": "35", "1": "79"}
    assert row.text_of(value) == "1=79, 2=35"
    assert row.check(row.parse(row.text_of(value))) == value
    assert row.parse(" ") == {}


@pytest.mark.parametrize("name", ROWS)
def test_every_value_can_be_written_as_text_and_read_again(name):
    row = ROWS[name]
    for value in values_of(row):
        assert row.text_of(value) in row.words or not row.words
        assert row.check(row.parse(row.text_of(value))) == value


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"winner": "ask"}, "There is no option winner. There are: start_basis, wins"),
        ({"wins": "oldest"}, "“If both sides changed the same field” .wins. cannot be 'oldest'"),
        ({"zero_totals": "perhaps"}, "cannot be 'perhaps'"),
        ({"zero_totals": 1}, "cannot be 1"),
        ({"name_suffix": "(a:b)"}, "QuickBooks allows no colon, tab or line break in names."),
        ({"name_suffix": "supplier"}, "look like a part of the name. Write “.supplier.”."),
        ({"name_suffix": " (v)"}, "it begins or ends with a space."),
        ({"name_suffix": "(" + "v" * 20 + ")"}, "it is longer than 20 characters."),
    ],
)
def test_what_does_not_exist_cannot_be_chosen(values, words):
    with pytest.raises(BadValue, match=words):
        CategoryOptions().replace(**values)


def test_a_value_that_cannot_be_is_not_stored():
    with pytest.raises(BadValue, match="wins"):
        options_json.dump(CategoryOptions(wins="oldest"))


def test_what_is_replaced_has_its_type():
    assert CategoryOptions().replace(wins="ask").wins is Wins.ASK
