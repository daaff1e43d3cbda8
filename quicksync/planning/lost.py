"""Deleted and voided records: what the loss of one side does to the other. Nothing lost is created
again by itself.
"""

from __future__ import annotations

import msgspec

from quicksync.options.choices import Authority, OnDelete
from quicksync.planning.case import WHOLE, Case
from quicksync.planning.drafts import create_here, create_there, locked, off_direction, skip, step
from quicksync.planning.merge import changed_since, is_arrival
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.scope import is_voided
from quicksync.planning.steps import Action, Direction, Step
from quicksync.records import Record


class Loss(msgspec.Struct, frozen=True):
    """One side of a pair is deleted (`gone`) or voided; `survivor` is the other side's record."""

    here: bool
    gone: bool
    survivor: Record

    @property
    def onward(self) -> Direction:
        """The direction in which the loss would be carried over."""
        return Direction.PUSH if self.here else Direction.PULL

    @property
    def back(self) -> Direction:
        """The direction in which the lost record would be made again."""
        return Direction.PULL if self.here else Direction.PUSH


def decide_gone(case: Case) -> Step:
    """One side of a pair, or both, have no record any more."""
    here, there = case.here, case.there
    survivor = here or there
    if survivor is None:
        return step(case, Action.GONE)
    return _decide(case, Loss(here=here is None, gone=True, survivor=survivor))


def decide_voided(case: Case, here: Record, there: Record) -> Step | None:
    """One side of a pair, or both, are voided; None when neither is."""
    if not (is_voided(here) or is_voided(there)):
        return None
    agreed = case.agreed
    before = (is_voided(agreed.here), is_voided(agreed.there)) if agreed else (False, False)
    if is_voided(here) and is_voided(there):
        return step(case, Action.UNCHANGED, agree=before != (True, True))
    if before == (True, True):
        return step(case, Action.HOLD, reasons=(why("voided-before", label=case.label()),))
    lost_here = is_voided(here)
    return _decide(case, Loss(here=lost_here, gone=False, survivor=there if lost_here else here))


def _decide(case: Case, loss: Loss) -> Step:
    answer = case.answer(WHOLE)
    keep, follow = ("there", "here") if loss.here else ("here", "there")
    if loss.gone and (answer == keep or case.candidate.forced is loss.back):
        return create_here(case, loss.survivor) if loss.here else create_there(case, loss.survivor)
    if loss.gone and _is_dead(loss.survivor):
        return step(case, Action.GONE)
    if answer == follow:
        return _carry_over(case, loss)
    return _blocked_here(case, loss) if loss.here else _blocked_there(case, loss)


def _blocked_here(case: Case, loss: Loss) -> Step:
    """Lost here: the deletion goes to QuickBooks if the settings say so."""
    forced = case.candidate.forced is loss.onward
    if case.options.on_delete_here is OnDelete.NOTHING and not forced:
        code = "deletion-not-followed" if loss.gone else "void-not-followed"
        return step(
            case,
            Action.GONE if loss.gone else Action.SKIP,
            reasons=(why(code, label=case.label()),),
        )
    if case.options.authority is Authority.QUICKBOOKS and not forced:
        return step(case, Action.HOLD, reasons=(locked(case, ()),))
    if not case.can_push:
        return skip(case, off_direction(case, quickbooks=True))
    return _elsewhere(case) if _changed(case, loss) else _carry_over(case, loss)


def _blocked_there(case: Case, loss: Loss) -> Step:
    """Lost in QuickBooks: shown as drift, unless the settings say that this side follows."""
    forced = case.candidate.forced is loss.onward
    stays = (
        case.options.on_delete_there is OnDelete.NOTHING or case.options.authority is Authority.HERE
    )
    if not forced and (stays or not case.can_pull):
        return step(case, Action.DRIFT, reasons=(_drift(case, loss),))
    return _elsewhere(case) if _changed(case, loss) else _carry_over(case, loss)


def _drift(case: Case, loss: Loss) -> Reason:
    return why("drift-deleted" if loss.gone else "drift-voided", label=case.label())


def _elsewhere(case: Case) -> Step:
    return step(case, Action.CONFLICT, reasons=(why("deleted-elsewhere", label=case.label()),))


def _changed(case: Case, loss: Loss) -> bool:
    """Whether the surviving side was edited since both sides agreed."""
    if case.agreed is None:
        return False
    before = case.agreed.there if loss.here else case.agreed.here
    changed = changed_since(loss.survivor, before, case.rules.fields, case.policy.shown)
    return any(not is_arrival(name, loss.survivor, before) for name in changed)


def _carry_over(case: Case, loss: Loss) -> Step:
    """Void or delete the survivor. Of a kind that cannot be voided, VOID makes the record inactive.

    QuickBooks deletes no list records, and never deletes what a person wanted voided.
    """
    wanted = case.options.on_delete_here if loss.here else case.options.on_delete_there
    deletes = loss.gone and wanted is OnDelete.DELETE
    able = case.policy.takes_back
    if loss.here and deletes and "delete" not in able:
        deletes = False
    if loss.here and not deletes and not able & {"void", "inactive"}:
        reason = why("no-way-to-remove", label=case.label(), plural=case.rules.info.plural)
        return step(case, Action.GONE if loss.gone else Action.SKIP, reasons=(reason,))
    return step(case, Action.DELETE if deletes else Action.VOID, loss.onward, record=loss.survivor)


def _is_dead(record: Record) -> bool:
    """What is voided or inactive already needs nothing more once its other half is gone."""
    return is_voided(record) or not getattr(record, "active", True)
