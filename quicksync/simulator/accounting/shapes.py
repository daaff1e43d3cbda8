"""The shape of every entity, read once from the table beside this file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FIELD = re.compile(r"(\w+):(\w+)(?:\((\d+)\))?(\*?)")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its type, whether it is a list, and its longest text."""

    type: str
    many: bool = False
    longest: int = 0


@dataclass(frozen=True, slots=True)
class Shapes:
    """All entities, the types they are made of, and the enumerations."""

    entities: dict[str, dict[str, Field]]
    types: dict[str, dict[str, Field]]
    enums: dict[str, frozenset[str]]

    def of(self, name: str) -> dict[str, Field]:
        """The fields of an entity or a type."""
        return self.entities[name] if name in self.entities else self.types[name]


@cache
def shapes() -> Shapes:
    """The table, parsed."""
    table = Shapes(
        {}, {"Ref": {"value": Field("id"), "name": Field("str"), "type": Field("str")}}, {}
    )
    kind, name, words = "", "", list[str]()
    for line in Path(__file__).with_name("shapes.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("  "):
            words.append(line.strip())
            continue
        _keep(table, kind, name, " ".join(words))
        kind, name = line.split()
        words = []
    _keep(table, kind, name, " ".join(words))
    return table


def _keep(table: Shapes, kind: str, name: str, text: str) -> None:
    if kind == "enum":
        table.enums[name] = frozenset(text.split(" | "))
    elif kind:
        fields = {m[1]: Field(m[2], bool(m[4]), int(m[3] or 0)) for m in _FIELD.finditer(text)}
        (table.entities if kind == "entity" else table.types)[name] = fields
