"""A11: accounts, tax codes, classes and locations that come from QuickBooks are read-only while it
is connected.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from quicksync.books.models import Account, Class, Location, TaxCode, Term
from quicksync.models import Connection

MODELS = {
    "account": Account,
    "tax_code": TaxCode,
    "term": Term,
    "class": Class,
    "location": Location,
}
VALUES = {
    "account": {"name": "Sales", "type": "Income"},
    "tax_code": {"rate": 20},
    "term": {"name": "Net 30"},
} | {kind: {"name": "Garden"} for kind in ("class", "location")}


@pytest.fixture
def pair(rows):
    """Makes an object of a list that is paired with QuickBooks' entry; its category comes from
    there.
    """

    def make(kind, **category):
        model = MODELS[kind]
        obj = model.objects.create(code="X1", **VALUES[kind])
        rows.mapping(
            kind=kind,
            model_label=model._meta.label_lower,
            object_key="X1",
            remote_id="7",
            state="in_sync",
        )
        rows.connection.categories.filter(kind=kind).update(
            **{"enabled": True, "direction": "pull"} | category
        )
        return obj

    return make


def is_locked(client, obj):
    options = obj._meta
    url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[obj.pk])
    page = client.get(url).content.decode()
    return 'name="_save"' not in page and "edited in QuickBooks only" in page


@pytest.mark.parametrize("kind", ["account", "tax_code", "class", "location"])
def test_a11_what_comes_from_quickbooks_is_read_only_while_connected(
    kind, pair, rows, admin_client
):
    obj = pair(kind)
    assert is_locked(admin_client, obj)
    Connection.objects.filter(pk=rows.connection.pk).update(status="disconnected")
    assert not is_locked(admin_client, obj)


@pytest.mark.parametrize(
    ("kind", "category"),
    [("account", {"direction": "both"}), ("account", {"enabled": False}), ("term", {})],
)
def test_a11_everything_else_stays_as_it_was(kind, category, pair, admin_client):
    assert not is_locked(admin_client, pair(kind, **category))


def test_a11_the_lock_is_a_setting(pair, admin_client, settings):
    settings.QUICKSYNC = {"LOCK_LISTS": False}
    assert not is_locked(admin_client, pair("account"))


def test_a11_own_accounts_stay_editable(pair, admin_client):
    pair("account")
    assert not is_locked(admin_client, Account.objects.create(code="X2", name="Own", type="Income"))
