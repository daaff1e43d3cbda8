"""New host objects with nothing but their defaults, made once for each model and then copied.

Django's own constructor asks each field of each object anew. Models with a constructor of their
own, or that somebody listens to, are made by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import models
from django.db.models.base import ModelState
from django.db.models.fields.related_descriptors import ForeignKeyDeferredAttribute
from django.db.models.query_utils import DeferredAttribute
from django.db.models.signals import post_init, pre_init

M = TypeVar("M", bound=models.Model)

# What keeps a column's value in the object and does nothing else when it is set at first.
_USUAL = (DeferredAttribute, ForeignKeyDeferredAttribute)
# Defaults that all objects may share.
_SHARED = (str, int, bool, Decimal, dt.date, dt.datetime, type(None))


class _Blank(NamedTuple):
    """What every object of a model begins with, and what each is asked for."""

    shared: dict[str, Any]
    asked: tuple[tuple[str, Callable[[], Any]], ...]


def new(model: type[M]) -> M:
    """What `model()` makes."""
    blank = _blank(model)
    if blank is None or pre_init.has_listeners(model) or post_init.has_listeners(model):
        return model()
    made = model.__new__(model)
    made._state = ModelState()
    values = made.__dict__
    values.update(blank.shared)
    for name, default in blank.asked:
        values[name] = default()
    return made


@cache
def _blank(model: type[models.Model]) -> _Blank | None:
    """None where a model has ways of its own."""
    meta = model._meta
    if meta.abstract or not _is_made_as_usual(model):
        return None
    shared: dict[str, Any] = {}
    asked = []
    for column in meta.fields:
        if column.column is None or column.generated:
            continue
        if type(_descriptor(model, column.attname)) not in _USUAL:
            return None
        if not (column.has_default() and callable(column.default)):
            value = column.get_default()
            if type(value) in _SHARED:
                shared[column.attname] = value
                continue
        asked.append((column.attname, column.get_default))
    return _Blank(shared, tuple(asked))


def _descriptor(model: type[models.Model], name: str) -> Any:
    return next((vars(one)[name] for one in model.__mro__ if name in vars(one)), None)


def _is_made_as_usual(model: type[models.Model]) -> bool:
    own = {"__init__", "__new__", "__setattr__"}
    return not any(
        own & vars(one).keys() for one in model.__mro__ if one not in (models.Model, object)
    )
