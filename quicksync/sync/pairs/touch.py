"""Have pairs looked at again."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from quicksync.models import EntityMapping


def touch_mappings(mapping_ids: Any, at: dt.datetime | None = None) -> None:
    """Have these mappings looked at again."""
    EntityMapping.objects.filter(pk__in=mapping_ids).update(touched_at=at or timezone.now())
