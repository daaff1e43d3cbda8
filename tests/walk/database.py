"""Databases of walks: one is prepared, each walk gets a copy of it."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from tests import template as empty_one

TEMPLATE = "template"


def address(wanted: str, folder: Path) -> str:
    """DATABASE_URL of the template: a file in the folder, or a database beside the one that the
    environment names.
    """
    if wanted == "sqlite":
        return f"sqlite:///{folder / TEMPLATE}.sqlite3"
    given = os.environ.get("DATABASE_URL", "")
    if urlsplit(given).scheme not in ("postgres", "postgresql"):
        given = "postgresql://postgres@127.0.0.1:5432/quicksync"
    name = f"{given.rpartition('/')[2].partition('?')[0]}_walk_{os.getpid()}"
    # What a walk has written need not outlive the machine.
    return f"{given.rpartition('/')[0]}/{name}_{TEMPLATE}?options=-c%20synchronous_commit%3Doff"


def create() -> None:
    """The empty template, with all tables: itself a copy of the one that all tests have."""
    if _is_postgres():
        ready = empty_one.postgres(os.environ["DATABASE_URL"])
        _on_server(f'CREATE DATABASE "{_name()}" TEMPLATE "{ready}"')
    else:
        empty_one.sqlite(Path(_name()))
    call_command("migrate", verbosity=0, interactive=False)


def clone(name: str) -> str:
    """A copy of the template, in use from now on. Returns its name."""
    leave()
    made_from = template()
    if _is_postgres():
        copy = made_from.removesuffix(TEMPLATE) + name
        _on_server(f'CREATE DATABASE "{copy}" TEMPLATE "{made_from}"')
    else:
        copy = str(Path(made_from).with_name(f"{name}.sqlite3"))
        shutil.copyfile(made_from, copy)
    _use(copy)
    return copy


def drop(name: str) -> None:
    """Remove a copy, or the template."""
    leave()
    _use(template())
    if _is_postgres():
        _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    else:
        for suffix in ("", "-wal", "-shm"):
            Path(name + suffix).unlink(missing_ok=True)


def leave() -> None:
    """Close this process's connections, as before each fork: each belongs to one process."""
    connections.close_all()


def dump() -> str:
    """All that stands in the database, as text."""
    lines = []
    with connections["default"].cursor() as cursor:
        for table in connections["default"].introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            lines += [repr(row) for row in cursor.fetchall()]
    return "\n".join(lines)


def waiting() -> bool:
    """Whether some process waits for another one's transaction; SQLite does not tell."""
    if not _is_postgres():
        return False
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND"
            " wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def _is_postgres() -> bool:
    return connections["default"].vendor == "postgresql"


def _name() -> str:
    return str(connections["default"].settings_dict["NAME"])


_TEMPLATES: list[str] = []


def template() -> str:
    """The template's name."""
    if not _TEMPLATES:
        _TEMPLATES.append(_name())
    return _TEMPLATES[0]


def _use(name: str) -> None:
    connections["default"].settings_dict["NAME"] = name
    settings.DATABASES["default"]["NAME"] = name


def _on_server(statement: str) -> None:
    """Databases are made and dropped by the server's own, outside any transaction."""
    given = connections["default"].settings_dict
    import psycopg

    with closing(
        psycopg.connect(
            host=given["HOST"],
            port=given["PORT"] or None,
            user=given["USER"],
            password=given["PASSWORD"] or None,
            dbname="postgres",
            autocommit=True,
        )
    ) as server:
        server.execute(statement)


def clear_up() -> None:
    """What a PostgreSQL at work does by itself every minute, and one for tests may not: the room of
    deleted rows is used again. SQLite needs no telling.
    """
    if _is_postgres():
        with connections["default"].cursor() as cursor:
            cursor.execute("VACUUM")


def size() -> float:
    """Megabytes of the database in use."""
    if _is_postgres():
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return float(cursor.fetchone()[0]) / 2**20
    return Path(_name()).stat().st_size / 2**20
