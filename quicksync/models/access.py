"""Access to a company in QuickBooks: tokens, and who renews them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.models.connection import Connection
from quicksync.models.encrypted import EncryptedTextField


class ConnectionAccess(models.Model):
    """One row for each connection, apart from it, so that no form, history, list, export or join of
    a connection reads a secret.

    Who changes both rows in one transaction changes this one first: what is to be done with a
    connection depends on the version of its tokens.
    """

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="access"
    )
    access_token = EncryptedTextField(blank=True, default="", editable=False)
    refresh_token = EncryptedTextField(blank=True, default="", editable=False)
    previous_refresh_token = EncryptedTextField(blank=True, default="", editable=False)
    access_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    refresh_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    reconnect_by = models.DateTimeField(null=True, blank=True, editable=False)
    # One more whenever somebody connects, disconnects or renews.
    version = models.PositiveIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access")
        default_permissions = ()

    def __str__(self) -> str:
        return f"access of connection {self.pk}"
