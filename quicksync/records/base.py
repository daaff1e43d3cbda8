"""Record: the frozen value of one kind; Ref: how one record names another; Address: a postal
address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, get_args

import msgspec


class Ref(msgspec.Struct, frozen=True, order=True):
    """The name of another record: its kind and its identity on the side the record comes from.

    On this side `id` is the host object's key, or the host's code for list kinds such as tax codes;
    on the QuickBooks side it is the QuickBooks id. Planning translates between them; nothing else
    compares the two.
    """

    kind: str
    id: str


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """A postal address; `lines` is the street part, one to five lines joined by newlines."""

    lines: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any((self.lines, self.city, self.region, self.postcode, self.country))


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A typed value of one kind.

    Class attributes: `kind` is its word in the glossary; `required` names the fields without which
    it cannot be created in QuickBooks; `computed` names those that a side works out by itself
    (shown, reconciled, never merged); `create_only` names those that QuickBooks never changes
    afterwards (C16); `together` are groups of fields that are one value to people, merged as one;
    `choices` are the only values that a field can have; `labels` are the words for people.
    """

    kind: ClassVar[str] = ""
    required: ClassVar[tuple[str, ...]] = ()
    computed: ClassVar[frozenset[str]] = frozenset()
    create_only: ClassVar[frozenset[str]] = frozenset()
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    choices: ClassVar[dict[str, tuple[str, ...]]] = {}
    labels: ClassVar[dict[str, str]] = {}

    def natural_key(self) -> str:
        """The text by which people tell one record of this kind from another, such as a name or a
        number.
        """
        return ""

    def label(self) -> str:
        """A short text for lists and sentences."""
        return self.natural_key()

    def amount(self) -> Decimal | None:
        """The money total shown in previews, in `currency`; None for records that carry none."""
        return None

    def refs(self) -> Iterator[tuple[str, Ref]]:
        """Every reference with the name of the top-level field it stands in."""
        for name in naming_fields(type(self)):
            for ref in refs_in(getattr(self, name)):
                yield name, ref

    @classmethod
    def field_label(cls, name: str) -> str:
        """The word for people of a field."""
        return cls.labels.get(name, name.replace("_", " ").capitalize())

    @classmethod
    def group(cls, name: str) -> tuple[str, ...]:
        """The fields that are one value with this one, itself among them."""
        return next((names for names in cls.together if name in names), (name,))

    def replace(self, **changes: Any) -> Any:
        """A copy with some fields changed."""
        return msgspec.structs.replace(self, **changes)


def refs_in(value: object, parts: Container[str] | None = None) -> Iterator[Ref]:
    """References inside a field's value: the value itself, or those inside its lines, there in
    these `parts` only.
    """
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from refs_in(part, parts)
    elif isinstance(value, msgspec.Struct):
        for name in naming_fields(type(value)):
            if parts is None or name in parts:
                yield from refs_in(getattr(value, name))


# Types that name nothing.
_PLAIN = frozenset({str, bool, int, Decimal, dt.date, dt.datetime, Address, type(None)})


@cache
def naming_fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a record or of its lines that references may stand in: those of other than
    plain types.
    """
    fields = msgspec.structs.fields(struct)
    return tuple(
        field.name for field in fields if not set(get_args(field.type) or (field.type,)) <= _PLAIN
    )
