"""What the terminal shows: a progress bar, tables, amounts."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from typing import TextIO

from quicksync.models import SyncRun

WIDTH = 32
PHASES = {
    "read": "reading QuickBooks",
    "scan": "finding records",
    "plan": "comparing both sides",
    "send": "carrying over",
}


class Bar:
    """Progress of a run: one line that moves on a terminal, one line for each phase in a file."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._moves = self._stream.isatty()
        self._said = ""

    def show(self, run: SyncRun) -> None:
        """The run as it stands."""
        words = (
            PHASES.get(run.phase, run.phase) if run.is_active else run.get_state_display().lower()
        )
        if self._moves:
            self._stream.write(f"\r  {bar(run)} {words:<24}")
            self._stream.flush()
        elif words != self._said:
            self._said = words
            self._stream.write(f"  {words} ({run.done} records so far)\n" if run.is_active else "")

    def end(self, run: SyncRun) -> None:
        """The last word."""
        self.show(run)
        self._stream.write(
            "\n" if self._moves else f"  {run.get_state_display().lower()}: {run.done} records\n"
        )
        self._stream.flush()


def bar(run: SyncRun) -> str:
    """`████──── 120/300`; without a total yet, what has been done."""
    if not run.total:
        return f"{'─' * WIDTH} {run.done}"
    full = WIDTH if not run.is_active else WIDTH * min(run.done, run.total) // run.total
    return f"{'█' * full}{'─' * (WIDTH - full)} {run.done}/{max(run.done, run.total)}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Columns as wide as they must be; numbers to the right, nothing where there is None."""
    texts = [[text(cell) for cell in row] for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(head, *texts, strict=True)]
    right = [
        all(isinstance(row[at], int | Decimal | None) for row in rows) and bool(rows)
        for at in range(len(head))
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (
            c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True)
        )
        return f"  {'  '.join(padded).rstrip()}"

    return "\n".join(
        [line(head), f"  {'  '.join('─' * width for width in widths)}", *map(line, texts)]
    )


def text(value: object) -> str:
    """Money with separators and two decimals, everything else as it is."""
    if value is None:
        return ""
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)
