"""What a run's page says of each operation is so: nothing is told as done that is not, and nothing
as emptied that stays.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from quicksync.admin.run import sections


def text_of(client, run):
    return client.get(reverse("admin:quicksync_syncrun_change", args=[run.pk])).content.decode()


@pytest.mark.parametrize(
    ("action", "says", "says_not"),
    [
        ("conflict", ("You decide", "changed on both sides"), ("Nothing is carried over",)),
        ("drift", ("Nothing is carried over",), ("You decide", "changed on both sides")),
    ],
)
def test_i3_what_is_not_written_is_not_said_to_become_empty(
    rows, admin_client, action, says, says_not
):
    """A field that only QuickBooks changed was "changed on both sides", and "—" afterwards."""
    run = rows.run(state="done")
    sides = {"agreed": "Before", "here": "From here", "there": "From there", "will": None}
    changes = [{"name": "memo", "label": "Message", "conflict": True, **sides}]
    rows.operation(run, action=action, direction="", state="skipped", changes=changes)
    text = text_of(admin_client, run)
    assert all(words in text for words in says)
    assert not any(words in text for words in says_not)


@pytest.mark.parametrize("state", ["pending", "sending"])
@pytest.mark.parametrize("direction", ["push", "pull"])
def test_i2_what_a_stopped_run_has_not_done_is_not_told_as_done(
    rows, admin_client, state, direction
):
    """A run that lost its access said "Updated in QuickBooks" of what it had not sent."""
    run = rows.run(state="failed", reason="no-access")
    rows.operation(run, action="update", direction=direction, state=state)
    rows.operation(run, action="create", direction=direction, state="done")
    (group,) = sections.groups(run)
    waiting, done = group.sections
    assert (waiting.title, waiting.count, done.count) == ("Still waiting", 1, 1)
    text = text_of(admin_client, run)
    assert "Still waiting" in text
    assert "Updated" not in text.partition('class="qs-groups"')[2]


def test_i5_an_operation_is_headed_by_what_was_done(rows, admin_client):
    """It said "create Invoice 1", as the database has it."""
    operation = rows.operation(rows.run(), label="Invoice 1", state="done")
    url = reverse("admin:quicksync_operation_change", args=[operation.pk])
    text = admin_client.get(url).content.decode()
    assert "<h1>Create in QuickBooks</h1>" in text
    assert "<h2>Invoice 1</h2>" in text
    assert "create Invoice" not in text
