"""Routine: what the clock brings, where the runner has no schedules of its own."""

from __future__ import annotations

from django.db import models


class Routine(models.Model):
    """One row for each thing that is done again and again (`sync.worker.routines`).

    Who does it moves `next_at` on first, by a conditional update, so that one of several workers
    does it; one that dies in the middle of it is followed when that time has come.
    """

    name = models.CharField(max_length=20, primary_key=True)
    next_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
