"""Propose code mappings: a host's code and a QuickBooks list entry with the same name or number (A13)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from quicksync.models import CodeMapping, Connection, RemoteRecord
from quicksync.planning.match import fold
from quicksync.quickbooks.wire import Facts
from quicksync.records import KINDS, Ref


def propose(connection: Connection, refs: Iterable[Ref], facts: Facts) -> int:
    """Map the list references of this side that have no partner yet and one exact namesake. Returns how many."""
    wanted: dict[str, dict[str, str]] = {}
    for ref in refs:
        if KINDS[ref.kind].is_list:
            wanted.setdefault(ref.kind, {})[fold(ref.id)] = ref.id
    made = [
        CodeMapping(
            connection=connection,
            kind=kind,
            code=code,
            remote_id=remote_id,
            origin=CodeMapping.Origin.PROPOSED,
            rate=_rate(facts, kind, remote_id),
        )
        for kind, codes in wanted.items()
        for code, remote_id in _namesakes(connection, kind, codes).items()
    ]
    CodeMapping.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def _namesakes(connection: Connection, kind: str, codes: dict[str, str]) -> dict[str, str]:
    """code -> QuickBooks id, for codes that exactly one active entry answers to."""
    found: dict[str, list[str]] = {}
    rows = RemoteRecord.objects.filter(connection=connection, kind=kind, active=True, deleted=False)
    for remote_id, name_key, payload in rows.values_list("remote_id", "name_key", "payload").iterator():
        for text in {name_key, *_other_names(json.loads(payload))} & set(codes):
            found.setdefault(codes[text], []).append(remote_id)
    return {code: ids[0] for code, ids in found.items() if len(set(ids)) == 1}


def _other_names(payload: dict[str, Any]) -> set[str]:
    """An account's number, or the leaf of its name, as people write them."""
    return {fold(str(payload[name])) for name in ("AcctNum", "AccountNumber", "Name") if payload.get(name)}


def as_rate(text: str) -> Decimal:
    """A rate in percent as a code mapping keeps it."""
    return Decimal(text).quantize(Decimal("0.0001"))


def _rate(facts: Facts, kind: str, remote_id: str) -> Decimal | None:
    text = facts.tax_codes.get(remote_id, "") if kind == "tax_code" else ""
    return as_rate(text) if text else None
