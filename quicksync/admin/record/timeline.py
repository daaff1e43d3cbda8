"""Where one or many of the host's objects stand with QuickBooks: badges for a list, the panel for a
page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _

from quicksync.admin.parts import page_links, pills, present
from quicksync.admin.parts.base import address, with_connection
from quicksync.admin.parts.page_links import Link
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.present import Row, Why
from quicksync.conf import settings
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Category, Connection, EntityMapping, Operation
from quicksync.options.choices import Authority
from quicksync.records import kind_info
from quicksync.sync.actions import single_records

SHOWN = 20


@dataclass(frozen=True)
class Standing:
    """One object with one company."""

    connection: Connection
    pill: Pill
    why: Why | None
    note: str
    there: Link | None
    record_url: str


@dataclass(frozen=True)
class Panel:
    """All companies that know the object, and what happened lately."""

    standings: tuple[Standing, ...]
    rows: tuple[Row, ...]
    any_connected: bool
    expired: bool
    in_quickbooks: bool


def adapter_of(model: type[Model]) -> Adapter | None:
    """The model's first adapter; None for models that QuickBooks does not know."""
    return next(iter(registry.for_model(model)), None)


def is_known(model: type[Model], obj: Any) -> bool:
    """Whether any company knows the object."""
    adapter = adapter_of(model)
    return adapter is not None and _mappings(adapter, obj).exists()


def brought_since(model: type[Model], obj: Any, moment: dt.datetime) -> bool:
    """Whether a change of QuickBooks has landed in the object since then."""
    adapter = adapter_of(model)
    landed = Operation.objects.filter(
        direction="pull", state=Operation.State.DONE, settled_at__gte=moment
    )
    return adapter is not None and landed.filter(mapping__in=_mappings(adapter, obj)).exists()


def _mappings(adapter: Adapter, obj: Any) -> QuerySet[EntityMapping]:
    return EntityMapping.objects.filter(
        model_label=adapter.label_lower, object_key=adapter.key_of(obj)
    )


def panel(adapter: Adapter, obj: Any) -> Panel:
    """The panel of one object."""
    mappings = single_records.state(adapter.label_lower, adapter.key_of(obj))
    operations = (
        with_connection(Operation.objects.filter(mapping__in=[mapping.pk for mapping in mappings]))
        .exclude(state=Operation.State.DRAFT)
        .select_related("mapping")
        .defer("body", "mapping__agreed_here", "mapping__agreed_there")
        .order_by("-id")[:SHOWN]
    )
    kept = Connection.objects.filter(status__in=Connection.KEPT).values_list("status", flat=True)
    statuses = set(kept.order_by().distinct())
    return Panel(
        standings=tuple(_standing(mapping) for mapping in mappings),
        rows=tuple(present.rows(operations)) if mappings else (),
        any_connected=Connection.Status.CONNECTED in statuses,
        expired=Connection.Status.EXPIRED in statuses,
        in_quickbooks=any(mapping.remote_id for mapping in mappings),
    )


def _standing(mapping: EntityMapping) -> Standing:
    return Standing(
        connection=mapping.connection,
        pill=pills.of_mapping(mapping),
        why=present.reason_of(mapping),
        note=mapping.note,
        there=page_links.there(mapping.connection, mapping),
        record_url=address("entitymapping", "change", mapping.pk),
    )


def badges(adapter: Adapter, rows: Sequence[Any]) -> dict[str, list[EntityMapping]]:
    """Object key -> its mappings, for the rows of a list: one query, and one for each company that
    may be wrong.
    """
    return single_records.states(adapter.label_lower, [adapter.key_of(row) for row in rows])


def badge(mappings: Iterable[EntityMapping]) -> Pill:
    """The state of an object in a list; of several companies', the one that wants most care."""
    order = [pills.BAD, pills.WARN, pills.WAIT, pills.INFO, pills.OK, pills.OFF]
    every = [pills.of_mapping(mapping) for mapping in mappings]
    return (
        min(every, key=lambda pill: order.index(pill.tone))
        if every
        else Pill(_("Not in QuickBooks"), pills.OFF)
    )


def _edited_there(kind: str) -> Q:
    """Categories that are edited in QuickBooks only; accounts and taxes from there are, while
    connected (A11).
    """
    only = Q(connection__categories__options__d__authority=Authority.QUICKBOOKS)
    if kind_info(kind).locked_when_pulled and settings.lock_lists:
        pulled = Q(connection__categories__direction=Category.Direction.PULL)
        only |= pulled & Q(connection__status=Connection.Status.CONNECTED)
    return only


def locked(adapter: Adapter, obj: Any) -> str:
    """Why an object may not be edited here; "" when it may (F8, A11)."""
    pairs = EntityMapping.objects.filter(
        _edited_there(adapter.kind),
        model_label=adapter.label_lower,
        object_key=adapter.key_of(obj),
        remote_id__isnull=False,
        connection__categories__kind=F("kind"),
        connection__categories__enabled=True,
    ).exclude(state__in=(EntityMapping.State.EXCLUDED, EntityMapping.State.GONE))
    name = pairs.values_list("connection__name", flat=True).first()
    if name is None:
        return ""
    return _(
        "The category's settings say that this record is edited in QuickBooks only"
        " (%(name)s). Change it there, then press “Get from QuickBooks”."
    ) % {"name": name}
