"""Entries of QuickBooks' lists to choose from: which accounts may serve a role, which entries a
code may mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from quicksync.exceptions import ConfigurationError
from quicksync.models import Connection, RemoteRecord
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.port import Edition
from quicksync.records import KINDS, Record
from quicksync.records.roles import ACCOUNT_ROLES, ACCOUNTS, RECEIVABLES, roles_of
from quicksync.sync.pairs.sides import as_remote, decode

MOST_ENTRIES = 1_000


@dataclass(frozen=True)
class Entry:
    """One entry of a list of QuickBooks; `type` is the type of an account, "" for others, `roles`
    what it may serve.
    """

    id: str
    name: str
    type: str = ""
    roles: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.name} ({self.type})" if self.type else self.name


def entries(connection: Connection, kind: str) -> list[Entry]:
    """The active entries of a list, by name."""
    rows = RemoteRecord.objects.filter(connection=connection, kind=kind, active=True, deleted=False)
    found = rows.order_by("name", "remote_id")[:MOST_ENTRIES]
    if kind != ACCOUNTS:
        return [Entry(row.remote_id, str(row)) for row in found]
    try:
        edition = edition_for(connection.edition)
    except ConfigurationError:
        return []
    return [
        entry
        for row in found
        if (entry := _account(edition, row, connection.home_currency)) is not None
    ]


def _account(edition: Edition, row: RemoteRecord, home: str) -> Entry | None:
    account = decode(edition, as_remote(row), Facts())
    if not isinstance(account, Record):
        return None
    return Entry(
        row.remote_id, account.label(), getattr(account, "type", ""), roles_of(account, home)
    )


def accounts_by_role(connection: Connection) -> dict[str, list[Entry]]:
    """For each role the accounts that may serve it; one query for all."""
    every = entries(connection, ACCOUNTS)
    return {role: [entry for entry in every if role in entry.roles] for role in ACCOUNT_ROLES}


def for_lines(connection: Connection, kind: str) -> list[Entry]:
    """The entries that a line may name: QuickBooks posts to A/R and A/P by itself (F7)."""
    return [entry for entry in entries(connection, kind) if entry.type not in RECEIVABLES]


def rate(connection: Connection, kind: str, remote_id: str) -> Decimal | None:
    """The rate in percent that an entry has in QuickBooks now; None for lists without one, and
    where QuickBooks works it out by itself.
    """
    known = connection.facts.get("tax_codes", {}).get(remote_id) if KINDS[kind].is_rated else None
    return Decimal(known) if known else None
