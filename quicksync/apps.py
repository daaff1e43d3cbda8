"""Composition root: finds the host's adapters, watches their models, registers the checks."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QuicksyncConfig(AppConfig):
    """The app; `ready` is the only place where the parts are joined."""

    name = "quicksync"
    verbose_name = _("QuickBooks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_save

        from quicksync import checks, redaction, text_search
        from quicksync.local.registry import registry
        from quicksync.models import connection, mapping, operation
        from quicksync.sync.pairs import watch
        from quicksync.sync.worker import schedule

        post_save.connect(
            connection.added, sender=connection.Connection, dispatch_uid="quicksync:rows-beside"
        )
        registry.autodiscover()
        watch.connect()
        schedule.connect(self)
        text_search.connect(self, mapping.RECORDS, operation.PROPOSALS)
        checks.register()
        redaction.quieten()
