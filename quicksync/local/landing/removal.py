"""Taking a host object back: void it, switch it off, or delete it."""

from __future__ import annotations

from typing import Any

from django.db import router, transaction

from quicksync.local.landing import refusals
from quicksync.local.protocol import Adapter
from quicksync.records import KINDS


def remove(adapter: Adapter, connection: Any, key: str, how: str) -> str:
    """Void or delete one object; "" when done or not there any more, else why not."""
    with transaction.atomic(using=router.db_for_write(adapter.model)):
        obj = adapter.objects(adapter.queryset(connection), [key], lock=True).get(key)
        if obj is None:
            return ""
        try:
            with transaction.atomic(using=router.db_for_write(adapter.model)):
                if how == "void":
                    return adapter.void(obj)
                obj.delete()
        except refusals.of(adapter) as error:
            return refusals.sentence(error)
    return ""


def has_flag(adapter: Adapter) -> bool:
    """Whether the host has a flag of its own for what is void, or not in use any more."""
    bound = adapter.table.fields.get(_flag(adapter)[0])
    return bound is not None and bound.put is not None


def _flag(adapter: Adapter) -> tuple[str, bool]:
    """Documents are marked void, lists and contacts inactive: the flag and its value."""
    return ("voided", True) if KINDS[adapter.kind].is_document else ("active", False)


def void(adapter: Adapter, obj: Any) -> str:
    """The usual way: the host's own flag."""
    flag, value = _flag(adapter)
    bound = adapter.table.fields.get(flag)
    if bound is None or bound.put is None:
        word = adapter.model._meta.verbose_name
        return f"This site has no way to {'void' if value else 'deactivate'} a {word}."
    bound.put(obj, value, {})
    obj.full_clean()
    obj.save()
    return ""
