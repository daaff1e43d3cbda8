"""QuickBooks in a walk: a simulator in a process of its own, that also spoils answers and keeps its
webhooks' mail.
"""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable
from typing import Any

from quicksync.simulator.accounting.jsontext import loads
from quicksync.simulator.accounting.messages import Request, Response, json_response
from quicksync.simulator.http import server as simulator_server
from quicksync.simulator.http.server import SimulatorServer
from quicksync.simulator.running import Running
from quicksync.simulator.site import webhooks
from quicksync.simulator.site.site import Options, Site
from tests.walk.spoiling import SPOILERS
from tests.walk.workers import dies_with_parent

READ = (
    "Account",
    "Customer",
    "Vendor",
    "Item",
    "Estimate",
    "Invoice",
    "CreditMemo",
    "Payment",
    "Bill",
)


class QuickBooks(Running):
    """The simulator's process, and what a walk asks of it."""

    def __init__(self, base_url: str, pid: int) -> None:
        self.base_url, self.pid = base_url, pid

    def records(self) -> dict[str, list[dict[str, Any]]]:
        """All records of the types that a walk edits, inactive ones included."""
        found: dict[str, list[dict[str, Any]]] = self.call("GET", "walk-records")
        return found

    def spoil(self, how: str, *, path: str, times: int, seed: int) -> None:
        """Have the next answers of a path say something strange, though the work was done."""
        self.call("POST", "walk-spoil", {"how": how, "path": path, "times": times, "seed": seed})

    def end_trouble(self) -> None:
        """Everything answers as it should again."""
        self.clear_faults()
        self.call("DELETE", "walk-spoil")

    def mail(self) -> list[dict[str, str]]:
        """The deliveries of webhooks since this was asked last."""
        found: list[dict[str, str]] = self.call("GET", "walk-mail")["mail"]
        return found

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def start() -> QuickBooks:
    """A simulator with an empty company, in a child of this process."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _serve(write)
        finally:
            os._exit(1)
    os.close(write)
    with os.fdopen(read) as told:
        return QuickBooks(told.readline().strip(), pid)


def _serve(write: int) -> None:
    dies_with_parent()
    logging.disable(logging.WARNING)
    site = Site(Options(company="empty", limits="off"))
    desk = _Desk(site, simulator_server.respond)
    simulator_server.respond = desk.respond
    webhooks._send = desk.post
    server = SimulatorServer(site, "127.0.0.1", 0)
    os.write(write, f"{server.base_url}\n".encode())
    os.close(write)
    server.serve_forever(poll_interval=0.5)


class _Desk:
    """Stands before the simulator's own routes."""

    def __init__(self, site: Site, respond: Callable[[Site, Request], Response]) -> None:
        self._site = site
        self._respond = respond
        self._spoilers: list[dict[str, Any]] = []
        self._mail: list[dict[str, str]] = []

    def respond(self, site: Site, request: Request) -> Response:
        if request.path.startswith("/_simulator/walk-"):
            return json_response(self._control(request))
        response = self._respond(site, request)
        for spoiler in self._spoilers:
            if (
                spoiler["times"] > 0
                and spoiler["path"] in request.path
                and response.status == 200
                and not response.drop
            ):
                spoiled = SPOILERS[spoiler["how"]](response.body, spoiler["seed"])
                if spoiled != response.body:
                    spoiler["times"] -= 1
                    spoiler["seed"] += 1
                    response.body = spoiled
        return response

    def _control(self, request: Request) -> Any:
        what = f"{request.method} {request.path.rpartition('-')[2]}"
        if what == "POST spoil":
            self._spoilers.append(loads(request.body))
        elif what == "DELETE spoil":
            self._spoilers.clear()
        elif what == "GET mail":
            mail, self._mail = self._mail, []
            return {"mail": mail}
        elif what == "POST tokens":
            self._site.fresh_tokens(next(iter(self._site.companies)))
        elif what == "GET records":
            return self._records()
        return {}

    def _records(self) -> dict[str, list[Any]]:
        company = next(iter(self._site.companies.values()))
        rows = company.store.all("SELECT type, body FROM entity ORDER BY type, id")
        found: dict[str, list[Any]] = {name: [] for name in READ}
        for name, body in rows:
            if name in found:
                found[name].append(json.loads(body))
        return found

    def post(self, target: webhooks.Target, body: bytes) -> int:
        """In place of a delivery by HTTP: the walk carries the mail itself."""
        self._mail.append(
            {"body": body.decode(), "signature": webhooks.signature(target.verifier, body)}
        )
        return 200
