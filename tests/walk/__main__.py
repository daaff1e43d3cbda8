"""`python -m tests.walk --seed 7 --steps 70 --database postgres`: random walks through everything
that can happen.

Fails, with the steps of the walk, when something is not as promised; docs/project.md tells more.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import shutil
import struct
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import django

from tests.walk import database

log = logging.getLogger("quicksync.walk")
NUMBER = struct.Struct("q")


def arguments() -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.walk", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the dice of one walk")
    parser.add_argument("--seeds", help="several walks, such as 1..60")
    parser.add_argument("--steps", type=int, default=70)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--jobs", type=int, default=1, help="so many walks at a time")
    parser.add_argument(
        "--only", default="", help="steps by name, such as suspend,wake,month: no others"
    )
    parser.add_argument(
        "--both-roads",
        action="store_true",
        help="walk each seed twice, with the landing lane and without, in steps that can be"
        " compared; the tables must be the same",
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave database and log for a look, and tell the steps"
    )
    return parser.parse_args()


def main() -> int:
    """Walk; 1 when any walk failed."""
    asked = arguments()
    first, _, last = (asked.seeds or str(asked.seed)).partition("..")
    seeds = range(int(first), int(last or first) + 1)
    folder = Path(tempfile.mkdtemp(prefix="walk-"))
    os.environ |= {
        "DATABASE_URL": database.address(asked.database, folder),
        "DJANGO_SETTINGS_MODULE": "tests.walk.settings",
        "QUICKSYNC_WEBHOOK_VERIFIER": "simulator-verifier-token",
        "QUICKSYNC_LOG_LEVEL": os.environ.get("QUICKSYNC_LOG_LEVEL", "INFO"),
    }
    django.setup()
    from quicksync.sync.exchange import landing_lane

    # A walk's company is small: whatever may take the lane takes it.
    landing_lane.LEAST = 1
    failed = _walk_all(asked, seeds, folder)
    if not failed and not asked.keep:
        shutil.rmtree(folder)
    return int(failed)


def _walk_all(asked: argparse.Namespace, seeds: Sequence[int], folder: Path) -> bool:
    from tests.walk import beginning, clocks, quickbooks

    clocks.install()
    _quieten()
    database.create()
    try:
        first = quickbooks.start()
        _meet(first)
        beginning.prepare(first)
        beginning.warm_up(first, folder)
        first.close()
        database.leave()
        read, write = os.pipe()
        os.write(write, b"".join(NUMBER.pack(seed) for seed in seeds))
        os.close(write)
        runners = [_fork(asked, read, folder) for _ in range(min(asked.jobs, len(seeds)))]
        return max(os.waitpid(pid, 0)[1] for pid in runners) > 0
    finally:
        if not asked.keep:
            database.drop(database.template())


def _fork(asked: argparse.Namespace, seeds: int, folder: Path) -> int:
    """A process that walks one seed after the other, with a QuickBooks of its own."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = _run(asked, seeds, folder)
        except BaseException:
            log.exception("walking broke")
        finally:
            sys.stdout.flush()
            os._exit(code)
    return pid


def _run(asked: argparse.Namespace, seeds: int, folder: Path) -> int:
    from tests.walk import clocks, quickbooks, report, walk, workers

    gc.freeze()
    workers.dies_with_parent()
    clocks.shared.own()
    online, failed = quickbooks.start(), 0
    _meet(online)
    try:
        while seed := os.read(seeds, NUMBER.size):
            plan = walk.Plan(
                NUMBER.unpack(seed)[0], asked.steps, frozenset(filter(None, asked.only.split(",")))
            )
            if asked.both_roads:
                walked = walk.both_roads(plan, online, folder)
            else:
                walked = walk.walk(plan, online, folder, keep=asked.keep)
            failed |= bool(walked.troubles)
            said = [report.line(walked, asked.database)]
            if walked.troubles or asked.keep:
                said.append(report.steps(walked, asked.database, asked.steps))
            sys.stdout.write("\n".join(said) + "\n")
            sys.stdout.flush()
    finally:
        online.close()
    return failed


def _meet(online: object) -> None:
    """The site's QuickBooks is this one."""
    status = online.status()
    os.environ |= {
        "QUICKSYNC_INTUIT_BASE": online.base_url,
        "QUICKSYNC_CLIENT_ID": status["client_id"],
        "QUICKSYNC_CLIENT_SECRET": status["client_secret"],
    }


def _quieten() -> None:
    """Intuit's pace has tests of its own."""
    from quicksync.quickbooks.online.transport import limiter

    limiter.REQUESTS = limiter.BURST = limiter.BATCHES = 10**6


if __name__ == "__main__":
    sys.exit(main())
