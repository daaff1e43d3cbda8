"""Contacts: by what people and firms are known (C10, C14)."""

from __future__ import annotations

import pytest

from quicksync.records import Customer, Employee, Vendor
from quicksync.records.limits import refused_suffix


@pytest.mark.parametrize("record", [Customer, Vendor, Employee])
def test_whoever_has_a_name_is_known_by_it_and_by_the_address_c10(record):
    one = record(name="Emily  PLATT", email="Emily@Example.com")
    assert (one.block(), one.alias(), one.label()) == (
        "emily platt",
        "emily@example.com",
        "Emily  PLATT",
    )
    assert one.identity(str) == record(name="emily platt").identity(str)
    assert record().identity(str) is None


@pytest.mark.parametrize("text", ["", "(v)", "- supplier", "(supplier 2)", "†"])
def test_what_may_stand_behind_names_c14(text):
    assert refused_suffix(text) == ""


@pytest.mark.parametrize("text", ["v", "supplier 2", "a:b", "(v)\t", " (v)", "(" + 20 * "v" + ")"])
def test_what_may_not_stand_behind_names_c14(text):
    assert refused_suffix(text).endswith((".", ")”."))
