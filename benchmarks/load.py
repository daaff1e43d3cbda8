"""What processes take, as Linux tells in /proc: processor time and memory, of a process with all
that it has started, or of a server's processes by their numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

TICK = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


class _Process(NamedTuple):
    """Numbers of itself and of its parent, and seconds: its own, and with those that it has
    buried.
    """

    pid: int
    parent: int
    own: float
    whole: float


class Family:
    """A process and its descendants."""

    def __init__(self, root: int) -> None:
        self.root = root

    def seconds(self) -> float:
        """Of the processor, those of descendants that have ended included."""
        return sum(one.whole for one in self._members())

    def megabytes(self) -> float:
        """What is shared among them counts once."""
        return _megabytes(one.pid for one in self._members())

    def _members(self) -> list[_Process]:
        everybody = list(_all())
        found, new = [], {self.root}
        while new:
            found += [one for one in everybody if one.pid in new]
            new = {one.pid for one in everybody if one.parent in new}
        return found


class Served:
    """The processes by which a server serves us: they come and go, and each is looked at as long
    as it is there.
    """

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}
        self._before: dict[int, float] = {}
        self._pids: list[int] = []

    def look(self, pids: Iterable[int]) -> None:
        """These serve us now. What they took before the first look is not ours."""
        self._pids = list(pids)
        first = not self._seconds
        for pid in self._pids:
            found = _of(pid)
            if found is None:
                continue
            if first:
                self._before[pid] = found.own
            self._seconds[pid] = found.own - self._before.get(pid, 0)

    def seconds(self) -> float:
        return sum(self._seconds.values())

    def megabytes(self) -> float:
        return _megabytes(self._pids)


def _all() -> Iterable[_Process]:
    found = (_of(int(entry.name)) for entry in PROC.iterdir() if entry.name.isdigit())
    return (one for one in found if one is not None)


def _of(pid: int) -> _Process | None:
    try:
        text = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    # After the name, which may have any signs in it.
    words = text.rpartition(")")[2].split()
    mine = [int(word) / TICK for word in words[11:15]]
    return _Process(pid, int(words[1]), sum(mine[:2]), sum(mine))


def _megabytes(pids: Iterable[int]) -> float:
    return sum(_share(pid) for pid in pids) / 1024


def _share(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
