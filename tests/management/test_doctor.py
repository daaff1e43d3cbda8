"""J5: the doctor says in the shell what the health page shows, with exit codes."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_q.models import Schedule

from quicksync.simulator import running
from quicksync.sync.access import key_check
from quicksync.sync.worker import schedule
from tests.company import settings_for
from tests.models import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def healthy(settings):
    """A site with keys and schedules."""
    settings.QUICKSYNC = {"CLIENT_ID": "x", "CLIENT_SECRET": "y"}
    Schedule.objects.all().delete()
    schedule.ensure()


def doctor(*arguments):
    out = StringIO()
    code = 0
    try:
        call_command("quicksync_doctor", *arguments, stdout=out)
    except CommandError as error:
        code = error.returncode
    return code, out.getvalue()


def test_j5_nothing_is_wrong(healthy):
    make.bare(name="Main", status="connected", realm_id="1", refresh_token="r")
    code, text = doctor()
    assert code == 0
    assert text.count("nothing to report") == 2


def test_j5_warnings_give_1(healthy):
    make.bare(name="Main", status="connected", realm_id="1", refresh_token="r", failures=4)
    code, text = doctor()
    assert code == 1
    assert "! runs-fail: 4 runs in a row have stopped." in text


def test_j5_errors_give_2_and_json_says_all(healthy):
    connection = make.bare(name="Main", status="expired", realm_id="1", failures=4)
    code, text = doctor("--json")
    site, patient = json.loads(text)
    assert code == 2
    assert (site["number"], site["findings"]) == (None, [])
    assert patient["number"] == connection.pk
    assert [one["code"] for one in patient["findings"]] == ["access-lost", "runs-fail"]
    assert patient["figures"]["status"] == "expired"


def test_j5_settings_are_examined_too(healthy, settings):
    settings.QUICKSYNC = {**settings.QUICKSYNC, "CLEINT_ID": "x"}
    code, text = doctor()
    assert code == 2
    assert "quicksync.E001" in text


def test_j5_intuit_is_asked_about_the_keys(healthy, settings):
    with running(company="empty") as sim:
        settings.QUICKSYNC = settings_for(sim)
        assert said() == [key_check.Keys.GOOD]
        settings.QUICKSYNC = {**settings.QUICKSYNC, "CLIENT_SECRET": "wrong"}
        assert said() == [key_check.Keys.WRONG]
        code, text = doctor("--keys")
        assert code == 2
        assert "keys-wrong" in text
    assert said() == [key_check.Keys.UNREACHABLE]
    settings.QUICKSYNC = {}
    assert said() == [key_check.Keys.MISSING]


def said():
    return [verdict.keys for verdict in key_check.check_keys()]
