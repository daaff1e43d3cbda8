"""Refunds from a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from quicksync.books.importing.sales import SettledImporter
from quicksync.books.models import Refund, RefundLine


class RefundImporter(SettledImporter):
    """Makes refunds, or changes those of the same number."""

    model = Refund
    line_model = RefundLine
    less_than_nothing = gettext_lazy(
        "The refund comes to %(found)s. A negative total makes a sales receipt, not a refund."
    )
