"""`python -m tests.access 500`: so many runs with tokens that end at random, on a database made for
it.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from pathlib import Path

import django
from django.db import connections
from django.test.utils import setup_databases, teardown_databases


def main(runs: int) -> None:
    """The test of many runs, for numbers that take too long for a test."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    logging.disable(logging.WARNING)
    from tests.access.months import live_through
    from tests.company import connected

    with tempfile.TemporaryDirectory() as folder:
        connections["default"].settings_dict["TEST"]["NAME"] = str(Path(folder) / "runs.sqlite3")
        kept = setup_databases(verbosity=0, interactive=False)
        with connected(kinds=("customer",)) as company:
            troubles = live_through(company, runs=runs, seed=runs)
        sys.stdout.write(
            "\n".join([*troubles, f"{runs - len(troubles)} of {runs} runs ended well."]) + "\n"
        )
        teardown_databases(kept, verbosity=0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
