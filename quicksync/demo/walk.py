"""The road to a connection that a person clicks, walked over HTTP: log in, Connect, choose the
company, come back.
"""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests
from django.urls import reverse

from quicksync.exceptions import NotAllowed
from quicksync.models import Connection


class _Form(HTMLParser):
    """The first form of a page with what it holds: hidden fields, and the choices that are made
    already.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action = values.get("action", "")
        chosen = values.get("type") == "hidden" or "checked" in values
        if tag == "input" and chosen and values.get("name"):
            self.fields[values["name"]] = values.get("value", "")


def connect(site: str, login: str, password: str, connection: Connection) -> None:
    """Connect by the pages of both sides. Raises NotAllowed when that does not end with a connected
    company.
    """
    with requests.Session() as browser:
        browser.trust_env = False
        _log_in(browser, site, login, password)
        token = browser.cookies["csrftoken"]
        consent = browser.post(
            urljoin(site, reverse("quicksync:connect")),
            {"connection": str(connection.pk), "csrfmiddlewaretoken": token},
            timeout=60,
        )
        form = _Form(consent.text)
        if "decision" not in consent.text:
            raise NotAllowed(
                f"QuickBooks' consent page was expected, {consent.url} came"
                f" ({consent.status_code})."
            )
        end = browser.post(
            urljoin(consent.url, form.action), form.fields | {"decision": "approve"}, timeout=60
        )
    connection.refresh_from_db()
    if not connection.is_live:
        raise NotAllowed(
            f"The company is not connected; the walk ended at {end.url} ({end.status_code})."
        )


def _log_in(browser: requests.Session, site: str, login: str, password: str) -> None:
    address = urljoin(site, reverse("admin:login"))
    browser.get(address, timeout=60).raise_for_status()
    answer = browser.post(
        address,
        {
            "username": login,
            "password": password,
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
            "next": reverse("admin:index"),
        },
        timeout=60,
    )
    answer.raise_for_status()
    if "sessionid" not in browser.cookies:
        raise NotAllowed("The demo's own login was refused by its site.")
