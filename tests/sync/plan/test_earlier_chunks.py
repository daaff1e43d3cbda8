"""A plan of many slices knows what its earlier slices create, without holding it in memory."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from quicksync.models import SyncRun
from quicksync.records import Ref
from quicksync.sync.plan.earlier_chunks import Planned
from tests.company import connected


@pytest.mark.django_db(transaction=True)
def test_the_next_slice_knows_what_the_plan_creates_so_far_in_one_statement():
    with connected(kinds=("customer",)) as company:
        clients = [company.client(f"Client {number}") for number in range(3)]
        run = company.preview()
        assert run.state == SyncRun.State.DRAFT
        with CaptureQueriesContext(database) as caught:
            planned = Planned(run)
    assert planned.coming == {Ref("customer", str(client.pk)) for client in clients}
    assert len(caught) == 1
    assert "payload" not in caught[0]["sql"]
    assert "agreed_here" not in caught[0]["sql"]
