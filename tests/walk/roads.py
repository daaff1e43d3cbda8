"""The same walk on two roads: with the landing lane and without it ends with the same tables.

Ids and times are left out, and so is the order in which things came about: requests are on their
way side by side, and QuickBooks numbers records as they arrive. Records name others by their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import models

from quicksync.local.registry import registry
from quicksync.models import EntityMapping, Operation
from quicksync.records import KINDS, codec

# New records above all, which is what the lane is for. Steps that stop a worker in the middle count
# what it does, which is not the same on both roads; trouble comes to a request by its number.
STEPS = frozenset(
    {
        *("new_customer", "new_item", "new_invoice", "new_payment", "new_vendor", "made_there"),
        *("edit_customer", "edit_invoice", "edit_there", "pay", "switch", "skip", "approve_plan"),
        *("synchronize", "work", "minutes", "hours", "night"),
    }
)
_PAIR = (
    *("kind", "model_label", "remote_type", "label", "block", "alias", "choice", "state"),
    *("reason", "origin"),
)
_DONE = ("kind", "direction", "action", "model_label", "label", "amount", "currency", "record")

Tables = dict[str, list[str]]


def tables() -> Tables:
    """The host's rows and ours, each as a text."""
    pairs = list(EntityMapping.objects.all())
    names = {(one.kind, one.object_key): one.label for one in pairs if one.object_key}
    for one in pairs:
        if one.remote_id:
            names[KINDS[one.kind].named_there, one.remote_id] = one.label
    done = Operation.objects.filter(state=Operation.State.DONE).values_list(*_DONE)
    found = {
        "pairs": [repr([getattr(one, name) for name in _PAIR]) for one in pairs],
        "agreed": [repr((one.kind, one.label, _agreed(one, names))) for one in pairs],
        "done": [repr([_told(value, names) for value in one]) for one in done],
    }
    for adapter in registry.all():
        for model in (adapter.model, *(one.model for one in adapter.related_models())):
            found[model._meta.label] = [_shown(one) for one in model._base_manager.all()]
    return {name: sorted(rows) for name, rows in found.items()}


def landed_at_once() -> int:
    """How many records took the lane: nobody ever proposed them."""
    made = Operation.objects.filter(state=Operation.State.DONE, action="create", direction="pull")
    return made.filter(claims="").count()


def apart(first: Tables, second: Tables) -> list[str]:
    """What only one of the two has."""
    found = []
    for name in first.keys() | second.keys():
        mine, theirs = first.get(name, []), second.get(name, [])
        found += [f"{name}, only with the lane: {row}" for row in _without(mine, theirs)]
        found += [f"{name}, only without it: {row}" for row in _without(theirs, mine)]
    return sorted(found)


def _without(rows: list[str], others: list[str]) -> list[str]:
    return list((Counter(rows) - Counter(others)).elements())


def _agreed(mapping: EntityMapping, names: Mapping[tuple[str, str], str]) -> Any:
    if mapping.agreed_here is None or mapping.agreed_there is None:
        return None
    here, there = codec.load_pair(mapping.agreed_here, mapping.agreed_there)
    return _told(codec.dump(here), names), _told(codec.dump(there), names), len(mapping.line_ids)


def _told(value: Any, names: Mapping[tuple[str, str], str]) -> Any:
    """A stored value, with what it names by its name; lines have ids of their own, in any order."""
    if isinstance(value, dict) and value.keys() == {"kind", "id"}:
        return value["kind"], names.get((value["kind"], value["id"]), value["id"])
    if isinstance(value, dict):
        return sorted((name, _told(part, names)) for name, part in value.items() if name != "id")
    if isinstance(value, list | tuple):
        return sorted((_told(part, names) for part in value), key=repr)
    return value


def _shown(obj: Any) -> str:
    columns = [
        column
        for column in obj._meta.concrete_fields
        if not (column.primary_key or isinstance(column, models.DateTimeField))
    ]
    return repr([(one.name, str(getattr(obj, one.name))) for one in columns])
