"""Public clients pointed at the simulator: their addresses are replaced, nothing else."""

from __future__ import annotations

import pytest
from intuitlib import config
from intuitlib.client import AuthClient
from quickbooks.client import QuickBooks

from tests.simulator.wire import Api

REDIRECT = "http://127.0.0.1/callback"
DISCOVERY = {"sandbox": "openid_sandbox_configuration", "production": "openid_configuration"}


def redirect(patch, sim):
    """Send both libraries to a simulator."""
    patch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    patch.setattr(QuickBooks, "sandbox_api_url_v3", f"{sim.base_url}/v3")
    for environment, name in DISCOVERY.items():
        patch.setitem(config.DISCOVERY_URL, environment, f"{sim.base_url}/.well-known/{name}/")


def application(sim, environment="sandbox"):
    """intuit-oauth's client with the simulator's keys."""
    status = sim.status()
    return AuthClient(status["client_id"], status["client_secret"], REDIRECT, environment)


def quickbooks(sim, realm, **more):
    """python-quickbooks' client of one company."""
    token = Api(sim, realm).entry["refresh_token"]
    return QuickBooks(
        auth_client=application(sim),
        refresh_token=token,
        company_id=realm,
        **{"minorversion": 75, **more},
    )


@pytest.fixture(scope="session")
def landscaper(shared):
    """A sample company with several currencies, for all tests of this folder."""
    entry = shared.add_company(company="sample", multicurrency=True, name="Landscaper of clients")
    return Api(shared, entry["realm_id"])


@pytest.fixture
def redirected(shared, monkeypatch):
    """The session's simulator behind both libraries' addresses."""
    redirect(monkeypatch, shared)
    return shared


@pytest.fixture
def client(redirected, landscaper):
    """A python-quickbooks client of the landscaper."""
    return quickbooks(redirected, landscaper.realm)
