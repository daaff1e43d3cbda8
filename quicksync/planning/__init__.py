"""The decision: here, there and agreed compared yield steps and reasons. Pure: no database, no
wire, no clock.
"""

from __future__ import annotations

from quicksync.options.choices import Authority, OnDelete, StartBasis, Wins
from quicksync.planning.build import build
from quicksync.planning.merge import agreement
from quicksync.planning.policy import Company, FieldRule, NameEntry, Policy
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import Explanation, explain, why
from quicksync.planning.steps import (
    Action,
    Agreed,
    Candidate,
    Direction,
    FieldChange,
    Plan,
    Step,
    Unsafe,
)
from quicksync.records.limits import FieldLimit
from quicksync.records.spelling import fold

__all__ = [
    "Action",
    "Agreed",
    "Authority",
    "Candidate",
    "Company",
    "Direction",
    "Explanation",
    "FieldChange",
    "FieldLimit",
    "FieldRule",
    "NameEntry",
    "OnDelete",
    "Plan",
    "Policy",
    "Reason",
    "StartBasis",
    "Step",
    "Unsafe",
    "Wins",
    "agreement",
    "build",
    "explain",
    "fold",
    "why",
]
