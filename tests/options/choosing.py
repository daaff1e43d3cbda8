"""Options that tests choose: behind everybody's back, as an UPDATE does it, or as a person's save
does.
"""

from __future__ import annotations

from typing import Any

from quicksync.models import Category
from quicksync.options.row import Row


def values_of(row: Row) -> tuple[Any, ...]:
    """Values that an option may have: all of them, or two texts."""
    return row.choices or ((True, False) if row.type is bool else ("", "(v)"))


def choose(**options: Any) -> None:
    """All categories get these options."""
    choose_for(Category.objects.all(), **options)


def choose_for(rows: Any, **options: Any) -> None:
    """The rows of a query get these options."""
    for row in rows:
        rows.model.objects.filter(pk=row.pk).update(options=row.options.replace(**options))
