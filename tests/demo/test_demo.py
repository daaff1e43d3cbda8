"""The demo, as a user runs it: connected through the consent page, synchronized, both sides equal
to the cent.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from quicksync.books.sample import FILES
from tests.crash.processes import PATIENCE
from tests.tree import ROOT


def command(var, *options):
    """The demo in a folder of its own, on ports that are free."""
    keep = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("QUICKSYNC", "DATABASE"))
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "quicksync_demo", *options],
        cwd=ROOT,
        env=keep | {"QUICKSYNC_VAR": str(var), "PYTHONUNBUFFERED": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
    )


def read_until(process, text):
    """What it says up to a line with this text."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            break
    return "".join(lines)


def rows_of(said, kind):
    """The summary's rows of a kind: direction -> (created, updated, unchanged, skipped, failed)."""
    found = re.findall(
        rf"^  {kind} +(stays|← QuickBooks|→ QuickBooks)((?: +\d+){{5}})$", said, re.MULTILINE
    )
    return {direction: tuple(map(int, numbers.split())) for direction, numbers in found}


def children_left(var):
    """Processes that still live with the demo's environment (where the system shows such things as
    files).
    """
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if str(var).encode() in process.joinpath("environ").read_bytes():
                found.append(process.name)
    return found


@pytest.fixture(scope="module")
def twice(tmp_path_factory):
    """The first run serves until Ctrl-C; the second, in the same folder, ends by itself."""
    var = tmp_path_factory.mktemp("var")
    first = command(var)
    said = read_until(first, "Ctrl-C stops everything")
    first.send_signal(signal.SIGINT)
    said += first.communicate(timeout=PATIENCE)[0]
    left = children_left(var)
    second = command(var, "--once")
    again = second.communicate(timeout=PATIENCE)[0]
    return {
        "first": said,
        "code": first.returncode,
        "left": left,
        "again": again,
        "code again": second.returncode,
    }


def test_the_first_run_connects_synchronizes_and_agrees_to_the_cent(twice):
    said = twice["first"]
    assert "Connected: Sandbox Landscaping Company, US, USD" in said
    assert "Both sides agree to the cent" in said
    assert "!" not in said
    created, *_, failed = rows_of(said, "invoices")["→ QuickBooks"]
    assert (created, failed) == (105, 0)
    assert rows_of(said, "invoices")["← QuickBooks"][0] == 31
    assert "It is older than the start date, 2026-01-01." in said
    assert re.search(
        r"own ledger: ([\d,.]+) receivable on (\d+) open invoices; the books say \1 on \2\.", said
    )


def test_it_serves_until_ctrl_c_and_leaves_nothing_behind(twice):
    assert re.search(r"http://127\.0\.0\.1:\d+/admin/ +login demo, password demo", twice["first"])
    assert (twice["code"], twice["left"]) == (0, [])


def test_a_second_run_changes_nothing_and_makes_one_call_for_the_idle_cycle(twice):
    said = twice["again"]
    assert twice["code again"] == 0, said
    assert said.count("0 created, 0 updated") == len(FILES)
    assert "First synchronization" not in said
    assert "Next cycle: 0 changes, 1 API call\n" in said
    assert "Both sides agree to the cent" in said
