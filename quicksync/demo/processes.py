"""The processes of the demonstration: simulator, web server and worker, each with a log, each ended
with it.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from quicksync.demo import place
from quicksync.exceptions import NotAllowed

# Seconds that a process gets to end by itself: a worker ends with what it has in hand.
PATIENCE = 60

Taken = TypeVar("Taken")


class Processes:
    """Started in order, ended in reverse, whatever happens in between."""

    def __init__(self) -> None:
        self._running: list[tuple[str, subprocess.Popen[str]]] = []

    def __enter__(self) -> Processes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for _, process in reversed(self._running):
            process.terminate()
        for _, process in reversed(self._running):
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                _kill(process)
            if process.stdout is not None:
                process.stdout.close()

    def start(
        self, name: str, command: Sequence[str], handles: Sequence[int] = ()
    ) -> subprocess.Popen[str]:
        """Start one of the project's own commands, with these open files; what it logs goes to
        `<name>.log`.
        """
        with log_file(name).open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if name == "quickbooks" else log,
                stderr=log,
                text=True,
                # Ctrl-C is for the demonstration, which ends its processes in order.
                start_new_session=True,
                pass_fds=handles,
            )
        self._running.append((name, process))
        return process

    def check(self) -> None:
        """Raises NotAllowed when one of them has ended."""
        for name, process in self._running:
            if process.poll() is not None:
                raise NotAllowed(
                    f"The {name} process has ended ({process.returncode}). Its log:"
                    f" {log_file(name)}"
                )


def _kill(process: subprocess.Popen[str]) -> None:
    """Together with what it has started, as a worker has."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def log_file(name: str) -> Path:
    """Where a process writes."""
    return place.folder() / f"{name}.log"


def first_line(process: subprocess.Popen[str], seconds: float) -> str:
    """The first line that a process says; "" when it says none in time."""
    lines: list[str] = []

    def read() -> None:
        if process.stdout is not None:
            lines.append(process.stdout.readline())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    reader.join(seconds)
    return lines[0].strip() if lines else ""


def listening(port: int) -> socket.socket:
    """A socket that listens on this port of this machine, 0 for a free one; the port is nobody
    else's from now on.
    """
    found = socket.socket()
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind(("127.0.0.1", port))
        found.listen()
    except OSError:
        found.close()
        raise
    return found


def port_or_free(wanted: int | None, usual: int, take: Callable[[int], Taken]) -> Taken:
    """The port that somebody asked for, else the usual one, else any that is free. Raises
    NotAllowed when taken.
    """
    if wanted:
        try:
            return take(wanted)
        except OSError as error:
            raise NotAllowed(
                f"Port {wanted} is in use: choose another one, or none to have one chosen."
            ) from error
    try:
        return take(usual)
    except OSError:
        return take(0)
