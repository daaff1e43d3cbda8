"""Encryption keys rotate: old tokens stay readable, new ones are written under the newest key
(X38).
"""

from __future__ import annotations

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection as database

from quicksync.models import Connection
from quicksync.sync.access import key_rotation
from tests.models import make

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def cipher(pk):
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT refresh_token FROM quicksync_connectionaccess WHERE connection_id = %s", [pk]
        )
        return cursor.fetchone()[0]


@pytest.fixture
def encrypted(db, settings):
    settings.QUICKSYNC = {"ENCRYPTION_KEYS": [OLD]}
    return make.bare(name="A", access_token="access", refresh_token="refresh")


def test_x38_rotation_writes_every_secret_under_the_newest_key(encrypted, settings):
    before = cipher(encrypted.pk)
    settings.QUICKSYNC = {"ENCRYPTION_KEYS": [NEW, OLD]}
    assert key_rotation.rotate() == (2, 0)
    assert cipher(encrypted.pk) != before
    settings.QUICKSYNC = {"ENCRYPTION_KEYS": [NEW]}
    assert Connection.objects.get().access.refresh_token == "refresh"


def test_secrets_of_a_lost_key_are_counted_and_left_alone(encrypted, settings):
    before = cipher(encrypted.pk)
    settings.QUICKSYNC = {"ENCRYPTION_KEYS": [NEW]}
    with pytest.raises(CommandError, match="2 secrets cannot be decrypted with any of the keys"):
        call_command("quicksync_keys", "rotate", stdout=StringIO())
    assert cipher(encrypted.pk) == before


def test_the_command_makes_a_key_that_works(encrypted, settings):
    out = StringIO()
    call_command("quicksync_keys", "new", stdout=out)
    settings.QUICKSYNC = {"ENCRYPTION_KEYS": [out.getvalue().strip(), OLD]}
    assert key_rotation.rotate() == (2, 0)
