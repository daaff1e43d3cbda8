"""Which tests a run begins with: long ones, so that no process is left alone with them at the end.

xdist gives each process an equal part of the tests, in their order, and whoever has done his takes
of the others' (`--dist worksteal`). Files of long tests come first in these parts, the longest in
the first; otherwise the order stays what pytest-randomly has made of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Test = TypeVar("Test")

# Files that take more than ten seconds of a processor, the longest tests first.
LONG = (
    "tests/models/test_migrations.py",
    "tests/demo/test_demo.py",
    "tests/demo/test_played.py",
    "tests/walk/test_walk.py",
    "tests/simulator/http/test_fuzz.py",
    "tests/models/test_migrations_apart.py",
    "tests/web/test_burst.py",
    "tests/management/test_uninstall.py",
    "tests/crash/test_kill.py",
    "tests/contracts/runners/test_killed.py",
    "tests/contracts/runners/test_promises.py",
    "tests/access/test_processes.py",
    "tests/admin/test_offered.py",
    "tests/access/test_many_runs.py",
    "tests/hosts/test_themes.py",
)


def dealt(tests: list[Test], processes: int, file_of: Callable[[Test], str]) -> list[Test]:
    """The tests in an order in which each process begins with its share of the long ones."""
    begins: list[list[Test]] = [[] for _ in range(processes)]
    for number, file in enumerate(LONG):
        begins[number % processes] += [test for test in tests if file_of(test) == file]
    others = [test for test in tests if file_of(test) not in LONG]
    found: list[Test] = []
    for number, begin in enumerate(begins):
        # As xdist counts.
        size = (len(tests) - len(found)) // (processes - number)
        rest = size - len(begin)
        found += begin + others[: max(rest, 0)]
        del others[: max(rest, 0)]
    return found + others
