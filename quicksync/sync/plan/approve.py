"""Approve a plan: its proposals become pending, those whose ground has moved are planned again
(path 4).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from quicksync import signals
from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Category, EntityMapping, Operation, SyncRun
from quicksync.models.run_values import Position, Sums
from quicksync.planning.unsafe import judge
from quicksync.sync.pairs import date_window, ground, matching_keys, operation_state, state
from quicksync.sync.plan import first_run
from quicksync.sync.worker import counts, queue, run_state, run_sums

State = Operation.State
# A plan that nothing is left of waits for its answer so long, for those who are looking at it.
OUTLIVED = dt.timedelta(days=1)


class Approved(NamedTuple):
    """How many proposals were approved, and how many had been overtaken since the preview."""

    approved: int
    stale: int


def approve(run: SyncRun, *, user: Any, force: bool = False) -> Approved:
    """Approve a waiting plan and start it.

    `force` is the recorded yes to an unsafe plan. Raises NotAllowed for a plan that waits no more
    or is unsafe, and Busy when another run of the connection is at work.
    """
    try:
        with transaction.atomic():
            return _approve(run, user=user, force=force)
    except IntegrityError as error:
        # One has begun at this very moment, and may have ended by now.
        _not_beside_another(run)
        raise Busy(_("Another run has just ended. Try again.")) from error


def _approve(run: SyncRun, *, user: Any, force: bool) -> Approved:
    run = (
        SyncRun.objects.select_for_update(of=("self",), no_key=True)
        .select_related("connection")
        .get(pk=run.pk)
    )
    if run.state != SyncRun.State.DRAFT:
        raise NotAllowed(_("This preview has already been used or replaced: start a new one."))
    if run.unsafe and not force:
        raise NotAllowed(
            _(
                "This plan changes an unusual number of records. Confirm that this is"
                " intended, then approve it."
            )
        )
    _not_beside_another(run)
    stale = _overtake(run)
    number = promote(run)
    moved = run_state.move_where(
        SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.DRAFT),
        SyncRun.State.APPROVED,
        phase="send",
        preview=False,
        forced=force,
        approved_by=user,
        approved_at=timezone.now(),
        total=F("done") + counts.to_come(run),
        position=Position(),
        sums=Sums(),
    )
    if moved != 1:
        raise NotAllowed(_("Somebody else has just approved or discarded this preview."))
    first_run.approved(run)
    queue.enqueue("work", run.pk)
    return Approved(number, stale)


def discard(run: SyncRun, *, user: Any) -> None:
    """Throw a waiting plan away; what it proposed is planned afresh next time."""
    with transaction.atomic():
        waiting = SyncRun.objects.filter(pk=run.pk, state=SyncRun.State.DRAFT)
        moved = run_state.move_where(waiting, SyncRun.State.CANCELLED, approved_by=user)
        if moved != 1:
            raise NotAllowed(_("This preview has already been used or discarded."))
        drafts = run.operations.filter(state=State.DRAFT)
        state.touch_keys(drafts.values("mapping_id"))
        operation_state.move_where(drafts, State.CANCELLED)
        run.refresh_from_db()
        if run.is_large:
            run_sums.keep(run)
        signals.tell(signals.run_finished, SyncRun, run=run)


def discard_overtaken() -> int:
    """Plans that waited for a yes too long: of those of which nothing stands any more, or all was
    skipped, none could be approved, and nobody else would ever end them. Returns how many.

    A preview that somebody has asked for stays until they have looked at it.
    """
    drafts = Operation.objects.filter(run=OuterRef("pk"), state=State.DRAFT)
    waiting = SyncRun.objects.filter(
        ~Exists(drafts.filter(ground.stands())),
        state=SyncRun.State.DRAFT,
        preview=False,
        started_at__lt=timezone.now() - OUTLIVED,
    )
    gone = 0
    for key in list(waiting.values_list("pk", flat=True)):
        with transaction.atomic():
            mine = SyncRun.objects.filter(pk=key, state=SyncRun.State.DRAFT)
            ended = run_state.move_where(mine, SyncRun.State.CANCELLED, reason="plan-overtaken")
            if not ended:
                continue
            # Some halves rest only in this plan, such as one whose partner was skipped since.
            rows = Operation.objects.filter(run=key, state=State.DRAFT)
            ground.overtaken(rows.values_list("pk", flat=True))
            run = SyncRun.objects.select_related("connection").get(pk=key)
            if run.is_large:
                run_sums.keep(run)
            signals.tell(signals.run_finished, SyncRun, run=run)
            gone += 1
    return gone


def promote(run: SyncRun) -> int:
    """Drafts become pending, one for each mapping: the first; the others follow from the next look
    at both sides.
    """
    drafts = run.operations.filter(state=State.DRAFT)
    if run.scope.past is not None:
        _want(drafts)
    first = drafts.values("mapping").annotate(first=Min("id")).values("first")
    others = drafts.exclude(pk__in=first)
    operation_state.move_where(others, State.STALE)
    return operation_state.move_where(drafts, State.PENDING)


def _want(drafts: QuerySet[Operation]) -> None:
    """Later runs have no window: what an import of the past has not brought over when it stops is
    still wanted then.
    """
    halves = EntityMapping.objects.filter(
        pk__in=drafts.filter(action="create").values("mapping_id")
    )
    halves.filter(choice={}).update(choice={date_window.NAME: "yes"})
    for mapping in (
        halves.exclude(choice__has_key=date_window.NAME)
        .order_by("pk")
        .select_for_update(no_key=True)
    ):
        mapping.choice = {**mapping.choice, date_window.NAME: "yes"}
        mapping.save(update_fields=["choice"])


def want_no_more(drafts: QuerySet[Operation]) -> None:
    """A person stopped an import of the past: what it had not brought over stays out again."""
    halves = EntityMapping.objects.filter(
        pk__in=drafts.values("mapping_id"), choice__has_key=date_window.NAME
    )
    with transaction.atomic():
        for mapping in halves.order_by("pk").select_for_update(no_key=True):
            mapping.choice = {
                name: value for name, value in mapping.choice.items() if name != date_window.NAME
            }
            mapping.save(update_fields=["choice"])


def _overtake(run: SyncRun) -> int:
    """Take out what has moved since it was planned; consume the touches of what is approved."""
    drafts = run.operations.filter(state=State.DRAFT)
    halves = EntityMapping.objects.filter(_halves_of(drafts))
    free = set(ground.held(halves).values_list("pk", flat=True))
    as_planned = set(ground.drafts(run).values_list("pk", flat=True))
    stale = [
        pk
        for pk, action, mapping, partner in drafts.values_list(
            "pk", "action", "mapping_id", "partner_id"
        )
        if pk not in as_planned or mapping not in free or (action == "pair" and partner not in free)
    ]
    ground.overtaken(stale)
    mine = EntityMapping.objects.filter(pk__in=drafts.values("mapping_id"))
    others = EntityMapping.objects.filter(pk__in=drafts.filter(action="pair").values("partner_id"))
    state.move_where(mine, EntityMapping.State.PENDING, state.By.PERSON, looks=False)
    state.consumed(others)
    state.planned(others)
    drafts.update(
        mapping_version=F("mapping_version") + 1, touched_at=None,
        partner_version=F("partner_version") + 1, partner_touched_at=None,
    )  # fmt: skip
    return len(stale)


def _halves_of(drafts: QuerySet[Operation]) -> Q:
    """The mappings that proposals are about, and those that they join them with."""
    joins = drafts.filter(action="pair")
    return Q(pk__in=drafts.values("mapping_id")) | Q(pk__in=joins.values("partner_id"))


def _not_beside_another(run: SyncRun) -> None:
    other = SyncRun.objects.filter(connection=run.connection_id, state__in=SyncRun.ACTIVE).first()
    if other is not None:
        since = timezone.localtime(other.started_at)
        raise Busy(
            _("%(run)s has been running since %(since)s. Approve when it is done.")
            % {"run": other.get_trigger_display(), "since": f"{since:%H:%M}"}
        )


# --- What needs a yes of its own ------------------------------------------------------------------


def unsafe(run: SyncRun) -> list[dict[str, Any]]:
    """The kinds in which the run would change too much, with the numbers; none for what a person
    asked for singly.
    """
    if run.scope.mappings:
        return []
    numbers = (
        _changes(run)
        .values("kind")
        .annotate(
            changed=Count("mapping", filter=Q(action="update"), distinct=True),
            deleted=Count("mapping", filter=~Q(action="update"), distinct=True),
        )
    )
    found = []
    for row in numbers.order_by("kind"):
        pairs = matching_keys.pairs(run.connection, row["kind"]).count()
        if verdict := judge(row["kind"], row["changed"], row["deleted"], pairs):
            found.append(
                {"kind": row["kind"], "code": verdict.reason.code, "values": verdict.reason.values}
            )
    return found


def _changes(run: SyncRun) -> QuerySet[Operation]:
    """What the plan has come to so far that changes pairs."""
    return run.operations.filter(state=State.DRAFT, action__in=("update", "void", "delete"))


def may_change(run: SyncRun) -> dict[str, int]:
    """Kind -> of how many pairs at most the run's plan may come to change anything.

    Those are the pairs that it changes so far, whose touches it has consumed; the pairs that are
    touched; those of a category that is off which a document may take along, because something of
    them was never carried over; and the halves here, which may be joined. Kinds of which there is
    none are missing.
    """
    off = Category.objects.filter(connection=run.connection_id, enabled=False).values("kind")
    left_behind = Q(kind__in=off) & ~Q(state=EntityMapping.State.IN_SYNC)
    rows = EntityMapping.objects.filter(
        Q(touched_at__isnull=False) | Q(remote_id=None) | left_behind,
        connection=run.connection_id,
        object_key__isnull=False,
    )
    numbers = rows.exclude(state=EntityMapping.State.GONE, touched_at=None).values("kind")
    found: dict[str, int] = defaultdict(int)
    found |= dict(numbers.annotate(number=Count("pk")).order_by().values_list("kind", "number"))
    planned = _changes(run).values("kind").annotate(number=Count("mapping", distinct=True))
    for kind, number in planned.order_by().values_list("kind", "number"):
        found[kind] += number
    return found


def is_safe(run: SyncRun, changes: dict[str, int]) -> bool:
    """Whether the plan cannot turn out unsafe, whatever becomes of these."""
    return run.forced or not any(
        judge(kind, 0, number, matching_keys.pairs(run.connection, kind).count())
        for kind, number in changes.items()
    )
