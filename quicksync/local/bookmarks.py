"""A bookmark: the query of a host's own changelist address, read as a filter of the adapter's
objects (B14, B15).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote_plus

from django.contrib.admin.sites import all_sites
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import models
from django.http import HttpRequest

from quicksync.exceptions import BadValue
from quicksync.local.protocol import Adapter

# What a changelist puts into its address for itself: page, order, pop-up and the like. It filters
# nothing.
_CHANGELIST_OWN = frozenset(
    {"p", "o", "all", "e", "_facets", "_popup", "_to_field", "_changelist_filters"}
)
_FALSE_WORDS = frozenset({"", "0", "false"})
_PATTERNS = frozenset({"regex", "iregex"})
# More than any list's own filters make.
MOST, MOST_VALUES = 50, 1000

Ignored = tuple[tuple[str, str], ...]


def apply(
    adapter: Adapter, objects: models.QuerySet[Any], query: str
) -> tuple[models.QuerySet[Any], Ignored]:
    """The objects that the bookmark takes, and the conditions it does not use, each with the
    reason.

    Raises BadValue when a condition cannot be understood: leaving it out would take in more than
    the person wanted.
    """
    ignored: list[tuple[str, str]] = []
    for name, values in _conditions(query).items():
        if name in _CHANGELIST_OWN:
            continue
        if reason := _why_not(adapter, name):
            ignored.append((name, reason))
            continue
        condition = _condition(adapter, name, values)
        try:
            objects = objects.filter(condition)
        except (FieldError, ValidationError, ValueError, TypeError) as error:
            raise BadValue(
                f"The bookmark's condition {name}={values[-1]} cannot be used: {_words(error)}"
            ) from error
    return objects, tuple(ignored)


def _conditions(query: str) -> dict[str, list[str]]:
    """Name -> values. What no database could look for with ease is refused at once."""
    if "\0" in unquote_plus(query):
        raise BadValue("The bookmark holds a NUL character, which no record has.")
    try:
        return parse_qs(query.lstrip("?"), keep_blank_values=True, max_num_fields=MOST)
    except ValueError as error:
        raise BadValue(
            f"The bookmark has more than {MOST} conditions: a list's filter never has so many."
        ) from error


def _why_not(adapter: Adapter, name: str) -> str:
    """Why a condition is not used; "" when it is."""
    if name in adapter.ignored_filters or name.split("__")[0] in adapter.ignored_filters:
        return "This site leaves this filter out of what is synchronized."
    if name == "q":
        return "A search text finds records for people; it is no fixed condition."
    return ""


def _condition(adapter: Adapter, name: str, values: list[str]) -> models.Q:
    condition = models.Q()
    for value in values:
        own = adapter.bookmark_filter(name, value)
        condition |= own if own is not None else _lookup(adapter, name, value)
    return condition


def _lookup(adapter: Adapter, name: str, value: str) -> models.Q:
    *_path, lookup = name.split("__")
    if lookup in _PATTERNS:
        raise BadValue(
            f"The bookmark's condition {name}={value} cannot be used: a pattern may take the"
            " database without end. Use contains, startswith or the list's own filters."
        )
    if lookup == "in" and value.count(",") >= MOST_VALUES:
        raise BadValue(f"The bookmark's condition {name} lists more than {MOST_VALUES} values.")
    if not _allowed(adapter, name):
        raise BadValue(
            f"The bookmark's condition {name}={value} cannot be used: {adapter.model._meta.label}"
            " has no such field, or it looks into another table. A developer can allow it in the"
            " adapter's bookmark_lookups or bookmark_filter()."
        )
    return models.Q(**{name: _prepared(name, value)})


def _allowed(adapter: Adapter, name: str) -> bool:
    """Fields of the model itself, the key of what they point at, and what the adapter names.

    More would let whoever keeps bookmarks find out, by trying, what stands in other tables.
    """
    if name in adapter.bookmark_lookups:
        return True
    if not _allowed_in_list(adapter, name):
        return False
    first, *rest = name.split("__")
    try:
        column = adapter.model._meta.get_field(
            adapter.model._meta.pk.name if first == "pk" else first
        )
    except FieldDoesNotExist:
        return False
    if not column.is_relation:
        return True
    key = column.related_model._meta.pk.name if column.related_model is not None else "pk"
    return not rest or rest[0] in {"pk", key, "exact", "in", "isnull"}


def _allowed_in_list(adapter: Adapter, name: str) -> bool:
    """What the host's own list refuses, such as a password hash, no bookmark may ask either."""
    admins = [
        site._registry[adapter.model] for site in all_sites if adapter.model in site._registry
    ]
    nobody = HttpRequest()  # runs use bookmarks for nobody in particular
    nobody.user = AnonymousUser()
    return all(one.lookup_allowed(name, "", nobody) for one in admins)


def _prepared(name: str, value: str) -> Any:
    """The text of an address as the lookup takes it, by the admin's own conventions."""
    if name.endswith("__in"):
        return value.split(",")
    if name.endswith("__isnull"):
        return value.lower() not in _FALSE_WORDS
    return value


def _words(error: Exception) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
