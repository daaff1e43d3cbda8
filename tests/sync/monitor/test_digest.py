"""I15: the weekly digest says how every connection stands, in one mail to each address."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone
from django_q.models import Schedule

from quicksync import tasks
from quicksync.models import Connection, EntityMapping, SyncRun
from tests.models import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.QUICKSYNC = {
        "ALERT_EMAILS": ["ada@example.com", "bob@example.com"],
        "CLIENT_ID": "x",
        "CLIENT_SECRET": "y",
        "SITE_URL": "https://books.example.com",
    }


@pytest.fixture
def connection():
    now = timezone.now()
    return make.bare(
        name="Main",
        status="connected",
        realm_id="1",
        connected_at=now,
        last_run_at=now,
        refresh_token="secret-token",
        refresh_expires_at=now + dt.timedelta(days=90, hours=1),
        calls_month=f"{now:%Y-%m}",
        reads=1234,
    )


def test_i15_all_is_well(connection):
    SyncRun.objects.create(connection=connection, state="done", finished_at=timezone.now())
    assert tasks.digest() == 2
    assert [one.to for one in mail.outbox] == [["ada@example.com"], ["bob@example.com"]]
    text = mail.outbox[0].body
    assert mail.outbox[0].subject == "QuickBooks, weekly: all is well"
    for words in (
        "Main: Connected",
        "access for 90 days",
        "0 waiting to be sent",
        "1 runs finished and 0 stopped",
        "1,234 of 500,000",
    ):
        assert words in text
    assert f"https://books.example.com/admin/quicksync/connection/{connection.pk}/change/" in text
    assert "secret-token" not in text


def test_i15_what_is_wrong_is_named_with_its_cure(connection):
    for number in range(3):
        EntityMapping.objects.create(
            connection=connection,
            kind="invoice",
            object_key=str(number),
            state="held",
            reason="tax-code-unmapped",
        )
    Connection.objects.create(name="Lost", status="expired", connected_at=timezone.now())
    tasks.digest()
    text = mail.outbox[0].body
    assert mail.outbox[0].subject == "QuickBooks, weekly: 2 things need a look"
    assert "Problems by cause: tax code unmapped (3)." in text
    assert "Lost: Access expired: connect again" in text
    assert "press Reconnect" in text


def test_i15_nothing_to_tell_nothing_sent(settings):
    Connection.objects.create(name="Not connected yet")
    assert tasks.digest() == 0
    assert not mail.outbox


def test_i15_it_goes_out_on_monday_morning():
    row = Schedule.objects.get(func="quicksync.tasks.digest")
    when = timezone.localtime(row.next_run)
    assert (when.weekday(), when.hour, row.schedule_type) == (0, 7, Schedule.WEEKLY)
    assert timezone.now() < when < timezone.now() + dt.timedelta(days=8)
