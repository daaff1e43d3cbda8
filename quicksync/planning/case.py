"""Case: one candidate on the desk, with the settings, the links and the fields that its decision needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from quicksync.exceptions import BadValue
from quicksync.planning.compare import Links
from quicksync.planning.policy import Company, FieldRule, Policy
from quicksync.planning.steps import Agreed, Candidate, Direction
from quicksync.records import KindInfo, Record, Ref, kind_info, record_class

WHOLE = "*"  # the name under which a choice answers for the whole record


class Rules(msgspec.Struct, frozen=True):
    """A category's settings, worked out once for all its candidates. `fields` are the compared ones, in order."""

    policy: Policy
    info: KindInfo
    fields: tuple[str, ...]
    left_alone: Mapping[str, Any]  # field -> the empty value that is written on a create
    fixed: Mapping[str, Any]


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
        return one.paired or one.here_gone or one.there_gone or (one.here is not None and one.there is not None)

    @property
    def can_push(self) -> bool:
        """Whether this record may be written there."""
        forced = self.candidate.forced
        return forced is Direction.PUSH or (forced is Direction.NONE and self.policy.enabled and self.policy.push)

    @property
    def can_pull(self) -> bool:
        """Whether this record may be written here."""
        forced = self.candidate.forced
        return forced is Direction.PULL or (forced is Direction.NONE and self.policy.enabled and self.policy.pull)

    def answer(self, field: str) -> str:
        """What a person answered for a field: "here", "there" or nothing."""
        choice = self.candidate.choice
        return choice.get(field, choice.get(WHOLE, ""))

    def label(self) -> str:
        """The record's name for sentences."""
        record = self.here or self.there or (self.agreed and self.agreed.here)
        return record.label() if record else self.rules.info.singular


def rules_for(policy: Policy) -> Rules:
    """The category's settings, ready for its candidates."""
    record = record_class(policy.kind)
    apart = record.computed | {name for name, rule in policy.rules.items() if rule != FieldRule()}
    blank = record()
    types = {part.name: part.type for part in msgspec.structs.fields(record)}
    alone = [name for name, rule in policy.rules.items() if rule.leave_alone and name in types]
    given = {name: rule.fixed for name, rule in policy.rules.items() if rule.fixed is not None and name not in alone}
    fixed = {name: value for name, value in given.items() if name in types}
    return Rules(
        policy=policy,
        info=kind_info(policy.kind),
        fields=tuple(name for name in record.__struct_fields__ if name in policy.fields and name not in apart),
        left_alone={name: getattr(blank, name) for name in alone},
        fixed={name: _typed(record, name, value, types[name]) for name, value in fixed.items()},
    )


def _typed(record: type[Record], name: str, value: Any, kind_of_value: Any) -> Any:
    """A fixed value as its field wants it; a text for a reference is the code or key of what it names."""
    if isinstance(value, str) and name in _REFERENCES:
        return Ref(_REFERENCES[name], value)
    try:
        return msgspec.convert(value, kind_of_value, strict=False)
    except msgspec.ValidationError as error:
        raise BadValue(f"{value!r} cannot be the fixed value of {record.field_label(name)}: {error}.") from error


_REFERENCES = {
    "account": "account",
    "customer": "customer",
    "expense_account": "account",
    "income_account": "account",
    "method": "payment_method",
    "parent": "customer",
    "payment_method": "payment_method",
    "term": "term",
}
