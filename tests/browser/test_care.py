"""Health, set-up and presets in a browser: nothing breaks the content policy, and a preset is chosen by hand (I17)."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quicksync.models import Connection, SyncRun
from quicksync.sync import connect

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_i14_i17_from_the_list_to_health_set_up_and_a_preset(page, admin_user):
    connection = Connection.objects.create(name="Main", realm_id="1", status="connected", refresh_token="r")
    connect.categories(connection)
    SyncRun.objects.create(connection=connection, state="done", finished_at=timezone.now(), done=4)
    page.goto("/admin/login/")
    page.fill("#id_username", "admin")
    page.fill("#id_password", "password")
    page.click("[type=submit]")
    page.wait_for_url("**/admin/")
    page.goto("/admin/quicksync/connection/")
    page.get_by_role("link", name="Health", exact=True).click()
    page.locator("svg .qs-bar-ok").wait_for()
    # The style sheet colours the chart; without it all is black.
    expect(page.locator(".qs-bar-ok")).not_to_have_css("fill", "rgb(0, 0, 0)")
    page.get_by_role("link", name="Main", exact=True).click()
    page.get_by_text("Nothing is wrong.").wait_for()
    page.goto("/admin/quicksync/connection/setup/")
    page.get_by_text("/quicksync/callback/").wait_for()
    page.goto(f"/admin/quicksync/connection/{connection.pk}/change/")
    page.get_by_role("link", name="Presets").click()
    page.get_by_role("button", name="Start with “Payables”").click()
    page.get_by_text("Preset “Payables”").wait_for()
    assert connection.categories.get(kind="invoice").enabled
