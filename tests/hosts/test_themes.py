"""J11: a theme whose change form has other blocks (django-unfold): quicksync stands there, and its
own "Add".
"""

import json
import os
import subprocess
import sys

import pytest

from tests.tree import ROOT

pytest.importorskip("unfold")


@pytest.fixture(scope="module")
def shown():
    """The pages of the themed host, by name."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.hosts.themed_settings"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.hosts.show"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_page_opens(shown):
    assert {name: page["status"] for name, page in shown.items()} == dict.fromkeys(shown, 200)


def test_the_connections_page_has_its_buttons_before_its_settings(shown):
    text = shown["connection"]["text"]
    assert "Not connected yet" in text
    assert text.index("/quicksync/connect/") < text.index('name="interval_minutes"')
    assert "quicksync/quicksync.css" in text


def test_a_hosts_own_page_has_the_panel_before_its_form(shown):
    text = shown["firm"]["text"]
    assert text.count('class="qs-panel"') == 1
    assert text.index('class="qs-panel"') < text.index('name="title"')
    assert "quicksync/quicksync.css" in text


def test_lists_keep_the_themes_add_and_have_ours(shown):
    assert "/admin/quicksync/connection/add/" in shown["connections"]["text"]
    assert "/admin/quicksync/connection/health/" in shown["connections"]["text"]
    assert "/admin/quicksync/bookmark/add/" in shown["firms"]["text"]
    assert "/admin/yard/firm/add/" in shown["firms"]["text"]
