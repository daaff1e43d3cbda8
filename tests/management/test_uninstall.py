"""`migrate quicksync zero` leaves nothing of quicksync behind, and the way back works."""

import json
import os
import subprocess
import sys

from tests.tree import ROOT

SCRIPT = """
import json
import django
django.setup()
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task

def counts():
    tables = connection.introspection.table_names()
    return {
        "schedules": Schedule.objects.filter(func__startswith="quicksync").count(),
        "waiting": OrmQ.objects.count(),
        "permissions": Permission.objects.filter(content_type__app_label="quicksync").count(),
        "types": ContentType.objects.filter(app_label="quicksync").count(),
        "tables": len([name for name in tables if name.startswith("quicksync_")]),
    }

call_command("migrate", verbosity=0)
async_task("quicksync.tasks.dispatch")
async_task("math.sqrt", 4)
before = counts()
call_command("migrate", "quicksync", "zero", verbosity=0)
after = counts()
call_command("migrate", verbosity=0)
print(json.dumps([before, after, counts()]))
"""


def test_nothing_is_left_and_the_way_back_works(tmp_path):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.hosts.yard.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'gone.sqlite3'}",
        "QUICKSYNC_VAR": str(tmp_path),
    }
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    before, after, again = json.loads(done.stdout)
    assert before["schedules"] == 4
    assert before["permissions"] > 0
    assert after == {
        "schedules": 0,
        "waiting": 1,
        "permissions": 0,
        "types": 0,
        "tables": 0,
    }  # the host's own task waits
    assert {**again, "waiting": 2} == before
