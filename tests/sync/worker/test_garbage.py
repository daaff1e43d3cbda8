"""Garbage is looked for between chunks, as the process has it."""

from __future__ import annotations

import gc

import pytest

from quicksync.sync.exchange import landing_lane
from quicksync.sync.worker import garbage


def test_it_is_looked_for_again_afterwards():
    with garbage.kept():
        assert not gc.isenabled()
        with garbage.kept():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_also_after_an_error():
    with pytest.raises(ValueError, match="x"), garbage.kept():
        raise ValueError("x")
    assert gc.isenabled()


def test_a_process_that_never_looks_is_left_alone():
    gc.disable()
    try:
        with garbage.kept():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_chunk_that_lands_is_not_looked_through(company, monkeypatch):
    seen = []
    real = landing_lane._Pass.land

    def land(self, keys):
        seen.append(gc.isenabled())
        return real(self, keys)

    monkeypatch.setattr(landing_lane, "LEAST", 1)
    monkeypatch.setattr(landing_lane._Pass, "land", land)
    company.sim.api("POST", "customer", {"DisplayName": "Ada"})
    company.sync()
    assert set(seen) == {False}
    assert gc.isenabled()
