"""Estimates: what has become of one, and the link by which an invoice says that it is made of one.

QuickBooks closes the estimate that an invoice names, and opens it again when that link goes (F18).
"""

from __future__ import annotations

from typing import Any, cast

from quicksync.exceptions import BadValue
from quicksync.quickbooks.online.payloads.values import by_hand, text
from quicksync.quickbooks.wire_table import Codec, Row, Tree, Writing, shown
from quicksync.records import Estimate, Invoice, Ref

WORDS = {"pending": "Pending", "accepted": "Accepted", "closed": "Closed", "rejected": "Rejected"}
_BACK = {word: status for status, word in WORDS.items()} | {"Converted": "closed"}
_OURS, _INVOICE = "Estimate", "Invoice"


def _status(value: Any) -> str:
    if (found := _BACK.get(value)) is None:
        raise BadValue(f"{shown(value)} is no status of an estimate")
    return found


STATUS = Codec(WORDS.__getitem__, _status, WORDS["pending"])


def as_offered(tree: Tree, writing: Writing) -> None:
    """Nobody but QuickBooks closes an estimate, by the invoice that names it, or opens it again."""
    record = cast("Estimate", writing.item.record)
    apart = {_BACK.get(str(writing.there.get("TxnStatus"))), record.status}
    if apart & Estimate.arrives["status"]:
        tree.pop("TxnStatus", None)


def is_invoiced(document: Tree) -> bool:
    """Whether an invoice names it."""
    return any(link.get("TxnType") == _INVOICE for link in _links(document))


def estimate_row() -> Row:
    """The estimate that an invoice is made of; `linked` writes it. Where a bookkeeper has put
    several into one invoice, it is the first.
    """
    return Row(field="estimate", path="", codec=by_hand(_estimate))


def linked(tree: Tree, writing: Writing) -> None:
    """All links of an invoice, as they are only taken together: those to what is none of ours, time
    and charges for example, go back as they came.
    """
    if not (writing.creating or "estimate" in writing.fields):
        return
    wanted = cast("Invoice", writing.item.record).estimate
    links = _links(writing.there)
    ours = next((link for link in links if link.get("TxnType") == _OURS), None)
    mine = [{"TxnId": wanted.id, "TxnType": _OURS}] if wanted is not None else []
    if ours is not None and wanted is not None and _ref(ours) == wanted:
        mine = [ours]
    others = [link for link in links if link is not ours]
    if mine or not writing.creating:
        tree["LinkedTxn"] = [*mine, *others]


def _estimate(document: Tree) -> Ref | None:
    found = (link for link in _links(document) if link.get("TxnType") == _OURS)
    return next(filter(None, map(_ref, found)), None)


def _ref(link: Tree) -> Ref | None:
    named = link.get("TxnId")
    return Ref("estimate", text(named)) if named else None


def _links(document: Tree) -> list[Tree]:
    """What is no link makes no record unreadable."""
    links = document.get("LinkedTxn")
    return [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
