"""J11: admin sites of the host's own: beside `admin.site`, in its place, and none at all. No page
ends in an error.
"""

import re
from html import unescape

import pytest
from django.contrib.admin import AdminSite
from django.test import Client
from django.urls import clear_url_caches, set_urlconf

from quicksync import checks
from quicksync.admin import register_on
from quicksync.local import pages
from quicksync.models import Category, Connection, EntityMapping, Operation, SyncRun
from tests.hosts.yard.models import Firm


@pytest.fixture
def mounted(settings):
    """Have these addresses instead of the project's."""

    def mount(name):
        settings.ROOT_URLCONF = f"tests.hosts.{name}"
        clear_url_caches()

    yield mount
    set_urlconf(None)
    clear_url_caches()


@pytest.fixture
def boss(admin_user):
    browser = Client()
    browser.force_login(admin_user)
    return browser


@pytest.fixture
def connection(yard):
    """A company with a firm, a run and what became of it."""
    made = Connection.objects.create(name="Acme", status="connected", realm_id="123")
    Category.objects.get_or_create(connection=made, kind="customer", defaults={"enabled": True})
    firm = Firm.objects.create(title="Acme")
    run = SyncRun.objects.create(connection=made, state="done")
    pair = EntityMapping.objects.create(
        connection=made,
        kind="customer",
        model_label="yard.firm",
        object_key=str(firm.pk),
        state="held",
        label="Acme",
        remote_type="Customer",
        remote_id="7",
        reason="name-taken",
    )
    Operation.objects.create(
        connection=made,
        run=run,
        mapping=pair,
        kind="customer",
        action="update",
        direction="push",
        state="done",
    )
    return made


def links(response):
    return {
        unescape(link).partition("#")[0]
        for link in re.findall(r'href="([^"]+)"', response.content.decode())
    }


def crawled(browser, start, most=80):
    """Every page that can be reached by links from here, without leaving quicksync's."""
    todo, seen = [start], {}
    while todo and len(seen) < most:
        address = todo.pop(0)
        if address in seen:
            continue
        response = browser.get(address)
        assert response.status_code in (200, 302), address
        if (
            response.status_code == 302
            or response.streaming
            or "html" not in response["Content-Type"]
        ):
            seen[address] = set()
            continue
        seen[address] = links(response)
        plain = [
            link
            for link in sorted(seen[address])
            if link.startswith(("/office/quicksync", "/office/yard"))
        ]
        todo += [link for link in plain if "?" not in link and "/delete/" not in link]
    return seen


def test_every_page_of_a_second_site_leads_to_pages_of_that_site(mounted, boss, connection):
    mounted("two_sites")
    seen = crawled(boss, "/office/")
    assert f"/office/quicksync/connection/{connection.pk}/change/" in seen
    assert len(seen) > 25
    astray = {
        page: left
        for page, found in seen.items()
        if (left := {one for one in found if one.startswith("/admin/")})
    }
    assert astray == {}


def test_the_projects_own_site_leads_to_its_own_pages_all_the_same(mounted, boss, connection):
    mounted("two_sites")
    for page in ("connection/", f"connection/{connection.pk}/change/", "connection/health/"):
        response = boss.get(f"/admin/quicksync/{page}")
        assert response.status_code == 200
        assert not [link for link in links(response) if link.startswith("/office/")]
    assert pages.current() == ""


def test_a_site_in_place_of_the_projects_own_has_all_its_pages(mounted, boss, connection):
    """Launch, Reconnect, Disconnect and a host's own pages, where `admin.site` has no address."""
    mounted("office_only")
    firm = Firm.objects.get()
    shown = boss.get(f"/office/yard/firm/{firm.pk}/change/")
    assert shown.status_code == 200
    assert "qs-panel" in shown.content.decode()
    page = f"/office/quicksync/connection/{connection.pk}/change/"
    for address in ("/quicksync/launch/", "/quicksync/reconnect/"):
        assert boss.get(address)["Location"].startswith(page)
        assert Client().get(address)["Location"].startswith("/office/login/")
    told = Client().get("/quicksync/disconnected/")
    assert told.status_code == 200
    assert "/office/login/" in told.content.decode()
    assert checks.check_admin(None) == []
    sent = boss.post(f"/office/yard/firm/{firm.pk}/quickbooks/", {"direction": "push"})
    assert sent["Location"] == f"/office/yard/firm/{firm.pk}/change/"


def test_without_any_admin_site_no_address_fails_and_a_check_tells(
    mounted, boss, connection, settings
):
    mounted("no_admin")
    settings.LOGIN_URL = "/login/"
    for browser in (boss, Client()):
        for address in ("/quicksync/launch/", "/quicksync/reconnect/", "/quicksync/disconnected/"):
            assert browser.get(address).status_code in (200, 302), address
    assert (
        "no longer has access to the company"
        in Client().get("/quicksync/disconnected/").content.decode()
    )
    (message,) = checks.check_admin(None)
    assert message.id == "quicksync.W009"


def test_whoever_presses_connect_on_a_site_comes_back_to_it(mounted, boss, connection):
    mounted("two_sites")
    shown = boss.get(f"/office/quicksync/connection/{connection.pk}/change/").content.decode()
    assert "/quicksync/connect/?site=office" in shown
    answer = boss.post("/quicksync/connect/?site=office", {"connection": connection.pk})
    # its keys are missing
    assert answer["Location"] == f"/office/quicksync/connection/{connection.pk}/change/"
    answer = boss.post("/quicksync/connect/?site=nowhere", {"connection": connection.pk})
    assert answer["Location"] == f"/admin/quicksync/connection/{connection.pk}/change/"


def test_pages_are_put_on_a_site_once():
    site = AdminSite(name="own")
    register_on(site)
    register_on(site)
    assert site.is_registered(Connection)
    assert {model._meta.app_label for model in site._registry} == {"quicksync"}
