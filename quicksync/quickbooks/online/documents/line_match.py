"""Which of our lines is which line in QuickBooks: by known id, else by equal content."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, cast

import msgspec

from quicksync.quickbooks.messages import WriteItem
from quicksync.quickbooks.online.documents.line_forms import (
    DISCOUNT,
    GROUP,
    SUBTOTAL,
    LineForm,
)
from quicksync.quickbooks.online.documents.line_read import lines_back
from quicksync.quickbooks.online.payloads.values import trees
from quicksync.quickbooks.wire_table import Tree
from quicksync.records import Line
from quicksync.records.documents import Billed

Key = Callable[[Line], tuple[Any, ...]]


class OurLines(msgspec.Struct, frozen=True):
    """This side's lines, and what is known of them in QuickBooks.

    `ids` are our line ids -> QuickBooks'; `agreed` the ids there of what was ours when both sides
    last agreed, None where they never did; `sent` says whether the lines are written. `form` is how
    they are said there.
    """

    lines: tuple[Line, ...]
    form: LineForm
    ids: Mapping[str, str] = {}
    agreed: frozenset[str] | None = None
    sent: bool = True

    @classmethod
    def of(cls, item: WriteItem, form: LineForm) -> OurLines:
        """Those of one operation on a document."""
        sent = item.action == "create" or "lines" in item.fields
        lines = cast("Billed", item.record).lines
        return cls(lines, form, item.line_ids, item.agreed_lines, sent)

    @property
    def known(self) -> frozenset[str]:
        """The lines in QuickBooks that are ours, or were."""
        return frozenset(self.ids.values()) | (self.agreed or frozenset())

    @property
    def never_agreed(self) -> bool:
        """Whether nobody knows which lines there are ours, as at the first pairing."""
        return not self.ids and self.agreed is None


class Matched(msgspec.Struct, frozen=True):
    """Our lines and theirs: place of our line -> its partner there; place of our line (-1: the top)
    -> the bookkeeper's own lines that follow it.
    """

    partners: dict[int, Tree]
    foreign: dict[int, list[Tree]]

    @property
    def has_other_amounts(self) -> bool:
        """Whether the document comes to more, or less, than our lines do."""
        return any(
            line.get("Amount") or line.get(GROUP)
            for lines in self.foreign.values()
            for line in lines
        )


def matched(ours: OurLines, document: Tree, *, all_of_it: bool = False) -> Matched:
    """Pair our lines with the document's: by known id, else by equal content.

    Lines there that were never ours stay. Where nothing is known of them, our lines are the whole
    truth, and so they are with `all_of_it`.
    """
    theirs = {
        line["Id"]: line
        for line in trees(document.get("Line"))
        if line.get("DetailType") in ours.form.ours and line.get("Id")
    }
    partners: dict[int, str] = {}
    for place, line in enumerate(ours.lines):
        known = ours.ids.get(line.id, "") if line.id else ""
        if known in theirs:
            partners[place] = known
    mine = set(theirs) if ours.never_agreed else ours.known
    # What both sides have added alike is one line.
    for among in (mine, set(theirs)):
        _match_by(_alike, ours, _some(theirs, among), partners)
    for key in _LIKELY:
        _match_by(key, ours, _some(theirs, mine - set(ours.ids.values())), partners)
    gone = set(theirs) if all_of_it else mine
    return Matched(
        {place: theirs[known] for place, known in partners.items()},
        _foreign(document, partners, gone - set(partners.values())),
    )


def _some(theirs: Mapping[str, Tree], among: Collection[str]) -> dict[str, Tree]:
    return {known: tree for known, tree in theirs.items() if known in among}


def _foreign(
    document: Tree, partners: Mapping[int, str], gone: Collection[str]
) -> dict[int, list[Tree]]:
    places = {known: place for place, known in partners.items()}
    last, found = -1, dict[int, list[Tree]]()
    for line in trees(document.get("Line")):
        known = line.get("Id")
        if known in places:
            last = places[known]
        elif known and known not in gone and line.get("DetailType") not in {DISCOUNT, SUBTOTAL}:
            found.setdefault(last, []).append(
                {name: value for name, value in line.items() if name != "LineNum"}
            )
    return found


def _match_by(
    key: Key,
    ours: OurLines,
    theirs: Mapping[str, Tree],
    partners: dict[int, str],
) -> None:
    taken = set(partners.values())
    free: dict[tuple[Any, ...], list[str]] = {}
    for known, tree in theirs.items():
        if known not in taken:
            (there,) = lines_back({"Line": [tree]}, ours.form)
            free.setdefault(key(there), []).append(known)
    for place, line in enumerate(ours.lines):
        if place not in partners and (found := free.get(key(line))):
            partners[place] = found.pop(0)


def _alike(line: Line) -> tuple[Any, ...]:
    return *line.names(), line.description, line.amount


# For those of our lines there of which nobody knows which of ours each is; from the surest to the
# loosest.
_LIKELY: tuple[Key, ...] = (
    lambda line: (*line.names(), line.description),
    lambda line: line.names(),
)


def lines_after(ours: OurLines, after: Tree) -> tuple[dict[str, str], frozenset[str]]:
    """After a write: our line ids -> QuickBooks' line ids, and the ids of the lines there that are
    none of ours.

    Kept lines are found by id, then by equal text and amount; of the rest those that were ours
    still are, and the others are new: QuickBooks numbers new lines upwards, in the order they were
    sent. References are left aside: the record may speak of this side's products.
    """
    free = {line.id: line for line in lines_back(after, ours.form) if line.id}
    found: dict[int, str] = {}
    for place, line in enumerate(ours.lines):
        theirs = ours.ids.get(line.id, "") if line.id else ""
        if free.pop(theirs, None) is not None:
            found[place] = theirs
    for place, line in enumerate(ours.lines):
        if place not in found:
            same = [key for key, each in free.items() if _said(each) == _said(line)]
            if same:
                found[place] = next((key for key in same if key in ours.known), same[0])
                del free[found[place]]
    if not ours.sent:
        return _by_id(ours, found), frozenset()
    left = [place for place in range(len(ours.lines)) if place not in found]
    kept = [key for key in free if key in ours.known][: len(left)]
    new = sorted(set(free) - ours.known, key=lambda line_id: (len(line_id), line_id))
    found |= dict(
        zip(left, [*kept, *new[max(0, len(new) - len(left) + len(kept)) :]], strict=False)
    )
    return _by_id(ours, found), frozenset(free) - set(found.values())


def _by_id(ours: OurLines, found: Mapping[int, str]) -> dict[str, str]:
    return {ours.lines[place].id: theirs for place, theirs in found.items() if ours.lines[place].id}


def _said(line: Line) -> tuple[Any, ...]:
    return line.description.strip(), line.amount
