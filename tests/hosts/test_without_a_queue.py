"""A host that has no django-q2 needs nothing of it: one command does the work (J10)."""

import os
import subprocess
import sys

import pytest

from tests.tree import ROOT

SCRIPT = """
import sys
sys.modules["django_q"] = None  # as if it were not installed
from django.core.management import execute_from_command_line
for command in {commands!r}:
    execute_from_command_line(["manage.py", *command])
"""


@pytest.fixture
def manage(tmp_path):
    """Run commands of manage.py, one after the other, in one process."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.hosts.no_queue",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'yard.sqlite3'}",
        "QUICKSYNC_VAR": str(tmp_path),
    }

    def manage(*commands):
        command = [sys.executable, "-c", SCRIPT.format(commands=commands)]
        return subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )

    return manage


def test_one_command_does_the_work(manage):
    done = manage(
        ("check", "--fail-level", "WARNING"),
        ("migrate", "--verbosity", "0"),
        ("quicksync_work", "--once"),
        ("quicksync_doctor", "--json"),
    )
    assert done.returncode == 0, done.stderr
    assert '"findings": []' in done.stdout


def test_the_command_of_another_runner_says_so(manage):
    done = manage(("qcluster",))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert 'The runner of this site is "quicksync_work"' in done.stderr
