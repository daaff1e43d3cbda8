"""When two values say the same, whatever a side has no place for."""

from __future__ import annotations

from decimal import Decimal

from quicksync.planning.compare import within
from quicksync.records import Ref, SalesLine

LINE = SalesLine(
    id="7",
    item=Ref("item", "1"),
    description="Roses",
    amount=Decimal(5),
    class_=Ref("class", "Shop"),
)


def test_what_a_side_shows_no_place_for_says_nothing():
    """A host whose lines have no class neither sends one nor takes one away (E4)."""
    shown = frozenset({"item", "description", "amount"})
    (kept,) = within((LINE,), shown)
    assert (kept.id, kept.item, kept.amount) == ("7", LINE.item, LINE.amount)
    assert kept.class_ is None


def test_what_is_all_shown_or_has_no_lines_is_left_as_it_is():
    assert within((LINE,), None) == (LINE,)
    assert within("text", frozenset()) == "text"
