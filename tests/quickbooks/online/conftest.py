"""A simulated company and a wire to it."""

from __future__ import annotations

import contextlib
import json
import time
from collections import defaultdict
from typing import Any

import pytest

from quicksync.quickbooks.messages import Facts, Outcome, Read, Remote, WriteItem
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.quickbooks.port import Account
from quicksync.records import KINDS
from quicksync.simulator import Running, running
from tests.quickbooks.online.make import EDITION

KINDS_OF_ALL = tuple(KINDS)


class Clock:
    """The machine's clock as it was, moved on by what sleeps on it; nothing really waits."""

    def __init__(self) -> None:
        self._begun = time.time()
        self.slept = 0.0

    def time(self) -> float:
        """Now, in seconds."""
        return self._begun + self.slept

    def sleep(self, seconds: float) -> None:
        """Time passes at once."""
        self.slept += seconds


class Company:
    """A simulated company as the edition sees it: reads, writes, what it knows by now."""

    def __init__(self, simulator: Running, details: dict[str, Any]) -> None:
        self.simulator = simulator
        self.realm = details["realm_id"]
        self.tokens = [details["access_token"]]
        self.fresh = iter(())
        account = Account(
            realm=self.realm, environment="sandbox", token=lambda: self.tokens[-1], renew=self.renew
        )
        clock = Clock()
        self.wire = OnlineClient.to(account, clock=clock.time, sleep=clock.sleep)
        self.remotes: dict[tuple[str, str], Remote] = {}
        self.cursor = ""
        self.requests = 0

    def renew(self, refused: str) -> str:
        """The next token; only the newest one may have been refused."""
        assert refused == self.tokens[-1]
        self.tokens.append(next(self.fresh))
        return self.tokens[-1]

    def read(self, reads: tuple[Read, ...]) -> list[Remote]:
        """Do the reads and all that follow from them; the cursor moves at the end."""
        found, cursor, waiting = [], None, list(reads)
        while waiting:
            read = waiting.pop(0)
            result = EDITION.read_reply(read, self.wire.send(EDITION.read_request(read, "read")))
            found += result.remotes
            waiting += result.more
            cursor = cursor or result.cursor
        self.cursor = cursor or self.cursor
        self.remotes |= {(remote.type, remote.id): remote for remote in found}
        return found

    @property
    def facts(self) -> Facts:
        """What the records that were read tell of the company."""
        payloads = defaultdict(list)
        for remote in self.remotes.values():
            payloads[remote.type].append(json.loads(remote.payload))
        known = EDITION.company_facts(payloads)
        return Facts(
            **{name: value for name, value in known.items() if name in Facts.__struct_fields__}
        )

    def write(self, *items: WriteItem, request_id: str = "") -> tuple[Outcome, ...]:
        """Send the operations as one batch."""
        self.requests += 1
        bodies = [EDITION.body(item, self.facts) for item in items]
        request = EDITION.write_request(request_id or f"request-{self.requests}", bodies)
        outcomes = EDITION.write_reply(items, self.wire.send(request))
        self.remotes |= {(o.remote.type, o.remote.id): o.remote for o in outcomes if o.remote}
        return outcomes

    def one(self, item: WriteItem) -> Outcome:
        """Send one operation that must succeed."""
        (outcome,) = self.write(item)
        assert outcome.fault is None, outcome.fault
        return outcome

    def record(self, remote: Remote) -> Any:
        """A remote record as a neutral one."""
        return EDITION.decode(remote, self.facts)


@pytest.fixture(scope="session")
def simulator():
    """One simulator for all tests: they use companies of their own."""
    with running(company="sample", country="US") as simulator:
        yield simulator


@pytest.fixture
def company_of(simulator, settings):
    """Makes a company of its own in the simulator, and reads it once."""
    settings.QUICKSYNC = {"INTUIT_BASE": simulator.base_url}
    with contextlib.ExitStack() as stack:

        def make(**options: Any) -> Company:
            company = Company(
                simulator, simulator.add_company(**{"company": "sample", "country": "US"} | options)
            )
            stack.callback(company.wire.close)
            company.read(EDITION.reads(KINDS_OF_ALL, ""))
            return company

        yield make
        simulator.clear_faults()


@pytest.fixture
def us(company_of):
    """A company in the United States."""
    return company_of()
