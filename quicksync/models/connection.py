"""Connection: one QuickBooks company joined to this site."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models, router, transaction
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from quicksync.conf import settings
from quicksync.models.options import OptionsField
from quicksync.options.company import CompanyOptions


def default_interval() -> int:
    """The interval of a new connection, from settings."""
    return settings.interval_minutes


def default_edition() -> str:
    """The edition of a new connection: the first of the settings."""
    return next(iter(settings.editions), "")


# What people set; the engine writes everything else, by updates of single columns.
SETTINGS = (
    "name",
    "edition",
    "environment",
    "sync_type",
    "live",
    "interval_minutes",
    "paused",
    "pause_reason",
    "options",
)


class Connections(models.QuerySet[Any]):
    """Rows of connections; those made in bulk get the rows beside them too."""

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[Any]:
        with transaction.atomic(using=self.db, savepoint=False):
            made = super().bulk_create(*args, **kwargs)
            complete(self.db)
        return made


class Connection(models.Model):
    """One company: who it is, what people have set for it, what we know of its set-up.

    How we get in is in `ConnectionAccess`, when we run and how far we are in `ConnectionClock`:
    both have a row for each connection from the moment that it is there.
    """

    class Status(models.TextChoices):
        NEW = "new", _("Not connected yet")
        CONNECTED = "connected", _("Connected")
        EXPIRED = "expired", _("Access expired: connect again")
        DISCONNECTED = "disconnected", _("Disconnected")

    KEPT = (Status.CONNECTED, Status.EXPIRED)  # a company has one of these at most

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("Production")
        SANDBOX = "sandbox", _("Sandbox")

    class SyncType(models.TextChoices):
        AUTOMATIC = "automatic", _("Automatic")
        MANUAL = "manual", _("Manual: nothing is synced until you ask")

    name = models.CharField(
        _("name"), max_length=120, help_text=_("What you call this company here.")
    )
    edition = models.CharField(_("edition"), max_length=20, default=default_edition)
    environment = models.CharField(
        _("environment"), max_length=12, choices=Environment.choices, default=Environment.PRODUCTION
    )
    status = models.CharField(
        _("status"), max_length=14, choices=Status.choices, default=Status.NEW
    )
    realm_id = models.CharField(_("company id"), max_length=64, blank=True)
    company_name = models.CharField(_("company in QuickBooks"), max_length=1024, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    home_currency = models.CharField(_("home currency"), max_length=3, blank=True)

    sync_type = models.CharField(
        _("synchronization"), max_length=10, choices=SyncType.choices, default=SyncType.AUTOMATIC
    )
    live = models.BooleanField(
        _("live updates"), default=True, help_text=_("Send a change within seconds of saving it.")
    )
    interval_minutes = models.PositiveSmallIntegerField(
        _("interval in minutes"),
        default=default_interval,
        help_text=_("How often changes are fetched and sent."),
    )
    paused = models.BooleanField(_("paused"), default=False)
    pause_reason = models.CharField(_("why it is paused"), max_length=300, blank=True)
    options = OptionsField(CompanyOptions, verbose_name=_("options"))

    connected_at = models.DateTimeField(_("first connected"), null=True, blank=True, editable=False)
    closing_date = models.DateField(_("books closed until"), null=True, blank=True, editable=False)
    facts = models.JSONField(default=dict, blank=True, editable=False)

    objects = Connections.as_manager()
    history = HistoricalRecords(excluded_fields=["facts", "closing_date"])

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        permissions = (
            ("connect_connection", "Can connect and disconnect a company"),
            ("preview_connection", "Can preview what would be synchronized"),
            ("run_connection", "Can synchronize now"),
            ("resolve_connection", "Can skip, add back, retry and resolve records"),
            ("payloads_connection", "Can see what was sent and received"),
            ("history_connection", "Can import records of the past"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["edition", "environment", "realm_id"],
                condition=models.Q(status__in=["connected", "expired"]) & ~models.Q(realm_id=""),
                name="quicksync_one_live_connection",
                violation_error_message=_(
                    "This QuickBooks company is connected on this site already."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A form saves what people set and nothing else.

        Status and facts may have moved since the form's row was read. The rows beside a new
        connection come with it, or it does not come.
        """
        if self.pk and not self._state.adding and kwargs.get("update_fields") is None:
            kwargs["update_fields"] = SETTINGS
        using = kwargs.get("using") or router.db_for_write(Connection, instance=self)
        with transaction.atomic(using=using, savepoint=False):
            super().save(*args, **kwargs)

    def changed_by(self, user: Any) -> None:
        """Whose doing the next saved change is, for the audit; None stands for nobody's."""
        self._history_user = user

    @property
    def is_live(self) -> bool:
        """May be read and written now."""
        return self.status == self.Status.CONNECTED

    @property
    def is_scheduled(self) -> bool:
        """Runs by itself."""
        return self.is_live and not self.paused and self.sync_type == self.SyncType.AUTOMATIC

    @classmethod
    def scheduled(cls) -> models.Q:
        """Those that run by themselves."""
        return models.Q(status=cls.Status.CONNECTED, paused=False, sync_type=cls.SyncType.AUTOMATIC)

    @property
    def interval(self) -> dt.timedelta:
        return dt.timedelta(minutes=max(1, self.interval_minutes))


def added(instance: Connection, created: bool, using: str, **kwargs: Any) -> None:
    """Signal: a connection was saved, or loaded from a fixture."""
    if created:
        complete(using, pk=instance.pk)


def complete(using: str, **which: Any) -> None:
    """Make the rows beside these connections, or all of them, that are not there yet."""
    rows = Connection._base_manager.using(using).filter(**which)
    for relation in Connection._meta.related_objects:
        model, own = relation.related_model, relation.field
        if relation.one_to_one and own.primary_key and model._meta.app_label == "quicksync":
            lacking = rows.filter(**{relation.name: None}).values_list("pk", flat=True)
            model._base_manager.using(using).bulk_create(
                [model(**{own.attname: pk}) for pk in lacking], ignore_conflicts=True
            )
