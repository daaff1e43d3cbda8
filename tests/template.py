"""A database with all tables and no rows, made once: who needs one copies it instead of walking
every migration, which takes seconds.

A stale one cannot be had: its key is made of every file that says how the tables look and what a
migration fills in, and of the versions of those who read them. Whoever takes a copy runs `migrate`
on it all the same, which then finds nothing to do.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings

from tests.tree import ROOT

FOLDER = ROOT / "var" / "template"
# Of apps that others wrote: what makes their tables, and the rows that come with them.
TABLES = ("migrations/*.py", "models.py", "models/**/*.py", "management/__init__.py")
# What is filled in after migrating goes by the clock: whoever takes a copy has it made anew.
BY_THE_CLOCK = "DELETE FROM django_q_schedule"
# So many of the latest are kept: hosts of several kinds, and a branch or two.
KEPT = 8


def sqlite(file: Path) -> None:
    """Copy the template to a file."""
    shutil.copyfile(_file(), file)


def postgres(address: str) -> str:
    """The name of one on the server of this DATABASE_URL, for `CREATE DATABASE … TEMPLATE`."""
    import psycopg

    # One for each checkout: what it was made of stands in its comment.
    place = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
    server, wanted = address.partition("?")[0].rpartition("/")[0], key()
    name = f"test_quicksync_template_{place}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        # Until the connection closes: of several processes one makes it.
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        comment = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        if connection.execute(comment, [name]).fetchone() != (wanted,):
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{name}"')
            _migrate(f"{server}/{name}")
            with psycopg.connect(f"{server}/{name}") as made:
                made.execute(BY_THE_CLOCK)
            connection.execute(f"COMMENT ON DATABASE \"{name}\" IS '{wanted}'")
    return name


def key() -> str:
    """What a template of the settings at hand is made of."""
    words = (
        django.get_version(),
        platform.python_version(),
        sqlite3.sqlite_version,
        *settings.INSTALLED_APPS,
        settings.AUTH_USER_MODEL,
        settings.DEFAULT_AUTO_FIELD,
        repr(settings.MIGRATION_MODULES),
    )
    return key_of(words, files())


def key_of(words: Iterable[str], files: Iterable[Path]) -> str:
    """A key that no other words and no other files have."""
    parts = [word.encode() for word in words]
    for file in files:
        parts += [str(file).encode(), file.read_bytes()]
    found = hashlib.sha256()
    for part in parts:
        found.update(len(part).to_bytes(8))
        found.update(part)
    return found.hexdigest()


def files() -> list[Path]:
    """Everything that our own apps are made of, and what makes the tables of the others."""
    found: set[Path] = {Path(__file__), *(ROOT / "config").rglob("*.py")}
    for app in apps.get_app_configs():
        folder = Path(app.path)
        for pattern in ("**/*.py",) if folder.is_relative_to(ROOT) else TABLES:
            found.update(folder.glob(pattern))
    return sorted(found)


def _file() -> Path:
    file = FOLDER / f"{key()}.sqlite3"
    with _one_at_a_time():
        if not file.exists():
            draft = file.with_suffix(f".{os.getpid()}")
            _migrate(f"sqlite:///{draft}")
            with closing(sqlite3.connect(draft)) as made, made:
                made.execute(BY_THE_CLOCK)
            draft.rename(file)
            for old in sorted(FOLDER.glob("*.sqlite3"), key=os.path.getmtime)[:-KEPT]:
                old.unlink()
    return file


def _migrate(address: str) -> None:
    """In a process of its own, which leaves nothing in this one and which nobody measures."""
    around = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    # Settings that a test overrides do not know where they are from.
    module = settings.SETTINGS_MODULE or os.environ["DJANGO_SETTINGS_MODULE"]
    around |= {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": module}
    command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity", "0"]
    done = subprocess.run(
        command, cwd=ROOT, env=around, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
