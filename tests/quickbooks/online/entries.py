"""Making records in a simulated company."""

from __future__ import annotations

from typing import Any

from quicksync.quickbooks.messages import Outcome, Remote
from quicksync.records import Customer, Invoice, Ref, SalesLine
from tests.quickbooks.online.conftest import Company
from tests.quickbooks.online.make import invoice, item


def code(company: Company, rate: str) -> str:
    """The id of the tax code with that rate."""
    return next(known for known, found in company.facts.tax_codes.items() if found == rate)


def add_customer(company: Company, name: str = "Zed & Söhne") -> Remote:
    """A new customer."""
    remote = company.one(item(Customer(name=name), key=name[:9])).remote
    assert remote is not None
    return remote


def add_invoice(company: Company, *lines: SalesLine, **more: Any) -> tuple[Invoice, Outcome]:
    """A new invoice of a new customer, unless one is named, and what became of it."""
    if "customer" not in more:
        more["customer"] = Ref(
            "customer", add_customer(company, f"Customer of {more.get('number', '1001')}").id
        )
    record: Invoice = invoice(*lines).replace(**more)
    return record, company.one(item(record))
