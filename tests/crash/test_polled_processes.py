"""A polled edition whose requests are handed out by one process and whose answers are taken by
another.
"""

from __future__ import annotations

import base64
import json

import pytest

from quicksync.models import SyncRun
from quicksync.quickbooks.messages import Purpose
from tests import nursery
from tests.company import assert_adds_up
from tests.contracts import worlds
from tests.crash.processes import environment


class Caller:
    """A process that answers calls of the polled driver."""

    def __init__(self):
        self.process = nursery.start("tests.crash.worker", "poll", around=environment())

    def call(self, **asked):
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def callers(transactional_db):
    """Two processes."""
    found = [Caller(), Caller()]
    yield found
    for caller in found:
        caller.kill()


def test_the_two_halves_in_two_processes(callers):
    """Point 8: what the first hands out the second takes back; one answer never comes, one process
    dies.
    """
    asks, takes = callers
    with worlds.polled() as world:
        ada = world.client()
        invoice = world.invoice(ada)
        run = world.open("ticket").run
        common = {"run": run.pk, "holder": "ticket"}
        lost = {Purpose.WRITE}
        percent = []
        while (request := asks.call(call="hand_out", **common)) is not None:
            body = world.paper.answer(base64.b64decode(request["body"]))
            if request["purpose"] in lost:
                # Neither the answer nor the process that asked is seen again.
                lost.clear()
                asks.kill()
                asks = callers[0] = Caller()
                continue
            answer = {
                "id": request["id"],
                "purpose": request["purpose"],
                "body": base64.b64encode(body).decode(),
            }
            percent.append(takes.call(call="take_back", **common, **answer))
        run = SyncRun.objects.get(pk=run.pk)
        assert run.state == "done"
        assert_adds_up(run)
        assert world.names("customer") == ["Ada Lovelace"]
        assert world.names("invoice") == [invoice.number]
        assert len(world.paper.executed) == len(set(world.paper.executed))
        assert percent == sorted(percent)
