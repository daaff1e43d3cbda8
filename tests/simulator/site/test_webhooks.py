"""Webhooks: both formats, signed, repeated, lost."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.simulator.wire import Api


class Inbox:
    """An endpoint that collects deliveries."""

    def __init__(self):
        self.got, self.statuses, self.arrived = [], [], threading.Condition()
        inbox = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = inbox.statuses.pop(0) if inbox.statuses else 200
                self.send_response(status)
                self.end_headers()
                with inbox.arrived:
                    inbox.got.append((dict(self.headers.items()), body))
                    inbox.arrived.notify_all()

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def wait(self, count):
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.got) >= count, timeout=120)
        return self.got


@pytest.fixture
def inbox():
    inbox = Inbox()
    yield inbox
    inbox.server.shutdown()
    inbox.server.server_close()


def test_cloud_events_are_signed(sim, inbox):
    sim.webhooks(inbox.url, verifier_token="secret")
    made = Api(sim).customer("Told")
    headers, body = inbox.wait(1)[0]
    event = json.loads(body)[0]
    assert (event["type"], event["intuitentityid"], event["intuitaccountid"]) == (
        "qbo.customer.created.v1",
        made["Id"],
        sim.realm,
    )
    assert (event["specversion"], event["data"]) == ("1.0", {})
    expected = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    assert headers["intuit-signature"] == expected
    assert headers["user-agent"] == "intuit_notification_server/0.1"


def test_classic_events_name_the_operation(sim, inbox):
    sim.webhooks(inbox.url, format="classic")
    api = Api(sim)
    invoice = api.invoice(api.customer())
    api.void("Invoice", invoice)
    inbox.wait(3)
    told = [
        (entity["name"], entity["operation"])
        for _, body in inbox.got
        for note in json.loads(body)["eventNotifications"]
        for entity in note["dataChangeEvent"]["entities"]
    ]
    assert told == [("Customer", "Create"), ("Invoice", "Create"), ("Invoice", "Void")]


def test_a_void_is_told_as_void(sim, inbox):
    """Facts §12: `void`, not `voided`, where the other words are in the past tense."""
    api = Api(sim)
    invoice = api.invoice(api.customer())
    sim.webhooks(inbox.url)
    api.void("Invoice", invoice)
    types = {event["type"] for event in json.loads(inbox.wait(1)[0][1])}
    assert "qbo.invoice.void.v1" in types


def test_a_merge_tells_which_one_is_gone(sim, inbox):
    api = Api(sim)
    one, two = api.customer(), api.customer()
    sim.webhooks(inbox.url, format="classic")
    api.edit("merge", "Customer", one["Id"], into=two["Id"])
    entity = json.loads(inbox.wait(1)[0][1])["eventNotifications"][0]["dataChangeEvent"][
        "entities"
    ][0]
    assert (entity["operation"], entity["id"], entity["deletedId"]) == (
        "Merge",
        two["Id"],
        one["Id"],
    )


def test_what_is_not_answered_comes_again(sim, inbox):
    inbox.statuses[:] = [500, 503]
    sim.webhooks(inbox.url, retries=[0, 0, 0])
    Api(sim).customer()
    bodies = [body for _, body in inbox.wait(3)]
    assert len(set(bodies)) == 1


def test_twice_and_never(sim, inbox):
    api = Api(sim)
    sim.webhooks(inbox.url, drop=1)
    api.customer()
    sim.webhooks(inbox.url, duplicate=True)
    api.customer()
    bodies = [body for _, body in inbox.wait(2)]
    assert len(bodies) == 2
    assert len(set(bodies)) == 1
