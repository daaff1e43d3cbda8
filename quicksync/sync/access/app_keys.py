"""The keys of the app at Intuit that are in force: the environment's, else the settings', else the
admin's (A1).

The one place that knows. Nothing is remembered between two questions: keys that somebody enters in
the admin count for the very next request of every process. Keys in the settings cost no look into
the database.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field

from django.db import DatabaseError, transaction
from django.db import connection as database

from quicksync.conf import settings
from quicksync.models import StoredKeys
from quicksync.quickbooks.port import AppKeys

Environment = StoredKeys.Environment
INTUITS = (Environment.PRODUCTION, Environment.SANDBOX)


class Source(enum.StrEnum):
    """Where something in force comes from; the first that has it wins."""

    ENVIRONMENT = "environment"
    SETTINGS = "settings"
    ADMIN = "admin"


@dataclass(frozen=True)
class InForce:
    """What counts in one environment; a source is None where there is nothing."""

    environment: str
    keys: AppKeys
    keys_from: Source | None
    verifier: str = field(repr=False)
    verifier_from: Source | None
    stored: StoredKeys | None


def environments() -> tuple[str, ...]:
    """Intuit's two; while something stands in for Intuit there is only the one of the stand-in."""
    return (Environment.STAND_IN,) if settings.intuit_base else INTUITS


def environment_of(connection_environment: str) -> str:
    """The environment whose keys a connection uses."""
    return Environment.STAND_IN if settings.intuit_base else connection_environment


def settings_environment() -> str:
    """The environment to which the keys of the settings belong."""
    if settings.intuit_base:
        return Environment.STAND_IN
    return (
        Environment.SANDBOX
        if settings.environment == Environment.SANDBOX
        else Environment.PRODUCTION
    )


def keys_for(connection_environment: str) -> AppKeys:
    """The keys with which a connection of this environment asks Intuit; false without any."""
    name = environment_of(connection_environment)
    return _from_settings(name) or _from_row(name, _stored().get(name))


def in_force() -> tuple[InForce, ...]:
    """Everything that counts, by environment."""
    rows = _stored()
    return tuple(_in_force(name, rows.get(name)) for name in environments())


def keyed() -> frozenset[str]:
    """The environments for which there are keys."""
    return frozenset(one.environment for one in in_force() if one.keys)


def verifiers() -> tuple[str, ...]:
    """Every verifier token with which Intuit may have signed a notification: it does not say in
    which environment.
    """
    return tuple(one.verifier for one in in_force() if one.verifier)


def _in_force(name: str, row: StoredKeys | None) -> InForce:
    ours = settings_environment() == name
    keys, keys_from = _from_settings(name), _origin("CLIENT_ID", "CLIENT_SECRET")
    if not keys:
        keys, keys_from = _from_row(name, row), Source.ADMIN
    verifier, verifier_from = settings.webhook_verifier if ours else "", _origin("WEBHOOK_VERIFIER")
    if not verifier:
        verifier, verifier_from = row.webhook_verifier if row else "", Source.ADMIN
    return InForce(
        environment=name,
        keys=keys,
        keys_from=keys_from if keys else None,
        verifier=verifier,
        verifier_from=verifier_from if verifier else None,
        stored=row,
    )


def _from_settings(name: str) -> AppKeys:
    """A pair belongs together: half of one in the settings counts for nothing."""
    if settings_environment() != name:
        return AppKeys(environment=name)
    return AppKeys(
        environment=name, client_id=settings.client_id, client_secret=settings.client_secret
    )


def _from_row(name: str, row: StoredKeys | None) -> AppKeys:
    if row is None:
        return AppKeys(environment=name)
    return AppKeys(environment=name, client_id=row.client_id, client_secret=row.client_secret)


def _origin(*names: str) -> Source:
    return (
        Source.ENVIRONMENT
        if all(settings.is_from_environment(name) for name in names)
        else Source.SETTINGS
    )


def _stored() -> dict[str, StoredKeys]:
    """What was entered in the admin; nothing as long as its table has not been made."""
    try:
        return {row.environment: row for row in _rows()}
    except DatabaseError:
        if StoredKeys._meta.db_table in database.introspection.table_names():
            raise
        return {}


def _rows() -> Iterator[StoredKeys]:
    # On PostgreSQL a statement that fails inside a transaction takes the transaction with it.
    frail = database.in_atomic_block and database.vendor != "sqlite"
    with transaction.atomic() if frail else nullcontext():
        yield from StoredKeys.objects.filter(environment__in=environments())
