"""`python -m tests.soak --minutes 120`: companies at work for hours, with edits, faults and
restarts, and nothing may grow but what people make.

Draws memory, tables and the size of the database; fails when one of them grows, when a run is left
open or a task broke. docs/project.md tells more.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.soak import figures
from tests.tree import ROOT
from tests.walk import database

DRAWN = ROOT / "docs" / "screens" / "soak.svg"


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=120)
    parser.add_argument("--companies", type=int, default=2)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1, help="the dice of edits and faults")
    parser.add_argument(
        "--write", action="store_true", help="write figures and picture to docs/performance.md"
    )
    return parser.parse_args()


def main() -> int:
    """Let them work, and judge; 1 when something grew or went wrong."""
    asked = arguments()
    folder = Path(tempfile.mkdtemp(prefix="soak-"))
    os.environ |= {
        "DATABASE_URL": database.address(asked.database, folder),
        "DJANGO_SETTINGS_MODULE": "tests.soak.settings",
        "QUICKSYNC_WEBHOOK_VERIFIER": "simulator-verifier-token",
        "QUICKSYNC_LOG_LEVEL": "WARNING",
    }
    django.setup()
    from tests.soak import work

    log = folder / "soak.log"
    _keep_in(log)
    soak = work.prepare(asked, log)
    try:
        samples = _go_on(soak, 60 * asked.minutes)
        wrong = [*figures.grown(samples), *soak.end()]
    finally:
        soak.close()
    sys.stdout.write(figures.table(samples))
    sys.stdout.write(
        "".join(f"{one}\n" for one in wrong) or "Nothing grew, nothing is left open.\n"
    )
    if asked.write:
        figures.write(ROOT / "docs" / "performance.md", samples, asked.database)
        DRAWN.write_text(figures.drawn(samples), encoding="utf-8")
    if wrong:
        sys.stdout.write(f"The log is {log}\n")
    else:
        shutil.rmtree(folder)
    return int(bool(wrong))


def _go_on(soak: object, seconds: float) -> list[figures.Sample]:
    """Round after round, with a look at all sizes every few seconds."""
    samples, began, next_look = [], time.monotonic(), 0.0
    every = min(15.0, seconds / figures.LEAST)
    while (passed := time.monotonic() - began) < seconds:
        soak.round()
        if passed >= next_look:
            samples.append(soak.sample(passed))
            next_look = passed + every
    return [*samples, soak.sample(time.monotonic() - began)]


def _keep_in(log: Path) -> None:
    """What this process complains of stands in the log with what its workers do."""
    logging.getLogger().addHandler(logging.FileHandler(log))


if __name__ == "__main__":
    sys.exit(main())
