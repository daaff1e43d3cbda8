"""A row of the table of options is a field of a struct: its name, type and default, and beside them
an `Option`.

    zero_totals: Annotated[
        bool, Option("Include totals of zero", "A document that ...", readers=(...))
    ] = True

So a reader gets a typed value, and the form, the history, the presets and the reference page go by
the same line.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Self, get_type_hints

import msgspec

from quicksync.exceptions import BadValue, UnreadableOptions
from quicksync.options.choices import Choice
from quicksync.records.kinds import KINDS, KindInfo

# Version of the stored shape; see `options_json`.
VERSION = 1

_YES_NO = {"yes": True, "no": False}


def every(info: KindInfo) -> bool:
    """All kinds."""
    return True


def anything(value: Any) -> str:
    """Nothing speaks against any value of the type."""
    return ""


class Option(msgspec.Struct, frozen=True):
    """What a row says beside name, type and default.

    `text` says what will happen, to those who see the form. `readers` are the functions that act on
    it, as "module:function". `belongs` says which kinds have it. `entries` is the kind of
    QuickBooks' list that the value is an id of ("account"), and `role` what it is for there, where
    only some entries may serve (`records.roles`). With `each`, a kind of list, the option has a
    value for each of that list's entries that somebody has chosen one for: entry's id -> id.
    `refuses` says in a sentence why the option cannot have a value of its type, "" when it can.
    """

    label: str
    text: str
    readers: tuple[str, ...]
    belongs: Callable[[KindInfo], bool] = every
    entries: str = ""
    role: str = ""
    each: str = ""
    refuses: Callable[[Any], str] = anything


class Row(msgspec.Struct, frozen=True):
    """One option: everything that is known of it."""

    name: str
    type: type
    default: Any
    option: Option

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The values to choose from, of an option that is a choice."""
        plain = isinstance(self.type, type)
        return tuple(self.type) if plain and issubclass(self.type, Choice) else ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that have it."""
        return tuple(kind for kind, info in KINDS.items() if self.option.belongs(info))

    @property
    def words(self) -> tuple[str, ...]:
        """The texts to choose from, where these are all there are."""
        return (*_YES_NO,) if self.type is bool else tuple(self.choices)

    def parse(self, text: str) -> object:
        """What a text stands for; `check` says whether the option can have it. Of an option with a
        value for each entry it lists them: "1=79, 2=35".
        """
        if self.option.each:
            pairs = (pair.partition("=") for pair in text.split(",") if pair.strip())
            return {key.strip(): value.strip() for key, _, value in pairs}
        return _YES_NO.get(text, text) if self.type is bool else text

    def text_of(self, value: object) -> str:
        """The text that `parse` reads."""
        if isinstance(value, Mapping):
            return ", ".join(f"{key}={value[key]}" for key in sorted(value))
        return ("yes" if value else "no") if self.type is bool else str(value)

    def check(self, value: object) -> Any:
        """The value in its type. Raises BadValue for one that the option cannot have."""
        try:
            found: Any = msgspec.convert(value, self.type)
        except msgspec.ValidationError as error:
            raise BadValue(
                f"“{self.option.label}” ({self.name}) cannot be {value!r}: {error}."
            ) from error
        if why := self.option.refuses(found):
            raise BadValue(f"“{self.option.label}” ({self.name}) cannot be {value!r}: {why}")
        return found


class Kept(msgspec.Struct, frozen=True):
    """What this version cannot read of stored options, so that saving does not lose it.

    `values` are options of a later version, and values of known options that only a later version
    knows. `unread` are the known options whose stored value is not known, and that must not be
    taken for their default.
    """

    version: int = VERSION
    values: Mapping[str, Any] = {}
    unread: frozenset[str] = frozenset()


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Base of the structs whose fields are the rows of a table."""

    kept: Kept = Kept()

    def replace(self, **values: object) -> Self:
        """The same with other values, which may be given as they are stored: `replace(wins="ask")`.

        Raises BadValue for an option that does not exist and for a value that it cannot have.
        """
        known = table(type(self))
        if strangers := values.keys() - known.keys():
            raise BadValue(
                f"There is no option {', '.join(sorted(strangers))}. There are: {', '.join(known)}."
            )
        left = Kept(
            self.kept.version,
            {name: value for name, value in self.kept.values.items() if name not in values},
            self.kept.unread - values.keys(),
        )
        checked = {name: known[name].check(value) for name, value in values.items()}
        return msgspec.structs.replace(self, kept=left, **checked)

    def taking(self, other: Self) -> Self:
        """With all that the other chooses; what only a later version knows stays."""
        return self.replace(**{name: getattr(other, name) for name in table(type(self))})

    def check_readable(self, whose: str) -> None:
        """Raises UnreadableOptions if a stored value is one that this version does not know."""
        if self.kept.unread:
            rows = table(type(self))
            labels = ", ".join(f"“{rows[name].option.label}”" for name in sorted(self.kept.unread))
            raise UnreadableOptions(
                f"{labels} of {whose} was chosen in a later version of quicksync, and this one "
                "cannot say what it means. Update quicksync, or choose it anew and save."
            )


@functools.cache
def table(options: type[Options]) -> Mapping[str, Row]:
    """The rows of a struct, by name and in the order of its fields."""
    hints = get_type_hints(options, include_extras=True)
    rows = {}
    for field in msgspec.structs.fields(options):
        found = [
            note
            for note in getattr(hints[field.name], "__metadata__", ())
            if isinstance(note, Option)
        ]
        if found:
            default = field.default
            if default is msgspec.NODEFAULT:
                # What can be changed in place is made anew for each.
                default = field.default_factory()
            rows[field.name] = Row(field.name, hints[field.name].__origin__, default, found[0])
    return rows


def of_kind(options: type[Options], kind: str) -> dict[str, Row]:
    """The rows that a kind has."""
    info = KINDS[kind]
    return {name: row for name, row in table(options).items() if row.option.belongs(info)}
