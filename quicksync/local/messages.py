"""What an adapter says and is told: plain values between the host's tables and the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec
from django.db.models import Model

from quicksync.exceptions import ConfigurationError
from quicksync.records import Record


class Seen(msgspec.Struct, frozen=True):
    """One host object at a glance: enough to know that it exists and when it last changed."""

    key: str
    modified: dt.datetime | None
    label: str


class Found(msgspec.Struct, frozen=True):
    """One host object as a record. `date` is the document's date, None for what is no document.

    `error` is a sentence when the object cannot be read as a record; `record` is then an empty one.
    """

    key: str
    record: Record
    label: str
    modified: dt.datetime | None
    date: dt.date | None
    error: str = ""


class Write(msgspec.Struct, frozen=True):
    """One record to land in the host's tables; its references and line ids are this side's.

    `key` is None for a new object. `fields` are the record fields to write; everything carried on a
    create. Lines whose id names no line of the object are paired by what they sell, else made;
    lines that are missing are deleted. `before` is the object's record as it is, where the caller
    holds it (`ModelAdapter.hold`).
    """

    op: str
    key: str | None
    record: Record
    fields: frozenset[str]
    before: Record | None = None


class Written(msgspec.Struct, frozen=True):
    """What became of one write. With an `error` (a sentence) nothing of this one was saved.

    `record` is read back from the saved object, what was not written as it was `before`; `line_ids`
    are the keys of the saved lines in the order of the lines given.
    """

    op: str
    key: str = ""
    record: Record | None = None
    label: str = ""
    error: str = ""
    line_ids: tuple[str, ...] = ()


class Held(NamedTuple):
    """Objects as records, by key, that stay as they are until the transaction ends; `busy` are in
    another's hands.
    """

    found: dict[str, Found]
    busy: frozenset[str]


class Related(NamedTuple):
    """A model whose saves and deletes change an adapter's record; `keys(instance)` gives that
    record's keys.

    `parent` is the name under which it has the object of that record.
    """

    model: type[Model]
    keys: Callable[[Any], tuple[str, ...]]
    parent: str = ""


class Problem(NamedTuple):
    """What is wrong with an adapter, and the fix."""

    what: str
    hint: str


class Misfit(ConfigurationError):
    """A mistake in an adapter, found while it is made ready: told by `manage.py check`, never a
    traceback.
    """

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} {hint}")
        self.what = what
        self.hint = hint

    @property
    def problem(self) -> Problem:
        return Problem(self.what, self.hint)
