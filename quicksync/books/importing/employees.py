"""Employees from a file; an employee is known by the name."""

from __future__ import annotations

from collections.abc import Mapping

from quicksync.books.importing import cells
from quicksync.books.importing.cells import Column
from quicksync.books.importing.contacts import address_columns, name_columns
from quicksync.books.importing.named import NamedImporter
from quicksync.books.models import Employee


class EmployeeImporter(NamedImporter):
    """Makes employees, or changes those of the same name."""

    model = Employee

    def make_columns(self) -> Mapping[str, Column]:
        return {
            "name": Column(cells.text(255), required=True),
            **name_columns(),
            "phone": Column(cells.text(20)),
            "mobile": Column(cells.text(20)),
            **address_columns(),
            "number": Column(cells.text(100)),
            "hired_on": Column(cells.day, empty=None),
            "released_on": Column(cells.day, empty=None),
            "active": Column(cells.flag, empty=True),
        }
