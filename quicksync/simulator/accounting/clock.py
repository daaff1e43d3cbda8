"""The simulator's own clock: real time plus what it was advanced by, written in Pacific time as
Intuit does.
"""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta, timezone

STANDARD, DAYLIGHT = timezone(timedelta(hours=-8)), timezone(timedelta(hours=-7))
_WHEN = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?\s*(Z|[+-]\d\d:?\d\d)?"
)


class Clock:
    """Tells the time; `advance` moves it for tokens, closing dates and change windows."""

    def __init__(self, offset: float = 0) -> None:
        self.offset = offset

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        """Move the clock; a negative number moves it back."""
        self.offset += seconds

    def today(self) -> date:
        """The date in the company's (Pacific) time zone."""
        return pacific(self.now()).date()


def _sunday(year: int, month: int, nth: int) -> int:
    first = date(year, month, 1)
    return 1 + (6 - first.weekday()) % 7 + 7 * (nth - 1)


def pacific(seconds: float) -> datetime:
    """The moment in US Pacific time; its rule is here, so no time zone database is needed."""
    moment = datetime.fromtimestamp(seconds, UTC)
    starts = datetime(moment.year, 3, _sunday(moment.year, 3, 2), 10, tzinfo=UTC)
    ends = datetime(moment.year, 11, _sunday(moment.year, 11, 1), 9, tzinfo=UTC)
    return moment.astimezone(DAYLIGHT if starts <= moment < ends else STANDARD)


def stamp(seconds: float) -> str:
    """A MetaData time: whole seconds with offset."""
    return pacific(int(seconds)).isoformat(timespec="seconds")


def envelope_stamp(seconds: float) -> str:
    """The time of an envelope: milliseconds with offset; a whole second has none."""
    told = pacific(seconds).isoformat(timespec="milliseconds")
    return told.replace(".000", "")


def parse_moment(text: str) -> float | None:
    """Seconds of an ISO moment, Pacific time if it has no offset; None when it is no moment."""
    match = _WHEN.fullmatch(text.strip())
    if match is None:
        return None
    day, hour, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{hour or '00:00:00'}")
        if zone == "Z":
            return moment.replace(tzinfo=UTC).timestamp()
        if zone:
            return datetime.fromisoformat(f"{moment.isoformat()}{zone}").timestamp()
    except ValueError:
        return None
    guess = moment.replace(tzinfo=STANDARD).timestamp()
    return moment.replace(tzinfo=pacific(guess).tzinfo).timestamp()


def parse_day(text: object) -> date | None:
    """A date of `YYYY-MM-DD`, also from the head of a moment; None when it is no date."""
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
