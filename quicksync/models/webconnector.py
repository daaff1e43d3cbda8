"""The Web Connector's side of a Desktop connection: its login and its sessions."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quicksync.models.connection import Connection


class WebConnectorLogin(models.Model):
    """User name and password hash that one Web Connector presents, and the company file it belongs
    to.
    """

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="login")
    username = models.CharField(_("user name"), max_length=64, unique=True)
    password = models.CharField(max_length=256, editable=False)
    file_id = models.CharField(_("company file"), max_length=64, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    seen_at = models.DateTimeField(_("last seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("Web Connector login")
        verbose_name_plural = _("Web Connector logins")

    def __str__(self) -> str:
        return self.username


class WebConnectorSession(models.Model):
    """One conversation, from authenticate to close."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")
        FAILED = "failed", _("Broken off")

    login = models.ForeignKey(WebConnectorLogin, models.CASCADE, related_name="sessions")
    ticket = models.CharField(max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=6, choices=State.choices, default=State.OPEN)
    asked = models.CharField(max_length=50, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    opened_at = models.DateTimeField(_("opened"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("Web Connector session")
        verbose_name_plural = _("Web Connector sessions")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.login} {timezone.localtime(self.opened_at):%Y-%m-%d %H:%M}"
