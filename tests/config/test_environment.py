"""Reading the environment: switches, lists, database addresses, the secret key."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

FILE = Path("var") / "quicksync.sqlite3"


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), ("Yes", True), (" on ", True), ("0", False), ("", False)]
)
def test_flag_reads_the_usual_words(word, value):
    assert environment.flag({"X": word}, "X", default=not value) is value


def test_flag_falls_back_to_its_default():
    assert environment.flag({}, "X") is False
    assert environment.flag({}, "X", default=True) is True


def test_flag_refuses_a_word_that_is_neither():
    with pytest.raises(ImproperlyConfigured, match="X='maybe' is neither yes nor no"):
        environment.flag({"X": "maybe"}, "X")


def test_words_drops_blanks():
    assert environment.words({"X": " a, ,b ,"}, "X") == ["a", "b"]
    assert environment.words({}, "X", default="c") == ["c"]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("", str(FILE)),
        ("sqlite://", str(FILE)),
        ("sqlite:///data.db", "data.db"),
        ("sqlite:////srv/a%20b.db", "/srv/a b.db"),
    ],
)
def test_sqlite_is_set_up_for_several_processes(url, name):
    database = environment.database(url, default_file=FILE)
    assert database["NAME"] == name
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] >= 20
    assert "journal_mode=WAL" in database["OPTIONS"]["init_command"]


def test_postgresql_address_is_taken_apart():
    url = "postgresql://bo%40:p%2Fw@db.example:5433/books?sslmode=require"
    database = environment.database(url, default_file=FILE)
    wanted = {
        "NAME": "books",
        "USER": "bo@",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
    }
    assert {key: database[key] for key in wanted} == wanted
    assert database["OPTIONS"] == {"sslmode": "require"}


def test_short_postgresql_address_leaves_the_rest_to_the_driver():
    database = environment.database("postgres:///books", default_file=FILE)
    assert (database["USER"], database["HOST"], database["PORT"]) == ("", "", "")


def test_other_databases_are_refused_in_words():
    with pytest.raises(ImproperlyConfigured, match="'mysql'; quicksync runs on"):
        environment.database("mysql://localhost/books", default_file=FILE)


def test_secret_key_from_the_environment_writes_no_file(tmp_path):
    file = tmp_path / "secret_key"
    assert environment.secret_key({"KEY": "given"}, "KEY", file) == "given"
    assert not file.exists()


def test_secret_key_is_made_once_and_readable_by_its_owner_only(tmp_path):
    file = tmp_path / "var" / "secret_key"
    first = environment.secret_key({}, "KEY", file)
    assert len(first) >= 50
    assert environment.secret_key({}, "KEY", file) == first
    assert file.stat().st_mode & 0o077 == 0


def test_processes_that_start_together_share_one_secret_key(tmp_path):
    barrier = threading.Barrier(8)
    keys = set()

    def start():
        barrier.wait()
        keys.add(environment.secret_key({}, "KEY", tmp_path / "secret_key"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


SMTP = "django.core.mail.backends.smtp.EmailBackend"


def test_mail_has_the_settings_of_djangos_version(monkeypatch):
    """Django 6.1 has them in one dictionary, and warns of the old ones."""
    given = {
        "QUICKSYNC_EMAIL_BACKEND": SMTP,
        "QUICKSYNC_EMAIL_HOST": "mx",
        "QUICKSYNC_EMAIL_USER": "me",
    }
    monkeypatch.setattr(environment.django, "VERSION", (5, 2, 0, "final", 0))
    old = environment.mail(given)
    assert (old["EMAIL_BACKEND"], old["EMAIL_HOST"], old["EMAIL_HOST_USER"], old["EMAIL_PORT"]) == (
        SMTP,
        "mx",
        "me",
        25,
    )
    monkeypatch.setattr(environment.django, "VERSION", (6, 1, 0, "final", 0))
    options = {"host": "mx", "port": 25, "username": "me", "password": "", "use_tls": False}
    assert environment.mail(given) == {
        "MAILERS": {"default": {"BACKEND": SMTP, "OPTIONS": options}}
    }
    assert "OPTIONS" not in environment.mail({})["MAILERS"]["default"]
