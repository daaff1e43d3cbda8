"""Rows as values: operations, reasons and differences in the words that the templates print."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.admin.parts import page_links, pills
from quicksync.admin.parts.page_links import Link, Spot
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.wording import Names, Writer, changes_of, figures, side_of
from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import explain
from quicksync.records import KINDS
from quicksync.records.money import Money
from quicksync.sync.worker.counts import OUTCOMES, sums
from quicksync.sync.worker.counts import rows as counted
from quicksync.sync.worker.run_sums import ASIDE

ARROWS = {"push": "→", "pull": "←", "": ""}


@dataclass(frozen=True)
class Why:
    """A reason in words, with the page that mends it."""

    code: str
    sentence: str
    cause: str
    fix: str
    tone: str
    sign: str
    link: Link | None = None


@dataclass(frozen=True)
class Difference:
    """One field: what was agreed, what stands on each side, what both will say.

    `conflict`: both sides changed it. `undecided`: it is written nowhere, at least for now.
    """

    name: str
    label: str
    agreed: str
    here: str
    there: str
    will: str
    conflict: bool
    undecided: bool


@dataclass(frozen=True)
class Row:
    """One operation."""

    id: int
    mapping_id: int | None
    label: str
    arrow: str
    what: str
    pill: Pill
    amount: str
    when: dt.datetime | None
    why: Why | None
    warnings: tuple[Why, ...]
    differences: tuple[Difference, ...]
    here: Link | None
    there: Link | None
    can_skip: bool
    can_retry: bool
    left_out: str


def kind_word(kind: str) -> str:
    """The plural of a kind, as a heading."""
    return KINDS[kind].plural.capitalize() if kind in KINDS else kind.replace("_", " ").capitalize()


def kind_name(kind: str) -> str:
    """What one record is."""
    return KINDS[kind].singular.capitalize() if kind in KINDS else kind.replace("_", " ")


def give_names(mappings: Iterable[EntityMapping]) -> None:
    """Records that nothing has been done with yet have the name that they were planned with; one
    query for all of them.
    """
    unnamed = {mapping.pk: mapping for mapping in mappings if not mapping.label}
    if not unnamed:
        return
    told = Operation.objects.filter(mapping__in=unnamed).exclude(label="").order_by("pk")
    for pk, label in told.values_list("mapping_id", "label"):
        unnamed[pk].label = label


def action_word(operation: Operation) -> str:
    """What an operation does, in words."""
    side = {"push": _("in QuickBooks"), "pull": _("here")}.get(operation.direction, "")
    words = {
        "create": _("Create"),
        "update": _("Update"),
        "void": _("Void"),
        "delete": _("Delete"),
        "pair": _("Pair"),
        "hold": _("Held"),
        "skip": _("Skipped"),
        "conflict": _("Conflict"),
        "drift": _("Changed in QuickBooks"),
        "unchanged": _("Unchanged"),
        "gone": _("Deleted"),
    }
    return f"{words.get(operation.action, operation.action)} {side}".strip()


def why(code: str, values: Mapping[str, Any], field: str, spot: Spot) -> Why:
    """A stored reason in words."""
    told = explain(Reason(code, dict(values), field), spot.kind, say=_)
    tone = pills.tone_of(told.severity)
    link = page_links.fix(told.place, code, values, spot)
    return Why(code, told.sentence, told.cause, told.fix, tone, pills.SIGNS[tone], link)


def reason_of(mapping: EntityMapping) -> Why | None:
    """Why a record is not in step. The mapping's connection must be at hand."""
    if not mapping.reason:
        return None
    return why(
        mapping.reason, mapping.reason_values, "", Spot(mapping.connection, mapping.kind, mapping)
    )


def run_reason(run: SyncRun) -> Why | None:
    """Why a run stopped."""
    return (
        why(run.reason, run.reason_values, "", Spot(run.connection, "", None, run.pk))
        if run.reason
        else None
    )


def rows(operations: Iterable[Operation]) -> list[Row]:
    """Operations as rows; their connections and mappings must be at hand. Two queries for all."""
    found = list(operations)
    names = Names(found)
    return [_row(operation, names) for operation in found]


def reason_of_operation(operation: Operation) -> Why | None:
    """Why an operation did not go through, or not yet."""
    if not operation.reason:
        return None
    spot = Spot(operation.connection, operation.kind, operation.mapping, operation.run_id)
    # What is overtaken is moved by one UPDATE for many: its reason comes without its name.
    named = {"label": operation.label} if operation.label else {}
    return why(operation.reason, named | operation.reason_values, operation.reason_field, spot)


def _row(operation: Operation, names: Names) -> Row:
    mapping = operation.mapping
    spot = Spot(operation.connection, operation.kind, mapping, operation.run_id)
    return Row(
        id=operation.pk,
        mapping_id=operation.mapping_id,
        label=operation.label or (str(mapping) if mapping else _("A record that no longer exists")),
        arrow=ARROWS.get(operation.direction, ""),
        what=action_word(operation),
        pill=pills.of_operation(operation),
        amount=amount(operation.amount, operation.currency),
        when=operation.settled_at,
        why=reason_of_operation(operation),
        warnings=tuple(
            why(warning["code"], warning["values"], warning["field"], spot)
            for warning in operation.warnings
        ),
        differences=tuple(
            _difference(operation, change, names) for change in changes_of(operation)
        ),
        here=page_links.here(mapping),
        there=page_links.there(operation.connection, mapping),
        can_skip=operation.state == Operation.State.DRAFT or _waits(operation),
        can_retry=mapping is not None
        and mapping.state in RETRYABLE
        and operation.state in _NOT_DONE,
        left_out=_left_out(operation),
    )


RETRYABLE = (
    EntityMapping.State.HELD,
    EntityMapping.State.FAILED,
    EntityMapping.State.CONFLICT,
    EntityMapping.State.UNKNOWN,
)


# What has not come about in its run. A later skip of the record says nothing of what was done
# before it.
_NOT_DONE = (
    Operation.State.DRAFT,
    Operation.State.SKIPPED,
    Operation.State.FAILED,
    Operation.State.UNKNOWN,
)


def _left_out(operation: Operation) -> str:
    mapping = operation.mapping
    out = (
        mapping is not None
        and mapping.state == EntityMapping.State.EXCLUDED
        and operation.state in _NOT_DONE
    )
    return mapping.note if mapping is not None and out else ""


def _difference(operation: Operation, change: Mapping[str, Any], names: Names) -> Difference:
    name = str(change.get("name", ""))
    texts = {}
    for part in ("agreed", "here", "there", "will"):
        writer = Writer(names, operation.connection_id, side_of(part, operation.direction))
        write = writer.figure if name in figures(operation.kind) else writer.text
        texts[part] = write(change.get(part))
    # What goes in no direction stands aside: for a person to decide, or as it is on each side.
    aside = bool(change.get("conflict"))
    theirs = operation.action == "conflict"
    undecided = aside and not texts["will"]
    if undecided:
        texts["will"] = _("You decide") if theirs else _("Nothing is carried over")
    return Difference(
        name=name,
        label=str(change.get("label") or name),
        conflict=aside and (theirs or not undecided),
        undecided=undecided,
        **texts,
    )


def _waits(operation: Operation) -> bool:
    """Held, in conflict or changed there: a person may still leave the record out."""
    mapping = operation.mapping
    aside = operation.action in ASIDE and operation.state == Operation.State.SKIPPED
    return aside and mapping is not None and mapping.state != EntityMapping.State.EXCLUDED


def amount(value: Decimal | None, currency: str) -> str:
    """Money for people."""
    return str(Money(value, currency)) if value is not None else ""


def duration(run: SyncRun) -> str:
    """How long a run took, or has been going on. The time in which its preview waited for a person
    is not counted.
    """
    waits = run.state == SyncRun.State.DRAFT
    ended = run.finished_at or (run.heartbeat_at if waits else None) or timezone.now()
    seconds = max(0, int((ended - (run.approved_at or run.started_at)).total_seconds()))
    if seconds < 60:
        return ngettext("%(n)d second", "%(n)d seconds", seconds) % {"n": seconds}
    minutes, rest = divmod(seconds, 60)
    if minutes < 60:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
    return _("%(hours)d h %(minutes)d min") % {"hours": minutes // 60, "minutes": minutes % 60}


def who(run: SyncRun) -> str:
    """Who started a run."""
    return run.user.get_username() if run.user else _("automatically")


@dataclass(frozen=True)
class Cell:
    """How many, and the money of these; a phone shows the heading beside them."""

    heading: str
    number: str
    amounts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.number


@dataclass(frozen=True)
class CountRow:
    """One kind, with a cell for each heading. `anchor` is the kind's place on the page."""

    kind: str
    anchor: str
    cells: tuple[Cell, ...]


def count_headings() -> tuple[str, ...]:
    """The headings of `count_rows`."""
    there, here = _("in QuickBooks"), _("here")
    made, changed = _("Created"), _("Updated")
    return (
        f"{made} {there}",
        f"{changed} {there}",
        f"{made} {here}",
        f"{changed} {here}",
        _("Unchanged"),
        _("Skipped"),
        _("Failed"),
    )


def count_rows(counts: dict[str, Any]) -> list[CountRow]:
    """A run's counts as table rows, in the order of kinds."""
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, direction, outcomes in counted(counts):
        moved = {f"{direction}-{name}": outcomes[name] for name in ("created", "updated")}
        numbers[kind].update(
            moved | {name: outcomes[name] for name in ("unchanged", "skipped", "failed")}
        )
    order = (
        "push-created",
        "push-updated",
        "pull-created",
        "pull-updated",
        "unchanged",
        "skipped",
        "failed",
    )
    columns = tuple(zip(count_headings(), order, strict=True))
    return [
        CountRow(
            kind_word(kind), kind, tuple(Cell(word, f"{found[name]:,}") for word, name in columns)
        )
        for kind, found in sorted(numbers.items(), key=lambda entry: _rank(entry[0]))
        if any(found.values())
    ]


def _rank(kind: str) -> int:
    return KINDS[kind].rank if kind in KINDS else 0


def outcome_words() -> tuple[str, ...]:
    """The headings of the outcomes."""
    return _("Created"), _("Updated"), _("Unchanged"), _("Skipped"), _("Failed")


def summary(counts: dict[str, Any]) -> str:
    """A run's counts in one line: "12 created, 3 updated"."""
    words = dict(zip(OUTCOMES, outcome_words(), strict=True))
    parts = [
        f"{number:,} {words[outcome].lower()}" for outcome, number in sums(counts).items() if number
    ]
    return ", ".join(parts) or _("Nothing to do")
