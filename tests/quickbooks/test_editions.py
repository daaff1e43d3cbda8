"""Editions by name, and by the parts of the port that they have."""

from __future__ import annotations

import inspect

import msgspec
import pytest

from quicksync.conf import settings as settings_of
from quicksync.exceptions import ConfigurationError
from quicksync.models import Connection
from quicksync.quickbooks import loading
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.online.edition import OnlineEdition
from quicksync.quickbooks.port import Edition
from tests.contracts.polled_edition import PolledEdition


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
    with pytest.raises(ConfigurationError, match="lacks name, can, set_up, fields, told, limits"):
        edition_for("other")


class Small(PolledEdition):
    """Says that it has parts of the port that it has not."""

    can = msgspec.structs.replace(PolledEdition.can, signs_in=True, notifies=True)


class Wireless(PolledEdition):
    """Says that we ask it."""

    can = msgspec.structs.replace(PolledEdition.can, polled=False)


class Unopened(PolledEdition):
    """Has a wire, and nobody's access to open it with."""

    can = Wireless.can
    open = refresh = revoke = staticmethod(str)


class Vague(PolledEdition):
    """Says what it can in a way of its own."""

    can = "everything"


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        (Small, "lacks refresh, revoke, notices"),
        (Wireless, "lacks open"),
        (Unopened, "neither polled nor does it sign in"),
        (Vague, r"lacks can \(a Capabilities\)"),
    ],
)
def test_an_edition_has_each_part_that_it_says_it_has(settings, of, sentence):
    settings.QUICKSYNC = {"EDITIONS": {"other": f"{of.__module__}.{of.__qualname__}"}}
    with pytest.raises(ConfigurationError, match=sentence):
        edition_for("other")


def test_an_edition_that_is_polled_needs_the_first_part_of_the_port_alone():
    def parts(of):
        return {name for name, _ in inspect.getmembers(of, inspect.isfunction) if name[0] != "_"}

    assert parts(PolledEdition) == parts(Edition)


def test_each_edition_is_asked_for_what_it_has(settings):
    """One that cannot be loaded takes nothing away from the others."""
    ours = {
        "paper": "tests.contracts.polled_edition.PolledEdition",
        "broken": "nowhere.Edition",
        **settings_of.editions,
    }
    settings.QUICKSYNC = {"EDITIONS": ours}
    assert list(loading.installed()) == ["paper", "online"]
    assert list(loading.polled()) == ["paper"]
    for found in (loading.direct(), loading.signing_in(), loading.notifying(), loading.metered()):
        assert list(found) == ["online"]
    assert loading.access_of("online") is edition_for("online")
    with pytest.raises(ConfigurationError, match="A company on paper is connected without"):
        loading.access_of("paper")


def test_names_for_people(settings):
    assert loading.title_of("online") == "QuickBooks Online"
    assert loading.title_of("of old") == "of old"


def test_a_new_connection_is_of_the_first_edition_of_the_settings(settings):
    assert Connection().edition == "online"
    ours = {"paper": "tests.contracts.polled_edition.PolledEdition", **settings_of.editions}
    settings.QUICKSYNC = {"EDITIONS": ours}
    assert Connection().edition == "paper"
