"""Steps as rows: the operation that a step becomes, and what it makes of its mapping."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.planning import totals
from quicksync.planning.merge import agreement
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Action, Agreed, Direction, FieldChange, Step
from quicksync.records import KINDS, Record, codec, record_class
from quicksync.sync.pairs import ground, matching_keys, operation_state, state
from quicksync.sync.pairs.sides import Both

State = EntityMapping.State

# What a step that writes nothing counts as.
OUTCOMES = {
    Action.UNCHANGED: "unchanged",
    Action.GONE: "unchanged",
    Action.SKIP: "skipped",
    Action.HOLD: "skipped",
    Action.CONFLICT: "skipped",
    Action.DRIFT: "skipped",
}
STATES = {
    Action.UNCHANGED: State.IN_SYNC,
    Action.GONE: State.GONE,
    Action.SKIP: State.OUTSIDE,
    Action.HOLD: State.HELD,
    Action.CONFLICT: State.CONFLICT,
    Action.DRIFT: State.DRIFTED,
}
# What planning may change of a mapping.
MARKED = [*state.COLUMNS, "label", "block", "alias", "keyed", "agreed_here", "agreed_there"]


def outcome_of(step: Step) -> str | None:
    """What a step that writes nothing counts as; None while something is still to come of it."""
    if step.action is Action.PAIR and step.partner is None and step.agree:
        return "unchanged"
    return OUTCOMES.get(step.action)


def state_of(step: Step) -> State:
    """The state that a step gives its mapping; a half waits until it is joined to its partner."""
    in_step = step.action is Action.PAIR and step.partner is None
    return State.IN_SYNC if in_step else STATES.get(step.action, State.PENDING)


def draft(run: SyncRun, step: Step, side: Both, partner: EntityMapping | None = None) -> Operation:
    """The operation of a step that writes or joins; `partner` is the half that it joins the mapping
    with.
    """
    record = step.record
    consumed = 0 if run.preview else 1
    shown = record or (side.found.record if side.found else side.there)
    amount = shown.amount() if shown is not None else None
    return operation_state.proposed(
        connection_id=run.connection_id,
        run=run,
        mapping=side.mapping,
        partner_id=step.partner,
        kind=step.kind,
        rank=rank(step),
        direction=str(step.direction),
        action=str(step.action),
        model_label=side.candidate.model if side.candidate else "",
        label=label_of(side, shown),
        amount=amount,
        currency=getattr(shown, "currency", "") or "",
        record=codec.dump(record) if record is not None else None,
        claims="\n".join(step.claims),
        changes=[] if _says_all(step) else [change_row(step.kind, one) for one in step.changes],
        fields=[change.name for change in step.changes],
        leaves=list(step.leaves),
        warnings=[reason_row(reason) for reason in step.warnings],
        mapping_version=side.mapping.version + consumed,
        touched_at=side.mapping.touched_at,
        partner_version=partner.version + consumed if partner else 0,
        partner_touched_at=partner.touched_at if partner else None,
        seen=ground.seen(side.found.record, [change.name for change in step.changes])
        if side.found and step.direction is Direction.PULL
        else "",
    )


def _says_all(step: Step) -> bool:
    """Whether the record of a new one tells its fields, and nothing need be stored beside it."""
    pulls = step.direction is Direction.PULL
    return step.action is Action.CREATE and all(
        one.will == (one.there if pulls else one.here) for one in step.changes
    )


def held(run: SyncRun, step: Step, side: Both) -> Operation:
    """The history row of a step that waits for a person or another record."""
    operation = draft(run, step, side)
    first, *others = step.reasons
    operation_state.move(operation, Operation.State.SKIPPED, why=first, at=timezone.now())
    operation.reason_field = first.field
    operation.warnings = operation.warnings + [reason_row(reason) for reason in others]
    return operation


def rank(step: Step) -> int:
    """Parents before children; removals after everything else, children first."""
    own = KINDS[step.kind].rank
    return 1000 - own if step.action in (Action.VOID, Action.DELETE) else own


def reason_row(reason: Reason) -> dict[str, Any]:
    """A reason as JSON."""
    return {"code": reason.code, "values": _plain(reason.values), "field": reason.field}


def change_row(kind: str, change: FieldChange) -> dict[str, Any]:
    """One field's change as JSON-ready values with the field's word for people."""
    return {
        "name": change.name,
        "label": record_class(kind).field_label(change.name),
        "agreed": codec.dump_value(change.agreed),
        "here": codec.dump_value(change.here),
        "there": codec.dump_value(change.there),
        "will": codec.dump_value(change.will),
        "conflict": change.conflict,
    }


def label_of(side: Both, record: Record | None) -> str:
    """The record's own words where it has any, the mapping's otherwise."""
    return words_for(side.mapping.kind, side.mapping.label, record)


def words_for(kind: str, known: str, record: Record | None) -> str:
    """The same without the other side."""
    own = record.label() if record is not None else ""
    return (own or known or KINDS[kind].singular.capitalize())[:300]


def mark(mapping: EntityMapping, step: Step, side: Both) -> None:
    """State, reason, name and matching keys of a mapping after its step."""
    record = side.found.record if side.found else side.there
    reason = step.reasons[0] if step.reasons else Reason("")
    to, by = state_of(step), state.By.PLAN
    if to == State.IN_SYNC and side.found and side.there:
        # Totals are not among what is carried over: a pair in step goes on saying that they differ.
        reason = totals.apart(side.found.record, side.there, label_of(side, record)) or reason
    if mapping.state == State.EXCLUDED:
        if side.candidate is not None and not side.candidate.excluded:
            by = state.By.PERSON
        else:
            # Who left it out and why, or what else left it out, is known already.
            known = Reason(mapping.reason, mapping.reason_values)
            to, reason = State.EXCLUDED, known if known.code else why("skipped-by-user")
    state.move(mapping, to, by, why=reason, at=timezone.now())
    if record is not None:
        mapping.label = label_of(side, record)
        mapping.block, mapping.alias = matching_keys.keys_of(record)
        mapping.keyed = True


def shown(mapping: EntityMapping) -> tuple[Any, ...]:
    """What `mark` may change, apart from the clock: to tell whether it did."""
    names = [name for name in MARKED if name not in ("since", "retry_at")]
    return tuple(repr(getattr(mapping, name)) for name in names)


def agree(
    mapping: EntityMapping,
    before: Agreed | None,
    here: Record,
    there: Record,
    leaves: Iterable[str] = (),
) -> None:
    """Both sides say the same now, but for what is left: store it as agreed."""
    both = agreement(before, here, there, leaves)
    mapping.agreed_here, mapping.agreed_there = codec.dump_pair(both.here, both.there)
    mapping.choice = {}


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = codec.dump_value(values)
    return plain
