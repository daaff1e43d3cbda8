"""Connecting in the browser: there, back, and everything that can go wrong on the way."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.db import connections
from django.test import Client
from django.urls import reverse

from quicksync.models import Connection, SyncRun
from quicksync.sync.access import key_check

CONNECT, CALLBACK = "/quicksync/connect/", "/quicksync/callback/"


def at_intuit(browser, connection):
    """Press Connect, let Intuit decide; the path on which it sends the browser back."""
    there = browser.post(CONNECT, {"connection": connection.pk})
    assert there.status_code == 302
    back = requests.get(there["Location"], allow_redirects=False, timeout=120)
    parts = urlsplit(back.headers["Location"])
    assert (parts.netloc, parts.path) == ("testserver", CALLBACK)
    return f"{parts.path}?{parts.query}"


def said(response):
    """The sentence that the person reads on the next page."""
    (message,) = get_messages(response.wsgi_request)
    return unescape(str(message))


def page_of(connection):
    return reverse("admin:quicksync_connection_change", args=[connection.pk])


def test_a_company_is_connected_from_its_page_a1_a4(browser, connection, connector, simulator):
    back = browser.get(at_intuit(browser, connection))
    assert back["Location"] == page_of(connection)
    assert said(back).startswith("Connected to Sandbox Landscaping Company.")
    connection.refresh_from_db()
    assert connection.status == Connection.Status.CONNECTED
    assert connection.realm_id == simulator.realm
    assert connection.access.access_token
    assert connection.access.refresh_token
    assert connection.access.access_expires_at
    assert connection.access.refresh_expires_at
    assert SyncRun.objects.get(connection=connection).trigger == SyncRun.Trigger.SETUP


def test_no_intuit_user_becomes_a_user_here(browser, connection, simulator):
    before = User.objects.count()
    browser.get(at_intuit(browser, connection))
    assert User.objects.count() == before
    assert not any(model.objects.exists() for model in (SocialAccount, SocialToken, SocialApp))


def test_tokens_are_nowhere_readable(browser, connection, simulator):
    browser.get(at_intuit(browser, connection))
    connection.refresh_from_db()
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM quicksync_connectionaccess")
        kept = cursor.fetchone()
        cursor.execute("SELECT session_data FROM django_session")
        sessions = str(cursor.fetchall())
    assert connection.access.refresh_token not in kept
    assert connection.access.refresh_token not in sessions


def test_what_is_asked_of_intuit(browser, connection, settings):
    settings.QUICKSYNC = {"CLIENT_ID": "id", "CLIENT_SECRET": "secret"}
    parts = urlsplit(browser.post(CONNECT, {"connection": connection.pk})["Location"])
    assert (
        f"{parts.scheme}://{parts.netloc}{parts.path}"
        == "https://appcenter.intuit.com/connect/oauth2"
    )
    asked = parse_qs(parts.query)
    assert asked["scope"] == ["com.intuit.quickbooks.accounting"]
    assert asked["redirect_uri"] == ["http://testserver/quicksync/callback/"]
    assert len(asked["state"][0]) >= 16


def test_a_connection_asks_with_the_keys_of_its_own_environment_a1(browser, connection, settings):
    settings.QUICKSYNC = {
        "CLIENT_ID": "of-settings",
        "CLIENT_SECRET": "secret",
        "ENVIRONMENT": "sandbox",
    }
    key_check.store("production", {"client_id": "of-admin", "client_secret": "secret"})
    for environment, client in (("production", "of-admin"), ("sandbox", "of-settings")):
        Connection.objects.update(environment=environment)
        parts = urlsplit(browser.post(CONNECT, {"connection": connection.pk})["Location"])
        assert parse_qs(parts.query)["client_id"] == [client]


def test_connecting_works_with_keys_from_the_admin_a1(browser, connection, simulator, settings):
    status = simulator.status()
    settings.QUICKSYNC = {"INTUIT_BASE": simulator.base_url}
    key_check.store(
        "stand_in", {"client_id": status["client_id"], "client_secret": status["client_secret"]}
    )
    assert said(browser.get(at_intuit(browser, connection))).startswith(
        "Connected to Sandbox Landscaping Company."
    )


def test_connecting_again_goes_on_with_the_same_company_a5_a6(browser, connection, simulator):
    browser.get(at_intuit(browser, connection))
    Connection.objects.update(status=Connection.Status.EXPIRED)
    SyncRun.objects.all().delete()
    browser.get(at_intuit(browser, connection))
    connection.refresh_from_db()
    assert connection.status == Connection.Status.CONNECTED


def test_connecting_again_while_a_run_is_at_work_is_no_trouble(browser, connection, simulator):
    browser.get(at_intuit(browser, connection))
    assert SyncRun.objects.count() == 1
    again = browser.get(at_intuit(browser, connection))
    assert "Connected to" in [str(message) for message in get_messages(again.wsgi_request)][-1]


def test_another_company_is_refused_with_the_reason_a6(browser, connection, simulator):
    Connection.objects.update(realm_id="999", company_name="Acme Ltd")
    back = browser.get(at_intuit(browser, connection))
    assert "belongs to Acme Ltd" in said(back)
    connection.refresh_from_db()
    assert (connection.status, connection.realm_id) == (Connection.Status.NEW, "999")
    assert revoked(simulator) == 1


def test_access_granted_in_vain_is_kept_where_another_connection_lives_by_it_a6(
    browser, connection, simulator
):
    Connection.objects.create(
        name="First", status=Connection.Status.CONNECTED, realm_id=simulator.realm
    )
    Connection.objects.filter(pk=connection.pk).update(realm_id="999", company_name="Acme Ltd")
    assert "belongs to Acme Ltd" in said(browser.get(at_intuit(browser, connection)))
    assert revoked(simulator) == 0


def revoked(simulator):
    """How often access was given back at Intuit."""
    return sum(request["path"].endswith("/revoke") for request in simulator.requests())


def test_a_company_that_is_connected_already_is_refused_a8(browser, connection, simulator):
    Connection.objects.create(
        name="First", status=Connection.Status.CONNECTED, realm_id=simulator.realm
    )
    assert "already connected on this site" in said(browser.get(at_intuit(browser, connection)))


def test_denying_is_told_in_words(browser, connection, simulator):
    simulator.consent("deny")
    assert said(browser.get(at_intuit(browser, connection))).startswith("Nothing was connected")


# --- State ---


@pytest.mark.parametrize("query", ["", "?state=wrong&code=x&realmId=1", "?code=x&realmId=1"])
def test_a_way_back_that_was_not_begun_here_leads_nowhere(browser, connection, query):
    back = browser.get(CALLBACK + query)
    assert back["Location"] == reverse("admin:quicksync_connection_changelist")
    assert "was not started in this browser" in said(back)


def test_a_state_counts_once(browser, connection, simulator):
    way_back = at_intuit(browser, connection)
    browser.get(way_back)
    assert (
        "has been used before"
        in [str(each) for each in get_messages(browser.get(way_back).wsgi_request)][-1]
    )


def test_another_browser_cannot_use_it(browser, connection, connector, simulator):
    way_back = at_intuit(browser, connection)
    other = Client()
    other.force_login(connector)
    assert "not started in this browser" in said(other.get(way_back))


def test_another_person_in_the_same_session_cannot_use_it(
    browser, connection, simulator, django_user_model
):
    way_back = at_intuit(browser, connection)
    session = browser.session
    stored = session["socialaccount_states"]
    ((state_id, (state, when, provider)),) = stored.items()
    session["socialaccount_states"] = {
        state_id: ({**state, "data": {**state["data"], "user": "0"}}, when, provider)
    }
    session.save()
    assert "not started in this browser" in said(browser.get(way_back))


def test_a_connection_that_was_deleted_meanwhile(browser, connection, simulator):
    way_back = at_intuit(browser, connection)
    connection.delete()
    assert browser.get(way_back).status_code == 302


# --- Who may ---


def test_only_by_post(browser, connection):
    assert browser.get(CONNECT).status_code == 405
    assert browser.post(CALLBACK).status_code == 405


def test_a_forged_post_is_refused(connector, connection):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(connector)
    assert strict.post(CONNECT, {"connection": connection.pk}).status_code == 403


@pytest.mark.parametrize("path", [CONNECT, CALLBACK])
def test_strangers_log_in_first(client, connection, path):
    answer = (
        client.post(path, {"connection": connection.pk}) if path == CONNECT else client.get(path)
    )
    assert answer.status_code == 302
    assert "/admin/login/" in answer["Location"]


@pytest.mark.parametrize("path", [CONNECT, CALLBACK])
def test_staff_without_the_permission_are_refused_i18(client, connection, django_user_model, path):
    client.force_login(django_user_model.objects.create_user("sam", is_staff=True))
    answer = (
        client.post(path, {"connection": connection.pk}) if path == CONNECT else client.get(path)
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("given", ["", "0", "abc", "99999", "²"])
def test_an_unknown_connection_is_not_found(browser, db, given):
    assert browser.post(CONNECT, {"connection": given}).status_code == 404


# --- Not ready ---


def test_missing_keys_are_told_before_leaving(browser, connection, settings):
    settings.QUICKSYNC = {}
    text = said(browser.post(CONNECT, {"connection": connection.pk}))
    assert "keys of your app at Intuit are missing" in text
    assert f'<a href="{reverse("admin:quicksync_connection_setup")}">Set-up</a>' in text


def test_mixed_up_environments_are_told_before_leaving(browser, connection, settings):
    settings.QUICKSYNC = {"CLIENT_ID": "a", "CLIENT_SECRET": "b", "ENVIRONMENT": "sandbox"}
    assert "belong to Intuit's sandbox environment" in said(
        browser.post(CONNECT, {"connection": connection.pk})
    )


def test_an_edition_without_a_sign_in_is_not_sent_to_intuit(browser, connection, settings):
    settings.QUICKSYNC = {"EDITIONS": {"paper": "tests.contracts.polled_edition.PolledEdition"}}
    Connection.objects.filter(pk=connection.pk).update(edition="paper")
    told = said(browser.post(CONNECT, {"connection": connection.pk}))
    assert told == "A company on paper is connected without signing in at Intuit."


# --- Trouble on the way back ---


def changed(way_back, **values):
    parts = urlsplit(way_back)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()} | values
    return parts.path, {name: value for name, value in query.items() if value is not None}


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"realmId": None}, "did not say which company"),
        ({"realmId": "../1"}, "did not say which company"),
        ({"code": "wrong"}, "did not accept its own code"),
        ({"code": None}, "no reason given"),
        ({"code": None, "error": "server_error"}, "server_error"),
        ({"realmId": "123456789"}, "Usually the app keys"),
    ],
)
def test_what_intuit_sends_back_is_checked(browser, connection, simulator, values, sentence):
    back = browser.get(*changed(at_intuit(browser, connection), **values))
    assert sentence in said(back)
    connection.refresh_from_db()
    assert connection.status == Connection.Status.NEW


def test_wrong_keys(browser, connection, simulator, settings):
    way_back = at_intuit(browser, connection)
    settings.QUICKSYNC = {**settings.QUICKSYNC, "CLIENT_SECRET": "wrong"}
    text = said(browser.get(way_back))
    assert "does not know the app keys" in text
    assert ">Set-up</a>" in text


def test_intuit_out_of_reach(browser, connection, simulator, settings):
    way_back = at_intuit(browser, connection)
    settings.QUICKSYNC = {**settings.QUICKSYNC, "INTUIT_BASE": "http://127.0.0.1:9"}
    assert "could not be reached just now" in said(browser.get(way_back))


def test_a_moment_of_trouble_at_quickbooks_does_not_stop_connecting(browser, connection, simulator):
    way_back = at_intuit(browser, connection)
    simulator.fault(path="/query", status=500, times=1)
    assert said(browser.get(way_back)).startswith("Connected to the company.")


def test_self_employed_is_refused_in_words_a3(browser, connection, simulator, monkeypatch):
    way_back = at_intuit(browser, connection)
    told = {"company_name": "Ann", "self_employed": True}
    monkeypatch.setattr("quicksync.quickbooks.online.company_facts.facts", lambda payloads: told)
    assert "Ann uses QuickBooks Self-Employed" in said(browser.get(way_back))


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_intuit_in_a_hosts_transaction(
    admin_client, connection, connector, simulator, monkeypatch
):
    """Invariant 3, with ATOMIC_REQUESTS: connecting and disconnecting speak to Intuit outside the
    request's.
    """
    monkeypatch.setitem(connections["default"].settings_dict, "ATOMIC_REQUESTS", True)
    send, inside = requests.adapters.HTTPAdapter.send, []

    def watched(self, request, **kwargs):
        inside.append(connections["default"].in_atomic_block)
        return send(self, request, **kwargs)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", watched)
    admin_client.get(at_intuit(admin_client, connection))
    connection.refresh_from_db()
    assert connection.status == Connection.Status.CONNECTED
    admin_client.post(f"/admin/quicksync/connection/{connection.pk}/disconnect/")
    connection.refresh_from_db()
    assert connection.status == Connection.Status.DISCONNECTED
    assert len(inside) > 2
    assert not any(inside)
