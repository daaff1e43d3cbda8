"""A host that does not install the bundled books needs nothing that only they use."""

import os
import subprocess
import sys

from tests.tree import ROOT

SCRIPT = """
import sys
sys.modules["import_export"] = sys.modules["tablib"] = None  # as if they were not installed
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "check", "--fail-level", "WARNING"])
"""


def test_quicksync_starts_without_import_export(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.hosts.yard.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'yard.sqlite3'}",
        "QUICKSYNC_VAR": str(tmp_path),
    }
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
