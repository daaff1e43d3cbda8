"""The first run of a category waits until a person has approved its preview (I2), also on an
automatic connection.

Nobody has compared the two sides before, so the first run may move a whole book. Until a preview
that shows the category has been approved, other runs leave its records alone; what others need of
them still travels along.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet
from django.utils import timezone

from quicksync.models import Category, Connection, EntityMapping, Operation, SyncRun
from quicksync.records.kinds import UNMAPPED
from quicksync.sync.pairs import scan
from quicksync.sync.worker import lease

REASON = "first-preview"
# Why a record waits for others, which a run may bring.
WAITED = (
    "reference-not-synced",
    *UNMAPPED,
    "entry-unmapped",
)


class First(NamedTuple):
    """The kinds of a connection that are on: those that wait for their first preview, and those
    that go on by now.
    """

    waiting: tuple[str, ...]
    approved: tuple[str, ...]

    @property
    def all_wait(self) -> bool:
        """Something is switched on, and nothing of it may move yet."""
        return bool(self.waiting) and not self.approved


def of(connection: Connection | int) -> First:
    """How far a connection is, in one query."""
    rows = Category.objects.filter(connection=connection, enabled=True).order_by("id")
    found = list(rows.values_list("kind", "approved_at"))
    return First(
        tuple(kind for kind, at in found if at is None),
        tuple(kind for kind, at in found if at is not None),
    )


def waiting(connection: Connection | int | OuterRef) -> QuerySet[Category]:
    """Categories that are on and whose first preview nobody has approved yet."""
    return Category.objects.filter(connection=connection, enabled=True, approved_at=None)


def something_approved() -> Exists:
    """A condition for connections: some category is on and may be carried over without asking
    again.
    """
    return Exists(
        Category.objects.filter(connection=OuterRef("pk"), enabled=True, approved_at__isnull=False)
    )


def nothing_approved() -> ExpressionWrapper:
    """A condition for connections: something is switched on, and all of it waits."""
    on = Exists(Category.objects.filter(connection=OuterRef("pk"), enabled=True))
    return ExpressionWrapper(Q(on) & ~Q(something_approved()), output_field=BooleanField())


def taken_in(run: SyncRun, *, each: bool = False) -> Q:
    """Which mappings a run takes in: a preview shows everything, other runs leave out what waits
    for its first one. With `each`, those of any connection, as such a run of its own would.

    What somebody has said yes to is what they were shown, with what waited for that; whatever has
    come or changed since waits for the next run.
    """
    if run.preview or run.scope.is_own_yes:
        return Q()
    connection = OuterRef("connection") if each else run.connection_id
    taken = ~Q(kind__in=waiting(connection).values("kind"))
    if run.approved_at is not None:
        shown = Operation.objects.filter(run=run.pk, mapping=OuterRef("pk"))
        held = Q(state=EntityMapping.State.HELD, reason__in=WAITED)
        taken &= Q(Exists(shown)) | held
    return taken


def takes(run: SyncRun, category: Category) -> bool:
    """Whether a run carries over what belongs to this category of itself, not only as something
    that others need.
    """
    return category.enabled and (
        run.preview or run.scope.is_own_yes or category.approved_at is not None
    )


def make_preview(run: SyncRun) -> None:
    """A run of a connection with `nothing_approved` becomes the preview its records wait for."""
    if not (run.preview or run.approved_at or run.scope.is_own_yes):
        lease.keep(run, preview=True)


def note(run: SyncRun) -> None:
    """A whole preview remembers what its approval is the first for, when its plan begins."""
    if run.preview and not run.scope.is_own_yes:
        kinds = waiting(run.connection_id).order_by("id").values_list("kind", flat=True)
        run.progress.first = tuple(kinds)
        lease.keep(run, progress=run.progress)


def approved(run: SyncRun, now: dt.datetime | None = None) -> None:
    """A person has approved a preview: what it showed for the first time may go on by itself from
    now on.

    A category whose settings have changed since shows something else by now, so it waits for
    another preview.
    """
    shown = waiting(run.connection_id).filter(kind__in=run.progress.first, needs_scan=False)
    scan.touch_those_without(run.connection_id, shown.values_list("kind", flat=True))
    shown.update(approved_at=now or timezone.now())


def withdrawn(run: SyncRun) -> None:
    """A first run was stopped: the next one asks again, instead of going on behind the person who
    stopped it.
    """
    Category.objects.filter(
        connection=run.connection_id, kind__in=run.progress.first, first_synced_at=None
    ).update(approved_at=None)


def reason(run: SyncRun) -> str:
    """Why a run that nobody asked to be a preview waits as one."""
    return REASON if run.trigger != SyncRun.Trigger.PREVIEW and run.progress.first else ""
