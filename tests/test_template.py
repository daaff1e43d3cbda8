"""The database that tests copy is never an old one; emptied tables are as Django leaves them."""

from __future__ import annotations

import inspect
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import TransactionTestCase
from django_q.models import Schedule

from quicksync.models import Connection
from tests import emptying, template


@pytest.fixture
def files(tmp_path):
    found = [tmp_path / "0001_initial.py", tmp_path / "models.py"]
    for file in found:
        file.write_text("fields = []\n")
    return found


def write(file: Path, text: str) -> Path:
    file.write_text(text)
    return file


@pytest.mark.parametrize(
    "change",
    [
        lambda files: write(files[0], "fields = [1]\n") and files,
        lambda files: [*files, write(files[0].with_name("0002_more.py"), "")],
        lambda files: files[:1],
        lambda files: [files[0].rename(files[0].with_name("0001_first.py")), files[1]],
    ],
    ids=["another-content", "one-more", "one-less", "another-name"],
)
def test_other_files_need_another_template(files, change):
    before = template.key_of(["5.2"], files)
    assert template.key_of(["5.2"], files) == before
    assert template.key_of(["5.2"], change(files)) != before


def test_another_version_needs_another_template(files):
    assert template.key_of(["5.2"], files) != template.key_of(["6.0"], files)
    assert template.key_of(["5.2", ""], files) != template.key_of(["", "5.2"], files)


def test_djangos_version_and_the_apps_are_part_of_it(monkeypatch, settings):
    before = template.key()
    monkeypatch.setattr(template.django, "get_version", lambda: "4.2")
    other = template.key()
    assert other != before
    settings.INSTALLED_APPS = settings.INSTALLED_APPS[:-1]
    assert template.key() not in (before, other)


def test_every_migration_of_every_app_is_part_of_it(db):
    """And the modules of all models: permissions and content types are made of them."""
    found = set(template.files())
    loader = MigrationExecutor(connection).loader
    migrations = {
        Path(inspect.getfile(type(migration))) for migration in loader.disk_migrations.values()
    }
    assert len(migrations) > 70
    assert migrations <= found
    assert {Path(inspect.getfile(one)) for one in template.apps.get_models()} <= found


def test_a_copy_has_every_migration(db):
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_schedules_are_made_when_a_copy_is_taken(db, tmp_path):
    """Their next times would be as old as the template, and every worker late."""
    template.sqlite(tmp_path / "copy.sqlite3")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM django_q_schedule").fetchone() == (0,)
    assert Schedule.objects.filter(func__startswith="quicksync").count() == 4


# --- Emptied tables -------------------------------------------------------------------------------


def standing():
    """All rows of all tables by table, without what is counted on or tells the time."""
    with connection.cursor() as cursor:
        tables = connection.introspection.django_table_names(only_existing=True)
        found = {}
        for table in set(tables) - {Schedule._meta.db_table}:
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = len(cursor.fetchall())
    return found | {
        "schedules": sorted(Schedule.objects.values_list("name", "func", "schedule_type")),
        "types": sorted(ContentType.objects.values_list("app_label", "model")),
        "permissions": sorted(
            Permission.objects.values_list("content_type__model", "codename", "name")
        ),
    }


def fill():
    """Rows that belong to each other, in whatever order they have to go."""
    Connection.objects.create(name="Main")
    Group.objects.create(name="office").permissions.set(Permission.objects.all()[:3])


def spoil_permissions():
    Permission.objects.filter(codename__startswith="view_").delete()


def spoil_types():
    ContentType.objects.create(app_label="gone", model="gone")


def spoil_schedules():
    Schedule.objects.all().delete()


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [fill, spoil_permissions, spoil_types, spoil_schedules],
    ids=["rows", "permissions", "types", "schedules"],
)
def test_emptied_tables_are_as_django_leaves_them(transactional_db, change):
    call_command("flush", verbosity=0, interactive=False)
    expected = standing()
    case = TransactionTestCase()
    for _ in range(2):
        change()
        assert standing() != expected
        ContentType.objects.get_for_model(Connection)
        emptying.empty(case)
        assert standing() == expected
        types = dict(ContentType.objects.in_bulk())
        for one in ContentType.objects._cache.get("default", {}).values():
            assert (one.app_label, one.model) == (types[one.pk].app_label, types[one.pk].model)
