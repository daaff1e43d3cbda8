"""The set-up page: addresses for Intuit's fields, keys entered, tested and removed, mix-ups told
(A1, I1).
"""

from __future__ import annotations

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from quicksync import tasks
from quicksync.admin.site import setup_keys
from quicksync.models import Connection, StoredKeys, SyncRun
from quicksync.simulator import running
from quicksync.sync.access import app_keys, key_check
from tests.company import Company, join, unlimited
from tests.models import make

SECRET, VERIFIER = "secret-of-the-app-0123456789", "verifier-of-the-app-0123456789"
STORED = {
    "client_id": "ABclient0123456789wxyz",
    "client_secret": SECRET,
    "webhook_verifier": VERIFIER,
}


@pytest.fixture
def url():
    return reverse("admin:quicksync_connection_setup")


@pytest.fixture
def bare(settings, db):
    """No keys anywhere."""
    settings.QUICKSYNC = {}


@pytest.fixture
def sim(settings, db):
    """A stand-in for Intuit, known by its address alone."""
    with running(company="empty") as found, unlimited():
        settings.QUICKSYNC = {"INTUIT_BASE": found.base_url}
        yield found


def text(client, url):
    return client.get(url).content.decode()


def entered(environment, **values):
    return {"environment": environment, "act": "save"} | {
        f"{environment}-{name}": text for name, text in values.items()
    }


def of(sim, **values):
    status = sim.status()
    known = {"client_id": status["client_id"], "client_secret": status["client_secret"]}
    return entered("stand_in", **known | values)


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- Addresses ------------------------------------------------------------------------------------


def test_a1_each_of_intuits_fields_is_named_with_what_to_enter(bare, admin_client, url):
    page = text(admin_client, url)
    for field, path in (
        ("Redirect URI", "/quicksync/callback/"),
        ("Launch URL", "/quicksync/launch/"),
        ("Disconnect URL", "/quicksync/disconnected/"),
        ("Connect/Reconnect URL", "/quicksync/reconnect/"),
        ("Endpoint URL", "/quicksync/webhook/"),
    ):
        row = page[page.index(f"<strong>{field}</strong>") :]
        assert f">http://testserver{path}</code>" in row[: row.index("</tr>")], field
    assert ">testserver</code>" in page
    assert page.count("data-copy=") == 6 + 2


def test_a1_localhost_and_bare_numbers_are_told(bare, admin_client, url):
    assert (
        "Intuit will not accept the redirect address"
        in admin_client.get(url, secure=True, headers={"host": "127.0.0.1"}).content.decode()
    )
    assert (
        "sandbox companies only"
        in admin_client.get(url, headers={"host": "localhost"}).content.decode()
    )
    key_check.store("sandbox", STORED)
    assert (
        "sandbox companies only.<"
        not in admin_client.get(url, headers={"host": "localhost"}).content.decode()
    )


# --- Keys -----------------------------------------------------------------------------------------


def test_a1_keys_are_entered_tested_and_never_shown_again(sim, admin_client, admin_user, url):
    answer = admin_client.post(url, of(sim, webhook_verifier=VERIFIER))
    assert said(answer) == [
        f"Stored. Intuit knows these keys. ({sim.base_url} answered in place of Intuit.)"
    ]
    row = StoredKeys.objects.get()
    assert (row.environment, row.client_secret) == ("stand_in", sim.status()["client_secret"])
    page = text(admin_client, url)
    assert not [value for value in (row.client_secret, row.client_id, VERIFIER) if value in page]
    assert f"ends in {row.client_id[-4:]}" in page
    assert "by admin." in page
    assert page.count('type="password"') == 2


def test_a1_an_empty_field_leaves_what_is_stored(sim, admin_client, url):
    admin_client.post(url, of(sim))
    admin_client.post(
        url, entered("stand_in", client_id="", client_secret="", webhook_verifier=VERIFIER)
    )
    row = StoredKeys.objects.get()
    assert (row.client_secret, row.webhook_verifier) == (sim.status()["client_secret"], VERIFIER)
    answer = admin_client.post(
        url, entered("stand_in", client_id="", client_secret="", webhook_verifier="")
    )
    assert said(answer)[-1] == "Nothing was entered, so nothing was changed."


def test_a1_wrong_keys_are_told_and_replace_nothing(sim, admin_client, url):
    admin_client.post(url, of(sim))
    (_, told) = said(admin_client.post(url, of(sim, client_secret="wrong")))
    assert told.startswith("Nothing was stored. Intuit does not know these app keys.")
    assert StoredKeys.objects.get().client_secret == sim.status()["client_secret"]


@pytest.mark.parametrize("bad", ["two words", "curly “quotes”", "new\nline"])
def test_a1_what_no_key_holds_is_refused_without_repeating_it(sim, admin_client, url, bad):
    (told,) = said(admin_client.post(url, of(sim, client_secret=bad)))
    assert "Client secret: It contains a space or a character that no key has." in told
    assert bad not in told
    assert not StoredKeys.objects.exists()


def test_a1_spaces_around_a_pasted_key_do_no_harm(sim, admin_client, url):
    admin_client.post(url, of(sim, client_secret=f"  {sim.status()['client_secret']}\n"))
    assert app_keys.keys_for("production").client_secret == sim.status()["client_secret"]


def test_a1_unreachable_keys_are_kept_and_told(sim, admin_client, settings, url):
    form = of(sim)
    settings.QUICKSYNC = {"INTUIT_BASE": "http://127.0.0.1:9"}
    (told,) = said(admin_client.post(url, form))
    assert told.startswith("Stored, but not tested. Nothing answers at http")
    assert StoredKeys.objects.get().client_secret


def test_a1_keys_are_removed(sim, admin_client, url):
    admin_client.post(url, of(sim, webhook_verifier=VERIFIER))
    company = join(sim)
    only = {"environment": "stand_in", "act": "remove", "what": "webhook_verifier"}
    assert "notifications signed with it are refused" in said(admin_client.post(url, only))[-1]
    assert (app_keys.verifiers(), bool(app_keys.keys_for("production"))) == ((), True)
    told = said(admin_client.post(url, {"environment": "stand_in", "act": "remove"}))
    assert told[-2:] == [
        "The keys were removed.",
        f"Without keys these will soon stop syncing: {company.connection.name}.",
    ]
    assert not app_keys.keys_for("production")
    assert said(admin_client.post(url, {"environment": "stand_in", "act": "remove"}))[
        -1
    ].startswith("There was nothing")


def test_a1_another_apps_keys_name_who_must_reconnect(bare, admin_client, url, monkeypatch):
    key_check.store("sandbox", STORED)
    Connection.objects.create(name="Main", environment="sandbox", status="connected", realm_id="1")
    Connection.objects.create(
        name="Real", environment="production", status="connected", realm_id="2"
    )
    monkeypatch.setattr(
        key_check,
        "check",
        lambda keys: key_check.Verdict(key_check.Keys.GOOD, "Good.", keys.environment),
    )
    told = said(admin_client.post(url, entered("sandbox", client_id="another", client_secret="x")))
    assert told[-1] == "They were connected with the previous client ID: press Reconnect on Main."
    told = said(admin_client.post(url, entered("sandbox", client_secret="renewed")))
    assert told[-1] == "Stored. Good."


def test_a1_the_page_says_where_keys_come_from_and_that_the_settings_win(
    admin_client, settings, url, monkeypatch
):
    settings.QUICKSYNC = {
        "CLIENT_ID": "cid-of-settings",
        "CLIENT_SECRET": "secret-of-settings",
        "ENVIRONMENT": "sandbox",
    }
    monkeypatch.setenv("QUICKSYNC_WEBHOOK_VERIFIER", "verifier-of-environment")
    key_check.store("sandbox", STORED)
    page = text(admin_client, url)
    assert "QUICKSYNC[“CLIENT_ID”]" in page
    assert "from the environment variable QUICKSYNC_WEBHOOK_VERIFIER" in page
    assert "They are not used: those in the settings take precedence." in page
    assert 'name="sandbox-client_secret"' not in page
    assert 'name="production-client_secret"' in page
    assert "of-settings" not in page
    told = said(admin_client.post(url, entered("sandbox", client_id="x", client_secret="y")))
    assert told == ["Nothing was entered, so nothing was changed."]
    assert StoredKeys.objects.get().client_secret == SECRET


def test_half_a_pair_in_the_settings_is_told(admin_client, settings, url):
    settings.QUICKSYNC = {"CLIENT_ID": "cid-of-settings"}
    assert "is in the settings without the other one" in text(admin_client, url)


def test_i1_the_audit_tells_who_did_what_to_a_key_and_never_the_key(bare, admin_client, admin_user):
    key_check.store("sandbox", STORED, user=admin_user)
    key_check.store("sandbox", {"client_secret": f"{SECRET}-2"}, user=admin_user)
    key_check.store("sandbox", {"webhook_verifier": ""}, user=admin_user)
    page = text(admin_client, reverse("admin:quicksync_connection_audit"))
    for line in ("Client ID:</strong> entered", "Client secret:</strong> changed",
                 "Webhook verifier token:</strong> removed"):  # fmt: skip
        assert line in page
    assert page.count("App keys “Sandbox”") == 3
    assert "<td>admin</td>" in page
    assert not [value for value in STORED.values() if value in page]
    assert "App keys “Sandbox”" in text(
        admin_client, reverse("admin:quicksync_connection_audit") + "?what=storedkeys"
    )


@pytest.mark.parametrize("act", ["save", "test", "remove"])
def test_i18_keys_need_the_permission_to_connect(act, bare, staff, url):
    key_check.store("sandbox", STORED)
    form = entered("sandbox", client_id="x", client_secret="y") | {"act": act}
    others = (
        "view_connection",
        "change_connection",
        "add_connection",
        "run_connection",
        "payloads_connection",
    )
    assert staff(*others).post(url, form).status_code == 403
    assert StoredKeys.objects.get().client_secret == SECRET
    assert staff("connect_connection").get(url).status_code == 200


@pytest.mark.parametrize("keyed", ["sandbox", "production"])
def test_a_new_connection_begins_in_the_environment_that_has_keys(keyed, bare, admin_client):
    key_check.store(keyed, STORED)
    page = text(admin_client, reverse("admin:quicksync_connection_add"))
    assert f'<option value="{keyed}" selected>' in page


# --- Mix-ups --------------------------------------------------------------------------------------


def test_pain29_connections_without_keys_of_their_environment_are_named(
    bare, connection, admin_client, url
):
    key_check.store("sandbox", STORED)
    page = text(admin_client, url)
    assert "belong to Intuit&#x27;s other environment: Main" in page
    assert "Enter the keys for production below" in page
    key_check.store("production", {**STORED, "client_id": "real"})
    assert "other environment: Main" not in text(admin_client, url)


def test_pain29_error_3100_is_explained_where_the_company_and_the_keys_are(
    sim, admin_client, settings
):
    """A connected company whose app QuickBooks suddenly refuses: run, connection and set-up say why
    and what to do.
    """
    settings.QUICKSYNC = {
        **settings.QUICKSYNC,
        "CLIENT_ID": sim.status()["client_id"],
        "CLIENT_SECRET": sim.status()["client_secret"],
    }
    company = join(sim, kinds=("customer",))
    word = "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403"
    body = {
        "fault": {"error": [{"message": word, "detail": word, "code": "3100"}], "type": "SERVICE"}
    }
    sim.fault(path="/v3/", status=403, body=body)
    run = company.sync()
    assert (run.state, run.reason, company.connection.status) == (
        "failed",
        "app-refused",
        "expired",
    )
    page = text(admin_client, reverse("admin:quicksync_syncrun_change", args=[run.pk]))
    assert "different environments, sandbox and production" in page
    assert reverse("admin:quicksync_connection_setup") in page
    assert "different environments" in text(
        admin_client, reverse("admin:quicksync_connection_change", args=[company.connection.pk])
    )
    assert "(error 3100)" in text(admin_client, reverse("admin:quicksync_connection_setup"))


@pytest.mark.django_db(transaction=True)
def test_wrong_keys_stop_a_run_with_the_way_to_mend_them(sim, admin_client, url):
    """No error of this program: the run says so at once, and goes on when the keys are mended."""
    admin_client.post(url, of(sim))
    company: Company = join(sim, kinds=("customer",))
    company.client("Ada")
    key_check.store("stand_in", {"client_secret": "mistyped"})
    make.put(access_expires_at=timezone.now())
    run = SyncRun.objects.create(connection=company.connection, trigger="manual")
    with pytest.raises(key_check.ConfigurationError):
        tasks.work(run.pk)
    run.refresh_from_db()
    assert (run.state, run.reason) == ("failed", "keys-refused")
    page = text(
        admin_client, reverse("admin:quicksync_connection_change", args=[company.connection.pk])
    )
    assert "Intuit does not know these app keys" in page
    admin_client.post(url, of(sim))
    assert company.sync().state == "done"
    assert len(company.there("Customer")) == 1


# --- Without Intuit -------------------------------------------------------------------------------


def test_x40_the_simulator_is_offered_in_words_that_can_be_copied(bare, admin_client, url):
    page = text(admin_client, url)
    assert "Try without Intuit" in page
    assert ">python manage.py quickbooks_simulator --port 9400</code>" in page
    assert ">QUICKSYNC_INTUIT_BASE=http://127.0.0.1:9400</code>" in page


def test_x40_a_stand_in_is_said_to_be_one(sim, admin_client, url):
    setup_page = text(admin_client, url)
    assert "This site talks to a simulator, not to Intuit." in setup_page
    assert sim.base_url in setup_page
    assert 'id="keys-stand_in"' in setup_page
    assert 'id="keys-production"' not in setup_page


def test_i1_keys_that_somebody_else_has_changed_meanwhile_are_not_written_over(
    sim, admin_client, url
):
    """Of two people with the page open, the second replaced what the first had entered."""
    opened = [one.opened for one in setup_keys.cards()]
    first = of(sim) | {"opened": opened[0]}
    admin_client.post(url, first)
    for act in ("save", "remove"):
        late = entered("stand_in", client_id="ABlate", client_secret="late")
        answer = admin_client.post(url, late | {"act": act, "opened": opened[0]})
        assert "These keys were changed while the page was open" in said(answer)[-1]
        assert "by admin" in said(answer)[-1]
    assert StoredKeys.objects.get().client_id == sim.status()["client_id"]
    [now] = [one.opened for one in setup_keys.cards()]
    assert f'name="opened" value="{now}"' in text(admin_client, url)
    answer = admin_client.post(url, {"environment": "stand_in", "act": "remove", "opened": now})
    assert said(answer)[0] == "The keys were removed."
