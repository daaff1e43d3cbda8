"""When two values say the same: on one side, and across the sides through linked references."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable

import msgspec

from quicksync.planning.policy import Company
from quicksync.records import Address, Ref
from quicksync.records.base import refs_in

Move = Callable[[Ref], Ref | None]


class Links:
    """Which reference here is which reference there: the company's links, and those that the plan
    adds as it goes.
    """

    def __init__(self, company: Company) -> None:
        self._company = company
        self._here: dict[Ref, Ref] = {}
        self._there: dict[Ref, Ref] = {}

    def join(self, here: Ref | None, there: Ref | None) -> None:
        """From now on the two name the same record; what the company says already stays."""
        if here is not None and there is not None:
            self._here.setdefault(there, here)
            self._there.setdefault(here, there)

    def to_there(self, ref: Ref) -> Ref | None:
        """The partner in QuickBooks of a reference of here."""
        company = self._company
        return company.links_back.get(ref) or company.joining_back.get(ref) or self._there.get(ref)

    def to_here(self, ref: Ref) -> Ref | None:
        """The partner here of a reference of QuickBooks."""
        return self._company.links.get(ref) or self._company.joining.get(ref) or self._here.get(ref)


def same(left: object, right: object) -> bool:
    """Whether two values of one side say the same. Line ids and the order of lines do not count."""
    return left == right or canonical(left) == canonical(right)


def within(value: object, shown: frozenset[str] | None) -> object:
    """A field's value with nothing in the lines of it but these parts, and their ids: the other
    side has no place for the rest, which says nothing then. All of it where `shown` is None.
    """
    if shown is None or not isinstance(value, tuple):
        return value
    return tuple(_only(part, shown) for part in value)


def _only(part: msgspec.Struct, shown: frozenset[str]) -> msgspec.Struct:
    blank = {
        field.name: field.default
        for field in msgspec.structs.fields(part)
        if field.name not in shown and field.name != "id" and field.default is not msgspec.NODEFAULT
    }
    return msgspec.structs.replace(part, **blank)


def same_across(here: object, there: object, links: Links) -> bool:
    """Whether a value of here and one of there say the same.

    Several codes here may be one entry there, or the other way round, so either direction of the
    links will do.
    """
    plain = canonical(there)
    if canonical(here, links.to_there) == plain:
        return True
    return next(refs_in(here), None) is not None and canonical(here) == canonical(
        there, links.to_here
    )


def can_cross(value: object, move: Move) -> bool:
    """Whether every reference in the value has a partner on the other side."""
    return all(move(ref) is not None for ref in refs_in(value))


def cross(value: object, move: Move) -> object:
    """The value in the other side's references; those without a partner stay. Line ids do not
    cross.
    """
    if isinstance(value, Ref):
        return move(value) or value
    if isinstance(value, tuple):
        return tuple(cross(part, move) for part in value)
    if isinstance(value, msgspec.Struct) and not isinstance(value, Address):
        parts = {
            name: "" if name == "id" else cross(getattr(value, name), move)
            for name in value.__struct_fields__
        }
        return type(value)(**parts)
    return value


def canonical(value: object, move: Move | None = None) -> Hashable:
    """A value that is equal for all ways of saying the same."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, Ref):
        return value if move is None else move(value) or ("no partner", value)
    if isinstance(value, tuple):
        return frozenset(Counter(canonical(part, move) for part in value).items())
    if isinstance(value, msgspec.Struct):
        return _canonical_struct(value, move)
    return _hashable(value)


def _canonical_struct(value: msgspec.Struct, move: Move | None) -> Hashable:
    if isinstance(value, Address) and not value:
        return None
    return tuple(
        canonical(getattr(value, name), move) for name in value.__struct_fields__ if name != "id"
    )


def _hashable(value: object) -> Hashable:
    """Records hold frozen values only; anything else would compare by accident."""
    if not isinstance(value, Hashable):
        raise TypeError(f"{type(value).__name__} has no place in a record.")
    return value
