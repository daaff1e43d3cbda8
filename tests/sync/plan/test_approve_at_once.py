"""An approval at the very moment when the company's next run begins (A14, invariant 6)."""

from __future__ import annotations

import pytest
from django.db import connection as database

from quicksync.exceptions import Busy
from quicksync.models import SyncRun
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from tests.at_once import behind, still_open

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def preview(company):
    company.client()
    return company.preview()


def test_the_run_begins_and_the_person_is_told_to_wait(company, preview):
    """In a soak of two hours both waited for each other, and the run was the one to go under."""
    states = list(preview.operations.order_by("pk").values_list("state", flat=True))
    run, told = behind(
        lambda: starting.start(company.connection, trigger=SyncRun.Trigger.AUTOMATIC),
        lambda: approve.approve(preview, user=None),
    )
    assert isinstance(told, Busy)
    assert SyncRun.objects.get(pk=run.pk).state == SyncRun.State.PLANNING
    preview.refresh_from_db()
    assert preview.state == SyncRun.State.DRAFT
    assert list(preview.operations.order_by("pk").values_list("state", flat=True)) == states


def test_what_names_the_company_is_written_while_somebody_approves(company, preview):
    if database.vendor != "postgresql":
        return  # one writer at a time
    with still_open(lambda: approve.approve(preview, user=None)) as end:
        SyncRun.objects.create(connection=company.connection, state=SyncRun.State.DONE)
        end()
    preview.refresh_from_db()
    assert preview.state == SyncRun.State.APPROVED
