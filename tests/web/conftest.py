"""A simulator in Intuit's place, a person who may connect, and a connection to connect."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User

from quicksync.models import Connection
from quicksync.simulator import running


@pytest.fixture(scope="session")
def shared_simulator():
    """One simulator for all tests of the endpoints."""
    with running(company="sample", country="US") as simulator:
        yield simulator


@pytest.fixture
def simulator(shared_simulator, settings):
    """The simulator as it was at its start, with our settings pointing to it."""
    shared_simulator.reset()
    shared_simulator.consent("approve")
    status = shared_simulator.status()
    settings.QUICKSYNC = {
        "INTUIT_BASE": shared_simulator.base_url,
        "CLIENT_ID": status["client_id"],
        "CLIENT_SECRET": status["client_secret"],
    }
    yield shared_simulator
    shared_simulator.clear_faults()


@pytest.fixture
def connector(db):
    """A person who may see and connect connections, and nothing else."""
    user = User.objects.create_user("connie", password="x", is_staff=True)
    user.user_permissions.set(
        Permission.objects.filter(codename__in=["connect_connection", "view_connection"])
    )
    return user


@pytest.fixture
def browser(client, connector):
    """That person's browser."""
    client.force_login(connector)
    return client


@pytest.fixture
def connection(db):
    """A connection that was never connected."""
    return Connection.objects.create(name="Main company")
