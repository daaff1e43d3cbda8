"""Import of the past: records before the start date, by a window of dates, after an estimate (A15).

It is a run like any other: worked on in slices, going on where it was after a crash, until it is
cancelled. What it has brought over is a pair and stays one; begun again, the same window takes up
what is still missing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from quicksync.exceptions import NotAllowed
from quicksync.models import Category, Connection, SyncRun
from quicksync.records import KINDS
from quicksync.sync.company.known import at_hand
from quicksync.sync.pairs.date_window import Window
from quicksync.sync.plan.gather import Gather
from quicksync.sync.runs import starting

CHUNK = 500


@dataclass(frozen=True)
class Estimate:
    """What a window holds: records by (kind, direction), and the requests that they take.

    What they need besides, such as the customers of old invoices, comes on top.
    """

    numbers: dict[tuple[str, str], int]
    writes: int
    reads: int

    @property
    def records(self) -> int:
        return sum(self.numbers.values())

    @property
    def calls(self) -> int:
        return self.writes + self.reads


def check(connection: Connection, window: Window) -> None:
    """Raises NotAllowed, with the sentence, for what cannot be imported."""
    starting.must_be_live(connection)
    if window.since > window.until:
        raise NotAllowed(
            _("%(since)s is after %(until)s: swap the two dates.")
            % {"since": window.since, "until": window.until}
        )
    if not window.kinds:
        raise NotAllowed(_("Choose at least one kind of record."))
    categories = {
        category.kind: category for category in connection.categories.filter(kind__in=window.kinds)
    }
    for kind in window.kinds:
        _check_category(categories.get(kind), kind, window)
    if connection.clock.read_at is None:
        raise NotAllowed(
            _(
                "QuickBooks has not been read yet. Start a preview or synchronize once: that"
                " reads everything, and shows what is left out because of its date."
            )
        )


def _check_category(category: Category | None, kind: str, window: Window) -> None:
    plural = KINDS[kind].plural.capitalize() if kind in KINDS else kind
    if category is None or not category.enabled:
        raise NotAllowed(
            _("%(kinds)s are not kept in sync. Switch the category on first.") % {"kinds": plural}
        )
    if category.approved_at is None:
        raise NotAllowed(
            _("%(kinds)s have not been synchronized yet. Approve a preview of them first.")
            % {"kinds": plural}
        )
    if (window.direction == "push" and not category.pushes) or (
        window.direction == "pull" and not category.pulls
    ):
        raise NotAllowed(
            _("%(kinds)s are not synced in this direction: see the direction of the category.")
            % {"kinds": plural}
        )


def estimate(connection: Connection, window: Window) -> Estimate:
    """What the import would move and ask; reads our own tables only. Raises NotAllowed."""
    check(connection, window)
    company = at_hand(connection)
    gather = Gather(SyncRun(connection=connection), company)
    numbers: Counter[tuple[str, str]] = Counter()
    halves = window.halves(connection).order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(halves, CHUNK)):
        for side in gather.both(chunk, set()):
            if window.takes(side) and _goes(
                gather.categories, side.mapping.kind, side.mapping.object_key
            ):
                numbers[
                    side.mapping.kind, "pull" if side.mapping.object_key is None else "push"
                ] += 1
    sent = Counter({kind: number for (kind, way), number in numbers.items() if way == "push"})
    writes = sum(-(-number // company.edition.can.parcel) for number in sent.values())
    # One look at what has changed since the last run. All records of the past are known here since
    # the first one.
    return Estimate(dict(numbers), writes, 1)


def _goes(categories: dict[str, Category], kind: str, object_key: str | None) -> bool:
    return categories[kind].pulls if object_key is None else categories[kind].pushes


def start(
    connection: Connection, window: Window, *, user: Any = None, preview: bool = False
) -> SyncRun:
    """Begin the import, or its preview. Raises NotAllowed and Busy."""
    check(connection, window)
    return starting.start(
        connection,
        trigger=SyncRun.Trigger.PAST,
        user=user,
        preview=preview,
        scope=window.as_scope(),
    )
