"""What the panel on a host's own page says of the companies that there are."""

from __future__ import annotations

import pytest
from django.urls import reverse

from quicksync.books.models import Client
from quicksync.models import Connection

EXPIRED = "Access to QuickBooks has expired."
NONE = "No QuickBooks company is connected."


@pytest.mark.parametrize(
    ("status", "says", "says_not"),
    [("expired", EXPIRED, NONE), ("disconnected", NONE, EXPIRED), ("connected", "Send to", NONE)],
)
def test_a5_it_says_why_nothing_can_be_sent(rows, admin_client, status, says, says_not):
    """It said that no company was connected while one waited for somebody to reconnect it."""
    Connection.objects.update(status=status)
    ada = Client.objects.create(name="Ada Lovelace")
    url = reverse("admin:books_client_change", args=[ada.pk])
    text = admin_client.get(url).content.decode()
    assert says in text
    assert says_not not in text
