"""Customers as QuickBooks Online JSON."""

from __future__ import annotations

from quicksync.quickbooks.online.payloads.values import (
    ADDRESS,
    INVERTED,
    NUMBER,
    TEXT,
    active_row,
    currency_row,
    in_us,
    name_row,
    read_only,
    reference,
    us_only,
)
from quicksync.quickbooks.online.wired import INACTIVE, Wired
from quicksync.quickbooks.wire_table import Row, Table, Tree, Writing
from quicksync.records import Customer

PERSON_FORBIDDEN = ":\t\n\r"


def _job(tree: Tree, writing: Writing) -> None:
    """A customer below another is a "job" to QuickBooks; one flag without the other is refused
    (6150).
    """
    if "ParentRef" in tree:
        tree["Job"] = bool(tree["ParentRef"]["value"])


CUSTOMER = Wired(
    table=Table(
        Customer,
        "Customer",
        (
            name_row("DisplayName"),
            Row(field="company", path="CompanyName", codec=TEXT, length=100),
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
            Row(field="phone", path="PrimaryPhone.FreeFormNumber", codec=TEXT, length=30),
            Row(field="mobile", path="Mobile.FreeFormNumber", codec=TEXT, length=30),
            Row(field="website", path="WebAddr.URI", codec=TEXT, length=1000),
            Row(field="billing", path="BillAddr", codec=ADDRESS),
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
