"""Records, facts and replies that the tests of the Online edition share."""

from __future__ import annotations

import datetime as dt
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

from quicksync.quickbooks.messages import Facts, Remote, WireReply, WriteItem
from quicksync.quickbooks.online.edition import OnlineEdition
from quicksync.records import Invoice, Payment, Record, Ref, SalesLine

GOLDENS = Path(__file__).parent / "goldens"
EDITION = OnlineEdition()

US = Facts(
    country="US",
    tax_kind="us",
    defaults={
        "income": "79",
        "expense": "80",
        "cost": "81",
        "stock": "82",
        "item": "1",
        "discount": "86",
    },
    tax_codes={"3": "8.5", "4": "0", "NON": "0"},
    tax_rates={"3": (("7", "6.5"), ("8", "2")), "4": (("9", "0"),)},
)
AUTOMATED = Facts(country="US", tax_kind="ast", defaults={"item": "1"})
GB = Facts(
    country="GB",
    home_currency="GBP",
    tax_kind="global",
    defaults={"item": "1", "untaxed": "10"},
    tax_codes={"6": "20", "7": "5", "10": "0"},
    tax_rates={"6": (("16", "20"),), "7": (("17", "5"),), "10": (("20", "0"),)},
)


def golden(name: str, text: str) -> None:
    """Compare JSON text with a file beside the tests; QUICKSYNC_GOLDENS=write writes it anew."""
    shown = json.dumps(json.loads(text, parse_float=str), indent=2, ensure_ascii=False) + "\n"
    file = GOLDENS / f"{name}.json"
    if os.environ.get("QUICKSYNC_GOLDENS") == "write":
        file.write_text(shown, encoding="utf-8")
    assert shown == file.read_text(encoding="utf-8")


def item(record: Record, *, action: str = "create", key: str = "op1", **more: Any) -> WriteItem:
    """An operation; an update sends the fields given as `fields`, all of them without."""
    fields = frozenset(more.pop("fields", EDITION.fields(record.kind)))
    return WriteItem(key=key, action=action, kind=record.kind, record=record, fields=fields, **more)


def body(record: Record, facts: Facts = US, **more: Any) -> dict[str, Any]:
    """An operation's body, parsed, numbers as text."""
    parsed: dict[str, Any] = json.loads(
        EDITION.body(item(record, **more), facts), parse_float=Decimal
    )
    return parsed


def remote(type_name: str, payload: dict[str, Any], *, kind: str | None = None) -> Remote:
    """What QuickBooks last showed."""
    return Remote(
        type=type_name,
        id=str(payload.get("Id", "")),
        kind=type_name.lower() if kind is None else kind,
        token=str(payload.get("SyncToken", "0")),
        payload=json.dumps(payload),
        active=payload.get("Active", True),
    )


def reply(answer: Any, *, status: int = 200) -> WireReply:
    """A reply with a JSON body, or with the given bytes."""
    content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    return WireReply(status=status, body=content, trace_id="1-abc")


def line(amount: str, *, line_id: str = "", item_id: str | None = "5", **more: Any) -> SalesLine:
    """A sales line."""
    code = more.pop("tax_code", None)
    return SalesLine(
        id=line_id,
        item=Ref("item", item_id) if item_id else None,
        amount=Decimal(amount),
        tax_code=Ref("tax_code", code) if code else None,
        **more,
    )


def invoice(*lines: SalesLine, **more: Any) -> Invoice:
    """An invoice of customer 58."""
    return Invoice(
        number="1001",
        customer=Ref("customer", "58"),
        issued_on=dt.date(2026, 3, 14),
        lines=tuple(lines),
        **more,
    )


def payment(**more: Any) -> Payment:
    """A payment of 100.00 by customer 58."""
    values = {
        "customer": Ref("customer", "58"),
        "total": Decimal("100.00"),
        "paid_on": dt.date(2026, 3, 20),
        **more,
    }
    return Payment(**values)
