"""What is known of the company, in the shapes that the edition and the planner want."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_date

from quicksync.local.registry import registry
from quicksync.models import Connection, RemoteRecord
from quicksync.options.company import CompanyOptions
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.port import Edition
from quicksync.records import KINDS, kinds_where
from quicksync.records.kinds import LIST_KINDS
from quicksync.records.roles import LINE_ITEM, LINE_ITEMS
from quicksync.sync.pairs.at_hand import AtHand

HOLD_LINES = kinds_where(lambda info: info.holds_lines)


def facts_of(connection: Connection) -> Facts:
    """The edition's view of the company, from what the connection keeps."""
    kept: dict[str, Any] = connection.facts
    return Facts(
        country=connection.country or "US",
        home_currency=connection.home_currency or "USD",
        multicurrency=bool(kept.get("multicurrency")),
        tax_kind=str(kept.get("tax_kind", "us")),
        custom_numbers=bool(kept.get("custom_numbers")),
        features=frozenset(kept.get("features", ())),
        defaults={**kept.get("defaults", {}), **chosen_defaults(connection.options)},
        method_accounts=connection.options.method_accounts,
        tax_codes=kept.get("tax_codes", {}),
        tax_rates=_rates(kept.get("tax_rates", {})),
        purchase_codes=kept.get("purchase_codes", {}),
        purchase_rates=_rates(kept.get("purchase_rates", {})),
    )


def chosen_defaults(options: CompanyOptions) -> dict[str, str]:
    """Role -> the id that a person chose for it in place of what was found for sure."""
    every = {
        "income": options.income_account,
        "expense": options.expense_account,
        "cost": options.cost_account,
        "stock": options.stock_account,
        "deposit": options.deposit_account,
        "payout": options.refund_account,
        "discount": options.discount_account,
        LINE_ITEM: options.line_product,
    }
    return {role: value for role, value in every.items() if value}


def at_hand(connection: Connection) -> AtHand:
    """The company of a connection, as it is known at this moment."""
    return AtHand(connection, edition_for(connection.edition), facts_of(connection))


def _rates(kept: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {code: tuple((rate, text) for rate, text in parts) for code, parts in kept.items()}


def read_kinds(edition: Edition) -> tuple[str, ...]:
    """The kinds that a cycle reads: those the host has models for, and the lists that they name."""
    served = {adapter.kind for adapter in registry.all()} | set(LIST_KINDS)
    if any("lines" in KINDS[kind].record.__struct_fields__ for kind in served):
        # lines go on a product of QuickBooks, even where the host has none of its own (D6)
        served |= set(HOLD_LINES)
    return tuple(kind for kind in KINDS if kind in served & edition.can.kinds)


def learn(connection: Connection, edition: Edition) -> bool:
    """Keep on the connection the facts that the company's set-up records and lists tell.

    Returns whether anything is new.
    """
    payloads: dict[str, list[dict[str, Any]]] = defaultdict(list)
    rows = RemoteRecord.objects.filter(
        Q(type__in=edition.set_up)
        | Q(kind__in=LIST_KINDS)
        | Q(kind__in=HOLD_LINES, name_key__in=LINE_ITEMS),
        connection=connection,
        deleted=False,
    )
    for type_, payload in rows.values_list("type", "payload").iterator(chunk_size=500):
        if (plain := payload_of(payload)) is not None:
            payloads[type_].append(plain)
    found = dict(edition.company_facts(payloads))
    columns = {
        "company_name": _fitting("company_name", found) or connection.company_name,
        "country": _fitting("country", found) or connection.country,
        "home_currency": _fitting("home_currency", found) or connection.home_currency,
        "closing_date": parse_date(str(found.pop("closing_date", "") or "")),
        "facts": _plain(found) | ({MISSING: kept} if (kept := missing(connection)) else {}),
    }
    if all(getattr(connection, name) == value for name, value in columns.items()):
        return False
    Connection.objects.filter(pk=connection.pk).update(**columns)
    for name, value in columns.items():
        setattr(connection, name, value)
    return True


# Under this name the facts keep types -> [how many are known here, how many QuickBooks counts],
# where these differ.
MISSING = "missing"


def missing(connection: Connection) -> dict[str, list[int]]:
    """Types of which not all records could be read, though asked for: [read, counted] of each."""
    found: dict[str, list[int]] = connection.facts.get(MISSING, {})
    return found


def note_missing(
    connection: Connection, found: Mapping[str, list[int]], counted: Iterable[str]
) -> None:
    """Keep what stays missing, and forget it of the types that have been counted and are whole."""
    whole = set(counted)
    now = {
        name: numbers for name, numbers in missing(connection).items() if name not in whole
    } | dict(found)
    if now != missing(connection):
        connection.facts = {**connection.facts, MISSING: now}
        Connection.objects.filter(pk=connection.pk).update(facts=connection.facts)


def _fitting(name: str, found: dict[str, Any]) -> str:
    """A fact that has a column of its own; "" where it is nothing that the column takes."""
    text = str(found.pop(name, ""))
    longest: int = getattr(Connection._meta.get_field(name), "max_length", None) or len(text)
    return text if len(text) <= longest else ""


def payload_of(text: str) -> dict[str, Any] | None:
    """A stored payload as plain values; None for one that cannot be read, which must not stop the
    others.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _plain(value: Any) -> Any:
    """As JSON gives it back: sets become sorted lists, tuples lists."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value
