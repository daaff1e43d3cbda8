"""The inbox of notifications: stored once, their companies woken; the changes themselves are read,
never believed.

A lost notification costs no more than the time to the next cycle, and a repeated one nothing.
"""

from __future__ import annotations

import functools
import hashlib
import logging
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from quicksync import signals
from quicksync.exceptions import UnknownShape
from quicksync.models import (
    Connection,
    EntityMapping,
    RemoteRecord,
    SyncRun,
    WebhookDelivery,
    WebhookEvent,
    bulk,
)
from quicksync.quickbooks.loading import notifying
from quicksync.quickbooks.messages import Delivery, Notice
from quicksync.sync.pairs import state
from quicksync.sync.worker import queue, wakes

log = logging.getLogger("quicksync.inbox")

# Merges looked up in one statement.
BULK = 500

State = WebhookDelivery.State


class Replayed(NamedTuple):
    """How many deliveries were used again, how many companies woken, and how many deliveries nobody
    can read.
    """

    used: int
    woken: int
    strange: int


def take(body: bytes, trace_id: str = "") -> WebhookDelivery:
    """Store a proved delivery and wake the companies it names; one that came before is only found
    again.

    Events that cannot be read do not cost the others: QuickBooks repeats a refused delivery for
    ever.
    """
    told, trouble = _read(body)
    digest = hashlib.sha256(body).hexdigest()
    ours = _connections(told.notices)
    state = _state(told, ours)
    with transaction.atomic():
        delivery, new = WebhookDelivery.objects.get_or_create(
            digest=digest,
            defaults={
                "body": body.decode("utf-8", "replace").replace("\0", ""),
                "realms": sorted({notice.realm for notice in told.notices}),
                "events": len(told.notices) + told.unread,
                "unread": told.unread,
                "trace_id": trace_id[:80],
                "state": state,
                "used_at": timezone.now() if state == State.USED else None,
            },
        )
        if new:
            fresh = _remember(delivery, told.notices)
            realms = {notice.realm for notice in fresh}
            connections = {realm: pk for realm, pk in ours.items() if realm in realms}
            if told.notices and not connections:
                # Nothing of it is news to a company that is joined here.
                delivery.state, delivery.used_at = State.IGNORED if fresh else State.REPEATED, None
                delivery.save(update_fields=["state", "used_at"])
            if trouble:
                _alarm(delivery, trouble)
            _use(fresh, connections)
    return delivery


def refuse() -> None:
    """Anybody may knock: what is not QuickBooks' is counted in one row an hour, and nothing of it
    is kept.
    """
    hour = timezone.now().strftime("%Y-%m-%dT%H")
    row, _ = WebhookDelivery.objects.get_or_create(
        digest=f"refused {hour}", defaults={"state": State.REFUSED}
    )
    WebhookDelivery.objects.filter(pk=row.pk).update(events=F("events") + 1)
    log.warning("webhook with a wrong signature", extra={"action": "webhook_refused"})


def replay(deliveries: Iterable[WebhookDelivery]) -> Replayed:
    """Use stored deliveries again, as if they came now; those of an unknown shape too, which may be
    known by now.
    """
    used, strange = 0, 0
    woken: set[int] = set()
    for delivery in deliveries:
        if delivery.state == State.REFUSED:
            continue
        told, trouble = _read(delivery.body.encode())
        strange += trouble is not None
        if not told.notices and trouble:
            continue
        connections = _connections(told.notices)
        with transaction.atomic():
            WebhookDelivery.objects.filter(pk=delivery.pk).update(
                state=State.USED if connections else State.IGNORED,
                realms=sorted({notice.realm for notice in told.notices}),
                events=len(told.notices) + told.unread,
                unread=told.unread,
                used_at=timezone.now(),
            )
            _remember(delivery, told.notices)
            _use(told.notices, connections)
        used += 1
        woken |= set(connections.values())
    return Replayed(used, len(woken), strange)


def _read(body: bytes) -> tuple[Delivery, UnknownShape | None]:
    """What a delivery tells, and what somebody should be told of it: that some or all of it cannot
    be read.
    """
    try:
        told = _understood(body)
    except UnknownShape as error:
        return Delivery(unread=1), error
    if not told.unread:
        return told, None
    return told, UnknownShape(
        f"{told.unread} events of a delivery cannot be read.", detail="; ".join(told.troubles)
    )


def _understood(body: bytes) -> Delivery:
    """What the first edition tells that can read it. Raises UnknownShape when none can."""
    trouble = UnknownShape("No edition in the settings is sent notifications.")
    for edition in notifying().values():
        try:
            return edition.notices(body)
        except UnknownShape as error:
            trouble = error
    raise trouble


def _connections(notices: Iterable[Notice]) -> dict[str, int]:
    """Company -> the connection that is joined to it now."""
    realms = {notice.realm for notice in notices}
    if not realms:
        return {}
    live = Connection.objects.filter(
        edition__in=notifying(), realm_id__in=realms, status=Connection.Status.CONNECTED
    )
    return dict(live.values_list("realm_id", "pk"))


def _state(told: Delivery, connections: dict[str, int]) -> str:
    if connections:
        return State.USED
    return State.STRANGE if told.unread and not told.notices else State.IGNORED


def _remember(delivery: WebhookDelivery, notices: Sequence[Notice]) -> list[Notice]:
    """Store the events; returns those that no delivery told of before. One that names no key of its
    own is always new.

    Another worker may be storing another delivery of the same events: the first of them has it, by
    its key alone.
    """
    by_key = {
        hashlib.sha256(
            f"{notice.realm} {notice.key or (delivery.digest, number)}".encode()
        ).hexdigest(): notice
        for number, notice in enumerate(notices)
    }
    # In one order for all workers, so that two of them never wait for each other.
    rows = [
        (
            delivery.pk,
            key,
            one.realm[:64],
            one.type[:40],
            one.id[:40],
            one.operation[:20],
            one.merged[:40],
        )
        for key, one in sorted(by_key.items(), key=itemgetter(0))
    ]
    if bulk.add_new(WebhookEvent, _EVENT, rows) == len(rows):
        return list(by_key.values())
    mine = WebhookEvent.objects.filter(delivery=delivery).values_list("key", flat=True)
    return [by_key[key] for key in mine.iterator() if key in by_key]


_EVENT = ("delivery", "key", "realm_id", "type", "remote_id", "operation", "merged_id")


def _use(notices: Sequence[Notice], connections: dict[str, int]) -> None:
    merges = [
        one
        for one in notices
        if one.operation == "merge" and one.merged and one.realm in connections
    ]
    for start in range(0, len(merges), BULK):
        _note_merges(merges[start : start + BULK], connections)
    wakes.wake(connections.values(), SyncRun.Trigger.WEBHOOK)


def _note_merges(merges: Sequence[Notice], connections: dict[str, int]) -> None:
    """A bookkeeper made one record of two: the pair of the lost one says so, and both are looked at
    again.
    """
    into = {(connections[one.realm], one.type.lower(), one.merged): one for one in merges}
    left = {(connections[one.realm], one.type.lower(), one.id) for one in merges}
    ids = {remote_id for _, _, remote_id in (*into, *left)}
    rows = EntityMapping.objects.filter(connection__in=set(connections.values()), remote_id__in=ids)
    pairs = {(row.connection_id, row.remote_type.lower(), row.remote_id): row for row in rows}
    touched = [row.pk for key, row in pairs.items() if key in into or key in left]
    state.touch_keys(touched)
    lost = [row for key, row in pairs.items() if key in into and not row.note]
    for row in lost:
        one = into[row.connection_id, row.remote_type.lower(), str(row.remote_id)]
        row.note = f"Merged into {one.type.capitalize()} {one.id} in QuickBooks."
    bulk.save(lost, ["note"])
    # What was merged away is not there any more, although no other feed tells of it.
    known = RemoteRecord.objects.filter(
        connection__in=set(connections.values()), remote_id__in={key[2] for key in into}
    )
    found = known.values_list("pk", "connection_id", "type", "remote_id")
    gone = [
        pk
        for pk, connection, type_, remote_id in found
        if (connection, type_.lower(), remote_id) in into
    ]
    RemoteRecord.objects.filter(pk__in=gone).update(deleted=True)


def _alarm(delivery: WebhookDelivery, trouble: UnknownShape) -> None:
    """Say it aloud: from now on QuickBooks may tell us what we do not understand (pain 31)."""
    log.error(
        "webhook of an unknown shape: %s",
        trouble.detail or trouble.sentence,
        extra={"action": "webhook_strange", "delivery": delivery.pk},
    )
    queue.enqueue("alerts")
    transaction.on_commit(
        functools.partial(signals.webhook_strange.send_robust, WebhookDelivery, delivery=delivery),
    )
