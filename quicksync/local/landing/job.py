"""One write into the host's tables on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from quicksync.local.bound_rows import RowPlan
from quicksync.local.landing import refusals
from quicksync.local.messages import Write


@dataclass
class Job:
    """One write on its way: the host object, its rows, and what went wrong."""

    write: Write
    obj: Any = None
    created: bool = False
    plans: dict[str, RowPlan] = field(default_factory=dict)
    error: str = ""
    # Whether the object and its rows hold what the database would give back.
    as_saved: bool = False

    def refuse(self, error: Exception) -> None:
        self.error = refusals.sentence(error)

    @property
    def line_ids(self) -> tuple[str, ...]:
        return (
            tuple(str(row.pk) for row in self.plans["lines"].rows) if "lines" in self.plans else ()
        )
