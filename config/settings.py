"""Settings of the bundled project: SQLite and no other service, unless the environment says so.

docs/project.md lists the variables. A host project takes over only the parts about quicksync.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from config import content_policy, environment
from config.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
# Everything that a run writes: database, secret key, collected files.
VAR_DIR = Path(os.environ.get("QUICKSYNC_VAR", BASE_DIR / "var"))
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG = environment.flag(os.environ, "QUICKSYNC_DEBUG")
SECRET_KEY = environment.secret_key(os.environ, "QUICKSYNC_SECRET_KEY", VAR_DIR / "secret_key")
ALLOWED_HOSTS = environment.words(
    os.environ, "QUICKSYNC_ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]"
)
CSRF_TRUSTED_ORIGINS = environment.words(os.environ, "QUICKSYNC_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    # Before the admin, so that its templates may extend the admin's own.
    "quicksync",
    "quicksync.books",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Development server and tests serve static files as production does, through WhiteNoise.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.quickbooks",
    "csp",
    "django_q",
    "simple_history",
    "import_export",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Error pages and error mails show no secret, with DEBUG neither.
DEFAULT_EXCEPTION_REPORTER_FILTER = "quicksync.redaction.SecretsFilter"

# --- Data -----------------------------------------------------------------------------------------

DATABASES = {
    "default": environment.database(
        os.environ.get("DATABASE_URL", ""), default_file=VAR_DIR / "quicksync.sqlite3"
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Work in the background -----------------------------------------------------------------------

# A task works for about a minute and enqueues its next slice, so that five minutes mean it hangs.
# `retry` must be longer than `timeout`: a task still at work would otherwise be handed out again.
Q_CLUSTER: dict[str, Any] = {
    "name": "quicksync",
    "label": "Background tasks",
    "workers": int(os.environ.get("QUICKSYNC_WORKERS", "2")),
    "timeout": 300,
    "retry": 360,
    # What is owed stands in quicksync's operations, not in the queue: the next dispatch finds it
    # again.
    "max_attempts": 3,
    "ack_failures": True,
    # One dispatch does the work of all those that a stopped cluster missed.
    "catch_up": False,
    "bulk": 10,
    "poll": 0.5,
    "recycle": 200,
    "save_limit": 500,
}
# An address selects Redis for the queue; without one the tasks wait in the database.
if REDIS_URL := os.environ.get("QUICKSYNC_REDIS_URL", ""):
    Q_CLUSTER["redis"] = REDIS_URL
else:
    Q_CLUSTER["orm"] = "default"

# --- People ---------------------------------------------------------------------------------------

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Only Django's own backend: an Intuit account connects a company, it never logs anybody in here.
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_AUTO_SIGNUP = False
# QuickBooks' tokens go encrypted into the connection, never into allauth's readable token table.
SOCIALACCOUNT_STORE_TOKENS = False

# --- quicksync ------------------------------------------------------------------------------------

# quicksync/conf.py describes each key; an empty dictionary is a working configuration.
QUICKSYNC: dict[str, Any] = {}

# --- Web ------------------------------------------------------------------------------------------

# Served from the apps' own folders by WhiteNoise: nothing to collect before the first start.
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True
if STATIC_ROOT_NAME := os.environ.get("QUICKSYNC_STATIC_ROOT", ""):
    STATIC_ROOT = Path(STATIC_ROOT_NAME)

HTTPS = environment.flag(os.environ, "QUICKSYNC_HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# Only behind a proxy that removes this header from what clients send.
if environment.flag(os.environ, "QUICKSYNC_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
# Lax, not strict: Intuit sends the browser back here by a link, and the session must come with it.
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

_STAND_IN: str = os.environ.get("QUICKSYNC_INTUIT_BASE", "") or QUICKSYNC.get("INTUIT_BASE", "")
CONTENT_SECURITY_POLICY = {"DIRECTIVES": content_policy.directives(_STAND_IN)}

# --- Mail, words, logs ----------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("QUICKSYNC_FROM_EMAIL", "quicksync@localhost")
globals().update(environment.mail(os.environ))

LANGUAGE_CODE = "en"
TIME_ZONE = os.environ.get("QUICKSYNC_TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

LOGGING = logging_settings(
    style=os.environ.get("QUICKSYNC_LOG_STYLE", "text"),
    level=os.environ.get("QUICKSYNC_LOG_LEVEL", "INFO").upper(),
)
