"""Editions by name."""

from __future__ import annotations

import pytest

from quicksync.exceptions import ConfigurationError
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.online.edition import OnlineEdition


def test_the_edition_of_a_name_is_one_object():
    assert isinstance(edition_for("online"), OnlineEdition)
    assert edition_for("online") is edition_for("online")


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(ConfigurationError, match=r'no edition "ledger".*online'):
        edition_for("ledger")


@pytest.mark.parametrize("path", ["nowhere.Edition", "quicksync.quickbooks.messages.Fault"])
def test_what_cannot_be_loaded_is_a_configuration_error(settings, path):
    settings.QUICKSYNC = {"EDITIONS": {"other": path}}
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        edition_for("other")


def test_what_is_no_edition_says_what_it_lacks(settings):
    settings.QUICKSYNC = {"EDITIONS": {"other": "collections.OrderedDict"}}
    with pytest.raises(ConfigurationError, match="lacks name, can, body"):
        edition_for("other")
