"""The clocks and counters of a connection, which the engine moves."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.models.connection import Connection


class ConnectionClock(models.Model):
    """One row for each connection: when it runs, how far it has read, what it has used.

    Apart from the connection, so that a page that stood open never writes them back and a run that
    ends rewrites no facts. Apart from its access, because every page and list shows clocks and none
    may read a secret, and because a dispatch, which holds many of these rows at once, must not
    stand in the way of somebody who has fresh tokens to store.

    Who changes both rows in one transaction changes the connection first.
    """

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="clock"
    )
    next_sync_at = models.DateTimeField(
        _("next run"), null=True, blank=True, editable=False, db_index=True
    )
    woken_at = models.DateTimeField(null=True, blank=True, editable=False)
    woken_by = models.CharField(max_length=10, blank=True, editable=False)
    cursor = models.CharField(max_length=64, blank=True, editable=False)
    read_at = models.DateTimeField(null=True, blank=True, editable=False)
    read_kinds = models.JSONField(default=list, blank=True, editable=False)
    lists_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    limiter = models.TextField(blank=True, editable=False)
    calls_month = models.CharField(max_length=7, blank=True, editable=False)
    calls = models.PositiveIntegerField(_("calls this month"), default=0, editable=False)
    reads = models.PositiveIntegerField(_("metered reads this month"), default=0, editable=False)
    failures = models.PositiveSmallIntegerField(
        _("failed runs in a row"), default=0, editable=False
    )
    last_run_at = models.DateTimeField(_("last run"), null=True, blank=True, editable=False)
    last_error = models.CharField(_("last problem"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        default_permissions = ()

    def __str__(self) -> str:
        return f"clock of connection {self.pk}"

    @classmethod
    def scheduled(cls) -> models.Q:
        """Those of connections that run by themselves.

        Not through a join: of an UPDATE Django would put all conditions together into a subquery,
        which PostgreSQL does not look at again after it has waited for the row.
        """
        return models.Q(connection__in=Connection.objects.filter(Connection.scheduled()))
