"""I17, X43: each preset does what the way of working it is named for does, setting by setting, for
the kinds there are.
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from quicksync.books.models import Client, Invoice
from quicksync.exceptions import BadValue, NotAllowed
from quicksync.models import Category, Connection
from quicksync.options import options_json
from quicksync.options.category import CategoryOptions
from quicksync.options.row import table
from quicksync.records import KINDS
from quicksync.sync.actions import connect, presets
from quicksync.sync.company import currencies

OFF = "off"
# Kind -> direction for each preset, as its description has it.
WAYS = {
    "recommended": {
        "account": "pull",
        "tax_code": "pull",
        "term": "pull",
        "payment_method": "pull",
        "class": "both",
        "location": "both",
        "customer": "both",
        "item": "both",
        "invoice": "both",
        "payment": "both",
        "vendor": "both",
        "employee": "both",
        "item_category": "both",
        "credit_note": "both",
        "estimate": "both",
        "sales_receipt": "both",
        "refund": "push",
        "bill": "both",
    },
    "field-service": {
        "account": "pull",
        "tax_code": OFF,
        "customer": "both",
        "item": OFF,
        "invoice": "push",
        "payment": "push",
        "vendor": OFF,
        "credit_note": OFF,
        "bill": OFF,
    },
    "agency": {
        "account": "pull",
        "tax_code": "pull",
        "customer": "push",
        "item": "push",
        "invoice": "push",
        "payment": "pull",
        "vendor": "push",
        "credit_note": "push",
        "bill": "push",
        "class": "pull",
        "location": "pull",
    },
    "it-services": {
        "account": "pull",
        "tax_code": "pull",
        "customer": OFF,
        "item": "push",
        "invoice": "push",
        "payment": "push",
        "vendor": OFF,
        "credit_note": "push",
        "bill": "push",
    },
    "payables": {
        "account": "both",
        "tax_code": OFF,
        "customer": "both",
        "item": "pull",
        "invoice": "both",
        "payment": "push",
        "vendor": "both",
        "credit_note": OFF,
        "bill": "push",
        "class": "both",
        "location": "both",
    },
    "engineering": {
        "account": "pull",
        "tax_code": "pull",
        "customer": OFF,
        "item": OFF,
        "invoice": "push",
        "payment": "push",
        "vendor": OFF,
        "credit_note": "push",
        "bill": "push",
    },
}
# What else a preset promises of one kind.
PROMISES = [
    (
        "recommended",
        "invoice",
        {"wins": "ask", "authority": "both", "on_delete_here": "void", "start_date": None},
    ),
    ("field-service", "customer", {"active_only": True, "start_date": None}),
    (
        "field-service",
        "invoice",
        {"authority": "here", "start_date": "today", "on_delete_here": "nothing"},
    ),
    (
        "field-service",
        "payment",
        {"start_date": "today", "start_basis": "modified", "on_delete_here": "nothing"},
    ),
    ("agency", "invoice", {"until_paid": True, "start_date": "today"}),
    ("agency", "credit_note", {"start_date": "today", "on_delete_here": "nothing"}),
    ("agency", "bill", {"until_paid": False, "start_date": "today"}),
    ("agency", "vendor", {"name_suffix": "(v)"}),
    ("agency", "customer", {"name_suffix": ""}),
    ("recommended", "vendor", {"name_suffix": ""}),
    ("agency", "account", {"authority": "quickbooks"}),
    ("agency", "tax_code", {"authority": "quickbooks"}),
    ("it-services", "invoice", {"zero_totals": True, "on_delete_here": "void", "start_date": None}),
    ("it-services", "credit_note", {"zero_totals": True, "on_delete_here": "delete"}),
    ("it-services", "bill", {"zero_totals": True, "on_delete_here": "delete"}),
    ("payables", "bill", {"authority": "here", "on_delete_here": "nothing", "start_date": None}),
    ("payables", "invoice", {"authority": "quickbooks", "on_delete_here": "nothing"}),
    (
        "engineering",
        "invoice",
        {"start_basis": "document", "start_date": "today", "on_delete_here": "nothing"},
    ),
]
PROMISES += [
    (
        "engineering",
        kind,
        {"start_basis": "document", "start_date": "today", "on_delete_here": "nothing"},
    )
    for kind in ("credit_note", "bill")
]
AUTOMATIC = {"recommended", "field-service", "agency", "it-services"}


@pytest.fixture
def connection(db):
    connection = Connection.objects.create(
        name="Main", status="connected", realm_id="1", home_currency="USD"
    )
    connect.categories(connection)
    return connection


def test_i17_every_preset_is_tested():
    assert set(WAYS) == set(presets.PRESETS)


def test_what_a_preset_does_not_say_is_as_in_a_new_category():
    for preset in presets.PRESETS.values():
        for kind in set(KINDS) - set(preset.categories):
            chosen = preset.of(kind)
            assert (chosen.options, chosen.columns["start_date"]) == (
                Category().options,
                Category().start_date,
            )


@pytest.mark.parametrize("name", presets.PRESETS)
def test_presets_choose_only_options_that_their_kinds_have(name):
    preset = presets.PRESETS[name]
    assert preset.everywhere.keys() <= table(CategoryOptions).keys()
    for kind in preset.categories:
        preset.of(kind)


@pytest.mark.parametrize(
    "wrong",
    [{"by_moon": True}, {"wins": "oldest"}, {"zero_totals": False}, {"start_basis": "document"}],
    ids=str,
)
def test_a_preset_cannot_choose_what_its_kind_does_not_have(wrong):
    preset = presets.Preset("odd", "Odd", "", {"customer": {"direction": "both", **wrong}})
    with pytest.raises(BadValue):
        preset.of("customer")


def test_a_preset_keeps_what_a_later_version_has_chosen(connection):
    category = connection.categories.get(kind="invoice")
    category.options = options_json.load(
        CategoryOptions, {"v": 1, "d": {"by_moon": True, "wins": "oldest"}}
    )
    category.save()
    presets.apply(connection, "recommended")
    category.refresh_from_db()
    assert options_json.dump(category.options)["d"]["by_moon"] is True
    assert category.options.wins == "ask"


@pytest.mark.parametrize("name", presets.PRESETS)
def test_i17_directions(name, connection):
    done = presets.apply(connection, name)
    found = {one.kind: one.direction if one.enabled else OFF for one in connection.categories.all()}
    assert {kind: found[kind] for kind in WAYS[name]} == WAYS[name]
    assert set(done.on) == {kind for kind, way in found.items() if way != OFF}
    connection.refresh_from_db()
    assert (connection.sync_type == "automatic") == (name in AUTOMATIC)
    assert connection.live == (name in AUTOMATIC)


@pytest.mark.parametrize(("name", "kind", "values"), PROMISES)
def test_i17_promises(name, kind, values, connection):
    presets.apply(connection, name)
    category = connection.categories.get(kind=kind)
    for setting, value in values.items():
        expected = timezone.localdate() if value == "today" else value
        assert (
            getattr(category if hasattr(category, setting) else category.options, setting)
            == expected
        ), setting


@pytest.mark.parametrize("first", presets.PRESETS)
def test_i17_nothing_of_an_earlier_choice_remains(first, connection):
    presets.apply(connection, first)
    presets.apply(connection, "it-services")
    mixed = _settings(connection)
    other = Connection.objects.create(name="Other", home_currency="USD")
    presets.apply(other, "it-services")
    assert mixed == _settings(other)


def _settings(connection):
    """The settings of what is on; the direction of what is off says nothing."""
    return {
        one.kind: (one.direction, one.start_date, one.options)
        for one in connection.categories.filter(enabled=True)
    }


def test_i17_i1_each_change_is_in_the_audit_and_only_changes_are(connection):
    user = User.objects.create_user("ada")
    presets.apply(connection, "recommended", user=user)
    latest = connection.categories.get(kind="invoice").history.latest()
    assert (latest.history_user, latest.history_change_reason) == (user, "Preset Recommended")
    count = Category.history.count()
    presets.apply(connection, "recommended", user=user)
    assert Category.history.count() == count


def test_i17_not_after_the_first_synchronization(connection):
    connection.categories.filter(kind="invoice").update(first_synced_at=timezone.now())
    with pytest.raises(NotAllowed, match="has already been synchronized"):
        presets.apply(connection, "recommended")
    with pytest.raises(NotAllowed, match="no preset 'x'"):
        presets.apply(Connection.objects.create(name="B"), "x")


def test_a9_what_uses_unknown_currencies_stays_off_with_both_lists(connection):
    Client.objects.create(name="Ada", currency="EUR")
    Client.objects.create(name="Bob", currency="USD")
    done = presets.apply(connection, "recommended")
    assert set(done.refused) == {"customer"}
    assert "Here: EUR, USD. In QuickBooks: USD." in done.refused["customer"]
    assert not connection.categories.get(kind="customer").enabled
    assert connection.categories.get(kind="invoice").enabled


def test_e5_classes_and_locations_stay_off_where_the_company_has_none(connection):
    connection.facts = {"features": ["locations", "item-categories"]}
    done = presets.apply(connection, "recommended")
    assert set(done.refused) == {"class"}
    assert "Class tracking is switched off" in done.refused["class"]
    assert "location" in done.on


def test_a9_both_lists(connection):
    client = Client.objects.create(name="Ada", currency="EUR")
    Invoice.objects.create(client=client, number="1", currency="EUR")
    found = currencies.compare(connection)
    assert (found.here, found.there) == (("EUR",), ("USD",))
    assert (found.missing_there, found.missing_here) == (("EUR",), ("USD",))
    assert currencies.compare(connection, ["payment"]).here == ()


def test_a9_other_currencies_count_once_several_are_switched_on(connection, db):
    connection.facts = {"multicurrency": True}
    assert currencies.of_company(connection) == set(), "several, but nobody knows which"
    connection.facts["currencies"] = ["EUR"]
    assert currencies.of_company(connection) == {"USD", "EUR"}
    connection.facts = {}
    assert currencies.of_company(connection) == {"USD"}


def test_a9_nothing_is_refused_before_the_company_is_known():
    assert currencies.Currencies(("EUR",), ()).missing_there == ()
