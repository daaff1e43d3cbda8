"""What a run leaves in the tables, but for the clock and the order: to compare two roads."""

from __future__ import annotations

from django.db import models

from quicksync.local.registry import registry
from quicksync.models import Counted, EntityMapping
from quicksync.records import codec

# All of a pair but the clock; what holds keys of the host, which depend on the order, comes apart.
PAIR = [
    *("kind", "model_label", "remote_type", "remote_id", "label", "block", "alias", "keyed"),
    *("choice", "state", "reason", "note", "origin", "version", "touched_at"),
]
OPERATION = [
    *("mapping__remote_type", "mapping__remote_id", "kind", "rank", "direction", "action", "state"),
    *("model_label", "label", "amount", "currency", "record", "changes", "fields", "leaves"),
    *("warnings", "reason", "reason_field"),
]
COUNTED = ["kind", "direction", "outcome", "reason"]


def rows(found, columns):
    return sorted(map(repr, found.values_list(*columns)))


def shown(obj):
    """A host's row, with the rows that it names by their words."""
    columns = [
        column
        for column in obj._meta.concrete_fields
        if not (column.primary_key or isinstance(column, models.DateTimeField))
    ]
    return repr([(one.name, str(getattr(obj, one.name))) for one in columns])


def agreed(mapping, names):
    """What was agreed on, with records of this side by what they are paired with."""
    if mapping.agreed_here is None:
        return None

    def told(value):
        if isinstance(value, dict) and value.keys() == {"kind", "id"}:
            return value["kind"], names.get((value["kind"], value["id"]), value["id"])
        if isinstance(value, dict):
            return {name: told(part) for name, part in value.items() if name != "id"}
        return [told(part) for part in value] if isinstance(value, list | tuple) else value

    here, there = codec.load_pair(mapping.agreed_here, mapping.agreed_there)
    return repr((told(codec.dump(here)), there, sorted(mapping.line_ids.values())))


def reasons(found, columns):
    """Why each waits, with the pairs that a reason names by what they are called: pages of several
    types come in any order, and their halves with them.
    """
    names = dict(EntityMapping.objects.values_list("pk", "label"))

    def told(values):
        return {**values, "keys": sorted(names[key] for key in values.get("keys", ()))}

    return sorted(
        repr((*one, told(values))) for *one, values in found.values_list(*columns, "reason_values")
    )


def tables(run):
    """The host's rows and ours."""
    hosts = {}
    for adapter in registry.all():
        for model in (adapter.model, *(one.model for one in adapter.related_models())):
            hosts[model._meta.label] = sorted(map(shown, model._base_manager.all()))
    pairs = list(EntityMapping.objects.order_by("remote_type", "remote_id"))
    names = {(one.kind, one.object_key): one.remote_id for one in pairs}
    return {
        **hosts,
        "pairs": rows(EntityMapping.objects.all(), PAIR),
        "agreed": [(one.label, agreed(one, names)) for one in pairs],
        "operations": rows(run.operations.exclude(state="stale"), OPERATION),
        "why": reasons(EntityMapping.objects.all(), ("label", "remote_id", "reason")),
        "told why": reasons(run.operations.exclude(state="stale"), ("label", "reason")),
        "counted": rows(Counted.objects.filter(run=run), COUNTED),
        "run": [run.state, run.reason, run.counts, run.done, run.total],
    }
