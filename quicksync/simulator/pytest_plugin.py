"""A QuickBooks company for the tests of host projects: `pytest_plugins =
["quicksync.simulator.pytest_plugin"]`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from quicksync.simulator.running import Running, running


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers", "quickbooks(**settings): how the company of the `quickbooks` fixture starts"
    )


@pytest.fixture
def quickbooks(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Running]:
    """A running simulator with an empty US company, gone after the test.

    `@pytest.mark.quickbooks(company="sample", country="GB")` starts it otherwise. The environment
    names its address in place of all of Intuit's.
    """
    marker = request.node.get_closest_marker("quickbooks")
    settings = {"company": "empty", **(marker.kwargs if marker else {})}
    with running(**settings) as sim:
        monkeypatch.setenv("QUICKSYNC_INTUIT_BASE", sim.base_url)
        yield sim
