"""What a measurement of many companies says: how late each was, and how soon changes were there."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys

from benchmarks.load import Family
from benchmarks.many import page
from benchmarks.many.outcome import Outcome, Run, Sample, spread

BEGAN = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


def at(seconds):
    return BEGAN + dt.timedelta(seconds=seconds)


def sample(seconds, ended):
    whose = dict.fromkeys(page.WHOSE, seconds / 10)
    return Sample(seconds, 3, ended, whose, whose, statements=4 * ended, calls=ended)


def outcome(**values):
    """One large company, one busy, and three quiet ones of which the last has a million pairs."""
    usual = {
        "samples": [sample(0, 0), sample(300, 3), sample(600, 6)],
        "began": BEGAN,
        "woken": at(300),
        "due": {3: [at(10), at(310)], 4: [at(20), at(320)], 5: [at(30)]},
        "runs": [
            Run(3, at(12), at(13), "done"),
            Run(4, at(40), at(41), "done"),
            Run(5, at(31), at(32), "done"),
            Run(3, at(330), None, "planning"),
        ],
        "settled": {1: (2000, at(350)), 2: (19, at(360))},
        "made": {"large": [1], "busy": [2], "quiet": [3, 4, 5], "invoices": []},
        "changed": {"large": 2000, "busy": 20},
        "alone": {name: {"statements": 8.0, "processor": 0.01} for name in ("few", "million")},
        "server": "PostgreSQL",
    }
    return Outcome(**usual | values)


def test_how_late_a_cycle_was_is_reckoned_from_when_it_was_due():
    assert [(one.begun, one.ended) for one in outcome().quiet] == [
        (2, 3),
        (20, 21),
        (20, None),
        (None, None),
    ]


def test_a_turn_that_nobody_took_is_as_late_as_the_next_that_was():
    runs = [Run(3, at(330), at(331), "done")]
    assert [one.begun for one in outcome(runs=runs).late({3})] == [320, 20]


def test_only_who_has_all_its_changes_is_in_step():
    assert outcome().in_step("large") == [50]
    assert outcome().in_step("busy") == []


def test_half_of_them_most_of_them_and_all():
    assert spread([*range(1, 101)]) == (50.5, 95, 100)
    assert spread([]) == (0, 0, 0)


def test_the_table_says_what_was_not_done():
    told = "\n".join(page.lines(outcome(complaints="Traceback")))
    assert "| that were due and not begun at the end | 1, the oldest for 280 s |" in told
    assert "| that ended otherwise than done, or not at all | 1 |" in told
    assert "| statements a cycle | 4.00 |" in told
    assert "    Traceback" in told


def test_the_picture_has_a_panel_for_each_thing():
    drawn = page.drawn(outcome())
    assert drawn.count("<polyline") == 2 + 1 + 3 + 3


def test_the_processor_time_of_children_that_have_ended_counts():
    busy = "sum(range(10**6))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    wait = "import sys; print(flush=True); sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", f"{child}\n{wait}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process:
        process.stdout.readline()
        family = Family(process.pid)
        assert family.seconds() > 0
        assert family.megabytes() > 1
        assert Family(os.getpid()).seconds() > family.seconds()
        process.stdin.close()
