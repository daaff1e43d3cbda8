"""A few short random walks; `python -m tests.walk --seeds 1..60` walks far."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.tree import ROOT
from tests.walk import roads


def walks(*options):
    """Walk in processes of its own: the output, and whether all was as promised."""
    command = [sys.executable, "-m", "tests.walk", "--steps", "12", *options]
    # Nobody measures a walk: what it happens to take is no test's promise.
    around = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        command, cwd=ROOT, env=around, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr, done.returncode == 0


def test_nothing_twice_nothing_lost():
    said, passed = walks("--seeds", "1..3")
    assert passed, said


def test_on_both_roads_the_tables_end_the_same():
    """Landing what needs no decision at once changes nothing of what is there at the end."""
    said, passed = walks("--seed", "2", "--both-roads", "--steps", "30")
    assert passed, said
    assert " 0 at once" not in said


def test_what_is_different_is_told():
    with_it = {"pairs": ["a", "b", "b"], "done": ["x"]}
    without = {"pairs": ["b", "a", "c"], "done": ["x"]}
    assert roads.apart(with_it, with_it) == []
    assert roads.apart(with_it, without) == [
        "pairs, only with the lane: b",
        "pairs, only without it: c",
    ]


@pytest.mark.postgres
def test_nothing_twice_nothing_lost_on_this_database():
    postgres = "postgres" in settings.DATABASES["default"]["ENGINE"]
    said, passed = walks("--seed", "3", "--database", "postgres" if postgres else "sqlite")
    assert passed, said
