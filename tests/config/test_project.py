"""The bundled project as a whole: safe settings, no sign-up, pages that keep to the security
policy.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import diff_match_patch
import import_export
import pytest
import simple_history
from django.urls import NoReverseMatch, reverse

from config import content_policy
from tests.tree import ROOT


def test_deployment_check_is_clean_with_https_and_a_mail_server():
    """From Django 6.1 on, the check also asks for a backend that sends mail."""
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    environ = {**os.environ, "QUICKSYNC_HTTPS": "1", "QUICKSYNC_EMAIL_BACKEND": smtp}
    environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set for browser tests only
    command = [
        sys.executable,
        "-W",
        "error",
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_root_leads_to_the_admin(client):
    assert client.get("/").url == reverse("admin:index")


@pytest.mark.parametrize(
    "name", ["account_signup", "socialaccount_signup", "socialaccount_connections"]
)
def test_nobody_signs_himself_up(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_allauth_sends_people_to_the_admin_login(client):
    assert (
        client.get(reverse("account_login") + "?next=/admin/").url == "/admin/login/?next=/admin/"
    )


def test_static_files_are_served_without_collecting(client):
    answer = client.get("/static/admin/css/base.css")
    # read to its end, which closes the file
    assert b"font-family" in b"".join(answer.streaming_content)


def test_policy_forbids_inline_code(client):
    policy = client.get("/admin/login/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "form-action 'self' https://appcenter.intuit.com" in policy


def test_policy_lets_connect_lead_to_the_stand_in():
    assert content_policy.directives("http://127.0.0.1:9400/x")["form-action"] == [
        "'self'",
        "http://127.0.0.1:9400",
    ]


def library_texts(pattern):
    folders = [Path(library.__file__).parent for library in (import_export, simple_history)]
    files = [file for folder in folders for file in folder.rglob("templates/**/*.html")]
    files.append(Path(diff_match_patch.__file__).parent / "diff_match_patch.py")
    return {
        text for file in files for text in re.findall(pattern, file.read_text(encoding="utf-8"))
    }


def test_policy_names_every_inline_text_of_the_admin_libraries():
    assert library_texts(r'\son[a-z]+=\\?"([^"\\]+)') == set(content_policy.LIBRARY_HANDLERS)
    assert library_texts(r'\sstyle=\\?"([^"\\]+)') == set(content_policy.LIBRARY_STYLES)
    assert not library_texts(r"<(?:script|style)>")


@pytest.mark.browser
def test_admin_opens_in_a_browser(page, admin_user):
    page.goto("/")
    page.get_by_label("Username").fill(admin_user.username)
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Site administration").wait_for()
