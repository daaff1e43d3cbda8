"""The contract's two worlds."""

from __future__ import annotations

import pytest

from tests.contracts import worlds


@pytest.fixture(params=["online", "polled"])
def world(request, db):
    """Each case runs with both drivers."""
    with getattr(worlds, request.param)() as found:
        yield found


@pytest.fixture
def paper(db):
    """The polled driver alone."""
    with worlds.polled() as found:
        yield found
