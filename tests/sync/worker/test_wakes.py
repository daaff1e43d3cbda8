"""One wake that waits is enough: the task that has begun does what all of them were for."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync.sync.worker import wakes
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def called(monkeypatch):
    found = []
    monkeypatch.setattr(wakes, "call", found.extend)
    return found


@pytest.mark.parametrize("seconds", [-30, -1, 0, 1, 30])
def test_a_task_in_the_queue_is_believed_whoever_s_clock_said_when(called, seconds):
    """The dispatch goes by the database's clock, a save by this machine's."""
    company = make.connection()
    woken = timezone.now() + dt.timedelta(seconds=seconds)
    make.put(woken_at=woken, next_sync_at=timezone.now() + dt.timedelta(minutes=5))
    wakes.wake([company.pk])
    wakes.again(company.pk)
    assert called == []


@pytest.mark.parametrize("minutes", [-2, 2], ids=["lost", "from a clock that was set back"])
def test_a_task_that_should_have_begun_long_ago_is_not(called, minutes):
    company = make.connection()
    woken = timezone.now() + dt.timedelta(minutes=minutes)
    make.put(woken_at=woken, next_sync_at=timezone.now() + dt.timedelta(minutes=5))
    wakes.wake([company.pk])
    assert called == [company.pk]
