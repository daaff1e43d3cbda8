"""Options that tests choose: behind everybody's back, as an UPDATE does it, or as a person's save
does.
"""

from __future__ import annotations

from typing import Any

from quicksync.models import Category


def choose(**options: Any) -> None:
    """All categories get these options."""
    choose_for(Category.objects.all(), **options)


def choose_for(rows: Any, **options: Any) -> None:
    """The rows of a query get these options."""
    for row in rows:
        rows.model.objects.filter(pk=row.pk).update(options=row.options.replace(**options))
