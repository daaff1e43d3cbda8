"""The addresses that Intuit sends people to: nothing is believed but QuickBooks' own answer (A6,
A7, A16).
"""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.urls import reverse

from quicksync.models import Connection, SyncRun
from quicksync.sync.runs import starting
from tests.company import join

LIST = "/admin/quicksync/connection/"


@pytest.fixture
def company(db, simulator):
    """A company that is connected."""
    return join(simulator)


def page_of(connection):
    return reverse("admin:quicksync_connection_change", args=[connection.pk])


def visit(browser, name, realm=""):
    """Where the visit leads, and the sentences that are read there."""
    answer = browser.get(reverse(f"quicksync:{name}"), {"realmId": realm} if realm else {})
    assert answer.status_code == 302
    return answer["Location"], [str(message) for message in get_messages(answer.wsgi_request)]


def test_a6_disconnected_there_is_disconnected_here_at_once(browser, company, simulator):
    run = starting.start(company.connection, trigger=SyncRun.Trigger.MANUAL)
    simulator.disconnect(company.connection.realm_id)
    where, (said,) = visit(browser, "disconnected", company.connection.realm_id)
    assert where == page_of(company.connection)
    assert "was disconnected at Intuit" in said
    row = Connection.objects.get()
    assert (row.status, row.clock.next_sync_at) == ("disconnected", None)
    assert (row.access.access_token, row.access.refresh_token) == ("", "")
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a6_without_a_company_all_are_asked(browser, company, simulator):
    simulator.add_company(company="empty", name="Second")
    second = join(simulator, realm=simulator.status()["companies"][1]["realm_id"]).connection
    simulator.disconnect(second.realm_id)
    where, said = visit(browser, "disconnected")
    assert where == page_of(second)
    assert len(said) == 1
    assert dict(Connection.objects.values_list("name", "status"))["Second"] == "disconnected"
    assert Connection.objects.get(pk=company.connection.pk).status == "connected"


def test_a6_the_visit_alone_changes_nothing(browser, company):
    _where, (said,) = visit(browser, "disconnected", company.connection.realm_id)
    assert "Nothing was disconnected" in said
    assert Connection.objects.get().status == "connected"


def test_a6_another_company_than_the_named_one_is_not_asked(browser, company, simulator):
    before = len(simulator.requests())
    where, _said = visit(browser, "disconnected", "77")
    assert where == LIST
    assert len(simulator.requests()) == before


@pytest.mark.parametrize("fault", [{"drop_before": True}, {"status": 500}])
def test_a6_without_an_answer_nothing_is_guessed(browser, company, simulator, fault):
    simulator.fault(path="/tokens/bearer", **fault)
    _where, (said,) = visit(browser, "disconnected")
    assert "could not be reached just now" in said
    assert Connection.objects.get().status == "connected"


def test_a6_without_keys_nothing_is_guessed(browser, company, settings):
    settings.QUICKSYNC = {}
    _where, (said,) = visit(browser, "disconnected")
    assert "could not be reached just now" in said


def test_a6_strangers_and_staff_without_the_right_read_what_it_means(client, company, simulator):
    simulator.disconnect(company.connection.realm_id)
    before = len(simulator.requests())
    stranger = client.get(reverse("quicksync:disconnected"))
    assert "nothing is sent or fetched" in stranger.content.decode()
    client.force_login(User.objects.create_user("sam", is_staff=True))
    assert "can press Reconnect" in client.get(reverse("quicksync:disconnected")).content.decode()
    assert len(simulator.requests()) == before
    assert Connection.objects.get().status == "connected"


def test_a1_launched_from_quickbooks(browser, company):
    realm = company.connection.realm_id
    assert visit(browser, "launch") == (page_of(company.connection), [])
    Connection.objects.create(name="Old", realm_id=realm, status="disconnected")
    assert visit(browser, "launch", realm)[0] == page_of(company.connection), (
        "the live one before the old one"
    )
    where, (said,) = visit(browser, "launch", "77")
    assert where == LIST
    assert "not connected here yet" in said


def test_a16_sent_to_reconnect(browser, company):
    where, (said,) = visit(browser, "reconnect", company.connection.realm_id)
    assert where == page_of(company.connection) + "#qs-reconnect"
    assert "Press Reconnect" in said
    where, (_, said) = visit(browser, "reconnect", "77")
    assert where == LIST
    assert "Open the connection" in said


@pytest.mark.parametrize("name", ["launch", "reconnect"])
def test_strangers_log_in_and_come_back(client, db, name):
    answer = client.get(reverse(f"quicksync:{name}"), {"realmId": "5"})
    assert answer["Location"].startswith("/admin/login/?next=")
    assert answer["Location"].endswith("%3FrealmId%3D5")


def test_a7_the_way_to_sign_out(client, db, settings):
    settings.QUICKSYNC = {}
    assert (
        client.get(reverse("quicksync:sign_out"))["Location"]
        == "https://accounts.intuit.com/app/sign-out"
    )
