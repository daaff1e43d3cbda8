"""Health, set-up and presets in a browser: nothing breaks the content policy, and a preset is
chosen by hand (I17).
"""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quicksync.models import SyncRun
from quicksync.sync.actions import connect
from tests.browser.office import Office
from tests.models import make

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_i14_i17_from_the_list_to_health_set_up_and_a_preset(page, admin_user):
    connection = make.bare(name="Main", realm_id="1", status="connected", refresh_token="r")
    connect.categories(connection)
    SyncRun.objects.create(connection=connection, state="done", finished_at=timezone.now(), done=4)
    office = Office(page, sim=None)
    office.log_in(admin_user)
    office.go("/admin/quicksync/connection/")
    office.follow("Health")
    page.locator("svg .qs-bar-ok").wait_for()
    # The style sheet colours the chart; without it all is black.
    expect(page.locator(".qs-bar-ok")).not_to_have_css("fill", "rgb(0, 0, 0)")
    office.follow("Main")
    office.see("Nothing is wrong.")
    office.open("quicksync_connection_setup")
    office.see("/quicksync/callback/")
    office.open("quicksync_connection_change", connection.pk)
    office.follow("Presets")
    office.press("Start with “Payables”")
    office.see("Preset “Payables”")
    assert connection.categories.get(kind="invoice").enabled
