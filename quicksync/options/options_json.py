"""Options <-> JSON, versioned. Shape: `{"v": 1, "d": {"wins": "ask", ...}}`.

Every option is written, also where it has its default: what was shown to a person stays so when a
later version chooses another default. An option that is renamed or dropped gets a step in
`UPGRADES`. What a later version wrote (after a step back) stays in the row and is written again;
see `Kept`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from quicksync.exceptions import BadValue
from quicksync.options.row import VERSION, Kept, Options, table

Json = dict[str, Any]
T = TypeVar("T", bound=Options)

# (struct, version an old row has) -> what turns its values into the next version's.
UPGRADES: dict[tuple[type[Options], int], Callable[[Json], Json]] = {}


def dump(options: Options) -> Json:
    """The options as JSON-ready values. Raises BadValue for a value that an option cannot have."""
    known = table(type(options))
    values = {
        name: msgspec.to_builtins(row.check(getattr(options, name))) for name, row in known.items()
    }
    return {"v": options.kept.version, "d": {**values, **options.kept.values}}


def load(of: type[T], data: Json | None) -> T:
    """The options that `dump` wrote, by this version or another. Raises BadValue for what is no
    such JSON at all.
    """
    if not data:
        return of()
    try:
        version, values = int(data["v"]), dict(data["d"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadValue(f"Stored options cannot be read: {error}") from error
    for step in range(version, VERSION):
        if upgrade := UPGRADES.get((of, step)):
            values = upgrade(values)
    return _read(of, max(version, VERSION), values)


def _read(of: type[T], version: int, values: Json) -> T:
    """A later version that writes a known option no more has renamed it, or means something else by
    it.
    """
    found, unread = {}, set()
    for name, row in table(of).items():
        if name not in values:
            if version > VERSION:
                unread.add(name)
            continue
        try:
            found[name] = row.check(values[name])
        except BadValue:
            unread.add(name)
    rest = {name: value for name, value in values.items() if name not in found}
    return of(**found, kept=Kept(version, rest, frozenset(unread)))
