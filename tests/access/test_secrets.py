"""Nothing secret in database dumps, logs, history, task rows, error pages, Django's debug page or
HTML (invariant 10).

Canaries are the tokens themselves: all that the simulator gives out on a bad day, the app's keys,
the verifier. On that day the keys come from the admin; elsewhere from the settings.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from io import StringIO

import django
import pytest
import requests
from django.contrib.admin import site
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.log import AdminEmailHandler
from django_q.models import OrmQ

from quicksync import tasks
from quicksync.exceptions import ConfigurationError
from quicksync.models import Category, Connection, StoredKeys, SyncRun
from quicksync.quickbooks.online.transport import oauth
from quicksync.quickbooks.online.webhook_events import signature
from quicksync.simulator import running
from quicksync.sync.access import app_keys, key_check
from tests.access.canaries import client_secrets, in_database, planted, readable
from tests.company import Company, settings_for, unlimited
from tests.models import make
from tests.web.worker import work_off

VERIFIER = "canary-verifier-4f1f0d3c"
WRONG = "canary-of-a-wrong-client-secret"
KEY = "Q0FOQVJZLWtleS1vZi0zMi1ieXRlcy1pbi1iYXNlNjQ="
SETUP = "/admin/quicksync/connection/setup/"


@pytest.fixture
def sim():
    """A simulator in this process, whose tables of tokens can be read."""
    with running(company="empty", rotate_seconds=0) as found:
        found.consent("approve")
        yield found


@pytest.fixture
def connection(sim, settings, transactional_db, caplog):
    """A connection that a person is about to connect; every logger of every library writes what it
    can.
    """
    caplog.set_level(logging.DEBUG)
    settings.QUICKSYNC = {
        **settings_for(sim),
        "WEBHOOK_VERIFIER": VERIFIER,
        "ENCRYPTION_KEYS": (KEY,),
    }
    with unlimited():
        yield Connection.objects.create(name="Main")


@pytest.fixture
def secrets(sim):
    """What must not be found: called when all has happened."""
    status = sim.status()
    keys = client_secrets(status["client_id"], status["client_secret"])
    return lambda: planted(sim, *keys, VERIFIER, KEY, WRONG)


def connect(browser, connection):
    there = browser.post("/quicksync/connect/", {"connection": connection.pk})
    back = requests.get(there["Location"], allow_redirects=False, timeout=120).headers["Location"]
    return browser.get(back.replace("http://testserver", ""))


def bad_day(browser, sim, connection, settings, monkeypatch):
    """Enter keys, connect, work, renew twice, be notified, break, be refused, lose the access,
    connect again.
    """
    settings.QUICKSYNC = {
        name: settings.QUICKSYNC[name] for name in ("INTUIT_BASE", "ENCRYPTION_KEYS")
    }
    good = sim.status()["client_secret"]
    assert enter(browser, client_secret=good).status_code == 302
    assert not StoredKeys.objects.exists(), "Half a pair is refused."
    enter(
        browser, client_id=sim.status()["client_id"], client_secret=good, webhook_verifier=VERIFIER
    )
    enter(browser, client_secret=WRONG)
    connect(browser, connection)
    work_off()
    company = Company(sim, Connection.objects.get())
    company.enable("customer")
    for name in ("Ada", "Grace"):
        company.client(name)
        make.put(access_expires_at=timezone.now())
        company.sync()
    notify(sim.realm)
    page = reverse("admin:quicksync_connection_change", args=[connection.pk])
    for each in Category.objects.all():
        each.save()
    assert browser.get(page).status_code == 200
    with monkeypatch.context() as patch:
        patch.setattr("quicksync.sync.exchange.conversation.settle", broken)
        broken_run(company, RuntimeError)
    key_check.store("stand_in", {"client_secret": WRONG})
    make.put(access_expires_at=timezone.now())
    broken_run(company, ConfigurationError)
    enter(browser, client_secret=good)
    SyncRun.objects.update(state="cancelled")
    sim.fault(invalid_grant=True, times=2)
    company.sync()
    assert Connection.objects.get().status == Connection.Status.EXPIRED
    connect(browser, connection)
    assert OrmQ.objects.exists()


def enter(browser, **values):
    """Type keys into the set-up page."""
    form = {f"stand_in-{name}": value for name, value in values.items()}
    return browser.post(SETUP, {"environment": "stand_in", "act": "save", **form})


def notify(realm):
    body = (
        b'[{"id": "1", "type": "qbo.customer.updated.v1", "intuitentityid": "1", "intuitaccountid":'
        b' "%s"}]'
    )
    body %= realm.encode()
    for given in (signature(body, VERIFIER), "forged"):
        Client().post(
            "/quicksync/webhook/", body, "application/json", headers={"intuit-signature": given}
        )


def broken_run(company, error):
    """Something stops a slice in which tokens are in reach."""
    SyncRun.objects.update(state="cancelled")
    run = SyncRun.objects.create(connection=company.connection, trigger="manual")
    with pytest.raises(error):
        tasks.work(run.pk)


def broken(*args, **options):
    raise RuntimeError("A fault of our own.")


def test_nothing_secret_is_left_anywhere(
    admin_client, sim, connection, secrets, settings, monkeypatch, caplog, capsys, mails
):
    bad_day(admin_client, sim, connection, settings, monkeypatch)
    found = secrets()
    assert len(found) > 10
    assert not readable(found, in_database())
    assert StoredKeys.objects.get().client_secret in found
    dump = StringIO()
    call_command("dumpdata", stdout=dump)
    assert "quicksync.storedkeys" in dump.getvalue()
    assert not readable(found, [("dump", dump.getvalue())])
    assert not readable(found, [("log", line) for line in caplog.text.splitlines()])
    pages = list(every_page(admin_client))
    assert len(pages) > 100
    assert not readable(found, pages)
    assert not readable(found, [(name, said) for name, said in said_in_the_shell(capsys)])
    assert not readable(found, [(mail.subject, mail.body) for mail in mails])


def said_in_the_shell(capsys):
    """(command, text) of what commands print, the dump of all tables among them."""
    connection = str(Connection.objects.get().pk)
    for command in (
        ("dumpdata", "--all"),
        ("quicksync_doctor", "--json"),
        ("quicksync_doctor",),
        ("quicksync_reconcile", "--json"),
        ("quicksync_sync", "--json"),
        ("quicksync_webhooks", "list"),
        ("quicksync_groups",),
        ("quicksync_keys", "rotate"),
        (
            "quicksync_past",
            "--connection",
            connection,
            "--since",
            "2020-01-01",
            "--until",
            "2020-12-31",
            "--estimate",
        ),
        ("check", "--deploy"),
    ):
        complaint = ""
        try:
            call_command(*command)
        except CommandError as error:
            complaint = str(error)
        said = "".join([*capsys.readouterr(), complaint])
        assert said, command
        yield " ".join(command), said


@pytest.mark.parametrize("debug", [True, False], ids=["debug", "production"])
def test_refusals_of_every_sort_show_no_secret(
    admin_client, client, sim, connection, secrets, settings, debug
):
    """400, 403, 404 and 405, for people and for strangers, in pages that name what was asked."""
    connect(admin_client, connection)
    settings.DEBUG = debug
    asked = [
        (admin_client, "get", "/admin/quicksync/connection/999/synchronize/", 405),
        (admin_client, "get", "/admin/quicksync/connection/999/health/", 404),
        (admin_client, "get", "/quicksync/nowhere/", 404),
        (admin_client, "post", "/quicksync/callback/", 405),
        (admin_client, "post", "/quicksync/connect/", 404),
        (client, "post", "/quicksync/webhook/", 401),
        (
            Client(enforce_csrf_checks=True),
            "post",
            f"/admin/quicksync/connection/{connection.pk}/pause/",
            403,
        ),
        (Client(headers={"host": "elsewhere"}), "get", "/admin/", 400),
    ]
    settings.ALLOWED_HOSTS = ["testserver"]
    User.objects.create_user("nobody", is_staff=True)
    nobody = Client()
    nobody.force_login(User.objects.get(username="nobody"))
    asked += [
        (nobody, "get", reverse("admin:quicksync_connection_setup"), 403),
        (nobody, "get", "/quicksync/callback/", 403),
    ]
    pages = []
    for who, method, url, code in asked:
        answer = getattr(who, method)(url)
        assert answer.status_code == code, (url, answer.status_code)
        pages.append((url, text_of(answer)))
    assert not readable(secrets(), pages)


def test_the_columns_hold_ciphertext(admin_client, sim, connection):
    connect(admin_client, connection)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM quicksync_connectionaccess")
        row = cursor.fetchone()
    assert [text[:5] for text in row] == ["gAAAA", "gAAAA"]


def every_page(browser):
    """(address, text) of every page of the admin, whichever it is, with rows behind it; and of our
    own addresses.
    """
    for model in site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        rows = list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:2])
        for pattern in site._registry[model].urls:
            if not pattern.name or not pattern.name.startswith(label):
                continue
            for args in ([], *([pk] for pk in rows), *([pk, 1] for pk in rows)):
                with suppress(NoReverseMatch):
                    address = reverse(f"admin:{pattern.name}", args=args)
                    yield address, text_of(browser.get(address))
    for name in ("admin:index", "admin:password_change", "quicksync:launch", "quicksync:reconnect"):
        yield name, text_of(browser.get(reverse(name), follow=True))


def text_of(response):
    """All that goes to the browser: headers, and the body however it is sent."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.headers} {body.decode('utf-8', 'replace')}"


@pytest.fixture
def mails(settings, mailoutbox):
    """What Django sends to a site's administrators about an error, with the page of the error in
    it.
    """
    # Django 6 takes addresses, those before it pairs.
    settings.ADMINS = (
        ["ops@example.com"] if django.VERSION >= (6,) else [("Ops", "ops@example.com")]
    )
    handler, log = AdminEmailHandler(include_html=True), logging.getLogger("django.request")
    log.addHandler(handler)
    yield mailoutbox
    log.removeHandler(handler)


BROKEN = (
    "quicksync.web.authorization._served",
    "quicksync.sync.actions.connect.connected",
    "quicksync.sync.access.tokens.save",
    "quicksync.web.provider.ConnectAdapter.get_client",
    "allauth.socialaccount.providers.oauth2.client.OAuth2Client.get_access_token",
    "requests.adapters.HTTPAdapter.send",
    "urllib3.connectionpool.HTTPConnectionPool._make_request",
)


@pytest.mark.parametrize("debug", [True, False], ids=["debug", "production"])
@pytest.mark.parametrize("where", BROKEN)
def test_error_pages_and_mails_hold_no_secret(
    admin_client, sim, connection, secrets, settings, monkeypatch, mails, where, debug
):
    """Django shows the variables of every frame: those with tokens and keys are covered."""
    settings.DEBUG = debug
    admin_client.raise_request_exception = False
    there = admin_client.post("/quicksync/connect/", {"connection": connection.pk})
    back = requests.get(there["Location"], allow_redirects=False, timeout=120).headers["Location"]
    with monkeypatch.context() as patch:
        patch.setattr(where, broken)
        page = admin_client.get(back.replace("http://testserver", ""))
    assert page.status_code == 500
    # The code is part of the page's own address and worth nothing any more.
    found = secrets() - codes(sim)
    assert not readable(found, [("page", page.content.decode())])
    assert ("A fault of our own" in page.content.decode()) is debug
    (mail,) = mails
    assert "A fault of our own" in mail.body
    assert not readable(found, [("mail", mail.body), ("mail", mail.alternatives)])


@pytest.mark.parametrize(
    "where",
    [
        "quicksync.quickbooks.online.transport.oauth._post",
        "quicksync.sync.actions.connect._forget_access",
    ],
)
def test_disconnecting_that_breaks_shows_no_token(
    admin_client, sim, connection, secrets, settings, monkeypatch, where
):
    connect(admin_client, connection)
    SyncRun.objects.update(state="cancelled")
    settings.DEBUG = True
    admin_client.raise_request_exception = False
    monkeypatch.setattr(where, broken)
    page = admin_client.post(
        reverse("admin:quicksync_connection_disconnect", args=[connection.pk]), {"sure": "yes"}
    )
    assert page.status_code == 500
    assert not readable(secrets(), [("page", page.content.decode())])


@pytest.mark.parametrize("debug", [True, False], ids=["debug", "production"])
@pytest.mark.parametrize(
    "where",
    [
        "quicksync.admin.site.setup_keys._part",
        "quicksync.sync.access.key_check.check",
        "requests.adapters.HTTPAdapter.send",
        "django.db.models.base.Model.save_base",
        "django.db.models.query.QuerySet._insert",
        "simple_history.models.HistoricalRecords.create_historical_record",
        "cryptography.fernet.MultiFernet.encrypt",
    ],
)
def test_entering_keys_that_breaks_shows_none(
    admin_client, sim, connection, settings, monkeypatch, mails, where, debug
):
    settings.QUICKSYNC = {
        name: settings.QUICKSYNC[name] for name in ("INTUIT_BASE", "ENCRYPTION_KEYS")
    }
    settings.DEBUG = debug
    status = sim.status()
    typed = {
        "client_id": status["client_id"],
        "client_secret": status["client_secret"],
        "webhook_verifier": VERIFIER,
    }
    found = frozenset(
        {*client_secrets(status["client_id"], status["client_secret"]), VERIFIER, KEY}
    )
    admin_client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(where, broken)
        page = enter(admin_client, **typed)
    assert page.status_code == 500
    assert ("A fault of our own" in page.content.decode()) is debug
    assert not readable(found, [("page", page.content.decode())])
    (mail,) = mails
    assert not readable(found, [("mail", mail.body), ("mail", mail.alternatives)])


def test_what_carries_tokens_does_not_show_them(sim, connection):
    keys = app_keys.keys_for("production")
    assert repr(oauth.refresh(sim.company["refresh_token"], keys)) == "Tokens(...)"


def codes(sim):
    return {str(value) for (value,) in sim.site.tokens.db.execute("SELECT value FROM code")}
