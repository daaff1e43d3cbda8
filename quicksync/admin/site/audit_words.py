"""Stored settings in words: names instead of keys, choices by their labels, what is gone by its
last name (I1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from quicksync.admin.connection.bookmark_admin import lists
from quicksync.admin.parts.option_fields import word
from quicksync.models import (
    Bookmark,
    Category,
    CodeMapping,
    Connection,
    FieldRule,
    RemoteRecord,
    StoredKeys,
)
from quicksync.options.row import Options, Row, table
from quicksync.quickbooks.loading import title_of
from quicksync.records import KINDS, record_class

NOTHING = "—"
# Ends the names of the columns that count how often a secret was changed.
COUNTER = "_version"

# (connection, list, id in QuickBooks)
Entry = tuple[int, str, str]


class Words:
    """The names behind the keys in some rows of history, in a constant number of queries."""

    def __init__(self, rows: Sequence[Any]) -> None:
        categories = {row.category_id for row in rows if hasattr(row, "category_id")}
        self._categories = _latest(Category, categories, "connection_id", "kind")
        connections = {pk for pk, _kind in self._categories.values()}
        connections |= {row.connection_id for row in rows if hasattr(row, "connection_id")}
        self._connections = _latest(Connection, connections, "name", "edition")
        marks = {row.bookmark_id for row in rows if getattr(row, "bookmark_id", None)}
        self._bookmarks = _latest(Bookmark, marks, "name", "model_label")
        self._entries = _entries(rows)
        self._lists = dict(lists())

    def label(self, row: Any) -> str:
        """What a row of history is about."""
        if hasattr(row, "category_id"):
            pk, kind = self._categories.get(row.category_id, (0, ""))
            return ": ".join(
                part for part in (self._company(pk), _plural(kind), _field(kind, row.field)) if part
            )
        if hasattr(row, "connection_id"):
            name = (
                f"{_plural(row.kind)}: {row.code}"
                if hasattr(row, "code")
                else row.get_kind_display()
            )
            return ": ".join(part for part in (self._company(row.connection_id), name) if part)
        return str(row.get_environment_display() if row.instance_type is StoredKeys else row.name)

    def changes(self, row: Any, field: Any, old: Any, new: Any) -> Iterator[tuple[str, str, str]]:
        """(what, before, after) of one column; options are told one by one, of secrets only the
        act.
        """
        if row.instance_type is StoredKeys:
            if field.name.endswith(COUNTER):
                yield capfirst(str(field.verbose_name)), "", _secret(old, new)
            return
        if isinstance(options := old if new is None else new, Options):
            yield from self._options(row, options, old, new)
            return
        yield (
            capfirst(str(field.verbose_name)),
            self._text(row, field, old),
            self._text(row, field, new),
        )

    def _text(self, row: Any, field: Any, value: Any) -> str:
        if value is None or value == "":
            return NOTHING
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if field.name == "bookmark":
            return str(self._bookmarks.get(value, (value,))[0])
        if field.name == "remote_id":
            return self._entries.get((row.connection_id, row.kind, value), str(value))
        if field.name == "model_label":
            return self._lists.get(str(value).lower(), str(value))
        if field.name == "edition":
            return title_of(value)
        # An arrow of a label would be read as part of "before → after".
        return str(dict(field.flatchoices).get(value, value)).lstrip("→← ")

    def _options(
        self, row: Any, options: Options, old: Options | None, new: Options | None
    ) -> Iterator[tuple[str, str, str]]:
        """Each option that changed, as a setting of its own; of a row that was made or deleted
        those not as usual.
        """
        usual = type(options)()
        for name, option in table(type(options)).items():
            before, after = getattr(old or usual, name), getattr(new or usual, name)
            if before != after:
                told = [self._chosen(row, option, side, name) for side in (old, new)]
                yield str(_(option.option.label)), told[0], told[1]

    def _chosen(self, row: Any, option: Row, side: Options | None, name: str) -> str:
        value: Any = getattr(side, name) if side else ""
        if value in ("", {}):
            return NOTHING
        kind, each = option.option.entries, option.option.each
        if each:
            pairs = sorted((self._entry(row, each, key), value[key]) for key in value)
            return "; ".join(f"{key}: {self._entry(row, kind, one)}" for key, one in pairs)
        return self._entry(row, kind, str(value), word(option, value))

    def _entry(self, row: Any, kind: str, remote_id: str, otherwise: str = "") -> str:
        """What QuickBooks calls an entry of a list."""
        connection = getattr(row, "connection_id", row.id)
        return self._entries.get((connection, kind, remote_id), otherwise or remote_id)

    def _company(self, pk: int) -> str:
        return str(self._connections.get(pk, ("",))[0])


def _secret(old: int | None, new: int | None) -> str:
    """What happened to a secret, whose value nobody is told."""
    if not new:
        return _("removed")
    return _("changed") if old else _("entered")


def _latest(model: Any, ids: Iterable[int], *columns: str) -> dict[int, tuple[Any, ...]]:
    """Key -> columns as they are now; of rows that are gone, as they were last."""
    wanted = set(ids)
    found = {
        pk: tuple(rest)
        for pk, *rest in model.objects.filter(pk__in=wanted).values_list("pk", *columns)
    }
    if gone := wanted - set(found):
        past = model.history.filter(id__in=gone).order_by("history_id").values_list("id", *columns)
        found |= {pk: tuple(rest) for pk, *rest in past}
    return found


def _entries(rows: Sequence[Any]) -> dict[Entry, str]:
    """Names of the entries of QuickBooks' lists that are named in these rows; one query for all."""
    ids: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if hasattr(row, "remote_id"):
            ids["remote"].add(row.remote_id)
        options: Options | None = getattr(row, "options", None)
        if options is not None:
            for name, option in table(type(options)).items():
                value = getattr(options, name)
                if option.option.each:
                    ids["remote"] |= {*value, *value.values()}
                elif option.option.entries and value:
                    ids["remote"].add(str(value))
    if not ids["remote"]:
        return {}
    remotes = RemoteRecord.objects.filter(kind__in=KINDS, remote_id__in=ids["remote"])
    found = remotes.only("connection_id", "kind", "remote_id", "name", "type")
    return {(one.connection_id, one.kind, one.remote_id): str(one) for one in found}


def _plural(kind: str) -> str:
    return KINDS[kind].plural.capitalize() if kind in KINDS else kind


def _field(kind: str, name: str) -> str:
    return record_class(kind).field_label(name) if kind in KINDS else name


AUDITED: Mapping[str, Any] = {
    model._meta.model_name or "": model
    for model in (Connection, Category, FieldRule, Bookmark, CodeMapping, StoredKeys)
}
