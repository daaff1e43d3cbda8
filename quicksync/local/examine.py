"""What is wrong with an adapter, each with the fix: no mistake ends in a traceback, `manage.py
check` tells it.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Iterator, Sequence
from typing import Any

from quicksync.local.binding import field_table, paths, suits
from quicksync.local.bound import Place, WrongField
from quicksync.local.convert import Shape
from quicksync.local.messages import Problem
from quicksync.local.protocol import Adapter
from quicksync.records import record_class

# Attributes that are lists of names: a single text would be taken letter by letter.
LISTS = ("ignored_filters", "bookmark_lookups")
# How alike an attribute of the host's must be to one of ours to be taken for a typing error.
ALIKE = 0.8


def problems(adapter: Adapter, base: type[Adapter]) -> list[Problem]:
    """Everything that is wrong with an adapter; empty when it is sound. `base` is the class whose
    hooks it fills.
    """
    who = f"{type(adapter).__name__} ({adapter.model._meta.label})"
    found = [
        *adapter.misfits,
        *_key_field(adapter, who),
        *_attributes(adapter, who),
        *_hooks(adapter, who, base),
    ]
    return [*found, *_fields(adapter, who), *_modified(adapter, who)]


def _fields(adapter: Adapter, who: str) -> Iterator[Problem]:
    """Fields that do not fit, and those that QuickBooks requires and nobody names."""
    made = adapter.table
    yield from _strangers(adapter, who)
    yield from (error.problem for error in made.wrong)
    # "PatronAdapter: name reads ...", "BillAdapter.lines: item reads ...": what is wrong is not
    # missing, too.
    wrong = {one for error in made.wrong for one in _named(error)}
    for name in made.record.required:
        if name not in adapter.carried() and name not in wrong:
            hint = f"Name the attribute: fields = {{{name!r}: ...}}."
            if name == "lines":
                hint = "Set lines = quicksync.Lines('the reverse name of its lines')."
            yield Problem(
                f"{who} has no {name}: QuickBooks does not accept a record of kind {adapter.kind}"
                " without it.",
                hint,
            )


def _strangers(adapter: Adapter, who: str) -> Iterator[Problem]:
    """Names in `fields` that the record does not have."""
    known = record_class(adapter.kind).__struct_fields__
    for name, declared in adapter.fields.items():
        if name not in known and declared is not None:
            hint = f"{_nearest(str(name), known)}The record's fields: {', '.join(known)}."
            yield Problem(
                f"{who} names {name!r}, which a record of kind {adapter.kind} does not have.", hint
            )


def _named(error: WrongField) -> tuple[str, str]:
    who, _, what = error.what.partition(": ")
    return what.partition(" ")[0], who.partition(".")[2]


def _modified(adapter: Adapter, who: str) -> Iterator[Problem]:
    if adapter.modified and not field_table.is_moment(adapter.model, str(adapter.modified)):
        moments = [
            name
            for name in paths.attributes(adapter.model)
            if field_table.is_moment(adapter.model, name)
        ]
        hint = _nearest(str(adapter.modified), moments)
        hint += (
            "Name a DateTimeField(auto_now=True), or set modified = None: then every object is"
            " compared each time."
        )
        yield Problem(
            f"{who} says modified = {adapter.modified!r}, which is not a DateTimeField.", hint
        )
    if adapter.bulk and adapter.model._meta.parents:
        hint = "Set bulk = False: Django cannot create such models in bulk."
        yield Problem(f"{who} is bulk, but its model inherits another one's table.", hint)


def _key_field(adapter: Adapter, who: str) -> Iterator[Problem]:
    name, model = adapter.key_field, adapter.model
    if name == "pk":
        return
    column = next((one for one in model._meta.concrete_fields if one.name == name), None)
    if column is None:
        hint = (
            f"{_nearest(str(name), paths.attributes(model))}Name a unique column, or leave it out:"
            " the primary key."
        )
        yield Problem(
            f"{who} says key_field = {name!r}, which {model._meta.label} does not have.", hint
        )
    elif not column.unique and not _alone_unique(model, name):
        hint = (
            "Give the column unique=True, or leave key_field out: two objects with one key would be"
            " taken for one."
        )
        yield Problem(f"{who} says key_field = {name!r}, which is not unique.", hint)


def _alone_unique(model: Any, name: str) -> bool:
    return any(
        tuple(one.fields) == (name,) and not one.condition
        for one in model._meta.total_unique_constraints
    )


def _attributes(adapter: Adapter, who: str) -> Iterator[Problem]:
    """Attributes of the wrong sort."""
    for name in LISTS:
        value: Any = getattr(adapter, name)
        if isinstance(value, str) or not isinstance(value, Sequence):
            yield Problem(
                f"{who} says {name} = {value!r}, which is not a list.",
                f"Set {name} = ({value!r},).",
            )
    refusals: Any = adapter.refusals
    if not isinstance(refusals, tuple) or not all(
        isinstance(one, type) and issubclass(one, Exception) for one in refusals
    ):
        hint = "Set refusals = (MyError,): a tuple of exception classes."
        yield Problem(f"{who} says refusals = {refusals!r}.", hint)
    place = Place(type(adapter).__name__, adapter.model, "lookups", Shape(str, optional=False))
    lookups: Any = adapter.bookmark_lookups
    for path in lookups if isinstance(lookups, Sequence) and not isinstance(lookups, str) else ():
        try:
            paths.follow(place, "__".join(str(path).split("__")[:1]))
        except WrongField as error:
            yield Problem(
                f"{who} has a bookmark lookup {path!r} that leads to no field.", error.hint
            )


def _hooks(adapter: Adapter, who: str, base: type[Adapter]) -> Iterator[Problem]:
    """Methods that quicksync could not call as it does."""
    for name, ours in vars(base).items():
        theirs = inspect.getattr_static(type(adapter), name)
        if name.startswith("_") or not inspect.isfunction(ours) or theirs is ours:
            continue
        called = f"def {name}{inspect.signature(ours)}".replace("'", "").partition(" ->")[0]
        if not callable(getattr(adapter, name)):
            yield Problem(f"{who} has a {name} that is not a method.", f"Write {called}: ...")
            continue
        names = [one for one in inspect.signature(ours).parameters.values() if one.name != "self"]
        plain = [one.name for one in names if one.kind is not one.KEYWORD_ONLY]
        named = {one.name: None for one in names if one.kind is one.KEYWORD_ONLY}
        if not suits.takes(getattr(adapter, name), *plain, **named):
            yield Problem(
                f"{who} has a method {name} with other arguments.", f"Write {called}: ..."
            )


def look_alikes(adapter: Adapter, base: type[Adapter]) -> list[Problem]:
    """Attributes of the host's own that look like a typing error in one of ours."""
    known = [name for name in (*vars(base), *base.__annotations__) if not name.startswith("_")]
    classes = [one for one in type(adapter).__mro__ if one not in base.__mro__]
    own = dict.fromkeys(name for one in classes for name in vars(one) if not name.startswith("_"))
    found = []
    for name in own:
        near = difflib.get_close_matches(name, known, n=1, cutoff=ALIKE)
        if name not in known and near:
            who = f"{type(adapter).__name__} ({adapter.model._meta.label})"
            hint = (
                f"Did you mean {near[0]!r}? If it is your own, give it a name that cannot be taken"
                " for it."
            )
            found.append(
                Problem(f"{who} has an attribute {name!r} that quicksync does not know.", hint)
            )
    return found


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]!r}? " if near else ""
