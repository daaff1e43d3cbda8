"""A person at a browser, QuickBooks behind its own pages, and somebody who does the work of the
cluster.
"""

from __future__ import annotations

import pytest

from config import content_policy
from quicksync.simulator import running
from tests.browser.office import Office
from tests.company import settings_for, unlimited


@pytest.fixture
def intuit(settings):
    """An empty company behind a consent page that asks."""
    with running(company="empty") as sim, unlimited():
        settings.QUICKSYNC = settings_for(sim)
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": content_policy.directives(sim.base_url)}
        sim.consent("ask")
        yield sim


@pytest.fixture
def office(page, intuit, admin_user, live_server):
    """A browser that is logged in."""
    office = Office(page, intuit, live_server.url)
    office.sign_in(admin_user)
    return office
