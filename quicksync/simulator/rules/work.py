"""One write under way: the object as it will be, as it was, and as it was sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.entities import NAMES, Entity
from quicksync.simulator.accounting.errors import ApiError, missing
from quicksync.simulator.accounting.jsontext import Doc

_LABELS = {"Customer": "Names", "Vendor": "Names", "Employee": "Names", "Class": "Classes"}


@dataclass
class Work:
    """A create or update between the request and the books."""

    book: Book
    entity: Entity
    doc: Doc
    sent: Doc
    old: Doc | None = None
    params: dict[str, str] = field(default_factory=dict)
    bookkeeper: bool = False  # an edit in QuickBooks itself, which may do what the API may not
    _known: set[tuple[str, str]] | None = None

    @property
    def creating(self) -> bool:
        """Whether the object is new."""
        return self.old is None

    @property
    def includes(self) -> frozenset[str]:
        """The words of the include parameter."""
        return frozenset(self.params.get("include", "").lower().split(","))

    def ref(
        self, holder: Doc, key: str, target: str | Iterable[str], *, required: bool = False
    ) -> Doc | None:
        """Resolve a reference: it must exist and, if new here, be active; its name is filled in.
        Returns the target.
        """
        reference = holder.get(key) or {}
        value = reference.get("value")
        if value in (None, ""):
            holder.pop(key, None)
            if required:
                raise missing(key)
            return None
        targets = (target,) if isinstance(target, str) else tuple(target)
        for name in targets:
            found = self.book.get(name, value)
            if found is not None:
                self._usable(name, found, key)
                extra = {"type": reference["type"]} if reference.get("type") else {}
                holder[key] = {"value": str(found["Id"]), "name": label(name, found), **extra}
                return found
        raise ApiError(
            2500,
            f"Invalid Reference Id : {_LABELS.get(targets[0], targets[0] + 's')} element id {value}"
            " not found",
            element=key,
        )

    def _usable(self, name: str, found: Doc, key: str) -> None:
        if found.get("Active", True) or self.bookkeeper or (key, str(found["Id"])) in self.known():
            return
        raise ApiError(
            2500,
            f"Invalid Reference Id : {_LABELS.get(name, name + 's')} element id {found['Id']} has"
            " been made inactive",
            element=key,
        )

    def known(self) -> set[tuple[str, str]]:
        """References the object had before; usable even when their target is inactive since."""
        if self._known is None:
            self._known = set()
            _collect(self.old, self._known)
        return self._known


def _collect(value: Any, into: set[tuple[str, str]]) -> None:
    if isinstance(value, dict):
        for key, entry in value.items():
            if isinstance(entry, dict) and "value" in entry:
                into.add((key, str(entry["value"])))
            _collect(entry, into)
    elif isinstance(value, list):
        for entry in value:
            _collect(entry, into)


def label(name: str, doc: Doc) -> str:
    """What a reference to the object calls it."""
    if name in NAMES:
        return str(doc["DisplayName"])
    if name in ("Account", "Item", "Class", "Department"):
        return str(doc.get("FullyQualifiedName") or doc["Name"])
    return str(doc.get("Name") or doc.get("DisplayName") or doc.get("DocNumber") or doc["Id"])
