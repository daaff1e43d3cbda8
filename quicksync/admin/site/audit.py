"""Who changed which setting when, and what stood there before: one page over all settings, with
filters (I1).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from quicksync.admin.parts.pills import BAD, INFO, OK, Pill
from quicksync.admin.site.audit_words import AUDITED, Words
from quicksync.models import Bookmark, Connection, FieldRule, StoredKeys

PER_PAGE = 100
# Who stands for changes that no person made.
NOBODY = "0"
_TONES = {"+": OK, "~": INFO, "-": BAD}
_IN_ITS_NAME = {"connection", "kind", "category", "code", "field", "name"}
# What QuickBooks tells and clocks write is no setting: it would be laid to whoever saves next.
_QUIET = {"id", "connected_at", "company_name", "country", "home_currency"}


@dataclass(frozen=True)
class Changed:
    """One setting before and after."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One act of one person; `reason` is what it was part of, such as a preset."""

    when: dt.datetime
    who: str
    act: Pill
    what: str
    changes: tuple[Changed, ...]
    reason: str = ""


@dataclass(frozen=True)
class Asked:
    """The filters, as the address gives them; what makes no sense counts as not given."""

    connection: str = ""
    what: str = ""
    record: str = ""
    who: str = ""
    since: str = ""
    until: str = ""
    before: str = ""

    @property
    def is_filtered(self) -> bool:
        return any((self.connection, self.what, self.record, self.who, self.since, self.until))

    def older_than(self, moment: dt.datetime) -> str:
        """The address of the next page."""
        given = {"connection": self.connection, "what": self.what}
        given |= {"record": self.record, "who": self.who}
        given |= {"since": self.since, "until": self.until, "before": moment.isoformat()}
        return "?" + urlencode({name: value for name, value in given.items() if value})


def audit_view(request: HttpRequest, admin: Any) -> HttpResponse:
    """The latest changes, of all settings or of those that the filters let through."""
    if not admin.has_view_permission(request):
        raise PermissionDenied
    people = [*_people(), (NOBODY, _("Automatic"))]
    asked = read_filters(request.GET, {pk for pk, _name in people})
    found, more = page(asked)
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Changes of settings"),
        "opts": admin.opts,
        "asked": asked,
        "connection": Connection.objects.filter(pk=asked.connection).first()
        if asked.connection
        else None,
        "connections": [
            (str(pk), name)
            for pk, name in Connection.objects.order_by("name").values_list("pk", "name")
        ],
        "kinds": [
            (name, str(model._meta.verbose_name).capitalize()) for name, model in AUDITED.items()
        ],
        "people": people,
        "entries": found,
        "only": _named(asked),
        "older": asked.older_than(more) if more else "",
    }
    return TemplateResponse(request, "quicksync/audit.html", context)


def read_filters(given: Mapping[str, str], people: Collection[str]) -> Asked:
    """The filters of an address; `people` are the keys that may be asked for."""
    fits: dict[str, Callable[[str], object]] = {
        "connection": str.isdecimal, "what": AUDITED.__contains__, "who": people.__contains__,
        "record": lambda key: given.get("what") in AUDITED and key.isdecimal(),
        "since": _date, "until": _date, "before": _moment,
    }  # fmt: skip
    return Asked(
        **{
            name: value
            for name, fit in fits.items()
            if (value := given.get(name, "")) and fit(value)
        }
    )


def page(asked: Asked) -> tuple[list[Entry], dt.datetime | None]:
    """The newest changes, and before which moment the next page begins; in few queries."""
    models = [AUDITED[asked.what]] if asked.what else list(AUDITED.values())
    rows = [row for model in models for row in _rows(model, asked)[: PER_PAGE + 1]]
    rows.sort(key=lambda row: (row.history_date, row.history_id), reverse=True)
    shown, rest = rows[:PER_PAGE], rows[PER_PAGE:]
    earlier = _earlier(shown)
    words = Words([*shown, *earlier.values()])
    entries = [
        entry for row in shown if (entry := _entry(row, earlier.get(_key(row)), words)) is not None
    ]
    return entries, shown[-1].history_date if rest else None


def _rows(model: Any, asked: Asked) -> QuerySet[Any]:
    history = model.history.model
    earlier = history.objects.filter(
        id=OuterRef("id"), history_id__lt=OuterRef("history_id")
    ).order_by("-history_id")
    rows = history.objects.select_related("history_user").annotate(
        earlier=Subquery(earlier.values("history_id")[:1])
    )
    if asked.connection:
        rows = _belonging(model, rows, int(asked.connection))
    if asked.record:
        rows = rows.filter(id=int(asked.record))
    if asked.who:
        rows = rows.filter(history_user=None if asked.who == NOBODY else asked.who)
    if since := _date(asked.since):
        rows = rows.filter(history_date__gte=_midnight(since))
    if until := _date(asked.until):
        rows = rows.filter(history_date__lt=_midnight(until + dt.timedelta(days=1)))
    if before := _moment(asked.before):
        rows = rows.filter(history_date__lt=before)
    found: QuerySet[Any] = rows.order_by("-history_date", "-history_id")
    return found


def _named(asked: Asked) -> str:
    """The name of the only record that is asked for."""
    if not asked.record:
        return ""
    history = AUDITED[asked.what].history.filter(id=int(asked.record))
    row = history.order_by("-history_id").first()
    return Words([row]).label(row) if row is not None else ""


def _belonging(model: Any, rows: QuerySet[Any], connection: int) -> QuerySet[Any]:
    """What belongs to one connection; bookmarks serve all of them, keys all of an environment."""
    if model is Connection:
        return rows.filter(id=connection)
    if model is FieldRule:
        # By the categories' history, so that those of a deleted connection are found too.
        categories = AUDITED["category"].history.filter(connection_id=connection).values("id")
        return rows.filter(category_id__in=categories)
    if model is StoredKeys:
        return rows.filter(
            environment__in=Connection.history.filter(id=connection).values("environment")
        )
    return rows if model is Bookmark else rows.filter(connection_id=connection)


def _earlier(rows: Sequence[Any]) -> dict[tuple[str, int], Any]:
    """The version before each row, by the row's key."""
    found: dict[tuple[str, int], Any] = {}
    for model in AUDITED.values():
        mine = [row for row in rows if row.instance_type is model and row.earlier]
        before = model.history.model.objects.in_bulk([row.earlier for row in mine])
        found |= {_key(row): before[row.earlier] for row in mine if row.earlier in before}
    return found


def _key(row: Any) -> tuple[str, int]:
    return row._meta.model_name, row.history_id


def _entry(row: Any, before: Any, words: Words) -> Entry | None:
    """None for a save that changed nothing."""
    changes = tuple(_changes(row, before, words))
    if not changes and row.history_type == "~":
        return None
    acts = {"+": _("created"), "~": _("changed"), "-": _("deleted")}
    return Entry(
        when=timezone.localtime(row.history_date),
        who=row.history_user.get_username() if row.history_user else _("automatically"),
        act=Pill(acts[row.history_type], _TONES[row.history_type]),
        what=f"{str(row.instance_type._meta.verbose_name).capitalize()} “{words.label(row)}”",
        changes=changes,
        reason=row.history_change_reason or "",
    )


def _changes(row: Any, before: Any, words: Words) -> Iterable[Changed]:
    for field in row.tracked_fields:
        if field.name in _QUIET:
            continue
        old = getattr(before, field.attname) if before is not None else None
        new = getattr(row, field.attname)
        if row.history_type == "-":
            old, new = new, None
        if old != new and not (
            row.history_type != "~" and _as_usual(field, new if old is None else old)
        ):
            yield from (Changed(*one) for one in words.changes(row, field, old, new))


def _as_usual(field: Any, value: Any) -> bool:
    """What a new or a deleted row says by itself, or has in its name already, is no news."""
    return field.name in _IN_ITS_NAME or value in (None, "", {}, field.get_default())


def _people() -> list[tuple[str, str]]:
    """Those who ever changed a setting."""
    ids = {pk for model in AUDITED.values() for pk in _authors(model)}
    users = get_user_model()._default_manager.filter(pk__in=ids)
    return sorted(((str(user.pk), user.get_username()) for user in users), key=lambda one: one[1])


def _authors(model: Any) -> Iterable[Any]:
    rows: QuerySet[Any] = model.history.model.objects.exclude(history_user=None).order_by()
    return rows.values_list("history_user", flat=True).distinct()


def _date(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _moment(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))
