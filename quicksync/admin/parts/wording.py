"""Stored values of records as texts for people: references by name, lines and addresses as they
would be written.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, TypeAlias, get_args

import msgspec
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.models import EntityMapping, Operation, RemoteRecord
from quicksync.records import KINDS, Ref

HERE, THERE = "here", "there"
TIMES = "\N{MULTIPLICATION SIGN}"
_ADDRESS = ("lines", "city", "region", "postcode", "country")
# (connection, side, kind, id)
_Key: TypeAlias = tuple[int, str, str, str]


def changes_of(operation: Operation) -> Sequence[Mapping[str, Any]]:
    """The fields that an operation changes; of a record that is made, what it shall say, which is
    not stored a second time.
    """
    makes = operation.action == "create" and not operation.changes
    if not (makes and operation.record and operation.kind in KINDS):
        stored: Sequence[Mapping[str, Any]] = operation.changes
        return stored
    said, side = operation.record.get("d", {}), THERE if operation.direction == "pull" else HERE
    label = KINDS[operation.kind].record.field_label
    return [
        {"name": name, "label": label(name), side: said[name], "will": said[name]}
        for name in operation.fields
        if name in said
    ]


class Names:
    """The names of all records that a page's differences mention, in a few queries, whatever their
    number.
    """

    def __init__(self, operations: Iterable[Operation]) -> None:
        wanted: set[_Key] = set()
        for operation in operations:
            for change in changes_of(operation):
                for part in ("agreed", "here", "there", "will"):
                    side = side_of(part, operation.direction)
                    wanted |= {
                        (operation.connection_id, side, *ref) for ref in _refs(change.get(part))
                    }
        self._names: dict[_Key, str] = {}
        self._ask_here([key for key in wanted if key[1] == HERE])
        self._ask_there([key for key in wanted if key[1] == THERE])

    def _ask_here(self, keys: list[_Key]) -> None:
        places: dict[tuple[int, str, str, str], _Key] = {}
        for key in keys:
            adapter, local_key = registry.split(Ref(key[2], key[3]))
            if adapter is not None:
                places[key[0], key[2], adapter.label_lower, local_key] = key
        where = _any(
            Q(connection=connection, kind=kind, model_label=label, object_key__in=ids)
            for (connection, kind, label), ids in _by_last(places).items()
        )
        rows = EntityMapping.objects.filter(where) if where else EntityMapping.objects.none()
        for connection, kind, label, own, name in rows.values_list(
            "connection_id", "kind", "model_label", "object_key", "label"
        ):
            if name and (place := places.get((connection, kind, label, str(own)))):
                self._names[place] = name
        self._ask_the_host([key for key in places.values() if key not in self._names])

    def _ask_the_host(self, keys: list[_Key]) -> None:
        """Objects that were never planned have no name on their mapping; codes of lists are names
        already.
        """
        wanted: dict[Adapter, dict[str, _Key]] = defaultdict(dict)
        for key in keys:
            adapter, local_key = registry.split(Ref(key[2], key[3]))
            if adapter is not None and adapter.key_is_pk:
                wanted[adapter][local_key] = key
        for adapter, places in wanted.items():
            objects = adapter.objects(
                adapter.model._default_manager.all(), list(places), rows=False
            )
            for local_key, obj in objects.items():
                self._names[places[local_key]] = adapter.label(obj)

    def _ask_there(self, keys: list[_Key]) -> None:
        places = {
            (connection, kind, id_): (connection, side, kind, id_)
            for connection, side, kind, id_ in keys
        }
        where = _any(
            Q(connection=connection, kind=kind, remote_id__in=ids)
            for (connection, kind), ids in _by_last(places).items()
        )
        rows = RemoteRecord.objects.filter(where) if where else RemoteRecord.objects.none()
        for row in rows.values_list("connection_id", "kind", "remote_id", "name"):
            if row[3] and row[:3] in places:
                self._names[places[row[:3]]] = row[3]

    def name(self, connection_id: int, side: str, kind: str, id_: str) -> str:
        """The record's name; its id when nothing is known of it."""
        return self._names.get((connection_id, side, kind, id_), id_)


def _any(conditions: Iterable[Q]) -> Q:
    made = Q()
    for condition in conditions:
        made |= condition
    return made


def _by_last(places: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], list[Any]]:
    grouped: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for *head, last in places:
        grouped[tuple(head)].append(last)
    return grouped


def side_of(part: str, direction: str) -> str:
    """Whose references a part of a change holds: what will be written names records as the writing
    side does.
    """
    if part == "will":
        return THERE if direction == "pull" else HERE
    return THERE if part == "there" else HERE


def _refs(value: Any) -> Iterable[tuple[str, str]]:
    if _is_ref(value):
        yield value["kind"], value["id"]
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _refs(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _refs(part)


def _is_ref(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"kind", "id"}


class Writer:
    """Values of one operation as texts."""

    def __init__(self, names: Names, connection_id: int, side: str) -> None:
        self._names = names
        self._connection_id = connection_id
        self._side = side

    def text(self, value: Any) -> str:
        """One value; nothing is an empty text, several lines are several lines."""
        if value is None or value == "":
            return ""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, list | tuple):
            return "\n".join(self.text(part) for part in value)
        if isinstance(value, Mapping):
            return self._struct(value)
        return _scalar(str(value))

    def figure(self, value: Any) -> str:
        """An amount or a rate; what is none, such as what a later version wrote, is a text."""
        try:
            return _number(value, places=2)
        except InvalidOperation:
            return self.text(value)

    def _struct(self, value: Mapping[str, Any]) -> str:
        if _is_ref(value):
            return self._names.name(self._connection_id, self._side, value["kind"], value["id"])
        if "document" in value:
            return f"{self.text(value['document'])}: {_number(value.get('amount'), places=2)}"
        if set(value) <= set(_ADDRESS):
            return "\n".join(str(value[part]) for part in _ADDRESS if value.get(part))
        return self._line(value)

    def _line(self, line: Mapping[str, Any]) -> str:
        named = [
            value for name, value in line.items() if _is_ref(value) and not name.startswith("tax_")
        ]
        parts = [*map(self.text, named), str(line.get("description") or "")]
        words = " — ".join(part for part in parts if part)
        if line.get("quantity") is not None or line.get("unit_price") is not None:
            price = _number(line.get("unit_price"), places=2)
            words += f" · {_number(line.get('quantity'))} {TIMES} {price}"
        words += f" = {_number(line.get('amount', '0'), places=2)}"
        tax = "".join(
            self.text(value)
            for name, value in line.items()
            if _is_ref(value) and name.startswith("tax_")
        )
        return f"{words} ({tax})" if tax else words


@cache
def figures(kind: str) -> frozenset[str]:
    """The fields of a kind that hold an amount or a rate."""
    fields = msgspec.structs.fields(KINDS[kind].record) if kind in KINDS else ()
    return frozenset(
        field.name for field in fields if Decimal in (field.type, *get_args(field.type))
    )


def _number(value: Any, *, places: int = 0) -> str:
    """A number as people write it: each side keeps noughts of its own behind it; at least so many
    `places` are left.
    """
    if value is None or value == "":
        return ""
    whole, _, rest = f"{Decimal(str(value)):f}".partition(".")
    rest = rest.rstrip("0").ljust(places, "0")
    return f"{whole}.{rest}" if rest else whole


def _scalar(text: str) -> str:
    """Dates as the reader writes them; everything else as it stands."""
    try:
        day = parse_date(text) if len(text) == 10 else None
    except ValueError:
        return text
    return date_format(day, "DATE_FORMAT") if isinstance(day, dt.date) else text


def moment(when: Any) -> str:
    """A moment as the lists show it, in the site's time zone."""
    return f"{timezone.localtime(when):%Y-%m-%d %H:%M}" if when else ""
