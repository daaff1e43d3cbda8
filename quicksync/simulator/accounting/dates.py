"""Due dates out of terms."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from quicksync.simulator.accounting.jsontext import Doc


def due_date(day: str, term: Doc | None) -> str:
    """The day a form is due: after so many days, or on a day of the month."""
    start = date.fromisoformat(day)
    if term is None:
        return day
    if term.get("DueDays") is not None:
        return _within(start, int(term["DueDays"]))
    wanted = int(term.get("DayOfMonthDue") or 1)
    due = _on(start.year, start.month, wanted)
    if due < start or (due - start).days < int(term.get("DueNextMonthDays") or 0):
        year, month = (start.year + 1, 1) if start.month == 12 else (start.year, start.month + 1)
        due = _on(year, month, wanted)
    return due.isoformat()


def _within(start: date, days: int) -> str:
    return (
        date.max if (date.max - start).days < days else start + timedelta(days=days)
    ).isoformat()


def _on(year: int, month: int, day: int) -> date:
    return date(min(year, 9999), month, min(day, calendar.monthrange(min(year, 9999), month)[1]))
