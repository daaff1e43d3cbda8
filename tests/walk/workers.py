"""Worker processes: children of the walk that take tasks off the queue as a cluster's workers do,
and may be killed, suspended and woken.

Where one stops is counted in statements of SQL or in requests, not in seconds, so that a walk can
be walked again.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import logging
import os
import signal
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import close_old_connections, connection
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.brokers import get_broker
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from quicksync import tasks
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.sync.exchange import approved_lane, landing, landing_lane
from tests.walk import database
from tests.walk.clocks import PLACES, shared

log = logging.getLogger("quicksync.walk")
# Seconds of real time after which a worker counts as one that hangs: far more than it takes on the
# busiest machine.
PATIENCE = 600
# Most tasks of one worker: more would be work that never ends.
MOST = 80
PR_SET_PDEATHSIG = 1
_places = iter(range(1, 10**9))


@dataclass(frozen=True)
class Halt:
    """Where a worker stops: before the `number`-th "sql" statement, "request", "answer" or
    "landing"; `how` is "kill" or "stop".
    """

    at: str
    number: int
    how: str

    def __str__(self) -> str:
        return f"{self.how} at {self.at} {self.number}"


class Hangs(Exception):
    """A worker does not come to an end."""


class Worker:
    """One worker process, from outside."""

    def __init__(self, log_file: Path, halt: Halt | None = None, *, nightly: bool = False) -> None:
        database.leave()
        sys.stdout.flush()
        place = next(_places) % (PLACES - 1) + 1
        self.halt = halt
        self.state = "running"
        self.pid = os.fork()
        if self.pid == 0:
            _be_born(log_file, place)
            _live(halt, nightly=nightly)

    def wait(self) -> str:
        """Until it has "ended", was "killed", or is "suspended"."""
        give_up = time.monotonic() + PATIENCE
        while self.state == "running":
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid:
                self.state = _state(status)
            elif time.monotonic() > give_up:
                os.kill(self.pid, signal.SIGUSR1)
                time.sleep(0.5)
                self.kill()
                raise Hangs(f"A worker hung for {PATIENCE} seconds; its log says where.")
            else:
                time.sleep(0.002)
        return self.state

    def wake(self) -> None:
        """Go on after a suspension."""
        self.state = "running"
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """End the process as the machine might, and wait until it has gone."""
        if self.state not in ("ended", "killed", "broken"):
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.state = "killed"

    @property
    def alive(self) -> bool:
        return self.state in ("running", "suspended")


def _state(status: int) -> str:
    if os.WIFSTOPPED(status):
        return "suspended"
    if os.WIFSIGNALED(status):
        return "killed"
    return "ended" if os.WEXITSTATUS(status) == 0 else "broken"


# --- In the child ---------------------------------------------------------------------------------


def _be_born(log_file: Path, place: int) -> None:
    # What the child shares with its parent stays shared, and it does not live long enough to
    # collect anything.
    gc.disable()
    dies_with_parent()
    shared.place = place
    said = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    faulthandler.register(signal.SIGUSR1, all_threads=True)


def dies_with_parent() -> None:
    """No process outlives the walk that it belongs to, where the system can see to that."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _live(halt: Halt | None, *, nightly: bool) -> None:
    code = 1
    try:
        with ExitStack() as stack:
            if halt is not None:
                _Halting(halt).install(stack)
            labour(nightly=nightly)
        code = 0
    except BaseException:
        log.exception("a worker broke")
    finally:
        logging.shutdown()
        sys.stderr.flush()
        os._exit(code)


def labour(*, nightly: bool = False) -> int:
    """What the schedule and the queue have to do now. Returns how many tasks that was."""
    broker = get_broker()
    if nightly:
        tasks.nightly()
    tasks.dispatch()
    for number in range(MOST):
        if not OrmQ.objects.filter(lock__lt=timezone.now()).exists():
            return number
        for key, package in broker.dequeue() or ():
            perform(SignedPackage.loads(package))
            broker.acknowledge(key)
    raise RuntimeError(f"More than {MOST} rounds of tasks, and no end.")


def perform(task: dict[str, Any]) -> None:
    """A cluster's worker goes on after a task that fails."""
    function = task["func"]
    try:
        (import_string(function) if isinstance(function, str) else function)(
            *task["args"], **task["kwargs"]
        )
    except Exception:
        log.exception("a task broke")
    finally:
        close_old_connections()


class _Halting:
    """Counts, and stops this process when its time has come."""

    def __init__(self, halt: Halt) -> None:
        self._at, self._left, self._how = halt.at, halt.number, halt.how
        self._armed = False

    def install(self, stack: ExitStack) -> None:
        stack.enter_context(connection.execute_wrapper(self._statement))
        transport = OnlineClient._transport

        def send(*args: Any, **options: Any) -> Any:
            self._count("request")
            answer = transport(*args, **options)
            self._count("answer")
            return answer

        def before(land: Any) -> Any:
            def landed(*args: Any, **options: Any) -> Any:
                self._count("landing")
                return land(*args, **options)

            return landed

        OnlineClient._transport = send
        landing.apply = before(landing.apply)
        for lane in (landing_lane._Pass, approved_lane._Pass):
            lane.land = before(lane.land)

    def _statement(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self._count("sql")
        if self._armed and not connection.in_atomic_block:
            # A process that is suspended inside a transaction would hold up everybody for ever.
            self._armed = False
            os.kill(os.getpid(), signal.SIGSTOP)
        return execute(sql, params, many, context)

    def _count(self, what: str) -> None:
        if what != self._at:
            return
        self._left -= 1
        if self._left == 0:
            if self._how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            self._armed = True
