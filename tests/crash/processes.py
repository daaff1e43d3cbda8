"""Processes of their own for the crash tests: the simulator, and workers on the test's database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connections

from quicksync.simulator.running import Running
from tests import nursery
from tests.tree import ROOT

# Far more than a worker needs on the busiest machine; a test that comes to this has found a worker
# that hangs.
PATIENCE = 600
_started: list[nursery.Worker] = []


class Simulator(Running):
    """The helpers of an in-process simulator, for one in a process of its own."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url


@contextmanager
def simulator() -> Iterator[Simulator]:
    """A simulator process with an empty company."""
    command = [
        sys.executable,
        "-m",
        "quicksync.simulator",
        "--port",
        "0",
        "--company",
        "empty",
        "--limits",
        "off",
    ]
    with subprocess.Popen(
        [*command, "--quiet"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield Simulator(next(word for word in line.split() if word.startswith("http://")))
        finally:
            process.terminate()


def database_url() -> str:
    """The address of the test's own database."""
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        return f"sqlite:///{database['NAME']}"
    user = f"{database['USER']}:{quote(database['PASSWORD'])}@" if database["USER"] else ""
    return f"postgresql://{user}{database['HOST']}:{database['PORT']}/{database['NAME']}"


def environment(base_url: str = "", kill: str = "") -> dict[str, str]:
    """What a worker process finds around it."""
    own = {
        "DJANGO_SETTINGS_MODULE": "tests.crash.settings",
        "DATABASE_URL": database_url(),
        "QUICKSYNC_LOG_LEVEL": "ERROR",
        "QUICKSYNC_TEST_KILL": kill,
    }
    if base_url:
        status = Simulator(base_url).status()
        own |= {
            "QUICKSYNC_INTUIT_BASE": base_url,
            "QUICKSYNC_CLIENT_ID": status["client_id"],
            "QUICKSYNC_CLIENT_SECRET": status["client_secret"],
        }
    return {**os.environ, **own}


def start(run_id: int, base_url: str, kill: str = "") -> nursery.Worker:
    """A worker process at work on a run."""
    process = nursery.start("tests.crash.worker", str(run_id), around=environment(base_url, kill))
    _started.append(process)
    return process


def clear_away() -> None:
    """No worker outlives its test."""
    while _started:
        process = _started.pop()
        process.kill()
        process.communicate()


def ended(process: nursery.Worker) -> int:
    """The exit code of a worker; what it complained of is shown if that was an error of its own."""
    _, complaints = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, -9), complaints
    return process.returncode
