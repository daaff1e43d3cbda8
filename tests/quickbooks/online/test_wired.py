"""The table of kinds: whatever does not fit together is an error when it is put together, and not
when the first record comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
import pytest

from quicksync.exceptions import BadValue
from quicksync.quickbooks.loading import trouble_with
from quicksync.quickbooks.online.documents.applied import applied_row
from quicksync.quickbooks.online.edition import OnlineEdition
from quicksync.quickbooks.online.payloads.values import TEXT
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.online.wired import Wired, Wiring
from quicksync.quickbooks.wire_table import Row, Table
from quicksync.records import Account, Allocation

NAME = Row(field="name", path="Name", codec=TEXT)


def table(name, *rows, **said):
    """A wire table of accounts that has these rows."""
    there = {"name", *(row.field for row in rows), *said}
    rest = set(Account.__struct_fields__) - there
    return Wired(table=Table(Account, name, (NAME, *rows), left_out=rest, said=said))


def test_a_kind_is_no_record_of_another_type():
    assert WIRED.one("invoice", "Invoice").kind == "invoice"
    with pytest.raises(BadValue, match="invoices are no Bill records"):
        WIRED.one("invoice", "Bill")


def test_types_of_a_kind_must_be_told_apart():
    with pytest.raises(ValueError, match="must say something that no other says"):
        Wiring([table("Account"), table("Ledger")])
    with pytest.raises(ValueError, match="must say something that no other says"):
        Wiring([table("Account", currency="USD"), table("Ledger", currency="USD")])


def test_types_of_a_kind_must_carry_the_same_fields():
    number = Row(field="number", path="AcctNum", codec=TEXT)
    with pytest.raises(ValueError, match="do not carry the same fields"):
        Wiring([table("Account", number, currency="USD"), table("Ledger", currency="EUR")])


def test_what_a_type_says_may_not_change():
    with pytest.raises(ValueError, match="must be in create_only"):
        table("Account", subtype="Bank")


def test_a_record_is_made_as_the_type_that_says_the_same_and_as_no_other():
    wiring = Wiring([table("Account", currency="USD"), table("Ledger", currency="EUR")])
    assert wiring.types("account") == ("Account", "Ledger")
    assert wiring.new(Account(name="Rent", currency="EUR")).type == "Ledger"
    with pytest.raises(BadValue, match="no place for Rent"):
        wiring.new(Account(name="Rent", currency="CHF"))


def test_the_strictest_limit_of_all_types_counts():
    short = Wired(
        table=Table(
            Account,
            "Ledger",
            (msgspec.structs.replace(NAME, length=10, forbidden=":"),),
            left_out=set(Account.__struct_fields__) - {"name", "currency"},
            said={"currency": "EUR"},
        )
    )
    found = Wiring([table("Account", currency="USD"), short]).limits("account")["name"]
    assert (found.length, found.forbidden) == (10, ":")


def test_nothing_is_applied_to_what_quickbooks_has_no_link_for():
    class Odd(Allocation, frozen=True, kw_only=True, omit_defaults=True):
        references: ClassVar[Mapping[str, tuple[str, ...]]] = {"document": ("term",)}

    with pytest.raises(ValueError, match="nothing links to term"):
        applied_row("allocations", Odd)


def test_what_can_be_done_with_records_that_are_not_wanted_any_more():
    can = OnlineEdition().can
    assert can.takes_back("bill") == {"delete"}
    assert can.takes_back("invoice") == {"void", "delete"}
    assert can.takes_back("customer") == {"inactive"}


def test_an_edition_that_is_not_in_the_settings_says_so_and_one_that_is_has_no_trouble():
    assert "no edition" in trouble_with("ledger")
    assert trouble_with("online") == ""
