"""The office manager at a browser: words for what people do on pages and see there."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from unittest import mock

from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse

from quicksync.models import Connection, SyncRun
from quicksync.quickbooks.online.transport.client import OnlineClient
from tests.browser import navigation
from tests.company import Company


class Office:
    """The office manager's browser; `address` is the site's."""

    def __init__(self, page, sim, address=""):
        self.page = page
        self.sim = sim
        self.address = address

    @property
    def company(self):
        """The only company, as it is now."""
        return Company(self.sim, Connection.objects.get())

    def sign_in(self, user):
        """Be logged in already, as most days begin."""
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        self.page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": self.address}]
        )

    def log_in(self, user):
        """Log in as a person who has the password of the tests."""
        self.go("/admin/login/")
        self.page.get_by_label("Username").fill(user.username)
        self.page.get_by_label("Password").fill("password")
        self.press("Log in")

    def press(self, name):
        """Press a button that leads to another page, and be there: what it asks for has been done
        then.
        """
        self.lead(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name):
        """Follow a link, and be there."""
        self.lead(self.page.get_by_role("link", name=name, exact=True).first)

    def lead(self, way):
        """Click what leads to another page, and be there (`navigation.lead`)."""
        navigation.lead(self.page, way)

    def go(self, address):
        """Type an address, and be there."""
        navigation.go(self.page, address)

    def look_again(self):
        """Load the page anew, once it follows no run any more and will not load itself."""
        navigation.look_again(self.page)

    def consent(self):
        """Say yes on Intuit's page, and come back."""
        self.page.wait_for_url(f"{self.sim.base_url}/**")
        page = self.page
        self.lead(
            page.get_by_role("button", name="Connect")
            .or_(page.get_by_role("link", name="Connect"))
            .first
        )

    def see(self, text):
        """Wait until a text stands on the page, wherever."""
        self.page.get_by_text(text).first.wait_for()

    def unfold(self, text):
        """Open a part of the page that is folded, once the page will not load itself again and fold
        it.
        """
        navigation.at_rest(self.page)
        self.page.get_by_text(text).click()

    def open(self, name, *args):
        """Open a page of the admin by its name."""
        self.go(reverse(f"admin:{name}", args=args))

    def at_work(self):
        """Work on the latest run as the cluster would."""
        return self.company.work(SyncRun.objects.latest("id"))

    @contextmanager
    def working(self, gate=None):
        """Work on the latest run while the browser watches; writes wait until `gate`, an event, is
        set.
        """

        def work():
            try:
                self.at_work()
            finally:
                connections.close_all()

        with _held_back(gate):
            worker = threading.Thread(target=work)
            worker.start()
            try:
                yield
            finally:
                if gate is not None:
                    gate.set()
                worker.join()


@contextmanager
def _held_back(gate):
    """Batches leave this site when the gate is open."""
    send = OnlineClient._transport

    def transport(client, *args, **options):
        if gate is not None and str(args[1]).endswith("/batch"):
            gate.wait()
        return send(client, *args, **options)

    with mock.patch.object(OnlineClient, "_transport", transport):
        yield
