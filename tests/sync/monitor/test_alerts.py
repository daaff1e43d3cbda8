"""I15: what is wrong is told by e-mail, each thing once, with its cure."""

from __future__ import annotations

import datetime as dt
import threading
from unittest import mock

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from quicksync import tasks
from quicksync.models import Alert, Connection, SyncRun
from quicksync.sync.access import expiry
from quicksync.sync.monitor import alerts
from quicksync.sync.worker import on_django_q2, schedule
from tests.models import make

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture(autouse=True)
def site(settings):
    """A site on which nothing is wrong, with somebody to tell."""
    settings.QUICKSYNC = {
        "CLIENT_ID": "x",
        "CLIENT_SECRET": "y",
        "ALERT_EMAILS": ["ops@example.com"],
    }
    Schedule.objects.all().delete()
    schedule.ensure()


def company(name="Main", **values):
    usual = {"status": "connected", "realm_id": name, "refresh_token": "secret-token"}
    return make.bare(name=name, **usual | values)


def test_i15_nothing_wrong_nothing_sent():
    company()
    assert tasks.alerts() == 0
    assert not mail.outbox
    assert not Alert.objects.exists()


def test_i15_what_is_wrong_is_told_once(settings):
    settings.QUICKSYNC["SITE_URL"] = "https://books.example.com/"
    connection = company(status="expired")
    assert tasks.alerts() == 1
    assert tasks.alerts() == 0
    [sent] = mail.outbox
    assert sent.to == ["ops@example.com"]
    assert sent.subject.startswith("QuickBooks: Main: This site no longer has access to QuickBooks")
    assert "press Reconnect" in sent.body
    assert (
        f"https://books.example.com/admin/quicksync/connection/{connection.pk}/change/" in sent.body
    )


def test_i15_a5_lost_access_is_told_at_once(django_capture_on_commit_callbacks):
    """With the way to reconnect, and not with the next hour's look."""
    connection = company()
    with django_capture_on_commit_callbacks(execute=True):
        expiry.expire(connection, "Gone.")
        expiry.expire(connection, "Gone.")
    assert [row.task["func"] for row in OrmQ.objects.all()] == ["quicksync.tasks.alerts"]
    tasks.alerts()
    assert "press Reconnect" in mail.outbox[0].body


def test_i15_all_news_in_one_mail():
    company("Alpha", status="expired", failures=4, last_error="Down.")
    connection = company("Beta")
    SyncRun.objects.create(connection=connection, state="draft", reason="unsafe-plan")
    assert tasks.alerts() == 3
    [sent] = mail.outbox
    assert sent.subject == "QuickBooks: 3 things need a look"
    assert sent.body.index("Alpha") < sent.body.index("Beta") < sent.body.index("has to approve it")
    assert "secret" not in sent.body


def test_i15_a16_14_7_and_1_days_are_told_apart():
    connection = company()
    for days, number in ((20, 0), (14, 1), (13, 0), (7, 1), (1, 1), (0, 0)):
        ends = timezone.now() + dt.timedelta(days=days, hours=1)
        make.put(connection, refresh_expires_at=ends)
        assert tasks.alerts() == number, days
    assert len(mail.outbox) == 3
    assert Alert.objects.filter(ended_at=None).get().code == "access-ends-1"


def test_i15_what_comes_back_is_told_again():
    connection = company(status="expired")
    assert tasks.alerts() == 1
    Connection.objects.filter(pk=connection.pk).update(status="connected")
    assert tasks.alerts() == 0
    assert Alert.objects.get().ended_at
    Connection.objects.filter(pk=connection.pk).update(status="expired")
    assert tasks.alerts() == 1
    assert len(mail.outbox) == 2


def test_i15_the_words_follow_what_is_found():
    connection = company(failures=3)
    tasks.alerts()
    make.put(connection, failures=5)
    tasks.alerts()
    assert Alert.objects.get().sentence.startswith("5 runs in a row")
    assert len(mail.outbox) == 1


def test_i15_what_cannot_be_sent_is_sent_later():
    company(status="expired")
    with mock.patch.object(EmailBackend, "send_messages", side_effect=ConnectionRefusedError):
        assert tasks.alerts() == 0
    assert Alert.objects.get().told_at is None
    assert tasks.alerts() == 1


def test_i15_without_addresses_the_staff_who_may_connect_are_told(settings):
    settings.QUICKSYNC = {"CLIENT_ID": "x", "CLIENT_SECRET": "y"}
    company(status="expired")
    for name, staff, may in (("ada", True, True), ("bob", True, False), ("cy", False, True)):
        user = User.objects.create_user(name, f"{name}@example.com", is_staff=staff)
        if may:
            user.user_permissions.set(Permission.objects.filter(codename="connect_connection"))
    assert alerts.addressees() == ["ada@example.com"]
    User.objects.all().delete()
    assert tasks.alerts() == 0
    assert Alert.objects.get().told_at is None


def test_i15_many_companies_are_looked_at_in_a_few_statements():
    """However many there are in a batch, and with an alert at each."""

    def statements():
        with CaptureQueriesContext(connection) as caught:
            tasks.alerts()
        return len(caught)

    few = [company(f"C{number}", status="expired") for number in range(3)]
    tasks.alerts()
    before = statements()
    for number in range(20):
        company(f"D{number}")
    assert statements() == before
    assert Alert.objects.filter(ended_at=None, connection__in=few).count() == 3


def test_i15_the_site_itself(settings):
    Schedule.objects.filter(func=on_django_q2.DISPATCH).delete()
    assert tasks.alerts() == 1
    assert mail.outbox[0].body.startswith("This site\n")


@pytest.mark.django_db(transaction=True)
def test_i15_several_workers_tell_it_once():
    company(status="expired")
    start = threading.Barrier(4)

    def work():
        start.wait()
        try:
            tasks.alerts()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mail.outbox) == 1
    assert Alert.objects.count() == 1


def test_i15_the_page_of_alerts(admin_client):
    company(status="expired")
    tasks.alerts()
    page = admin_client.get("/admin/quicksync/alert/?over=no").content.decode()
    assert "This site no longer has access to QuickBooks" in page
    alert = Alert.objects.get()
    assert admin_client.get(f"/admin/quicksync/alert/{alert.pk}/change/").status_code == 200
    assert (
        "no longer has access"
        not in admin_client.get("/admin/quicksync/alert/?over=yes").content.decode()
    )
