"""Customers, vendors and employees as QuickBooks Online JSON."""

from __future__ import annotations

from quicksync.quickbooks.online.payloads.values import (
    ADDRESS,
    DATE,
    FLAG,
    INVERTED,
    NUMBER,
    TEXT,
    active_row,
    currency_row,
    in_us,
    name_row,
    read_only,
    reference,
    text,
    us_only,
)
from quicksync.quickbooks.online.wired import INACTIVE, Wired
from quicksync.quickbooks.wire_table import Codec, Row, Table, Tree, Writing
from quicksync.records import Customer, Employee, Vendor

PERSON_FORBIDDEN = ":\t\n\r"
HIDDEN = "XX"
"""With this begins a number of which only the end is shown."""


def _job(tree: Tree, writing: Writing) -> None:
    """A customer below another is a "job"; one flag without the other is refused (6150)."""
    if "ParentRef" in tree:
        tree["Job"] = bool(tree["ParentRef"]["value"])


_NAME = name_row("DisplayName")
_PERSON = (
    Row(
        field="given_name",
        path="GivenName",
        codec=TEXT,
        length=100,
        forbidden=PERSON_FORBIDDEN,
    ),
    Row(
        field="family_name",
        path="FamilyName",
        codec=TEXT,
        length=100,
        forbidden=PERSON_FORBIDDEN,
    ),
    Row(field="email", path="PrimaryEmailAddr.Address", codec=TEXT, length=100),
)
_PEOPLE = (
    _NAME,
    Row(field="company", path="CompanyName", codec=TEXT, length=100),
    *_PERSON,
    Row(field="phone", path="PrimaryPhone.FreeFormNumber", codec=TEXT, length=30),
    Row(field="alternate_phone", path="AlternatePhone.FreeFormNumber", codec=TEXT, length=30),
    Row(field="mobile", path="Mobile.FreeFormNumber", codec=TEXT, length=30),
    Row(field="fax", path="Fax.FreeFormNumber", codec=TEXT, length=30),
    Row(field="website", path="WebAddr.URI", codec=TEXT, length=1000),
    Row(field="billing", path="BillAddr", codec=ADDRESS),
)


def _tax_id_back(value: str) -> str | None:
    """The number; of most QuickBooks shows the end only, which nothing can be compared with."""
    shown = text(value)
    return None if shown.startswith(HIDDEN) else shown


CUSTOMER = Wired(
    table=Table(
        Customer,
        "Customer",
        (
            *_PEOPLE,
            Row(field="shipping", path="ShipAddr", codec=ADDRESS),
            Row(field="notes", path="Notes", codec=TEXT, length=2000),
            currency_row(),
            Row(field="term", path="SalesTermRef", codec=reference("term")),
            Row(field="payment_method", path="PaymentMethodRef", codec=reference("payment_method")),
            Row(field="tax_exempt", path="Taxable", codec=INVERTED, when=in_us),
            Row(field="parent", path="ParentRef", codec=reference("customer")),
            active_row(),
            read_only("balance", "Balance", NUMBER),
        ),
        on_write=_job,
        on_read=us_only("tax_exempt"),
    ),
    names=("DisplayName",),
    page=("customerdetail", "nameId"),
    companions=("Vendor", "Employee"),
    switched=True,
    takes_back=frozenset({INACTIVE}),
)

VENDOR = Wired(
    table=Table(
        Vendor,
        "Vendor",
        (
            *_PEOPLE,
            Row(field="notes", path="Notes", codec=TEXT, length=2000),
            currency_row(),
            Row(field="term", path="TermRef", codec=reference("term")),
            Row(field="account_number", path="AcctNum", codec=TEXT, length=100),
            Row(
                field="tax_id",
                path="TaxIdentifier",
                codec=Codec(TEXT.out, _tax_id_back, ""),
                length=20,
            ),
            Row(field="is_1099", path="Vendor1099", codec=FLAG),
            active_row(),
            read_only("balance", "Balance", NUMBER),
        ),
    ),
    names=("DisplayName",),
    page=("vendordetail", "nameId"),
    companions=("Customer", "Employee"),
    switched=True,
    takes_back=frozenset({INACTIVE}),
)


def _somebody(tree: Tree, writing: Writing) -> None:
    """An employee has a given or a family name (6080): who has neither here gets both from the name
    that is shown.
    """
    shown = {**writing.there, **tree}
    if shown.get("GivenName") or shown.get("FamilyName"):
        return
    plain = str(shown.get("DisplayName") or "").partition(" (")[0]
    given, _, family = plain.rpartition(" ")
    tree["FamilyName"] = family
    if given:
        tree["GivenName"] = given


EMPLOYEE = Wired(
    table=Table(
        Employee,
        "Employee",
        (
            _NAME,
            *_PERSON,
            Row(field="phone", path="PrimaryPhone.FreeFormNumber", codec=TEXT, length=20),
            Row(field="mobile", path="Mobile.FreeFormNumber", codec=TEXT, length=20),
            Row(field="billing", path="PrimaryAddr", codec=ADDRESS),
            Row(field="number", path="EmployeeNumber", codec=TEXT, length=100),
            Row(field="hired_on", path="HiredDate", codec=DATE),
            Row(field="released_on", path="ReleasedDate", codec=DATE),
            active_row(),
        ),
        on_write=_somebody,
    ),
    names=("DisplayName",),
    companions=("Customer", "Vendor"),
    switched=True,
    takes_back=frozenset({INACTIVE}),
    withheld=frozenset({"SSN", "BirthDate", "Gender", "BillRate", "CostRate", "V4IDPseudonym"}),
)
