"""Estimates from a file."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from quicksync.books.importing import cells
from quicksync.books.importing.cells import Column
from quicksync.books.importing.sales import SalesImporter
from quicksync.books.models import Estimate, EstimateLine


class EstimateImporter(SalesImporter):
    """Makes estimates, or changes those of the same number."""

    model = Estimate
    line_model = EstimateLine
    related = ()
    statuses = Estimate.Status
    less_than_nothing = gettext_lazy(
        "The estimate comes to %(found)s. Nothing below zero can be offered."
    )

    def own_columns(self) -> Mapping[str, Column]:
        return {
            "expires_on": Column(cells.day, empty=None),
            "accepted_by": Column(cells.text(200)),
            "accepted_on": Column(cells.day, empty=None),
        }
