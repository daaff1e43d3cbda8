"""Outages, limits and access against a simulated company."""

from __future__ import annotations

import msgspec
import pytest

from quicksync.exceptions import AccessLost, Throttled, TryLater
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.quickbooks.port import Account, AppKeys
from quicksync.records import Customer
from quicksync.simulator import running
from tests.quickbooks.online.conftest import Clock
from tests.quickbooks.online.make import EDITION, item

# --- Trouble ---


def test_an_expired_token_is_renewed_in_the_middle_a16(us):
    good = us.tokens.pop()
    us.tokens, us.fresh = ["expired"], iter([good])
    assert len(us.read(EDITION.read_again("Customer", ["1"]))) == 1
    assert us.tokens[-1] == good


def test_a_company_that_is_not_ours_means_access_is_lost(us):
    us.fresh = iter(["also wrong"])
    us.tokens[0] = "wrong"
    with pytest.raises(AccessLost):
        us.read(EDITION.read_again("Customer", ["1"]))


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ({"throttle": True}, Throttled),
        ({"status": 500}, TryLater),
        ({"maintenance": True}, TryLater),
        ({"html_error_page": True}, TryLater),
        ({"drop_before": True}, TryLater),
    ],
)
def test_outages_stop_the_run_not_the_record(us, effect, error):
    us.simulator.fault(path="/batch", times=1, **effect)
    operation = item(Customer(name="Storm"))
    with pytest.raises(error):
        us.write(operation, request_id="storm")
    if error is TryLater:
        (outcome,) = us.write(operation, request_id="storm")
        assert outcome.remote.name == "Storm"


def test_real_limits_are_never_passed(settings):
    """Both sides go by one clock, which moves while the limiter waits: how fast this machine is
    does not matter.
    """
    clock = Clock()
    with running(company="sample", country="US", limits="real") as simulator:
        simulator.site.clock.now = clock.time
        settings.QUICKSYNC = {"INTUIT_BASE": simulator.base_url}
        token = simulator.company["access_token"]
        account = Account(
            realm=simulator.realm, environment="sandbox", token=lambda: token, renew=str
        )
        wire = OnlineClient.to(account, clock=clock.time, sleep=clock.sleep)
        (read,) = EDITION.read_again("Customer", ["1"])
        for number in range(60):
            wire.send(EDITION.read_request(read, "r"))
            try:
                wire.send(EDITION.write_request(f"w{number}", []))
            except Throttled as limit:
                # Too long to wait within a slice: the run comes back.
                clock.sleep(limit.wait)
                wire.send(EDITION.write_request(f"w{number}", []))
        wire.close()
        status = simulator.status()
    assert status["throttled"] == 0
    assert clock.slept > 60
    assert msgspec.json.decode(wire.window())["requests"]


# --- Access ---


@pytest.fixture
def access(simulator, settings):
    """A company's tokens."""
    settings.QUICKSYNC = {"INTUIT_BASE": simulator.base_url}
    return simulator.add_company(company="empty", country="US")


@pytest.fixture
def keys(simulator):
    """The keys of the app."""
    status = simulator.status()
    return AppKeys(
        environment="sandbox", client_id=status["client_id"], client_secret=status["client_secret"]
    )


def test_tokens_are_refreshed_and_then_work_a16(access, keys):
    fresh = EDITION.refresh(access["refresh_token"], keys)
    assert fresh.access != access["access_token"]
    assert (fresh.expires_in, fresh.refresh_expires_in > 8_000_000, fresh.hard_expires_in > 0) == (
        3600,
        True,
        True,
    )
    account = Account(
        realm=access["realm_id"], environment="sandbox", token=lambda: fresh.access, renew=str
    )
    wire = EDITION.open(account)
    first, *_ = EDITION.reads((), "")
    assert (
        EDITION.read_reply(first, wire.send(EDITION.read_request(first, "r"))).remotes[0].type
        == "CompanyInfo"
    )
    wire.close()


def test_access_that_was_given_back_is_gone_a6(access, keys):
    EDITION.revoke(access["refresh_token"], keys)
    with pytest.raises(AccessLost):
        EDITION.refresh(access["refresh_token"], keys)


def test_a_forced_refusal_of_the_refresh_token_a5(access, keys, simulator):
    simulator.fault(path="tokens/bearer", invalid_grant=True, times=1)
    with pytest.raises(AccessLost):
        EDITION.refresh(access["refresh_token"], keys)
    assert EDITION.refresh(access["refresh_token"], keys).access
