"""The print shop as a site of its own: its settings, its checks, its tables, without the bundled
books (J1, J2).
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def manage(tmp_path, *arguments):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.host.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'shop.sqlite3'}",
        "QUICKSYNC_VAR": str(tmp_path),
    }
    command = [sys.executable, "-m", "django", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def test_a_host_of_its_own_starts_with_its_adapters_only(tmp_path):
    script = (
        "from quicksync.local.registry import registry;"
        "print(sorted(f'{one.label_lower} {one.kind}' for one in registry.all()))"
    )
    done = manage(tmp_path, "shell", "--verbosity", "0", "-c", script)
    assert done.stdout.strip() == str(
        [
            "shop.bill invoice",
            "shop.credit credit_note",
            "shop.debt bill",
            "shop.hand employee",
            "shop.levy tax_code",
            "shop.patron customer",
            "shop.supplier vendor",
            "shop.takings payment",
            "shop.ware item",
        ]
    ), done.stderr


def test_its_checks_pass(tmp_path):
    done = manage(tmp_path, "check", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
