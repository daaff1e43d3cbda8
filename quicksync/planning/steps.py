"""What a plan is made of: candidates go in, steps with reasons come out."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

import msgspec

from quicksync.planning.reasons.reason import Reason
from quicksync.records import Record, Ref


class Direction(enum.StrEnum):
    """Which side a step writes."""

    PUSH = "push"  # from here to QuickBooks
    PULL = "pull"  # from QuickBooks to here
    NONE = ""  # writes neither: unchanged, held, skipped, paired


class Action(enum.StrEnum):
    """What a step does to the side it writes."""

    CREATE = "create"
    UPDATE = "update"
    VOID = "void"
    DELETE = "delete"
    PAIR = "pair"  # join two halves that are the same record; writes only our own mapping
    UNCHANGED = "unchanged"
    HOLD = "hold"  # waits for a person or for another record, with the reason
    SKIP = "skip"  # out of scope: direction, start date, bookmark, excluded by a person
    CONFLICT = "conflict"  # both sides changed the same field and the policy says to ask
    # changed, voided or deleted in QuickBooks; shown, never overwritten silently (I13)
    DRIFT = "drift"
    GONE = "gone"  # both sides are gone, or the pair needs no more care


WRITES = frozenset({Action.CREATE, Action.UPDATE, Action.VOID, Action.DELETE})


class FieldChange(msgspec.Struct, frozen=True):
    """One field of a step: what was agreed, what stands on each side, and what both will say.
    Values of records.
    """

    name: str
    agreed: Any = None
    here: Any = None
    there: Any = None
    will: Any = None
    conflict: bool = False


class Agreed(msgspec.Struct, frozen=True):
    """The record both sides last agreed on, as each side showed it then (the wire is lossy)."""

    here: Record
    there: Record


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One mapping with what is known of both sides; `key` is the mapping's key.

    `here` or `there` is None when that side has no record (never had one, or `*_gone`: had one and
    lost it). `paired` says that the mapping joins both sides already. `excluded` is a person's
    "skip". `forced` is a direction that a person asked for on this very record ("Send to
    QuickBooks" is PUSH, "Get" is PULL): it passes over category direction, start date, bookmark and
    drift, never over guards. `resend` sends every mapped field again (B10). `past` says that a
    person asked for records of its date although the start date leaves them out (A15). `needed`
    marks a dependency of a record in scope (C9, D5): created even when its category is off or
    filtered. `travels` is the way of the document that a paired record goes along with: its changes
    are carried over that way although its category is off (C6). `choice` is a person's answer to a
    conflict: field name -> "here" or "there"; the name "*" stands for the whole record (a deletion,
    or every field not named). `distinct` is a person's word that this is none of its near matches.
    `here_ref` and `there_ref` are how other records name this one on either side. `model` is the
    host's model that the record is in, or would be created in (`Policy.models`).
    """

    key: int
    kind: str
    here_ref: Ref | None = None
    there_ref: Ref | None = None
    here: Record | None = None
    there: Record | None = None
    agreed: Agreed | None = None
    paired: bool = False
    here_gone: bool = False
    there_gone: bool = False
    here_modified: dt.datetime | None = None
    there_modified: dt.datetime | None = None
    here_date: dt.date | None = None
    there_date: dt.date | None = None
    in_bookmark: bool = True
    excluded: bool = False
    forced: Direction = Direction.NONE
    resend: bool = False
    needed: bool = False
    travels: Direction = Direction.NONE
    past: bool = False
    choice: dict[str, str] = {}
    distinct: bool = False
    model: str = ""


class Verdict(enum.StrEnum):
    """What becomes of one field."""

    SAME = "same"  # nobody changed it
    MET = "met"  # changed, and both sides say the same now
    PUSH = "push"  # here wins
    PULL = "pull"  # there wins
    ASK = "ask"  # both changed it: a person decides
    DRIFT = "drift"  # changed there, where it is not to be edited
    LOCKED = "locked"  # changed here, where it is not to be edited
    IDLE = "idle"  # changed on a side whose changes are not carried over
    WAIT = "wait"  # not to be carried over now: stays to be judged by the next look


class Judged(msgspec.Struct, frozen=True):
    """One field with its verdict; `contested` when both sides changed it."""

    name: str
    verdict: Verdict
    contested: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One decision about one candidate.

    `record` is what the written side shall look like, in the *writing* side's references (PUSH:
    references of here, PULL: references of there); the engine translates them when sending.
    `partner` is the key of the other half when `action` is PAIR or when a write also joins two
    halves. `changes` lists what differs, for people and for sparse updates. `reasons` explain HOLD,
    SKIP, CONFLICT and DRIFT; `warnings` go with a write that may proceed (X11). `waits_for` names
    references (the writing side's) that must be settled first; other steps of this plan do it.
    `agree` says that what both sides show now is to be stored as agreed, without any write (PAIR,
    or UNCHANGED when both sides came to say the same). `leaves` names fields that still differ and
    are no business of this step: when it settles, their agreed values stay as they were
    (`merge.agreement`) and the pair is looked at once more, so that the next plan sees them again.
    `claims` are the names, numbers and identities that no other record of the plan may have
    (`planning.claims`).
    """

    key: int
    kind: str
    action: Action
    direction: Direction = Direction.NONE
    record: Record | None = None
    changes: tuple[FieldChange, ...] = ()
    reasons: tuple[Reason, ...] = ()
    warnings: tuple[Reason, ...] = ()
    partner: int | None = None
    waits_for: tuple[Ref, ...] = ()
    agree: bool = False
    leaves: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Unsafe(msgspec.Struct, frozen=True):
    """A category whose plan would change too much to go on without a person's yes."""

    kind: str
    changed: int
    deleted: int
    pairs: int
    reason: Reason


class Plan(msgspec.Struct, frozen=True):
    """All steps, parents before children."""

    steps: tuple[Step, ...]
