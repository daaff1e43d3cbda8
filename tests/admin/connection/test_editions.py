"""What the pages of a connection say of its edition."""

from __future__ import annotations

from django.urls import reverse

from quicksync.conf import settings as settings_of
from quicksync.models import Connection

PAPER = "tests.contracts.polled_edition.PolledEdition"


def page_of(client, connection):
    path = reverse("admin:quicksync_connection_change", args=[connection.pk])
    return client.get(path).content.decode()


def test_the_form_offers_the_editions_that_are_there_by_their_names(admin_client, db, settings):
    settings.QUICKSYNC = {"EDITIONS": {**settings_of.editions, "paper": PAPER, "gone": "no.Where"}}
    form = admin_client.get(reverse("admin:quicksync_connection_add")).context["adminform"].form
    assert form.fields["edition"].choices == [
        ("online", "QuickBooks Online"),
        ("paper", "A company on paper"),
    ]
    assert form["edition"].value() == "online"


def test_a_connection_without_a_sign_in_is_not_told_of_intuit(admin_client, db, settings):
    settings.QUICKSYNC = {"EDITIONS": {"paper": PAPER}}
    made = Connection.objects.create(name="Paper")
    text = admin_client.get(
        reverse("admin:quicksync_connection_change", args=[made.pk])
    ).content.decode()
    assert "A company on paper is connected without signing in at Intuit." in text
    for words in ("Redirect URI", "Sign out at Intuit", ">Connect<", "Press Connect"):
        assert words not in text


def test_the_page_of_a_connected_company_names_its_edition(admin_client, db):
    made = Connection.objects.create(name="Main", realm_id="1", status="connected")
    text = page_of(admin_client, made)
    assert "QuickBooks Online" in text
    assert 'name="edition"' not in text
