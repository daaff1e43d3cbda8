"""Case: one candidate on the desk, with the settings, links and fields that its decision needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, get_args

import msgspec

from quicksync.exceptions import BadValue
from quicksync.options.category import CategoryOptions
from quicksync.planning.compare import Links
from quicksync.planning.policy import Company, FieldRule, Policy
from quicksync.planning.steps import Agreed, Candidate, Direction
from quicksync.records import KindInfo, Record, Ref, fields_of, kind_info, record_class
from quicksync.records.money import exact

WHOLE = "*"  # the name under which a choice answers for the whole record


class Rules(msgspec.Struct, frozen=True):
    """A category's settings, worked out once for all its candidates. `fields` are the compared
    ones, in order; `taken` those that are only taken over from QuickBooks, which works them out.

    `groups` are the same fields, each with those that it is merged with as one value
    (`Record.together`). `absent` are fields that neither side is told of, with the empty value that
    stands for them. `impossible` are fixed values that cannot be what their fields are for,
    with the reason.
    """

    policy: Policy
    info: KindInfo
    fields: tuple[str, ...]
    taken: tuple[str, ...]
    groups: tuple[tuple[str, ...], ...]
    left_alone: Mapping[str, Any]  # field -> the empty value that is written on a create
    fixed: Mapping[str, Any]
    impossible: Mapping[str, str] = {}
    absent: Mapping[str, Any] = {}

    def filled(self, record: Record) -> list[str]:
        """The compared fields in which a record says something, in order."""
        blank = type(record)()
        return [name for name in self.fields if getattr(record, name) != getattr(blank, name)]

    def unsaid(self, *sides: Record | None) -> tuple[str, ...]:
        """The absent fields in which a side says something."""
        return tuple(
            name
            for name, blank in self.absent.items()
            if any(one is not None and getattr(one, name) != blank for one in sides)
        )


def answered(record: type[Record], choice: Mapping[str, str], field: str) -> str:
    """What a person answered for a record's field, or for its group: "here", "there" or nothing."""
    if not choice:
        return ""
    return next((choice[name] for name in (*record.group(field), WHOLE) if name in choice), "")


class Case(msgspec.Struct, frozen=True):
    """One candidate, or two that are halves of one pair, put together."""

    candidate: Candidate
    rules: Rules
    company: Company
    links: Links

    @property
    def policy(self) -> Policy:
        return self.rules.policy

    @property
    def options(self) -> CategoryOptions:
        return self.rules.policy.options

    @property
    def here(self) -> Record | None:
        return self.candidate.here

    @property
    def there(self) -> Record | None:
        return self.candidate.there

    @property
    def agreed(self) -> Agreed | None:
        return self.candidate.agreed

    @property
    def joined(self) -> bool:
        """Whether this is, or once was, a pair."""
        one = self.candidate
        return (
            one.paired
            or one.here_gone
            or one.there_gone
            or (one.here is not None and one.there is not None)
        )

    @property
    def can_push(self) -> bool:
        """Whether this record may be written there."""
        return self._may(Direction.PUSH, self.policy.push)

    @property
    def can_pull(self) -> bool:
        """Whether this record may be written here."""
        return self._may(Direction.PULL, self.policy.pull)

    def _may(self, way: Direction, allowed: bool) -> bool:
        """A person's word about this record counts first; then the category, or the document that
        it travels with.
        """
        if self.candidate.forced is not Direction.NONE:
            return self.candidate.forced is way
        return allowed if self.policy.enabled else self.candidate.travels is way

    def answer(self, field: str) -> str:
        """What a person answered for a field, or for its group: "here", "there" or nothing."""
        return answered(self.rules.info.record, self.candidate.choice, field)

    def label(self) -> str:
        """The record's name for sentences."""
        record = self.here or self.there or (self.agreed and self.agreed.here)
        return record.label() if record else self.rules.info.singular


def rules_for(policy: Policy) -> Rules:
    """The category's settings, ready for its candidates."""
    record = record_class(policy.kind)
    ruled = {name for name, rule in policy.rules.items() if rule != FieldRule()}
    apart = record.computed | ruled | policy.absent
    blank = record()
    types = {part.name: part.type for part in msgspec.structs.fields(record)}
    alone = [name for name, rule in policy.rules.items() if rule.leave_alone and name in types]
    given = {
        name: rule.fixed
        for name, rule in policy.rules.items()
        if rule.fixed is not None and name not in alone
    }
    fixed: dict[str, Any] = {}
    impossible: dict[str, str] = {}
    for name, value in given.items():
        if name in types:
            try:
                fixed[name] = fixed_value(record, name, value)
            except BadValue as error:
                impossible[name] = error.sentence
    fields = tuple(
        name for name in fields_of(record) if name in policy.fields and name not in apart
    )
    return Rules(
        policy=policy,
        info=kind_info(policy.kind),
        fields=fields,
        taken=tuple(name for name in fields_of(record) if name in policy.taken),
        groups=tuple(
            {tuple(part for part in fields if part in record.group(name)): None for name in fields}
        ),
        left_alone={name: getattr(blank, name) for name in alone},
        fixed=fixed,
        impossible=impossible,
        absent={name: getattr(blank, name) for name in sorted(policy.absent)},
    )


def fixed_value(record: type[Record], name: str, value: Any) -> Any:
    """A fixed value as its field wants it; a text for a reference is the code or key of what it
    names.

    Raises BadValue, with a sentence for whoever enters it, for one that cannot be what the field is
    for.
    """
    named = record.references.get(name, ())
    if isinstance(value, str) and len(named) == 1:
        return Ref(*named, value)
    (wanted,) = (part.type for part in msgspec.structs.fields(record) if part.name == name)
    try:
        found = msgspec.convert(value, wanted, strict=False)
        return exact(found) if isinstance(found, Decimal) else found
    except (msgspec.ValidationError, BadValue) as error:
        kinds = set(get_args(wanted) or (wanted,))
        hint = next((words for kind, words in _HINTS.items() if kind in kinds), _NO_HINT)
        raise BadValue(
            f'"{value}" cannot be the value of {record.field_label(name)}: {hint}'
        ) from error


_HINTS: Mapping[type, str] = {
    dt.date: "write a date, such as 2026-12-31.",
    Decimal: "write a number, such as 1250.00.",
    int: "write a whole number, such as 30.",
    bool: "write true or false.",
}
_NO_HINT = "it has more than one part, and can only be left alone."
