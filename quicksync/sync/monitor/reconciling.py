"""A reconciliation in the background: who asks for one, and which worker compares.

A row is what is owed; the task is a hint to look. It is worked on in slices under a lease, every
move one conditional UPDATE, as runs are (`sync.worker.lease`): of several workers one has it, and
who takes up what another has left goes on from the end of its last slice.
"""

from __future__ import annotations

import datetime as dt
import time
from contextlib import suppress
from typing import Any

import msgspec
from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from quicksync.conf import settings
from quicksync.exceptions import ConfigurationError, UnreadableOptions
from quicksync.models import Connection, EntityMapping, Reconciliation
from quicksync.sync.monitor import comparison, reconcile
from quicksync.sync.monitor.comparison import Line
from quicksync.sync.monitor.sheet import Sheet
from quicksync.sync.worker import clock, lease, queue

TASK = "reconcile"
# How often one that breaks, or whose worker dies, is taken up without getting any further.
BREAKS = 3
# Seconds between two signs of life.
ALIVE = 2.0
# Nobody has begun with it for so long: its task was lost.
LOST = dt.timedelta(seconds=30)
# Of each connection so many that have ended are kept.
KEPT = 5

Verdict = Reconciliation.Verdict


def ask(connection: Connection, *, user: Any = None) -> Reconciliation:
    """Have both sides compared; who asks while that is under way shares it.

    Raises ConfigurationError or UnreadableOptions where nothing can be compared.
    """
    reconcile.comparable(connection)
    try:
        with transaction.atomic():
            asked = Reconciliation.objects.create(connection=connection, user=user)
            queue.enqueue(TASK, asked.pk)
    except IntegrityError:
        # Where it has ended since, its result is as new as can be.
        asked = Reconciliation.objects.defer("result", "sheet").filter(connection=connection)[0]
        if waiting(clock.now()).filter(pk=asked.pk).exists():
            queue.enqueue(TASK, asked.pk)
    return asked


def work(pk: int, holder: str) -> str | None:
    """Compare for one slice. Returns the verdict, "" when there is more to compare, None when
    somebody else has it or it has ended.
    """
    taken = _take(pk, holder)
    if taken is None:
        return None
    try:
        if taken.troubles > BREAKS:
            return _fail(taken, _("The worker was stopped in the middle of it, again and again."))
        return _slice(taken)
    except (ConfigurationError, UnreadableOptions) as error:
        return _fail(taken, str(error), fix=_("Then compare again."))
    except lease.LeaseLost:
        return None


def broke(pk: int, holder: str, error: Exception) -> None:
    """An error of our own stopped a slice: it is tried again a few times, then it has failed."""
    held = _mine(pk, holder).first()
    if held is None:
        return
    if held.troubles < BREAKS:
        _mine(pk, holder).update(lease_until=None, lease_holder="")
        return
    in_short = f"{type(error).__name__}: {error}"[:500]
    with suppress(lease.LeaseLost):
        _fail(held, _("An internal error stopped it: %(error)s") % {"error": in_short})


def waiting(now: dt.datetime) -> QuerySet[Reconciliation]:
    """Those that a worker could take up now, the longest waiting first."""
    free = Q(lease_until=None) | lease.over("lease_until", now)
    return Reconciliation.objects.filter(free, finished_at=None).order_by("id")


def resume(now: dt.datetime) -> int:
    """Enqueue what was lost, and what its worker has left. Returns how many."""
    silent = Q(heartbeat_at=None, asked_at__lt=now - LOST) | Q(heartbeat_at__lt=now - LOST)
    keys = list(waiting(now).filter(silent).values_list("pk", flat=True))
    for pk in keys:
        queue.enqueue(TASK, pk)
    return len(keys)


def lines_of(done: Reconciliation) -> list[Line] | None:
    """What it found; None where another version wrote it and nobody can read it any more."""
    try:
        return msgspec.convert(done.result, list[Line])
    except msgspec.ValidationError:
        return None


def past(before: dt.datetime) -> QuerySet[Reconciliation]:
    """Those that need not be kept: from before that, or when so many of the same connection have
    ended after them.
    """
    ended = Reconciliation.objects.exclude(finished_at=None)
    same = ended.filter(connection=OuterRef("connection")).order_by("-id").values("pk")
    return ended.filter(Q(pk__lt=Subquery(same[KEPT - 1 : KEPT])) | Q(finished_at__lt=before))


def _take(pk: int, holder: str) -> Reconciliation | None:
    now = clock.now()
    mine = (
        waiting(now)
        .filter(pk=pk)
        .order_by()
        .update(
            begun_at=Coalesce("begun_at", now), troubles=F("troubles") + 1, **lease.born(holder)
        )
    )
    return _mine(pk, holder).select_related("connection").first() if mine else None


def _mine(pk: int, holder: str) -> QuerySet[Reconciliation]:
    return Reconciliation.objects.filter(pk=pk, lease_holder=holder, finished_at=None)


def _keep(held: Reconciliation, **values: Any) -> None:
    """Save this under the lease. Raises LeaseLost when somebody else has it by now."""
    if _mine(held.pk, held.lease_holder).update(**values) != 1:
        raise lease.LeaseLost("Another worker has taken over this comparison.")


def _slice(held: Reconciliation) -> str:
    end = time.monotonic() + settings.slice_seconds
    told = 0.0
    if held.sheet:
        sheet = Sheet.taken_up(held.sheet)
    else:
        sheet = Sheet(reconcile.kinds_of(held.connection))
        known = EntityMapping.objects.filter(connection=held.connection)
        held.total = known.filter(kind__in=sheet.place.kinds).count()
        _keep(held, total=held.total)
    compared = reconcile.Comparison(held.connection, sheet)
    while compared.piece():
        held.done = sheet.place.done
        now = time.monotonic()
        if now >= end:
            return _later(held, sheet)
        if now - told >= ALIVE:
            told = now
            _keep(held, done=held.done, **lease.born(held.lease_holder))
    lines = sheet.lines()
    _end(held, verdict=verdict(lines), result=msgspec.to_builtins(lines))
    return held.verdict


def _later(held: Reconciliation, sheet: Sheet) -> str:
    """Room for others: the next slice goes on from here."""
    free = {"lease_until": None, "lease_holder": "", "heartbeat_at": clock.now()}
    with transaction.atomic():
        _keep(held, done=held.done, sheet=sheet.put_away(), troubles=0, **free)
        queue.enqueue(TASK, held.pk)
    return ""


def verdict(lines: list[Line]) -> str:
    """What a comparison came to."""
    if not lines:
        return Verdict.NOTHING
    if comparison.agree(lines):
        return Verdict.AGREE
    return Verdict.EXPLAINED if comparison.explained(lines) else Verdict.DIFFER


def _fail(held: Reconciliation, sentence: str, *, fix: str = "") -> str:
    fix = fix or _("Compare again. If it stops there too, the worker's log says more.")
    _end(held, sentence=sentence[:1000], fix=fix)
    return held.verdict


def _end(held: Reconciliation, **values: Any) -> None:
    values |= {"finished_at": timezone.now(), "sheet": "", "lease_until": None, "done": held.done}
    _keep(held, **values)
    for name, value in values.items():
        setattr(held, name, value)
