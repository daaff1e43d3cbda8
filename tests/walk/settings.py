"""Settings of a walk: the bundled project's, on the database that the environment names."""

import config.settings as base

globals().update({name: value for name, value in vars(base).items() if name.isupper()})

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
QUICKSYNC: dict[str, object] = {}
