"""The inbox of notifications: stored once, their companies woken; the changes themselves are read, never believed.

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
from django.db.models import F, Q
from django.utils import timezone

from quicksync import signals
from quicksync.exceptions import UnknownShape
from quicksync.models import Connection, EntityMapping, WebhookDelivery, WebhookEvent
from quicksync.quickbooks.editions import edition_for
from quicksync.quickbooks.wire import Notice
from quicksync.sync import queue, watch

log = logging.getLogger("quicksync.inbox")

# The only edition whose QuickBooks notifies anybody.
EDITION = "online"
# Events asked about in one statement.
BULK = 500

State = WebhookDelivery.State


class Replayed(NamedTuple):
    """How many deliveries were used again, how many companies woken, and how many deliveries nobody can read."""

    used: int
    woken: int
    strange: int


def take(body: bytes, trace_id: str = "") -> WebhookDelivery:
    """Store a proved delivery and wake the companies it names; one that came before is only found again."""
    notices, trouble = _read(body)
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        fresh = _unheard(notices, digest)
        connections = _connections(fresh.values())
        state = State.STRANGE if trouble else _state(notices, fresh, connections)
        delivery, new = WebhookDelivery.objects.get_or_create(
            digest=digest,
            defaults={
                "body": body.decode("utf-8", "replace").replace("\0", ""),
                "state": state,
                "realms": sorted({notice.realm for notice in notices}),
                "events": len(notices),
                "trace_id": trace_id[:80],
                "used_at": timezone.now() if state == State.USED else None,
            },
        )
        if new and trouble:
            _alarm(delivery, trouble)
        elif new:
            _remember(delivery, fresh)
            _use(fresh.values(), connections)
    return delivery


def refuse() -> None:
    """Anybody may knock: what is not QuickBooks' is counted in one row an hour, and nothing of it is kept."""
    hour = timezone.now().strftime("%Y-%m-%dT%H")
    row, _ = WebhookDelivery.objects.get_or_create(digest=f"refused {hour}", defaults={"state": State.REFUSED})
    WebhookDelivery.objects.filter(pk=row.pk).update(events=F("events") + 1)
    log.warning("webhook with a wrong signature", extra={"action": "webhook_refused"})


def replay(deliveries: Iterable[WebhookDelivery]) -> Replayed:
    """Use stored deliveries again, as if they came now; those of an unknown shape too, which may be known by now."""
    used, strange = 0, 0
    woken: set[int] = set()
    for delivery in deliveries:
        if delivery.state == State.REFUSED:
            continue
        notices, trouble = _read(delivery.body.encode())
        if trouble:
            strange += 1
            continue
        connections = _connections(notices)
        with transaction.atomic():
            WebhookDelivery.objects.filter(pk=delivery.pk).update(
                state=State.USED if connections else State.IGNORED,
                realms=sorted({notice.realm for notice in notices}),
                events=len(notices),
                used_at=timezone.now(),
            )
            _remember(delivery, _unheard(notices, delivery.digest))
            _use(notices, connections)
        used += 1
        woken |= set(connections.values())
    return Replayed(used, len(woken), strange)


def _read(body: bytes) -> tuple[Sequence[Notice], UnknownShape | None]:
    try:
        return edition_for(EDITION).notices(body), None
    except UnknownShape as error:
        return (), error


def _unheard(notices: Sequence[Notice], digest: str) -> dict[str, Notice]:
    """The events that no delivery told of before, by their keys; one that names no key of its own is always new."""
    found = {
        hashlib.sha256(f"{notice.realm} {notice.key or (digest, number)}".encode()).hexdigest(): notice
        for number, notice in enumerate(notices)
    }
    keys = list(found)
    for start in range(0, len(keys), BULK):
        heard = WebhookEvent.objects.filter(key__in=keys[start : start + BULK])
        for key in heard.values_list("key", flat=True):
            del found[key]
    return found


def _connections(notices: Iterable[Notice]) -> dict[str, int]:
    """Company -> the connection that is joined to it now."""
    realms = {notice.realm for notice in notices}
    if not realms:
        return {}
    live = Connection.objects.filter(edition=EDITION, realm_id__in=realms, status=Connection.Status.CONNECTED)
    return dict(live.values_list("realm_id", "pk"))


def _state(notices: Sequence[Notice], fresh: dict[str, Notice], connections: dict[str, int]) -> str:
    if connections:
        return State.USED
    return State.REPEATED if notices and not fresh else State.IGNORED


def _remember(delivery: WebhookDelivery, fresh: dict[str, Notice]) -> None:
    """Another worker may be storing another delivery of the same events: the first of them is remembered."""
    rows = [
        WebhookEvent(
            delivery=delivery, key=key, realm_id=notice.realm[:64], type=notice.type[:40], remote_id=notice.id[:40],
            operation=notice.operation[:20], merged_id=notice.merged[:40],
        )
        # In one order for all workers, so that two of them never wait for each other.
        for key, notice in sorted(fresh.items(), key=itemgetter(0))
    ]  # fmt: skip
    WebhookEvent.objects.bulk_create(rows, batch_size=BULK, ignore_conflicts=True)


def _use(notices: Iterable[Notice], connections: dict[str, int]) -> None:
    for notice in notices:
        if notice.operation == "merge" and notice.merged and notice.realm in connections:
            _note_merge(connections[notice.realm], notice)
    watch.wake(sorted(connections.values()))


def _note_merge(connection_id: int, notice: Notice) -> None:
    """A bookkeeper made one record of two: the pair of the lost one says so, and both are looked at again."""
    both = Q(remote_id=notice.id) | Q(remote_id=notice.merged)
    pairs = EntityMapping.objects.filter(both, connection=connection_id, remote_type__iexact=notice.type)
    pairs.update(touched_at=timezone.now())
    lost = pairs.filter(remote_id=notice.merged, note="")
    lost.update(note=f"Merged into {notice.type.capitalize()} {notice.id} in QuickBooks.")


def _alarm(delivery: WebhookDelivery, trouble: UnknownShape) -> None:
    """Say it aloud: from now on QuickBooks may tell us things that we do not understand (pain 31)."""
    log.error(
        "webhook of an unknown shape: %s",
        trouble.detail or trouble.sentence,
        extra={"action": "webhook_strange", "delivery": delivery.pk},
    )
    queue.enqueue("alerts")
    transaction.on_commit(
        functools.partial(signals.webhook_strange.send_robust, WebhookDelivery, delivery=delivery),
    )
