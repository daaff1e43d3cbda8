"""Employees as QuickBooks Online has them (C14), without what is nobody's business here."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from quicksync.quickbooks.messages import Remote, WriteItem
from quicksync.quickbooks.online import entities
from quicksync.quickbooks.online.edition import OnlineEdition
from quicksync.records import Address, Employee
from tests.quickbooks.online.make import US, golden, item

EDITION = OnlineEdition()
PRIVATE = {"SSN": "123-45-6789", "BirthDate": "1990-01-02", "Gender": "Female", "CostRate": 31.5}
EMILY = {"Id": "55", "SyncToken": "3", "DisplayName": "Emily Platt", "GivenName": "Emily"}


def sent(record, *, there=None, fields=frozenset()):
    remote = None
    if there is not None:
        payload = json.dumps(there)
        remote = Remote(type="Employee", id="55", kind="employee", token="3", payload=payload)
    action = "create" if remote is None else "update"
    write = WriteItem(
        key="op1", action=action, kind="employee", record=record, fields=fields, remote=remote
    )
    return json.loads(EDITION.body(write, US))["Employee"]


def test_a_new_employee_carries_what_is_filled_and_nothing_else():
    record = Employee(
        name="Emily Platt",
        given_name="Emily",
        family_name="Platt",
        email="emily@example.com",
        phone="(650) 555-0111",
        mobile="(650) 555-0112",
        billing=Address("12 Oak St.", "Bayshore", "CA", "94326"),
        number="1001",
        hired_on=dt.date(2019, 4, 1),
    )
    golden("employee-create", EDITION.body(item(record), US))


@pytest.mark.parametrize(
    ("name", "given", "family"),
    [
        ("Emily Platt", "Emily", "Platt"),
        ("Juan Carlos Peña", "Juan Carlos", "Peña"),
        ("Cher", None, "Cher"),
        ("Emily Platt (e)", "Emily", "Platt"),
    ],
)
def test_who_has_neither_a_given_nor_a_family_name_gets_them_from_the_one_shown(
    name, given, family
):
    """QuickBooks requires one of the two (6080)."""
    tree = sent(Employee(name=name))
    assert (tree["DisplayName"], tree.get("GivenName"), tree["FamilyName"]) == (name, given, family)


def test_whoever_has_one_of_them_keeps_it():
    assert "FamilyName" not in sent(Employee(name="Emily Platt", given_name="Em"))
    there = {**EMILY, "FamilyName": "Platt"}
    tree = sent(Employee(name="Emily Platt"), there=there, fields=frozenset({"given_name"}))
    assert (tree["GivenName"], "FamilyName" in tree) == ("", False)


def test_both_names_cannot_be_taken_from_somebody():
    fields = frozenset({"given_name", "family_name"})
    tree = sent(Employee(name="Emily Platt"), there=EMILY, fields=fields)
    assert (tree["GivenName"], tree["FamilyName"]) == ("Emily", "Platt")


def test_what_is_nobodys_business_is_not_kept():
    raw = json.dumps({**EMILY, **PRIVATE, "HiredDate": "2019-04-01"}).encode()
    remote = entities.remote_of("Employee", raw)
    assert not [word for word in PRIVATE if word in remote.payload]
    assert not [value for value in PRIVATE.values() if str(value) in remote.payload]
    assert (remote.id, remote.token, remote.name) == ("55", "3", "Emily Platt")
    record = EDITION.decode(remote, US)
    assert record == Employee(name="Emily Platt", given_name="Emily", hired_on=dt.date(2019, 4, 1))


@pytest.mark.parametrize("raw", [b'{"Id":"55","SSN":"123-45-6789"', b'["SSN", "123-45-6789"]'])
def test_what_cannot_be_taken_apart_keeps_no_secret_either(raw):
    remote = entities.remote_of("Employee", raw)
    assert "123" not in remote.payload


def test_other_types_are_kept_as_they_come():
    raw = b'{"Id":"1","DisplayName":"Acme","Notes":"SSN"}'
    assert entities.remote_of("Customer", raw).payload == raw.decode()
