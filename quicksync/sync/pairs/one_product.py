"""Documents as they are told where all that is sold goes on one product of QuickBooks (D6): their
lines name none, and say what the product is called where they have no text of their own.

The same is done to what QuickBooks shows, so that both sides are compared without products.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import msgspec

from quicksync.local.messages import Found
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import Connection
from quicksync.records import Line, Record, Ref

Key = TypeVar("Key")


def there(connection: Connection, record: Record) -> Record:
    """What QuickBooks shows, without the products of its lines."""
    return _without(record, {}) if _concerns(connection, record) else record


def here(connection: Connection, found: Mapping[Key, Found]) -> dict[Key, Found]:
    """Objects of this side without the products of their lines."""
    told = {key: one.record for key, one in found.items() if _concerns(connection, one.record)}
    words = _words(connection, [line for one in told.values() for line in _lines(one)])
    return dict(found) | {
        key: msgspec.structs.replace(found[key], record=_without(record, words))
        for key, record in told.items()
    }


def one_here(connection: Connection, record: Record) -> Record:
    """The same of one record."""
    if not _concerns(connection, record):
        return record
    return _without(record, _words(connection, _lines(record)))


def kept(record: Record, told: Record | None, before: Record | None) -> Record:
    """A record to land, whose lines keep the products of the object as it is `before`, and no text
    where that had none; `told` is the object as the other side was told of it.
    """
    if told is None or before is None or told is before:
        return record
    was = {line.id: line for line in _lines(before)}
    said = {line.id: line.description for line in _lines(told)}
    lines = [
        _as_before(line, was[line.id], said[line.id]) if line.id in was else line
        for line in _lines(record)
    ]
    return _with(record, lines)


def _as_before(line: Line, was: Line, said: str) -> Line:
    text = was.description if line.description == said else line.description
    return msgspec.structs.replace(line, item=was.item, description=text)


def _concerns(connection: Connection, record: Record) -> bool:
    """Whether it is a document of sales, with products, of a company that books so."""
    chosen = connection.options.all_on_one_product and not record.payable
    return chosen and any(line.item is not None for line in _lines(record))


def _lines(record: Record) -> tuple[Line, ...]:
    found: tuple[Line, ...] = getattr(record, "lines", ())
    return found


def _without(record: Record, words: Mapping[Ref, str]) -> Record:
    lines = [
        msgspec.structs.replace(
            line, item=None, description=line.description or words.get(line.item, "")
        )
        if line.item is not None
        else line
        for line in _lines(record)
    ]
    return _with(record, lines)


def _with(record: Record, lines: Iterable[Line]) -> Record:
    values: dict[str, Any] = {"lines": tuple(lines)}
    changed: Record = record.replace(**values)
    return changed


def _words(connection: Connection, lines: Iterable[Line]) -> dict[Ref, str]:
    """What the products of lines without a text are called."""
    by_adapter: dict[Adapter, dict[str, Ref]] = defaultdict(dict)
    for line in lines:
        if line.item is not None and not line.description:
            adapter, key = registry.split(line.item)
            if adapter is not None:
                by_adapter[adapter][key] = line.item
    return {
        refs[key]: found.label
        for adapter, refs in by_adapter.items()
        for key, found in adapter.find(connection, list(refs)).items()
    }
