"""Several of a host's models are one kind: each carries its own fields, and a new record has one
model to go to.
"""

from __future__ import annotations

import pytest

from quicksync.planning.policy import Carried
from quicksync.planning.steps import Direction
from tests.planning.sides import client, codes, only, pair, policy, shape, there

MODELS = {
    "shop.buyer": Carried(frozenset({"name"})),
    "shop.firm": Carried(frozenset({"name", "notes"})),
}
SETTINGS = {"fields": frozenset({"name", "notes"}), "models": MODELS}


def changed(model):
    """A pair whose notes were edited here."""
    before = client(notes="before")
    return pair(client(notes="after"), before, before, model=model)


def test_a_model_without_a_place_for_a_field_neither_sends_nor_gets_it():
    assert shape(only(changed("shop.buyer"), **SETTINGS)) == ("unchanged", "")


@pytest.mark.parametrize("model", ["shop.firm", "shop.unknown", ""])
def test_what_a_model_carries_travels(model):
    assert shape(only(changed(model), **SETTINGS)) == ("update", "push", "notes")


def test_the_settings_of_a_model_are_those_of_the_category_but_for_its_fields():
    settings = policy(**SETTINGS, zero_totals=False)
    assert settings.of("shop.buyer").fields == {"name"}
    assert settings.of("shop.buyer").options.zero_totals is False
    assert settings.of("shop.unknown") is settings


@pytest.mark.parametrize("asked", [{}, {"forced": Direction.PULL}, {"needed": True}], ids=str)
def test_a_record_that_no_model_takes_stays_out_whoever_asks(asked):
    step = only(there(client(), model="", **asked), **SETTINGS)
    assert (shape(step)[0], codes(step)) == ("skip", ["no-model"])


def test_a_record_that_a_model_takes_is_created_there():
    assert shape(only(there(client(), model="shop.firm"), **SETTINGS))[:2] == ("create", "pull")
