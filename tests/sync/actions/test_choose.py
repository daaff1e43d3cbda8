"""Options chosen by their names: all or none, only what exists, and no one undoes another's."""

from __future__ import annotations

import json

import pytest

from quicksync.exceptions import BadValue
from quicksync.models import Connection, RemoteRecord
from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.sync.actions import connect
from quicksync.sync.actions.choose import choose
from tests.at_once import behind


def joined():
    connection = Connection.objects.create(name="Main", status="connected", realm_id="1")
    connect.categories(connection)
    return connection


@pytest.fixture
def connection(db):
    return joined()


@pytest.fixture
def invoices(connection):
    connection.categories.update(needs_scan=False)
    return connection.categories.get(kind="invoice")


def account(connection, remote_id, type_, **more):
    payload = {"Id": remote_id, "Name": "Any", "AccountType": type_, "Active": True}
    RemoteRecord.objects.create(
        connection=connection,
        type="Account",
        kind="account",
        remote_id=remote_id,
        payload=json.dumps(payload),
        **more,
    )


def test_what_is_chosen_is_saved_told_and_looked_at(invoices):
    assert choose(invoices, {"wins": "ask", "zero_totals": "no"})
    invoices.refresh_from_db()
    assert invoices.options == CategoryOptions().replace(wins="ask", zero_totals=False)
    assert invoices.needs_scan
    assert invoices.history.first().options == invoices.options


def test_what_is_so_already_is_no_change(invoices):
    told = invoices.history.count()
    assert not choose(invoices, {"wins": "newest"})
    assert invoices.history.count() == told


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"wins": "ask", "by_moon": "yes"}, "no option 'by_moon' here"),
        ({"wins": "ask", "active_only": "no"}, "no option 'active_only' here"),
        ({"wins": "ask", "zero_totals": "perhaps"}, "cannot be 'perhaps'"),
        ({"zero_totals": "no", "wins": "oldest"}, "cannot be 'oldest'"),
    ],
)
def test_all_or_none(invoices, texts, words):
    with pytest.raises(BadValue, match=words):
        choose(invoices, texts)
    invoices.refresh_from_db()
    assert invoices.options == CategoryOptions()


def test_an_account_that_may_serve_is_taken_and_no_other_f7(connection):
    account(connection, "79", "Income")
    account(connection, "84", "Accounts Receivable")
    account(connection, "90", "Income", active=False)
    assert choose(connection, {"income_account": "79"})
    for wrong, words in {"84": "its type must be", "90": "no active", "1": "no active"}.items():
        with pytest.raises(BadValue, match=words):
            choose(connection, {"income_account": wrong})
    connection.refresh_from_db()
    assert connection.options == CompanyOptions(income_account="79")
    assert choose(connection, {"income_account": ""})


def test_a_product_for_other_lines_is_one_that_quickbooks_has_d6(connection):
    RemoteRecord.objects.create(
        connection=connection, type="Item", kind="item", remote_id="5", payload="{}"
    )
    assert choose(connection, {"line_product": "5"})
    with pytest.raises(BadValue, match="no active product with id 6"):
        choose(connection, {"line_product": "6"})


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_choose_at_the_same_moment_both_have_what_they_chose():
    invoices = joined().categories.get(kind="invoice")
    behind(
        lambda: choose(invoices, {"wins": "ask"}), lambda: choose(invoices, {"zero_totals": "no"})
    )
    invoices.refresh_from_db()
    assert invoices.options == CategoryOptions().replace(wins="ask", zero_totals=False)
