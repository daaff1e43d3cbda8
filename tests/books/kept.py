"""Which kinds the books have models for."""

from __future__ import annotations

from quicksync.records import KINDS

NOT_YET = frozenset({"vendor", "credit_note", "bill"})
KEPT = KINDS.keys() - NOT_YET
