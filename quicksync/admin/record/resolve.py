"""The questions that only a person can answer: which side is right, whether two records are one
(I8, X6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from quicksync.admin.parts import page_links, present
from quicksync.admin.parts.base import address, perform, with_connection
from quicksync.admin.parts.page_links import Link, Spot
from quicksync.admin.parts.present import Difference, Why
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.table import Place
from quicksync.planning.reasons.words import explain
from quicksync.records import record_class
from quicksync.sync.actions import answers
from quicksync.sync.worker.run_sums import ASIDE

MOST_CANDIDATES = 20


@dataclass(frozen=True)
class Twin:
    """A record of the other side that may be the same one."""

    pk: int
    label: str
    link: Link | None


@dataclass(frozen=True)
class Choice:
    """One differing field; `first` is the one whose answer counts for it too, where they are one
    value to people.
    """

    change: Difference
    first: Difference


@dataclass(frozen=True)
class Question:
    """What is asked about one record: differing fields, or which of these it is."""

    why: Why
    choices: tuple[Choice, ...]
    twins: tuple[Twin, ...]
    sides: bool


def question(mapping: EntityMapping) -> Question | None:
    """What a person is asked about this record; None when nothing is."""
    operation = _latest(mapping)
    if mapping.state == EntityMapping.State.EXCLUDED:
        return None
    code, values = mapping.reason, mapping.reason_values
    if not code and operation is not None and operation.action in ASIDE:
        # A preview leaves the record's own state as it was.
        code, values = operation.reason, operation.reason_values
    if not code:
        return None
    place = explain(Reason(code, dict(values), "")).place
    if place not in (Place.CONFLICT, Place.MATCH):
        return None
    asked = place is Place.CONFLICT
    twins = () if asked else _twins(mapping, values)
    if not asked and not twins:
        return None
    return Question(
        why=present.why(code, values, "", Spot(mapping.connection, mapping.kind, mapping)),
        choices=_choices(operation) if asked and operation is not None else (),
        twins=twins,
        sides=asked,
    )


def _latest(mapping: EntityMapping) -> Operation | None:
    mine = Operation.objects.filter(Q(mapping=mapping) | Q(partner=mapping)).exclude(
        reason="skipped-by-user"
    )
    return with_connection(mine).select_related("mapping").defer("body").order_by("-id").first()


def _choices(operation: Operation) -> tuple[Choice, ...]:
    every = present.rows([operation])[0].differences
    asked = tuple(one for one in every if one.conflict) or every
    record, firsts = record_class(operation.kind), dict[tuple[str, ...], Difference]()
    return tuple(Choice(one, firsts.setdefault(record.group(one.name), one)) for one in asked)


def _twins(mapping: EntityMapping, values: Mapping[str, Any]) -> tuple[Twin, ...]:
    """The records that the reason names, as long as they are still alone on the other side."""
    if not page_links.can_be_same(values, mapping.kind):
        return ()
    named = Q(pk__in=values.get("keys", ()))
    if values.get("other_id"):
        named |= Q(remote_id=values["other_id"])
    rows = EntityMapping.objects.filter(named, connection=mapping.connection_id, kind=mapping.kind)
    other = (
        rows.filter(object_key=None)
        if mapping.object_key is not None
        else rows.filter(remote_id=None)
    )
    return tuple(
        Twin(
            twin.pk, str(twin), page_links.here(twin) or page_links.there(mapping.connection, twin)
        )
        for twin in other.order_by("label")[:MOST_CANDIDATES]
    )


def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: `here` or `there` in `all`, or a side for each `field-…`; `same` names another record,
    or is "none".
    """
    mapping = get_object_or_404(with_connection(EntityMapping.objects.all()), pk=pk)
    started: list[SyncRun | None] = []

    def work() -> str:
        started.append(_answered(request, mapping))
        return _("Thank you. The record is now compared again.")

    response = perform(request, "resolve", work, address("entitymapping", "change", pk))
    run = started[0] if started else None
    return (
        HttpResponseRedirect(address("syncrun", "change", run.pk)) if run is not None else response
    )


def _answered(request: HttpRequest, mapping: EntityMapping) -> SyncRun | None:
    twin = request.POST.get("same", "")
    if twin == "none":
        return answers.distinct(mapping, user=request.user)
    if twin.isdigit():
        return answers.same(
            mapping, get_object_or_404(EntityMapping, pk=int(twin)), user=request.user
        )
    if whole := request.POST.get("all", ""):
        return answers.answer(mapping, {answers.WHOLE: whole}, user=request.user)
    fields = {
        name[6:]: str(side)
        for name, side in request.POST.items()
        if name.startswith("field-") and side
    }
    return answers.answer(mapping, fields, user=request.user)
