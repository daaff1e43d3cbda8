"""WebhookDelivery and WebhookEvent: the inbox of QuickBooks' notifications."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WebhookDelivery(models.Model):
    """Stored before it is believed. The event is only a hint to read; `digest` keeps a repeated
    delivery out.
    """

    class State(models.TextChoices):
        USED = "used", _("Read")
        REPEATED = "repeated", _("Duplicate")
        IGNORED = "ignored", _("Unknown company")
        REFUSED = "refused", _("Wrong signature")
        STRANGE = "strange", _("Unreadable")

    digest = models.CharField(max_length=64, unique=True)
    body = models.TextField(blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State.choices)
    realms = models.JSONField(_("companies"), default=list, blank=True)
    events = models.PositiveIntegerField(_("events"), default=0)
    unread = models.PositiveIntegerField(_("events that could not be read"), default=0)
    trace_id = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    used_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification from QuickBooks")
        verbose_name_plural = _("notifications from QuickBooks")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=["received_at"],
                condition=Q(state__in=["strange", "refused"]) | Q(unread__gt=0),
                name="quicksync_webhook_odd",
            ),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.received_at):%Y-%m-%d %H:%M:%S}"

    @classmethod
    def puzzling(cls) -> Q:
        """Deliveries that could not be read, or not wholly."""
        return Q(state=cls.State.STRANGE) | Q(unread__gt=0)


class WebhookEvent(models.Model):
    """One event of the delivery that told of it first; `key` keeps it out of later deliveries.

    `type`, `remote_id` and `operation` are QuickBooks' words; `merged_id` is the record that a
    merge did away with.
    """

    delivery = models.ForeignKey(WebhookDelivery, models.CASCADE, related_name="told")
    key = models.CharField(max_length=64, unique=True)
    realm_id = models.CharField(_("company"), max_length=64)
    type = models.CharField(_("type"), max_length=40)
    remote_id = models.CharField(_("id in QuickBooks"), max_length=40)
    operation = models.CharField(_("what happened"), max_length=20)
    merged_id = models.CharField(_("merged away"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("webhook event")
        verbose_name_plural = _("webhook events")

    def __str__(self) -> str:
        away = f" ({self.merged_id} is gone)" if self.merged_id else ""
        return f"{self.type} {self.remote_id}: {self.operation}{away}"
