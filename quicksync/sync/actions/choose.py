"""Choosing options of a category or a company by their names, as a command or a script does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from quicksync.exceptions import BadValue
from quicksync.models import Category, Connection, RemoteRecord
from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.options.row import Row, of_kind, table
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Facts
from quicksync.records import KINDS, Record
from quicksync.records.roles import ACCOUNT_ROLES, roles_of
from quicksync.sync.pairs.sides import as_remote, decode


def rows_of(owner: Category | Connection) -> Mapping[str, Row]:
    """The options that a category or a company has."""
    if isinstance(owner, Category):
        return of_kind(CategoryOptions, owner.kind)
    return table(CompanyOptions)


def choose(owner: Category | Connection, texts: Mapping[str, str], *, user: Any = None) -> bool:
    """Set these options, given as text ("yes", "ask", "79"), and no others. Returns whether
    anything changed; the change is in the audit.

    Raises BadValue for an option that this category or company does not have, and for a value that
    it cannot have; then nothing is changed.
    """
    with transaction.atomic():
        # Whoever else chooses at this moment waits: all options of a row are written together.
        rows: Any = type(owner)._default_manager.select_for_update(no_key=True)
        mine: Any = rows.get(pk=owner.pk)
        values = {name: _value(mine, name, text) for name, text in texts.items()}
        chosen = mine.options.replace(**values)
        if chosen == mine.options:
            return False
        mine.options, mine._history_user = chosen, user
        mine.save(update_fields=["options"])
    return True


def _value(owner: Category | Connection, name: str, text: str) -> Any:
    known = rows_of(owner)
    row = known.get(name)
    if row is None:
        raise BadValue(f"There is no option {name!r} here. There are: {', '.join(known)}.")
    value = row.check(row.parse(text))
    if row.option.entries and value and isinstance(owner, Connection):
        for key in value if row.option.each else ():
            _entry(owner, row, row.option.each, key)
        for remote_id in value.values() if row.option.each else (value,):
            _check_entry(owner, row, remote_id)
    return value


def _check_entry(connection: Connection, row: Row, remote_id: str) -> None:
    """An id names an entry of QuickBooks' list that may serve the purpose."""
    role = row.option.role
    entry = _entry(connection, row, row.option.entries, remote_id)
    if role not in ACCOUNT_ROLES:
        return
    found = decode(edition_for(connection.edition), as_remote(entry), Facts())
    if not isinstance(found, Record) or role not in roles_of(found, connection.home_currency):
        types = ", ".join(sorted(ACCOUNT_ROLES[role]))
        raise BadValue(f"{row.option.label}: {entry} cannot serve; its type must be {types}.")


def _entry(connection: Connection, row: Row, kind: str, remote_id: str) -> RemoteRecord:
    """An active entry of one of QuickBooks' lists."""
    entries = RemoteRecord.objects.filter(connection=connection, kind=kind, deleted=False)
    entry = entries.filter(remote_id=remote_id, active=True).first()
    if entry is None:
        word = KINDS[kind].singular
        raise BadValue(f"{row.option.label}: QuickBooks has no active {word} with id {remote_id}.")
    return entry
