"""Tokens that end at any moment of any run, for months: no connection is lost (A16)."""

from __future__ import annotations

from tests.access.months import live_through

RUNS = 40


def test_no_run_of_many_loses_the_connection_a16(company, crowd):
    """More can be had with `python -m tests.access 500`."""
    assert live_through(company, runs=RUNS, seed=1) == []
    assert RUNS / 2 < crowd.renewals() <= RUNS
