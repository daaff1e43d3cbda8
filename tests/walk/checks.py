"""What must be true when a walk is over and everything has had its time."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from quicksync.models import Category, EntityMapping, Operation, SyncRun
from quicksync.sync.monitor import reconcile
from tests.company import assert_adds_up
from tests.walk import database
from tests.walk.shown import ALIVE, TYPES, Shown
from tests.walk.world import World

State = EntityMapping.State
# Fields that both sides show in the same words; of a void document neither side's note counts.
SILENT = (State.IN_SYNC, State.GONE)


def check(world: World) -> list[str]:
    """Everything that is wrong, each with the name of its check."""
    return [
        *_stuck(),
        *_pairs(world),
        *_survivors(world),
        *_counts(),
        *_ledgers(world),
        *_logs(world),
        *_secrets(world),
    ]


def figures(world: World) -> dict[str, int]:
    """How much happened in a walk, for the line that it is reported by."""
    return {
        "edits": world.edits,
        "kills": world.kills,
        "suspended": world.suspended,
        "runs": SyncRun.objects.count(),
        "pairs": EntityMapping.objects.exclude(object_key=None).exclude(remote_id=None).count(),
    }


def _stuck() -> Iterator[str]:
    for run in SyncRun.objects.filter(state__in=(*SyncRun.ACTIVE, "queued", "draft")):
        open_ = list(
            run.operations.filter(state__in=Operation.OPEN).values_list("kind", "action", "state")[
                :3
            ]
        )
        yield (
            f"stuck: run {run.pk} ({run.trigger}) is {run.state} in {run.phase}, resumes"
            f" {run.resume_at}; {open_}"
        )
    for one in Operation.objects.filter(state__in=Operation.OPEN):
        yield (
            f"open: operation {one.pk} {one.direction} {one} is {one.state}, {one.recoveries} times"
            " asked about"
        )


def _pairs(world: World) -> Iterator[str]:
    """Every record has a pair in a state, with a reason when it is not in step; a pair in step says
    the same.
    """
    sides = world.sides()
    for side, shown in sides.items():
        for tag, (found, *_) in sorted(shown.items()):
            mapping = world.mapping(found, side)
            if mapping is None:
                yield f"unknown: {tag} {side} has no row"
                continue
            if mapping.state not in SILENT and not mapping.reason:
                yield f"unexplained: {tag} {side} is {mapping.state} without a reason"
            if mapping.state == State.PENDING:
                yield f"pending: {tag} {side} still waits ({mapping.reason})"
            if side == "here" and mapping.state == State.IN_SYNC:
                yield from _alike(mapping, found, sides["there"].get(tag, [None])[0])


def _alike(mapping: EntityMapping, here: Shown, there: Shown | None) -> Iterator[str]:
    if there is None or mapping.remote_id != there.key:
        yield (
            f"differs: {here.tag} is in_sync, its partner {mapping.remote_id} is not in QuickBooks"
        )
        return
    if here.state != there.state:
        yield f"differs: {here.tag} is in_sync, {here.state} here and {there.state} in QuickBooks"
        return
    takes = Category.objects.exclude(direction="push").filter(kind=here.kind).exists()
    if here.kind == "bill" and takes and here.open != there.open:
        yield (
            f"differs: {here.tag} is in_sync, {here.open} open here, {there.open} in QuickBooks"
            f" ({mapping.reason})"
        )
    names = here.fields if here.state == ALIVE else ()
    for name in names:
        if here.fields[name] != there.fields[name]:
            yield (
                f"differs: {here.tag}.{name} is in_sync, {here.fields[name]!r} here,"
                f" {there.fields[name]!r} in QuickBooks ({mapping.reason})"
            )


def _survivors(world: World) -> Iterator[str]:
    """What was typed last on either side stands on it, or the pair says why (what changed silently
    the looks found).
    """
    sides = world.sides()
    for tag, life in sorted(world.journal.lives.items()):
        found = {side: sides[side].get(tag, [None])[0] for side in sides}
        if life.pardon is not None or not all(
            one is not None and one.state == ALIVE for one in found.values()
        ):
            continue
        for name, trail in life.trails.items():
            heads = {one.value for one in trail.heads()}
            standing = {one.fields.get(name) for one in found.values() if one is not None}
            if heads and not heads & standing:
                yield f"lost: {tag}.{name} shows {standing}; typed last: {heads}"


def _counts() -> Iterator[str]:
    for run in SyncRun.objects.filter(state__in=("done", "failed", "cancelled")):
        try:
            assert_adds_up(run)
        except AssertionError as error:
            what = (str(error) or "operations are left open").splitlines()[0]
            yield f"counts: run {run.pk} ({run.trigger}, {run.state}): {what}"


def _ledgers(world: World) -> Iterator[str]:
    """QuickBooks' books balance; what differs between the sides is what the reconciliation
    explains.
    """
    ledger = world.quickbooks.ledger()
    if not ledger["balanced"]:
        yield "ledger: the books of QuickBooks do not balance"
    lines = reconcile.reconcile(world.connection)
    for line in lines:
        unexplained = [one for one in line.differences if not (one.explained or one.code)]
        if unexplained:
            told = [f"{one.label} {one.where} {one.what}" for one in unexplained]
            yield f"reconcile: {line.kind} {line.month}: not explained: {told[:4]}"
        apart = (
            (line.here_total or 0) - (line.there_total or 0),
            (line.here_open or 0) - (line.there_open or 0),
        )
        if any(apart) and not line.differences:
            yield f"ledger: {line.kind} {line.month} {apart} apart without a difference"
    yield from _open(world, lines, ledger)


def _open(
    world: World, lines: list[reconcile.Line], ledger: dict[str, list[dict[str, object]]]
) -> Iterator[str]:
    """What the reconciliation says of QuickBooks' side is what QuickBooks' own ledger says."""
    told = sum(
        (line.there_open or Decimal(0) for line in lines if line.kind == "invoice"), Decimal(0)
    )
    booked = sum((Decimal(str(row["open"])) for row in ledger["open_invoices"]), Decimal(0))
    if told != booked:
        yield f"ledger: the reconciliation says {told} open in QuickBooks, its ledger {booked}"


def _logs(world: World) -> Iterator[str]:
    text = _log(world)
    if (place := text.find("Traceback (most recent call last)")) >= 0:
        yield (
            f"traceback: {text.count('Traceback (most recent call last)')} in {world.log}:"
            f" {_last_line(text[place:])}"
        )


def _log(world: World) -> str:
    return world.log.read_text(errors="replace") if world.log.exists() else ""


def _last_line(text: str) -> str:
    """The error that a traceback ends with."""
    lines = text.splitlines()[1:]
    return next((line for line in lines if line and not line.startswith(" ")), "")[:200]


def _secrets(world: World) -> Iterator[str]:
    connection, status = world.connection, world.quickbooks.status()
    secrets = {
        "access token": connection.access.access_token,
        "refresh token": connection.access.refresh_token,
        "previous refresh token": connection.access.previous_refresh_token,
        "client secret": status["client_secret"],
    }
    for place, text in {"log": _log(world), "database": database.dump()}.items():
        for name, secret in secrets.items():
            if secret and secret in text:
                yield f"secret: the {name} stands in the {place}"


__all__ = ["TYPES", "check", "figures"]
