"""Fields that name another record: by the code that the host keeps as text, or by a foreign key."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from quicksync.exceptions import BadValue
from quicksync.local.binding import paths
from quicksync.local.binding.fields import Field, setter_of
from quicksync.local.bound import Bound, Known, Place, Put
from quicksync.local.protocol import Adapter
from quicksync.local.registry import registry
from quicksync.records import KINDS, Ref

_KINDS = f"Kinds: {', '.join(KINDS)}."


@dataclass(frozen=True)
class Code(Field):
    """A list entry that the host names by plain text: `Code("tax_code", "vat")`, `Code("term",
    "terms__code")`.
    """

    kind: str
    path: str

    def bind(self, place: Place) -> Bound:
        if self.kind not in KINDS:
            near = difflib.get_close_matches(str(self.kind), KINDS, n=1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise place.wrong(
                f"is a Code of kind {self.kind!r}, which does not exist.", hint + _KINDS
            )
        path, kind = paths.resolve(place, self.path), self.kind
        if place.shape.type is not Ref:
            raise place.wrong(
                "is not a reference.",
                "Code is for fields that name a tax code, an account, a term ...",
            )

        def get(obj: Any) -> Ref | None:
            text = path.read(obj)
            return Ref(kind, str(text)) if text not in (None, "") else None

        if place.kinds and kind not in place.kinds:
            raise place.wrong(
                f"expects a {place.words}, not a {kind}.",
                f"Use Code({place.kind!r}, {self.path!r}).",
            )
        setter = setter_of(path) if path.settable else None

        def put(obj: Any, value: Ref | None, known: Known) -> None:
            if setter is not None:
                setter(obj, value.id if value else "", known)

        columns = (self.path,) if path.settable and path.column is not None else ()
        code = (kind, self.path.replace(".", "__")) if path.column is not None else ("", "")
        return Bound(
            place.name,
            get,
            put if setter else None,
            path.related,
            columns,
            code=code,
            only_sets=bool(columns),
        )


@dataclass(frozen=True)
class Reference(Field):
    """A foreign key to a model that has an adapter of its own; a text in `fields` means the same.

    It may also point at the model that several with adapters inherit from (multi-table
    inheritance).
    """

    path: str

    def bind(self, place: Place) -> Bound:
        column = paths.relation(place, self.path)
        pointed: Any = column.related_model._meta.concrete_model
        put = _relation_setter(self.path)
        adapters = [adapter for kind in place.kinds for adapter in registry.for_kind(kind)]
        target = next((one for one in adapters if one.model._meta.concrete_model is pointed), None)
        if target is None:
            return self._inherited(
                place, pointed, [one for one in adapters if issubclass(one.model, pointed)], put
            )
        # Nothing but the key is needed: then it is in our own column, and no second table is read.
        if target.key_is_pk and column.target_field.primary_key:
            attname, prefix = column.attname, registry.ref(target, "").id

            def own_column(obj: Any) -> Ref | None:
                key = getattr(obj, attname)
                return None if key is None else Ref(target.kind, f"{prefix}{key}")

            return Bound(place.name, own_column, put, columns=(self.path,), only_sets=True)
        path, found = self.path, target

        def from_object(obj: Any) -> Ref | None:
            other = getattr(obj, path)
            return None if other is None else registry.ref(found, found.key_of(other))

        return Bound(place.name, from_object, put, related=(path,), columns=(path,), only_sets=True)

    def _inherited(
        self, place: Place, pointed: type[models.Model], heirs: Sequence[Adapter], put: Put
    ) -> Bound:
        """The key points at a model that those with adapters inherit from: it is one of these."""
        ways = {"__".join(way): heir for heir in heirs if (way := _down(pointed, heir.model))}
        if not ways:
            name = pointed._meta.label
            raise place.wrong(
                f"points at {name}, which has no adapter of kind {place.words}.",
                f"Register one for {name}, or name its code: Code({place.kind!r},"
                f" '{self.path}__code').",
            )
        path, label = self.path, str(pointed._meta.verbose_name)

        def get(obj: Any) -> Ref | None:
            base = getattr(obj, path)
            if base is None:
                return None
            for way, heir in ways.items():
                if (found := _along(base, way)) is not None:
                    return registry.ref(heir, heir.key_of(found))
            names = " nor ".join(str(heir.model._meta.verbose_name) for heir in ways.values())
            raise BadValue(f"The {label} {base} is neither {names}.")

        related = (path, *(f"{path}__{way}" for way in ways))
        return Bound(place.name, get, put, related=related, columns=(path,), only_sets=True)


def _down(base: type[models.Model], heir: type[models.Model]) -> tuple[str, ...]:
    """The accessors that lead from a model to one that inherits its table; empty when none do."""
    for relation in base._meta.related_objects:
        if (
            relation.one_to_one
            and relation.parent_link
            and issubclass(heir, relation.related_model)
        ):
            name = str(relation.get_accessor_name())
            same = relation.related_model._meta.concrete_model is heir._meta.concrete_model
            return (name,) if same else (name, *_down(relation.related_model, heir))
    return ()


def _along(base: Any, way: str) -> Any:
    for name in way.split("__"):
        try:
            base = getattr(base, name)
        except ObjectDoesNotExist:
            return None
    return base


def _relation_setter(path: str) -> Put:
    def put(obj: Any, value: Ref | None, known: Known) -> None:
        if value is not None and value not in known:
            raise BadValue(f"The {value.kind.replace('_', ' ')} {value.id} is not here.")
        setattr(obj, path, None if value is None else known[value])

    return put


def ref_to(kind: str, obj: models.Model | None) -> Ref | None:
    """The reference to a host object, for functions of `Custom` that give one: `ref_to("customer",
    bill.patron)`.
    """
    if obj is None:
        return None
    for adapter in registry.for_model(type(obj)):
        if adapter.kind == kind:
            return registry.ref(adapter, adapter.key_of(obj))
    raise BadValue(f"{obj._meta.label} has no adapter of kind {kind}.")


def object_of(ref: Ref | None) -> Any:
    """The host object that a reference names, for functions of `Custom` that write one; None when
    it is not here.
    """
    adapter, key = registry.split(ref) if ref is not None else (None, "")
    if adapter is None:
        return None
    return adapter.objects(adapter.model._default_manager.all(), [key], rows=False).get(key)


__all__ = ["Code", "Reference", "object_of", "ref_to"]
