"""Voided documents: QuickBooks has no flag for them, only a word in the note and totals of zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.wire_table import Tree
from quicksync.records.documents import ZERO

WORD = "Voided"


def is_voided(document: Tree) -> bool:
    """Whether it was voided: its total is zero, and its note begins with QuickBooks' word."""
    return not document.get("TotalAmt") and str(document.get("PrivateNote") or "").startswith(WORD)


def on_read(
    *zeros: str, note: str = "private_note"
) -> Callable[[dict[str, Any], Tree, Facts], None]:
    """What finishes a document's record: the void, the note without QuickBooks' word, and the home
    currency where a company with one currency leaves it out.
    """

    def finish(values: dict[str, Any], tree: Tree, facts: Facts) -> None:
        values.setdefault("currency", facts.home_currency)
        for name in zeros:
            values.setdefault(name, ZERO)
        if is_voided(tree):
            values["voided"] = True
            values[note] = values.get(note, "").removeprefix(WORD).lstrip(" -:.,\n")

    return finish
