"""Settings of a walk: the bundled project's, on the database that the environment names."""

import config.settings as base
from config.settings import DATABASES

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Workers die in a walk, machines do not.
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
QUICKSYNC: dict[str, object] = {}
