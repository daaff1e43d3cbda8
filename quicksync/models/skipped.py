"""SkippedRecord: the records that were left out, held or refused, as a list of their own in the
admin (I6).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from quicksync.models.mapping import EntityMapping


class SkippedRecord(EntityMapping):
    """An entity mapping, seen from the list of skipped records."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("skipped record")
        verbose_name_plural = _("skipped records")
