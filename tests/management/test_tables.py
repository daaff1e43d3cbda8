"""Before `migrate`: every command says what to run, in place of a database's error (J6)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.core.management import get_commands

from tests.tree import ROOT


@pytest.mark.parametrize(
    "command",
    [
        ("quicksync_sync",),
        ("quicksync_reconcile",),
        ("quicksync_groups",),
        ("quicksync_purge",),
        ("quicksync_webhooks", "list"),
        ("quicksync_keys", "rotate"),
        ("quicksync_import", "--lists"),
        ("qcluster",),
        ("quicksync_work", "--once"),
    ],
    ids=" ".join,
)
def test_without_tables_a_command_says_what_to_run(command, tmp_path):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("QUICKSYNC_")
    }
    environment |= {
        "QUICKSYNC_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}",
    }
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *command],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "0001_initial" in done.stderr
    assert "Run manage.py migrate." in done.stderr


def test_the_cluster_is_started_by_the_command_that_looks_first():
    assert get_commands()["qcluster"] == "quicksync"
