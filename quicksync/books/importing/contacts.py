"""The columns that files of customers, vendors and employees share."""

from __future__ import annotations

from quicksync.books.importing import cells
from quicksync.books.importing.base import entry_column
from quicksync.books.importing.cells import Column
from quicksync.books.models import Term

_ADDRESS = {"street": 500, "city": 255, "region": 255, "postcode": 30, "country": 255}


def address_columns(prefix: str = "") -> dict[str, Column]:
    """The parts of an address."""
    return {f"{prefix}{part}": Column(cells.text(length)) for part, length in _ADDRESS.items()}


def name_columns() -> dict[str, Column]:
    """A person, and where mail reaches them."""
    return {
        "given_name": Column(cells.text(100)),
        "family_name": Column(cells.text(100)),
        "email": Column(cells.emails),
    }


def person_columns() -> dict[str, Column]:
    """The company, the person in it, and how to reach them."""
    return {
        "company": Column(cells.text(255)),
        **name_columns(),
        "phone": Column(cells.text(30)),
        "alternate_phone": Column(cells.text(30)),
        "mobile": Column(cells.text(30)),
        "fax": Column(cells.text(30)),
        "website": Column(cells.text(1000)),
    }


def trade_columns() -> dict[str, Column]:
    """In which currency and by when is paid."""
    return {"currency": Column(cells.currency, empty="USD"), "term": entry_column(Term)}
