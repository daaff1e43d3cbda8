"""AddressField: an address kept in several attributes of the host's object."""

from __future__ import annotations

from typing import Any

from quicksync.local.binding.fields import Attr, Field
from quicksync.local.bound import Bound, Known, Place
from quicksync.local.convert import Shape
from quicksync.records import Address


class AddressField(Field):
    """An address kept in several attributes; `lines` may be several, one for each line of the
    street part.
    """

    def __init__(
        self,
        lines: str | tuple[str, ...],
        *,
        city: str = "",
        region: str = "",
        postcode: str = "",
        country: str = "",
    ) -> None:
        self.lines = (lines,) if isinstance(lines, str) else lines
        self.parts = {"city": city, "region": region, "postcode": postcode, "country": country}

    def bind(self, place: Place) -> Bound:
        if place.shape.type is not Address:
            raise place.wrong(
                "is not an address.", "AddressField is for addresses: billing, shipping."
            )
        if not self.lines:
            raise place.wrong(
                "is an address without a street.", "Use AddressField('street', city=...)."
            )
        text = Shape(str, optional=False)

        def part(path: str) -> Bound:
            return Attr(path).bind(Place(place.adapter, place.model, place.name, text))

        streets = [part(path) for path in self.lines]
        parts = {name: part(path) for name, path in self.parts.items() if path}
        every = [*streets, *parts.values()]

        def get(obj: Any) -> Address | None:
            street = "\n".join(line for bound in streets if (line := bound.get(obj).strip()))
            return (
                Address(lines=street, **{name: bound.get(obj) for name, bound in parts.items()})
                or None
            )

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
            only_sets=all(bound.only_sets for bound in every),
        )


def _write(bound: Bound, obj: Any, value: Any, known: Known) -> None:
    if bound.put is not None:
        bound.put(obj, value, known)


def _fold(text: str, room: int) -> list[str]:
    """The lines of a text in so many attributes; what is left over goes into the last."""
    lines = text.split("\n")
    if room == 1:
        return [text]
    head, tail = lines[: room - 1], lines[room - 1 :]
    return [*head, *[""] * (room - 1 - len(head)), ", ".join(tail)]


__all__ = ["AddressField"]
