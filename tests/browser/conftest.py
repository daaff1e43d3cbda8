"""A person at a browser, QuickBooks behind its own pages, and somebody who does the work of the cluster."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest
from django.db import connections
from django.urls import reverse

from config import content_policy
from quicksync.models import Connection, SyncRun
from quicksync.simulator import running
from tests.company import Company, settings_for, unlimited


@pytest.fixture
def intuit(settings):
    """An empty company behind a consent page that asks."""
    with running(company="empty") as sim, unlimited():
        settings.QUICKSYNC = settings_for(sim)
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": content_policy.directives(sim.base_url)}
        sim.consent("ask")
        yield sim


class Office:
    """The office manager's browser."""

    def __init__(self, page, sim):
        self.page = page
        self.sim = sim

    @property
    def company(self):
        return Company(self.sim, Connection.objects.get())

    def log_in(self, user):
        self.page.goto("/")
        self.page.get_by_label("Username").fill(user.username)
        self.page.get_by_label("Password").fill("password")
        self.press("Log in")

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def follow(self, name):
        self.page.get_by_role("link", name=name, exact=True).first.click()

    def see(self, text):
        self.page.get_by_text(text).first.wait_for()

    def open(self, name, *args):
        self.page.goto(reverse(f"admin:{name}", args=args))

    def at_work(self):
        """Work on the latest run as the cluster would."""
        return self.company.work(SyncRun.objects.latest("id"))

    @contextmanager
    def working(self):
        """Work on the latest run while the browser watches."""

        def work():
            try:
                self.at_work()
            finally:
                connections.close_all()

        worker = threading.Thread(target=work)
        worker.start()
        yield
        worker.join()


@pytest.fixture
def office(page, intuit, admin_user):
    """A browser that is logged in."""
    office = Office(page, intuit)
    office.log_in(admin_user)
    return office
