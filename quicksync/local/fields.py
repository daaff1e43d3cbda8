"""Field objects: how one field of a record is read from, and written to, a host object.

In an adapter's `fields` a text is an attribute path ("reference", "contact__email"), a callable computes a value from
the object (read-only), None leaves a field out, and the classes here say the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from django.db import models

from quicksync.exceptions import BadValue, ConfigurationError
from quicksync.local import paths
from quicksync.local.convert import Shape, to_column, to_record
from quicksync.local.registry import registry
from quicksync.records import Address, Ref

# Reference -> the host object it names, for the references of the records being written.
Known: TypeAlias = Mapping[Ref, Any]
Get: TypeAlias = Callable[[Any], Any]
Put: TypeAlias = Callable[[Any, Any, Known], None]

# The kind that a reference field names, where the field's name is not the kind itself.
REF_KINDS = {
    "method": "payment_method", "income_account": "account", "expense_account": "account", "document": "invoice",
}  # fmt: skip


class WrongField(ConfigurationError):
    """A field map that does not fit its model: what is wrong, and the fix."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} {hint}")
        self.what = what
        self.hint = hint


@dataclass(frozen=True)
class Place:
    """Where a field object stands: the host's model, the record field, its shape and, for references, its kind."""

    adapter: str
    model: type[models.Model]
    name: str
    shape: Shape
    kind: str = ""
    computed: bool = False

    def wrong(self, what: str, hint: str) -> WrongField:
        return WrongField(f"{self.adapter}: {self.name} {what}", hint)


@dataclass(frozen=True)
class Bound:
    """A field object made ready for its place.

    `put` is None when the host's side has no way to write it; `own` says that it is not ours to write all the same,
    such as a total that the host works out. `related` are the paths to select along, `columns` the host's columns
    that `put` sets.
    """

    name: str
    get: Get
    put: Put | None = None
    related: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    own: bool = False
    # The list and the path of a code that is plain text here; ("", "") for other fields.
    code: tuple[str, str] = ("", "")

    @property
    def writable(self) -> bool:
        return self.put is not None and not self.own


class Field:
    """Base of the field objects: `bind` makes one ready for its place, or raises WrongField."""

    def bind(self, place: Place) -> Bound:
        raise place.wrong(f"is a plain {type(self).__name__}.", "Use one of quicksync's field classes.")


@dataclass(frozen=True)
class Attr(Field):
    """An attribute of the host object, or of one it points at ("contact__email", read-only).

    `write=False` keeps the host's value whatever QuickBooks says; `write=True` lets totals and other computed fields
    be written too.
    """

    path: str
    write: bool | None = None

    def bind(self, place: Place) -> Bound:
        path = paths.resolve(place, self.path)
        convert, read = to_record(place.shape), path.read
        if isinstance(path.column, models.FloatField) and place.shape.type is Decimal:
            raise place.wrong(f"reads {self.path!r}, a float.", "Amounts need a DecimalField.")
        return Bound(
            place.name,
            get=lambda obj: convert(read(obj)),
            put=_setter(path) if path.settable else None,
            related=path.related,
            columns=(self.path,) if path.column is not None and path.settable else (),
            own=place.computed if self.write is None else not self.write,
        )


def _setter(path: paths.Path) -> Put:
    name, column = path.name, path.column
    if column is None:
        return lambda obj, value, known: setattr(obj, name, value)
    return lambda obj, value, known: setattr(obj, name, to_column(value, column, getattr(obj, name)))


@dataclass(frozen=True)
class Const(Field):
    """The same value for every object, such as the currency of a host that knows only one."""

    value: Any

    def bind(self, place: Place) -> Bound:
        value = to_record(place.shape)(self.value)
        return Bound(place.name, get=lambda obj: value)


@dataclass(frozen=True)
class Custom(Field):
    """Two functions: `get(obj)` gives the record's value, `put(obj, value)` writes it; without it, read-only.

    `related` names the relations that `get` follows, so that they are read in one query.
    """

    get: Get
    put: Callable[[Any, Any], None] | None = None
    related: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def bind(self, place: Place) -> Bound:
        convert, get, write = to_record(place.shape), self.get, self.put
        if place.shape.type in (Address, tuple):
            convert = _unchanged
        put: Put | None = None if write is None else lambda obj, value, known: write(obj, value)
        return Bound(place.name, lambda obj: convert(get(obj)), put, self.related, self.columns)


def _unchanged(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Choice(Field):
    """A host value for each record value: `Choice("state", {"archived": False, "live": True})`.

    Several host values may mean the same; the first of them is written. `default` is the record value of all others.
    """

    path: str
    values: Mapping[Any, Any]
    default: Any = None

    def bind(self, place: Place) -> Bound:
        path = paths.resolve(place, self.path)
        values, default, name = dict(self.values), self.default, path.name
        back: dict[Any, Any] = {}
        for host, meant in values.items():
            back.setdefault(meant, host)

        def put(obj: Any, value: Any, known: Known) -> None:
            if value not in back:
                raise BadValue(f"{name} has no value for {value!r}.")
            # A host value that means the same already stays: "sent" and "late" may both be an open invoice.
            if values.get(getattr(obj, name), default) != value:
                setattr(obj, name, back[value])

        return Bound(
            place.name,
            get=lambda obj: values.get(path.read(obj), default),
            put=put if path.settable else None,
            related=path.related,
            columns=(self.path,) if path.settable and path.column is not None else (),
            own=place.computed,
        )


@dataclass(frozen=True)
class Code(Field):
    """A list entry that the host names by plain text: `Code("tax_code", "vat")`, `Code("term", "terms__code")`."""

    kind: str
    path: str

    def bind(self, place: Place) -> Bound:
        path, kind = paths.resolve(place, self.path), self.kind
        if place.shape.type is not Ref:
            raise place.wrong("is no reference.", "Code is for fields that name a tax code, an account, a term ...")

        def get(obj: Any) -> Ref | None:
            text = path.read(obj)
            return Ref(kind, str(text)) if text not in (None, "") else None

        setter = _setter(path) if path.settable else None

        def put(obj: Any, value: Ref | None, known: Known) -> None:
            if setter is not None:
                setter(obj, value.id if value else "", known)

        columns = (self.path,) if path.settable and path.column is not None else ()
        code = (kind, self.path.replace(".", "__")) if path.column is not None else ("", "")
        return Bound(place.name, get, put if setter else None, path.related, columns, code=code)


@dataclass(frozen=True)
class Reference(Field):
    """A foreign key to a model that has an adapter of its own; a text in `fields` means the same."""

    path: str

    def bind(self, place: Place) -> Bound:
        column = paths.relation(place, self.path)
        target = self._target(place, column)
        put = _relation_setter(self.path)
        # Nothing but the key is needed: then it is in our own column, and no second table is read.
        if target.key_is_pk and column.target_field.primary_key:
            attname, prefix = column.attname, registry.ref(target, "").id

            def own_column(obj: Any) -> Ref | None:
                key = getattr(obj, attname)
                return None if key is None else Ref(target.kind, f"{prefix}{key}")

            return Bound(place.name, own_column, put, columns=(self.path,))
        path = self.path

        def from_object(obj: Any) -> Ref | None:
            other = getattr(obj, path)
            return None if other is None else registry.ref(target, target.key_of(other))

        return Bound(place.name, from_object, put, related=(path,), columns=(path,))

    def _target(self, place: Place, column: models.ForeignKey[Any, Any]) -> Any:
        pointed = column.related_model._meta.concrete_model
        for adapter in registry.for_kind(place.kind):
            if adapter.model._meta.concrete_model is pointed:
                return adapter
        label = column.related_model._meta.label
        raise place.wrong(
            f"points at {label}, which has no adapter of kind {place.kind}.",
            f"Register one for {label}, or name its code: Code({place.kind!r}, '{self.path}__code').",
        )


def _relation_setter(path: str) -> Put:
    def put(obj: Any, value: Ref | None, known: Known) -> None:
        if value is not None and value not in known:
            raise BadValue(f"The {value.kind.replace('_', ' ')} {value.id} is not here.")
        setattr(obj, path, None if value is None else known[value])

    return put


class AddressField(Field):
    """An address kept in several attributes; `lines` may be several, one for each line of the street part."""

    def __init__(
        self, lines: str | tuple[str, ...], *, city: str = "", region: str = "", postcode: str = "", country: str = ""
    ) -> None:
        self.lines = (lines,) if isinstance(lines, str) else lines
        self.parts = {"city": city, "region": region, "postcode": postcode, "country": country}

    def bind(self, place: Place) -> Bound:
        text = Shape(str, optional=False)

        def part(path: str) -> Bound:
            return Attr(path).bind(Place(place.adapter, place.model, place.name, text))

        streets = [part(path) for path in self.lines]
        parts = {name: part(path) for name, path in self.parts.items() if path}
        every = [*streets, *parts.values()]

        def get(obj: Any) -> Address | None:
            street = "\n".join(line for bound in streets if (line := bound.get(obj).strip()))
            return Address(lines=street, **{name: bound.get(obj) for name, bound in parts.items()}) or None

        def put(obj: Any, value: Address | None, known: Known) -> None:
            address = value or Address()
            for bound, line in zip(streets, _fold(address.lines, len(streets)), strict=True):
                _write(bound, obj, line, known)
            for name, bound in parts.items():
                _write(bound, obj, getattr(address, name), known)

        return Bound(
            place.name,
            get,
            put if all(bound.put for bound in every) else None,
            related=tuple(path for bound in every for path in bound.related),
            columns=tuple(column for bound in every for column in bound.columns),
        )


def _write(bound: Bound, obj: Any, value: Any, known: Known) -> None:
    if bound.put is not None:
        bound.put(obj, value, known)


def _fold(text: str, room: int) -> list[str]:
    """The lines of a text in so many attributes: what is left over goes on in the last, after commas."""
    lines = text.split("\n")
    if room == 1:
        return [text]
    head, tail = lines[: room - 1], lines[room - 1 :]
    return [*head, *[""] * (room - 1 - len(head)), ", ".join(tail)]


FieldSpec: TypeAlias = str | Field | Get | None


def as_field(spec: str | Field | Get, place: Place) -> Field:
    """What a text, a callable or a field object in `fields` means at its place."""
    if isinstance(spec, Field):
        return spec
    if not isinstance(spec, str):
        return Custom(spec)
    if place.shape.type is Ref:
        return Reference(spec) if paths.is_relation(place.model, spec) else Code(place.kind, spec)
    if place.shape.type is Address:
        raise place.wrong("is an address in one text.", "Say AddressField(lines=..., city=..., ...).")
    return Attr(spec)


__all__ = ["AddressField", "Attr", "Choice", "Code", "Const", "Custom", "Field", "Reference"]
