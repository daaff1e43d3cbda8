"""A simulator inside the process that tests it, with helpers for what tests ask."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from quicksync.simulator.accounting.jsontext import Doc, dumps, loads
from quicksync.simulator.http.server import SimulatorServer
from quicksync.simulator.site.site import Options, Site


class SimulatorError(Exception):
    """A control route refused; the sentence says why."""


class Running:
    """A running simulator; every helper speaks to its control routes over HTTP."""

    def __init__(self, server: SimulatorServer) -> None:
        self.server, self.site = server, server.site
        self.base_url = server.base_url

    def call(self, method: str, route: str, value: object = None) -> Any:
        """One control route."""
        address = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=600)
        try:
            body = dumps(value).encode() if value is not None else None
            connection.request(method, f"/_simulator/{route}", body)
            response = connection.getresponse()
            answer = loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise SimulatorError(answer.get("error", answer))
        return answer

    def status(self) -> Doc:
        """Client id and secret, companies with working tokens, counters."""
        found: Doc = self.call("GET", "status")
        return found

    @property
    def company(self) -> Doc:
        """The first company: realm_id, name, country, access_token, refresh_token."""
        found: Doc = self.status()["companies"][0]
        return found

    @property
    def realm(self) -> str:
        """Realm id of the first company."""
        return str(self.company["realm_id"])

    def reset(self) -> Doc:
        """Back to the seed."""
        found: Doc = self.call("POST", "reset")
        return found

    def add_company(self, **settings: object) -> Doc:
        """Another company: country, currency, preferences, size and so on."""
        found: Doc = self.call("POST", "companies", settings)
        return found

    def fault(self, **settings: object) -> None:
        """Set one fault, for example `fault(entity="Invoice", method="POST",
        drop_after_commit=True, times=1)`.
        """
        self.call("POST", "faults", settings)

    def clear_faults(self) -> None:
        """No more faults."""
        self.call("DELETE", "faults")

    def requests(self, since: int = 0) -> list[Doc]:
        """The log after a number."""
        found: list[Doc] = self.call("GET", f"requests?since={since}")["requests"]
        return found

    def advance(self, **span: float) -> Doc:
        """Move the clock: seconds, minutes, hours, days."""
        found: Doc = self.call("POST", "clock", span)
        return found

    def refresh(self) -> None:
        """Fresh access tokens for every company, as clients would get them; `status` tells them."""
        for company in self.site.companies:
            self.site.fresh_tokens(company)

    def edit(
        self, action: str, entity: str = "", id_: object = None, *, realm: str = "", **more: object
    ) -> Doc:
        """Edit as a bookkeeper: `edit("update", "Customer", "1", values={"CompanyName": "X"})`."""
        settings = {"action": action, "entity": entity, "realm_id": realm, **more}
        found: Doc = self.call(
            "POST", "edit", settings | ({"id": str(id_)} if id_ is not None else {})
        )
        return found

    def consent(self, mode: str = "approve", realm: str = "") -> None:
        """What the consent page does: ask, approve or deny."""
        self.call("POST", "consent", {"mode": mode, "realm_id": realm})

    def disconnect(self, realm: str = "") -> None:
        """Remove the app in QuickBooks, as its owner does under My Apps: its tokens are dead."""
        self.call("POST", "disconnect", {"realm_id": realm})

    def webhooks(self, url: str, **settings: object) -> Doc:
        """Send events to an address."""
        found: Doc = self.call("POST", "webhooks", {"url": url, **settings})
        return found

    def ledger(self, realm: str = "") -> Doc:
        """Trial balance, open documents per name, stock."""
        found: Doc = self.call("GET", f"ledger?realm={realm}")
        return found

    def api(self, method: str, path: str, value: object = None, *, realm: str = "") -> Any:
        """A call of the company API with a working token; raises SimulatorError with the fault."""
        status = self.status()
        company = next(c for c in status["companies"] if not realm or c["realm_id"] == realm)
        address = urlsplit(self.base_url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=600)
        headers = {
            "Authorization": f"Bearer {company['access_token']}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        try:
            body = dumps(value).encode() if value is not None else None
            connection.request(method, f"/v3/company/{company['realm_id']}/{path}", body, headers)
            response = connection.getresponse()
            answer = loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise SimulatorError(answer)
        return answer


@contextmanager
def running(*, host: str = "127.0.0.1", port: int = 0, **settings: Any) -> Iterator[Running]:
    """A simulator on a free port for as long as the block runs; settings are those of `Options`."""
    site = Site(Options(**settings))
    server = SimulatorServer(site, host, port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield Running(server)
    finally:
        server.shutdown()
        thread.join(5)
        server.close_all()
        server.server_close()
        site.close()
