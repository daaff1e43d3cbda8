"""Worker processes that tests start by the dozen, each forked from one that has loaded everything.

That is how a django-q2 cluster gets its workers. Each is a process of its own with its own
connections, and dies of its own; only the second and a half of processor time that Python needs to
load Django and quicksync is spent once for each environment, not once for each worker.

`python -m tests.nursery` is that process; a test asks for a worker with `start`.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from typing import Any

from tests.tree import ROOT

# What differs between workers of one environment; they read it when they begin.
OWN = ("QUICKSYNC_TEST_KILL",)
# What workers load when they begin to work.
LOADED = (
    "config.urls",
    "quicksync.quickbooks.online.edition",
    "quicksync.sync.drivers.direct",
    "quicksync.sync.drivers.polled",
    "quicksync.tasks",
    "tests.access.worker",
    "tests.contracts.polled_edition",
    "tests.crash.points",
    "tests.crash.worker",
)
MESSAGE = 65536


class Worker:
    """A process, with as much of `subprocess.Popen` as tests need."""

    def __init__(self, nursery: _Nursery, pid: int, ends: tuple[Any, Any, Any]) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self.stdin, self.stdout, self._complaints = ends
        self._nursery = nursery
        self._said = ("", "")

    def kill(self) -> None:
        """At once. Until its end has been told to somebody its number is nobody else's."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Wait for its end: what it said since, and what it complained of."""
        if self.returncode is None:
            self.stdin.close()
            self.returncode = self._nursery.ended(self.pid, timeout)
            with self.stdout, self._complaints:
                self._complaints.seek(0)
                self._said = self.stdout.read(), self._complaints.read()
        return self._said


class _Nursery:
    """One for each environment, as long as the test process lives."""

    def __init__(self, around: dict[str, str]) -> None:
        self._door, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.nursery"], cwd=ROOT, env=around, stdin=theirs
            )
        atexit.register(self.close)

    def start(self, module: str, *words: str, **own: str) -> Worker:
        inside, stdin = os.pipe()
        stdout, said = os.pipe()
        # In a file: whoever complains at length need not be listened to.
        complaints, name = tempfile.mkstemp()
        os.unlink(name)
        asked = json.dumps({"module": module, "words": words, "own": own}).encode()
        socket.send_fds(self._door, [asked], [inside, said, complaints])
        os.close(inside)
        os.close(said)
        ends = os.fdopen(stdin, "w"), os.fdopen(stdout), os.fdopen(complaints)
        return Worker(self, self._told(None), ends)

    def ended(self, pid: int, timeout: float | None) -> int:
        self._door.sendall(json.dumps({"wait": pid}).encode())
        return self._told(timeout)

    def close(self) -> None:
        self._door.close()
        self._process.wait()

    def _told(self, timeout: float | None) -> int:
        self._door.settimeout(timeout)
        return int(self._door.recv(MESSAGE))


_nurseries: dict[tuple[tuple[str, str], ...], _Nursery] = {}


def start(module: str, *words: str, around: dict[str, str]) -> Worker:
    """A process in this environment that calls the module's `main` with these words."""
    own = {name: around.get(name, "") for name in OWN}
    common = {name: value for name, value in around.items() if name not in OWN}
    # pytest tells there which test it is at.
    common.pop("PYTEST_CURRENT_TEST", None)
    key = tuple(sorted(common.items()))
    if key not in _nurseries:
        _nurseries[key] = _Nursery(common)
    return _nurseries[key].start(module, *words, **own)


def main() -> None:
    """Fork a worker for each one that is asked for, until nobody is left who asks."""
    import django

    # Standard input is the door; workers get another one.
    with socket.socket(fileno=os.dup(0)) as door:
        django.setup()
        for name in LOADED:
            importlib.import_module(name)
        _must_be_fit_to_fork()
        while True:
            message, ends, _, _ = socket.recv_fds(door, MESSAGE, 3)
            if not message:
                return
            asked = json.loads(message)
            if "wait" in asked:
                _, status = os.waitpid(asked["wait"], 0)
                door.sendall(str(os.waitstatus_to_exitcode(status)).encode())
                continue
            pid = os.fork()
            if not pid:
                break
            door.sendall(str(pid).encode())
            for end in ends:
                os.close(end)
    _live(asked, ends)


def _live(asked: dict[str, Any], ends: list[int]) -> None:
    """The worker's own life, in place of its parent's."""
    for number, end in enumerate(ends):
        os.dup2(end, number)
        os.close(end)
    os.environ.update(asked["own"])
    importlib.import_module(asked["module"]).main(*asked["words"])


def _must_be_fit_to_fork() -> None:
    """A connection or a thread belongs to one process."""
    from django.db import connections

    assert not any(one.connection for one in connections.all(initialized_only=True))
    assert threading.active_count() == 1


if __name__ == "__main__":
    main()
