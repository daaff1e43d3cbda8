"""Who changed which setting when, and what stood there before: one page over all settings (I1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from quicksync.admin.pills import BAD, INFO, OK, Pill
from quicksync.models import Bookmark, Category, CodeMapping, Connection, FieldRule

AUDITED: tuple[Any, ...] = (Connection, Category, FieldRule, Bookmark, CodeMapping)
PER_MODEL = 200
_TONES = {"+": OK, "~": INFO, "-": BAD}
_QUIET = {"id", "created_at"}

Names = Mapping[str, Mapping[int, str]]


@dataclass(frozen=True)
class Changed:
    """One setting before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One act of one person."""

    when: dt.datetime
    who: str
    act: Pill
    what: str
    changes: tuple[Changed, ...]


def audit_view(request: HttpRequest, admin: Any) -> HttpResponse:
    """The latest changes of all settings."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    wanted = request.GET.get("connection", "")
    connection = Connection.objects.filter(pk=int(wanted)).first() if wanted.isdigit() else None
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Changes of settings"),
        "opts": admin.opts,
        "connection": connection,
        "entries": entries(connection),
    }
    return TemplateResponse(request, "quicksync/audit.html", context)


def entries(connection: Connection | None = None) -> list[Entry]:
    """The latest changes, newest first; a constant number of queries."""
    names = _names()
    found = [entry for model in AUDITED for entry in _of_model(model, names, connection)]
    return sorted(found, key=lambda entry: entry.when, reverse=True)[:PER_MODEL]


def _names() -> dict[str, dict[int, str]]:
    categories = Category.objects.select_related("connection").only("kind", "connection__name")
    return {
        "connection": dict(Connection.objects.values_list("pk", "name")),
        "bookmark": dict(Bookmark.objects.values_list("pk", "name")),
        "category": {one.pk: f"{one.connection.name}: {one}" for one in categories},
    }


def _of_model(model: Any, names: Names, connection: Connection | None) -> Iterable[Entry]:
    history = model.history.model
    earlier = history.objects.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = history.objects.select_related("history_user").annotate(earlier=Subquery(earlier.values("history_id")[:1]))
    if connection is not None:
        rows = _belonging(model, rows, connection)
    latest = list(rows.order_by("-history_id")[:PER_MODEL])
    before = history.objects.in_bulk([row.earlier for row in latest if row.earlier])
    for row in latest:
        changes = tuple(_changes(row, before.get(row.earlier), names))
        if changes or row.history_type != "~":
            yield _entry(model, row, changes, names)


def _belonging(model: Any, rows: Any, connection: Connection) -> Any:
    """What belongs to one connection; bookmarks serve all of them."""
    if model is Connection:
        return rows.filter(id=connection.pk)
    if model is FieldRule:
        return rows.filter(category__connection=connection)
    return rows if model is Bookmark else rows.filter(connection_id=connection.pk)


def _entry(model: Any, row: Any, changes: tuple[Changed, ...], names: Names) -> Entry:
    words = {"+": _("created"), "~": _("changed"), "-": _("deleted")}
    who = row.history_user.get_username() if row.history_user else _("by itself")
    what = f"{str(model._meta.verbose_name).capitalize()} “{_label(row, names)}”"
    return Entry(row.history_date, who, Pill(words[row.history_type], _TONES[row.history_type]), what, changes)


def _label(row: Any, names: Names) -> str:
    if hasattr(row, "kind") and hasattr(row, "connection_id"):
        name = getattr(row, "code", "") or row.get_kind_display()
        return f"{names['connection'].get(row.connection_id, '')}: {name}"
    if hasattr(row, "category_id"):
        return f"{names['category'].get(row.category_id, '')}: {row.field}"
    return str(row.name)


def _changes(row: Any, before: Any, names: Names) -> Iterable[Changed]:
    for field in row.tracked_fields:
        if field.name in _QUIET:
            continue
        old = getattr(before, field.attname) if before is not None else None
        new = getattr(row, field.attname)
        if row.history_type == "-":
            old, new = new, None
        if old != new and not (row.history_type == "+" and _as_usual(field, new)):
            yield Changed(_word(field), _text(field, old, names), _text(field, new, names))


def _as_usual(field: Any, value: Any) -> bool:
    """What a new row says by itself, or has in its name already, is no news."""
    return field.name in ("connection", "kind", "category") or value in (None, "", {}, field.get_default())


def _word(field: Any) -> str:
    return capfirst(str(field.verbose_name))


def _text(field: Any, value: Any, names: Names) -> str:
    """A stored setting in words: choices by their labels, other rows by their names."""
    if value is None or value in ("", {}):
        return "—"
    if field.is_relation:
        return names.get(field.name, {}).get(value, str(value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(f"{name}: {part}" for name, part in sorted(value.items()))
    return str(dict(field.flatchoices).get(value, value))
