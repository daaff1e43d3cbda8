"""What a host takes over from QuickBooks and never sends: fields that QuickBooks works out by
itself, such as what is still open of a bill.
"""

from __future__ import annotations

from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import EntityMapping
from quicksync.planning.compare import same
from quicksync.planning.steps import Agreed
from quicksync.quickbooks.port import Edition
from quicksync.records import Record


def taken(adapter: Adapter, edition: Edition) -> frozenset[str]:
    """The fields that QuickBooks tells and does not take, and that this adapter writes."""
    kind = adapter.kind
    return adapter.writable() & (edition.told(kind) - edition.fields(kind))


def news(
    mapping: EntityMapping, edition: Edition, before: Agreed | None, here: Record, there: Record
) -> list[str]:
    """The taken fields in which QuickBooks' answer to a write shows something else than was agreed
    on, and than this side shows: the next look brings them here.
    """
    adapter = registry.for_label(mapping.model_label, mapping.kind)
    if adapter is None:
        return []
    return sorted(
        name
        for name in taken(adapter, edition)
        if (theirs := getattr(there, name)) is not None
        and not same(getattr(here, name), theirs)
        and (before is None or not same(getattr(before.there, name), theirs))
    )
