"""Which keys of the app at Intuit count, where they come from, and what may be stored (A1, pain
29).
"""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from cryptography.fernet import Fernet
from django.core import serializers
from django.db import connection as database
from django.db import transaction

from quicksync.exceptions import KeysRefused, NotAllowed, TryLater
from quicksync.models import Connection, StoredKeys
from quicksync.quickbooks.port import AppKeys
from quicksync.sync.access import app_keys, key_check
from quicksync.sync.access import key_rotation as keys
from quicksync.sync.monitor import findings

HERE = {
    "client_id": "id-from-admin",
    "client_secret": "secret-from-admin",
    "webhook_verifier": "verifier-from-admin",
}


@pytest.fixture
def intuit(monkeypatch):
    """Says of all keys what `answer` says; remembers which it was asked about."""

    class Intuit:
        answer = None
        asked = ()

        def refresh(self, refresh_token, keys):
            self.asked = (*self.asked, keys)
            raise self.answer

    made = Intuit()
    made.answer = key_check.AccessLost("no such token")
    monkeypatch.setattr(key_check, "signing_in", lambda: {"ours": made})
    return made


def pair(environment):
    found = app_keys.keys_for(environment)
    return found.client_id, found.client_secret


class TestWhichCount:
    """The environment wins over settings, these over the admin; each environment has its own."""

    def test_without_any_there_are_none(self, db, settings):
        settings.QUICKSYNC = {}
        assert not app_keys.keys_for("production")
        assert app_keys.keyed() == frozenset()
        assert app_keys.verifiers() == ()

    def test_those_of_the_admin_count_for_their_environment(self, db, settings):
        settings.QUICKSYNC = {}
        key_check.store("sandbox", HERE)
        assert pair("sandbox") == ("id-from-admin", "secret-from-admin")
        assert not app_keys.keys_for("production")

    def test_those_of_the_settings_win_in_the_environment_of_the_settings(self, db, settings):
        settings.QUICKSYNC = {"CLIENT_ID": "a", "CLIENT_SECRET": "b", "ENVIRONMENT": "sandbox"}
        key_check.store("sandbox", HERE)
        key_check.store("production", {**HERE, "client_id": "real"})
        assert pair("sandbox") == ("a", "b")
        assert pair("production") == ("real", "secret-from-admin")
        assert {one.environment: one.keys_from for one in app_keys.in_force()} == {
            "sandbox": "settings", "production": "admin",
        }  # fmt: skip

    def test_the_process_environment_wins_over_all(self, db, settings, monkeypatch):
        settings.QUICKSYNC = {"CLIENT_ID": "a", "CLIENT_SECRET": "b"}
        key_check.store("production", HERE)
        monkeypatch.setenv("QUICKSYNC_CLIENT_ID", "x")
        monkeypatch.setenv("QUICKSYNC_CLIENT_SECRET", "y")
        assert pair("production") == ("x", "y")
        assert app_keys.in_force()[0].keys_from == "environment"

    def test_half_a_pair_in_the_settings_counts_for_nothing(self, db, settings):
        settings.QUICKSYNC = {"CLIENT_ID": "a"}
        key_check.store("production", HERE)
        assert pair("production") == ("id-from-admin", "secret-from-admin")

    def test_every_verifier_is_known_and_the_settings_replace_their_own(self, db, settings):
        settings.QUICKSYNC = {"WEBHOOK_VERIFIER": "from-settings"}
        key_check.store("production", {"webhook_verifier": "old"})
        key_check.store("sandbox", {"webhook_verifier": "other"})
        assert set(app_keys.verifiers()) == {"from-settings", "other"}

    def test_what_stands_in_for_intuit_never_gets_real_keys(self, db, settings):
        settings.QUICKSYNC = {}
        for environment in ("production", "sandbox"):
            key_check.store(environment, HERE)
        settings.QUICKSYNC = {"INTUIT_BASE": "http://127.0.0.1:9400"}
        assert not app_keys.keys_for("production")
        assert not app_keys.keys_for("sandbox")
        assert app_keys.verifiers() == ()
        key_check.store("stand_in", {"client_id": "sim", "client_secret": "sim-secret"})
        assert pair("production") == pair("sandbox") == ("sim", "sim-secret")
        settings.QUICKSYNC = {}
        assert pair("production") == ("id-from-admin", "secret-from-admin")

    def test_keys_of_the_settings_ask_nothing_of_the_database(
        self, settings, django_assert_num_queries, db
    ):
        settings.QUICKSYNC = {"CLIENT_ID": "a", "CLIENT_SECRET": "b"}
        with django_assert_num_queries(0):
            assert app_keys.keys_for("production")


@pytest.mark.postgres
@pytest.mark.parametrize(
    "inside", [transaction.atomic, nullcontext], ids=["in a transaction", "on its own"]
)
def test_before_the_table_is_made_the_settings_serve(transactional_db, settings, inside):
    """A site that is being updated goes on until it is migrated, whatever transaction the question
    is asked in.
    """
    settings.QUICKSYNC = {"CLIENT_ID": "a", "CLIENT_SECRET": "b", "WEBHOOK_VERIFIER": "v"}
    with database.schema_editor() as editor:
        editor.delete_model(StoredKeys)
    try:
        with inside():
            assert app_keys.keyed() == {"production"}
            assert app_keys.verifiers() == ("v",)
            assert not app_keys.keys_for("sandbox")
            assert not Connection.objects.exists()
    finally:
        with database.schema_editor() as editor:
            editor.create_model(StoredKeys)


class TestEntering:
    """What somebody enters is asked about first, and replaces nothing good by something wrong."""

    def test_good_keys_are_stored(self, db, settings, intuit, admin_user):
        settings.QUICKSYNC = {}
        verdict = key_check.keep("production", HERE, user=admin_user)
        assert verdict.is_good
        assert intuit.asked == (AppKeys(environment="production", client_id=HERE["client_id"],
                                        client_secret=HERE["client_secret"]),)  # fmt: skip
        assert pair("production") == ("id-from-admin", "secret-from-admin")
        assert StoredKeys.objects.get().history.get().history_user == admin_user

    def test_what_is_not_given_stays(self, db, settings, intuit):
        settings.QUICKSYNC = {}
        key_check.keep("production", HERE)
        key_check.keep("production", {"client_secret": "next"})
        assert pair("production") == ("id-from-admin", "next")
        assert intuit.asked[-1].client_id == "id-from-admin"
        assert app_keys.verifiers() == ("verifier-from-admin",)

    def test_keys_that_intuit_does_not_know_replace_nothing(self, db, settings, intuit):
        settings.QUICKSYNC = {}
        key_check.keep("production", HERE)
        intuit.answer = KeysRefused("Intuit does not know these app keys.")
        with pytest.raises(NotAllowed, match=r"Nothing was stored\. Intuit does not know"):
            key_check.keep("production", {"client_secret": "mistyped"})
        assert pair("production") == ("id-from-admin", "secret-from-admin")

    def test_without_an_answer_they_are_kept(self, db, settings, intuit):
        settings.QUICKSYNC = {}
        intuit.answer = TryLater("Intuit cannot be reached.")
        assert key_check.keep("production", HERE).keys is key_check.Keys.UNREACHABLE
        assert app_keys.keys_for("production")

    def test_a_verifier_is_stored_whatever_intuit_says_of_the_keys(self, db, settings, intuit):
        settings.QUICKSYNC = {}
        assert key_check.keep("sandbox", {"webhook_verifier": "v"}).keys is not key_check.Keys.GOOD
        assert app_keys.verifiers() == ("v",)

    @pytest.mark.parametrize(
        ("given", "sentence"),
        [
            ({"client_id": "a"}, "Enter the client secret too"),
            ({"client_secret": "a"}, "Enter the client ID too"),
            ({"client_id": "a", "client_secret": "a"}, "are the same"),
            ({"client_id": "id-from-admin", "client_secret": "x"}, "the one used for sandbox"),
        ],
    )
    def test_keys_in_the_wrong_place_are_recognised(self, db, settings, intuit, given, sentence):
        """Pain 29: Intuit itself knows the pair of the other environment and would call it good."""
        settings.QUICKSYNC = {}
        key_check.store("sandbox", HERE)
        with pytest.raises(NotAllowed, match=sentence):
            key_check.keep("production", given)
        assert not StoredKeys.objects.filter(environment="production").exists()
        assert intuit.asked == ()

    def test_the_same_again_leaves_no_trace(self, db, settings):
        assert key_check.store("sandbox", HERE)
        assert not key_check.store("sandbox", HERE)
        assert StoredKeys.objects.get().history.count() == 1


class TestAtRest:
    """Invariant 10: encrypted, in no history and no dump; readable again after the encryption key
    was changed.
    """

    OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()

    def columns(self):
        with database.cursor() as cursor:
            cursor.execute(
                "SELECT client_id, client_secret, webhook_verifier FROM quicksync_storedkeys"
            )
            return cursor.fetchone()

    def test_the_columns_hold_ciphertext(self, db):
        key_check.store("sandbox", HERE)
        assert [text[:5] for text in self.columns()] == ["gAAAA"] * 3

    def test_no_dump_and_no_history_holds_a_value(self, db):
        key_check.store("sandbox", HERE)
        key_check.store("sandbox", {"client_secret": "another-secret"})
        rows = [*StoredKeys.objects.all(), *StoredKeys.history.all()]
        text = (
            serializers.serialize("json", rows)
            + repr(rows)
            + repr([vars(row) for row in StoredKeys.history.all()])
        )
        assert not [value for value in (*HERE.values(), "another-secret") if value in text]
        assert [row.client_secret_version for row in StoredKeys.history.order_by("history_id")] == [
            1,
            2,
        ]

    def test_x38_rotation_covers_them(self, db, settings):
        settings.QUICKSYNC = {"ENCRYPTION_KEYS": [self.OLD]}
        key_check.store("sandbox", HERE)
        before = self.columns()
        settings.QUICKSYNC = {"ENCRYPTION_KEYS": [self.NEW, self.OLD]}
        assert keys.rotate() == (3, 0)
        assert not set(before) & set(self.columns())
        settings.QUICKSYNC = {"ENCRYPTION_KEYS": [self.NEW]}
        assert pair("sandbox") == ("id-from-admin", "secret-from-admin")
        assert StoredKeys.objects.get().history.count() == 1

    def test_what_no_key_can_read_is_told_and_can_be_entered_again(self, db, settings):
        settings.QUICKSYNC = {"ENCRYPTION_KEYS": [self.OLD]}
        key_check.store("sandbox", HERE)
        Connection.objects.create(name="Main", environment="sandbox")
        settings.QUICKSYNC = {"ENCRYPTION_KEYS": [self.NEW]}
        assert "keys-unreadable" in [one.code for one in findings.of_site()]
        assert not app_keys.keys_for("sandbox")
        key_check.store("sandbox", HERE)
        assert pair("sandbox") == ("id-from-admin", "secret-from-admin")
        assert "keys-unreadable" not in [one.code for one in findings.of_site()]
