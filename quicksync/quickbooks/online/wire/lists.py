"""Accounts, tax codes, terms, payment methods, classes and locations as QuickBooks Online JSON."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.payloads.values import (
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    active_row,
    currency_row,
    name_row,
    read_only,
    reference,
)
from quicksync.quickbooks.online.wired import INACTIVE, Wired
from quicksync.quickbooks.wire_table import Codec, Row, Table, Tree, Writing
from quicksync.records import Account, Class, Location, PaymentMethod, TaxCode, Term


def _below(flag: str) -> Callable[[Tree, Writing], None]:
    """An entry below another says so twice: by the reference, and by a switch."""

    def below(tree: Tree, writing: Writing) -> None:
        if "ParentRef" in tree:
            tree[flag] = bool(tree["ParentRef"]["value"])

    return below


def _rate(values: dict[str, Any], tree: Tree, facts: Facts) -> None:
    """A code's rate stands in other records (tax rates), which the company facts add up."""
    if rate := facts.tax_codes.get(tree.get("Id", "")):
        values["rate"] = Decimal(rate)


ACCOUNT = Wired(
    table=Table(
        Account,
        "Account",
        (
            Row(field="name", path="Name", codec=TEXT, length=100, forbidden=':"\t\n\r'),
            read_only("full_name", "FullyQualifiedName", TEXT),
            Row(field="number", path="AcctNum", codec=TEXT, length=20, forbidden=":"),
            Row(field="type", path="AccountType", codec=TEXT),
            Row(field="subtype", path="AccountSubType", codec=TEXT),
            read_only("classification", "Classification", TEXT),
            Row(field="parent", path="ParentRef", codec=reference("account")),
            currency_row(),
            active_row(),
            read_only("balance", "CurrentBalance", NUMBER),
        ),
        on_write=_below("SubAccount"),
    ),
    names=("FullyQualifiedName", "Name"),
    page=("register", "accountId"),
    switched=True,
    takes_back=frozenset({INACTIVE}),
)

# The interface creates codes through a service of its own and never changes them: read only.
TAX_CODE = Wired(
    table=Table(
        TaxCode,
        "TaxCode",
        (
            read_only("name", "Name", TEXT),
            read_only("description", "Description", TEXT),
            read_only("taxable", "Taxable", FLAG),
            read_only("active", "Active", FLAG),
        ),
        left_out={"rate"},
        on_read=_rate,
    ),
    names=("Name",),
    switched=True,
    in_changes=False,
    companions=("TaxRate",),
)

TERM = Wired(
    table=Table(
        Term,
        "Term",
        (
            name_row(length=31),
            Row(field="due_days", path="DueDays", codec=WHOLE),
            Row(field="due_day_of_month", path="DayOfMonthDue", codec=WHOLE),
            active_row(),
        ),
    ),
    names=("Name",),
    switched=True,
    takes_back=frozenset({INACTIVE}),
)

CARD, NO_CARD = "CREDIT_CARD", "NON_CREDIT_CARD"

PAYMENT_METHOD = Wired(
    table=Table(
        PaymentMethod,
        "PaymentMethod",
        (
            name_row(length=31),
            Row(
                field="is_card",
                path="Type",
                codec=Codec(lambda card: CARD if card else NO_CARD, lambda value: value == CARD),
            ),
            active_row(),
        ),
    ),
    names=("Name",),
    switched=True,
    takes_back=frozenset({INACTIVE}),
)

_NESTED = (name_row(), read_only("full_name", "FullyQualifiedName", TEXT))

CLASS = Wired(
    table=Table(
        Class,
        "Class",
        (*_NESTED, Row(field="parent", path="ParentRef", codec=reference("class")), active_row()),
        on_write=_below("SubClass"),
    ),
    names=("FullyQualifiedName", "Name"),
    switched=True,
    takes_back=frozenset({INACTIVE}),
)

# The interface's word for a location is Department; it sets "SubDepartment" by itself.
LOCATION = Wired(
    table=Table(
        Location,
        "Department",
        (
            *_NESTED,
            Row(field="parent", path="ParentRef", codec=reference("location")),
            active_row(),
        ),
    ),
    names=("FullyQualifiedName", "Name"),
    switched=True,
    takes_back=frozenset({INACTIVE}),
)
