"""A database of 0.1, migrated: every pair, setting, history row and open operation is there, and
what the code of today reads of it is what 0.1 wrote.

`from_0_1.sql` was written by the code of 0.1 and is never written again.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tree import ROOT

FIXTURE = Path(__file__).with_name("from_0_1.sql")
SECRET = "a key of the fixture, which protects nothing at all anywhere"
# Without a reader since: what they held is worked out anew, or nobody asked for it.
GONE = {"quicksync_entitymapping": {"attempts", "counted_in", "origin"}}


def rows(database, table, columns="*"):
    """The rows of a table as dictionaries, by their keys."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    key = "history_id" if "historical" in table else "id"
    found = connection.execute(f"SELECT {columns} FROM {table}").fetchall()
    connection.close()
    return {row[key]: dict(row) for row in found}


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """The database as 0.1 left it."""
    file = tmp_path_factory.mktemp("from-0-1") / "before.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.executescript(FIXTURE.read_text(encoding="utf-8"))
    connection.close()
    return file


@pytest.fixture(scope="module")
def after(before, tmp_path_factory):
    """The same, with the migrations of today."""
    file = tmp_path_factory.mktemp("today") / "after.sqlite3"
    file.write_bytes(before.read_bytes())
    project(file, "manage.py", "migrate", "--verbosity", "0")
    return file


@pytest.fixture(scope="module")
def read(after):
    """What the models of today say of it."""
    return json.loads(project(after, "-m", "tests.migrations.reading"))


def project(database, *command):
    """A command of the bundled project on this database."""
    inside = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "QUICKSYNC_SECRET_KEY": SECRET,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    line = [sys.executable, *command]
    done = subprocess.run(line, cwd=ROOT, env=inside, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "table", ["quicksync_entitymapping", "quicksync_operation", "quicksync_remoterecord"]
)
def test_every_row_is_as_it_was(before, after, table):
    old, new = rows(before, table), rows(after, table)
    assert old
    assert new.keys() == old.keys()
    gone = GONE.get(table, set())
    for key, row in old.items():
        kept = {name: value for name, value in row.items() if name not in gone}
        assert {name: new[key][name] for name in kept} == kept


def test_no_row_of_any_table_is_lost(before, after):
    connection = sqlite3.connect(before)
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if name.startswith(("quicksync_", "books_")) and "webconnector" not in name
    ]
    connection.close()
    assert len(tables) > 20
    for table in tables:
        assert len(rows(after, table)) == len(rows(before, table)), table


def test_what_was_agreed_is_read(read):
    """The three-way comparison goes on from what 0.1 agreed on."""
    assert {pair["state"] for pair in read["pairs"]} >= {"in_sync", "conflict", "excluded", "held"}
    agreed = [pair for pair in read["pairs"] if pair["state"] == "in_sync"]
    assert agreed
    assert all(pair["here"] and pair["there"] for pair in agreed), agreed


def test_open_operations_go_on(before, read):
    """The parcel whose outcome is unknown keeps its id and bytes; what waits behind it waits."""
    old = rows(before, "quicksync_operation")
    assert {one["state"] for one in read["open"]} == {"unknown", "pending"}
    for one in read["open"]:
        was = old[one["id"]]
        assert (one["state"], one["parcel"], one["body"]) == (
            was["state"],
            was["parcel"],
            was["body"],
        )
        assert one["record"], one
    unknown = [one for one in read["open"] if one["state"] == "unknown"]
    assert all(one["parcel"] and one["body"] for one in unknown)


def test_settings_are_kept(read):
    company = read["company"]
    assert (company["name"], company["interval"]) == ("Sunrise Gardens", 15)
    assert company["opens"] is True
    categories = read["categories"]
    assert categories["customer"] | {"wins": "ask", "first_sync": "here"} == categories["customer"]
    assert categories["customer"]["hold_near_matches"] is False
    invoice = categories["invoice"]
    assert (invoice["start"], invoice["start_basis"]) == ("2026-01-01", "document")
    assert (invoice["on_delete_here"], invoice["zero_totals"]) == ("delete", False)
    assert invoice["rules"] == [["memo", "fixed", "Thank you"]]
    assert (categories["item"]["active_only"], categories["item"]["wins"]) == (False, "here")
    assert categories["payment"]["on_delete_there"] == "void"
    assert {kind for kind, one in categories.items() if one["enabled"]} == {
        "customer",
        "item",
        "invoice",
        "payment",
    }


def test_the_history_says_who_changed_what_from_what(read):
    """Each change of 0.1 is a change of today, option by option."""
    changes = read["history"]
    assert ["payment", "office", "until_paid", False, True] in changes
    assert ["payment", "office", "until_paid", True, False] in changes
    assert ["payment", "office", "on_delete_there", "nothing", "void"] in changes
    assert ["customer", "office", "wins", "newest", "ask"] in changes
    assert ["company", "office", "interval_minutes", 10, 15] in changes
