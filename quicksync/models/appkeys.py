"""The keys of the app at Intuit that somebody entered in the admin, encrypted; one row for each of
Intuit's worlds.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from quicksync.models.encrypted import EncryptedTextField

# The secrets of a row. Each has a version beside it: its history tells who changed it when, and
# never what it was.
SECRETS = ("client_id", "client_secret", "webhook_verifier")


class StoredKeys(models.Model):
    """One environment's keys. What stands in for Intuit has keys of its own: real ones are never
    sent to it.
    """

    class Environment(models.TextChoices):
        PRODUCTION = "production", _("Production")
        SANDBOX = "sandbox", _("Sandbox")
        STAND_IN = "stand_in", _("Simulator")

    environment = models.CharField(
        _("environment"), max_length=12, choices=Environment.choices, unique=True
    )
    client_id = EncryptedTextField(blank=True, default="", editable=False)
    client_secret = EncryptedTextField(blank=True, default="", editable=False)
    webhook_verifier = EncryptedTextField(blank=True, default="", editable=False)
    client_id_version = models.PositiveIntegerField(_("client ID"), default=0, editable=False)
    client_secret_version = models.PositiveIntegerField(
        _("client secret"), default=0, editable=False
    )
    webhook_verifier_version = models.PositiveIntegerField(
        _("webhook verifier token"), default=0, editable=False
    )

    history = HistoricalRecords(excluded_fields=[*SECRETS])

    class Meta:
        verbose_name = _("app keys")
        verbose_name_plural = _("app keys")
        # Entered on the set-up page, under the permission to connect companies.
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.get_environment_display())

    def put(self, values: dict[str, str]) -> bool:
        """Take over new values, "" to remove one. Tells whether anything is different now; the
        caller saves.
        """
        before = [getattr(self, f"{name}_version") for name in SECRETS]
        for name, value in values.items():
            version = getattr(self, f"{name}_version")
            if value != getattr(self, name) or bool(value) != bool(version):
                setattr(self, name, value)
                setattr(self, f"{name}_version", version + 1 if value else 0)
        return before != [getattr(self, f"{name}_version") for name in SECRETS]

    def is_unreadable(self, name: str) -> bool:
        """Whether it was entered and no encryption key of today can read it."""
        return bool(getattr(self, f"{name}_version")) and not getattr(self, name)
