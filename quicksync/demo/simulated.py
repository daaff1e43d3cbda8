"""The simulated company, asked about by its control routes: who it is, what it was asked, what its
ledger says.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import requests

_DECIMALS = msgspec.json.Decoder(float_hook=Decimal)


class Company:
    """A running simulator, which is the only witness that is not ours."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._session = requests.Session()
        # A proxy of the outside world has no business on loopback.
        self._session.trust_env = False

    def ask(self, route: str) -> Any:
        """One control route's answer; amounts are Decimals."""
        answer = self._session.get(f"{self.base}/_simulator/{route}", timeout=30)
        answer.raise_for_status()
        return _DECIMALS.decode(answer.content)

    def status(self) -> dict[str, Any]:
        """Client id and secret, and the companies."""
        found: dict[str, Any] = self.ask("status")
        return found

    def requests_seen(self) -> int:
        """The number of the latest request."""
        return int(self.ask("requests?since=999999999")["count"])

    def api_calls(self, since: int) -> int:
        """How many calls of the company API came after that request; tokens are none."""
        found = self.ask(f"requests?since={since}")["requests"]
        return sum(1 for entry in found if entry["path"].startswith("/v3/company/"))

    def open_invoices(self) -> dict[str, Decimal]:
        """QuickBooks id of each open invoice -> what is open on it, by the double-entry ledger."""
        names = self.ask("ledger")["open_invoices"]
        return {
            str(doc["id"]): Decimal(doc["balance"]) for name in names for doc in name["documents"]
        }

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()
