"""A person's answers: which side is right, field by field or as a whole, and whether two records
are one (I8, X6).

An answer that is refused is none: nothing of it is kept, to be acted upon by some later run. So
whatever can refuse comes first. All of them raise NotAllowed when the company is not connected.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from quicksync.exceptions import BadValue, NotAllowed
from quicksync.models import EntityMapping, Operation, SyncRun, bulk
from quicksync.records import Record, record_class
from quicksync.sync.actions import skipping
from quicksync.sync.pairs import state
from quicksync.sync.runs import starting

SIDES = ("here", "there")
WHOLE = "*"


def answer(mapping: EntityMapping, answers: Mapping[str, str], *, user: Any) -> SyncRun | None:
    """Field name, or "*" for all others -> the side that is right, "here" or "there"; the record is
    looked at now.

    An answer counts for the field's whole group (`Record.together`). Raises BadValue for anything
    else, and for two answers in one group. None when a run is at work already, which will do it.
    """
    starting.must_be_live(mapping.connection)
    if not answers or set(answers.values()) - set(SIDES):
        raise BadValue(_("Choose for each field which side is right: ours or QuickBooks'."))
    _choose(mapping, _for_groups(record_class(mapping.kind), answers))
    return skipping.retry([mapping], user=user)


def distinct(mapping: EntityMapping, *, user: Any) -> SyncRun | None:
    """It is none of the records that it looks like; it is looked at now, and created if nothing
    else is against it.
    """
    starting.must_be_live(mapping.connection)
    _choose(mapping, {"distinct": "yes"})
    return skipping.retry([mapping], user=user)


def same(mapping: EntityMapping, other: EntityMapping, *, user: Any) -> SyncRun | None:
    """These two halves are one record: they become a pair, under the half here, and what differs is
    looked at now.

    Raises NotAllowed when they are not two halves of one kind, or when something is on its way for
    one of them.
    """
    starting.must_be_live(mapping.connection)
    here, there = (mapping, other) if mapping.object_key is not None else (other, mapping)
    with transaction.atomic():
        _must_fit(here, there)
        # The half there goes first: its identity in QuickBooks stands once only.
        gone = bulk.remove(
            EntityMapping.objects.filter(pk=there.pk, object_key=None, version=there.version)
        )
        mine = EntityMapping.objects.filter(pk=here.pk, remote_id=None, version=here.version)
        moved = gone and state.move_where(
            mine,
            EntityMapping.State.PENDING,
            state.By.PERSON,
            note=f"{user}: same record as {there}"[:300],
            remote_type=there.remote_type,
            remote_id=there.remote_id,
            choice={**there.choice, **here.choice},
        )
        if not moved:
            raise NotAllowed(_("One of the two has changed in the meantime: look at them again."))
    here.refresh_from_db()
    return skipping.retry([here], user=user)


def _must_fit(here: EntityMapping, there: EntityMapping) -> None:
    halves = here.remote_id is None and there.object_key is None and here.object_key is not None
    if not halves or (here.connection_id, here.kind) != (there.connection_id, there.kind):
        raise NotAllowed(
            _(
                "Only a record that exists just here and one that exists just in QuickBooks"
                " can be the same."
            )
        )
    if Operation.objects.filter(mapping__in=(here, there), state__in=Operation.OPEN).exists():
        raise NotAllowed(
            _("One of the two is being sent right now: try again when the run is done.")
        )


def _for_groups(record: type[Record], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers, each for all fields of its group: none of before is left for one of them."""
    whole: dict[str, str] = {}
    for field, side in answers.items():
        group = record.group(field)
        if any(whole.get(name, side) != side for name in group):
            words = ", ".join(record.field_label(name) for name in group)
            raise BadValue(
                _("These belong together, so choose the same side for all of them: %(fields)s.")
                % {"fields": words}
            )
        whole |= dict.fromkeys(group, side)
    return whole


def _choose(mapping: EntityMapping, answers: Mapping[str, str]) -> None:
    """Answers of before stay, but for those to the same questions."""
    with transaction.atomic():
        row = EntityMapping.objects.select_for_update(no_key=True).get(pk=mapping.pk)
        row.choice = {**row.choice, **answers}
        row.save(update_fields=["choice"])
