"""Each promise about runners is tested with each of them."""

from __future__ import annotations

import pytest

from tests.contracts.runners.sites import NAMES, Site, site_of
from tests.crash.conftest import _simulator, company

__all__ = ["_simulator", "company"]


@pytest.fixture(params=NAMES)
def site(request, transactional_db, monkeypatch):
    with site_of(request.param):
        yield Site(request.param, monkeypatch)
