"""The edition as a whole: its contract, limits, links."""

from __future__ import annotations

import inspect

import pytest

from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.quickbooks.port import Access, Account, DirectWire, Edition, Notices
from quicksync.records import KINDS
from tests.quickbooks.online.make import EDITION


@pytest.mark.parametrize("part", [Edition, DirectWire, Access, Notices])
def test_it_has_every_part_of_the_port_with_the_same_parameters(part):
    for name, method in inspect.getmembers(part, inspect.isfunction):
        if not name.startswith("_"):
            own = getattr(type(EDITION), name)
            assert list(inspect.signature(own).parameters) == list(
                inspect.signature(method).parameters
            ), name


def test_what_it_can_do():
    assert EDITION.can.kinds == set(KINDS)
    assert (EDITION.can.parcel, EDITION.can.polled) == (30, False)
    assert (EDITION.can.signs_in, EDITION.can.notifies, EDITION.can.metered) == (True,) * 3


@pytest.mark.parametrize("kind", KINDS)
def test_fields_that_travel_both_ways_are_never_computed(kind):
    record = KINDS[kind].record
    assert EDITION.fields(kind) <= set(record.__struct_fields__) - record.computed
    assert set(record.required) - {"name", "type"} <= EDITION.fields(kind)


def test_limits_that_planning_warns_of_i7():
    limits = EDITION.limits()
    assert limits["customer", "name"].length == 100
    assert set(":\t\n") <= set(limits["customer", "name"].forbidden)
    assert limits["invoice", "number"].length == 21


def test_links_to_quickbooks_pages_i16(settings):
    settings.QUICKSYNC = {}
    assert (
        EDITION.link("42", "Invoice", "130") == "https://app.qbo.intuit.com/app/invoice?txnId=130"
    )
    assert (
        EDITION.link("42", "Customer", "5")
        == "https://app.qbo.intuit.com/app/customerdetail?nameId=5"
    )
    assert EDITION.link("42", "Term", "5") == ""
    there = EDITION.link("42", "Invoice", "130", environment="sandbox")
    assert there == "https://app.sandbox.qbo.intuit.com/app/invoice?txnId=130"
    assert EDITION.remote_types("payment_method") == ("PaymentMethod",)


def test_a_wire_is_python_quickbooks_client(settings):
    settings.QUICKSYNC = {}
    account = Account(realm="42", environment="sandbox", token=str, renew=str)
    wire = EDITION.open(account)
    assert isinstance(wire, OnlineClient)
    assert (wire.company_id, wire.minorversion, wire.api_url) == (
        "42", 75, "https://sandbox-quickbooks.api.intuit.com/v3",
    )  # fmt: skip
    wire.close()
