"""How the access to companies stands, in figures that anybody may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from quicksync.models import ConnectionAccess


@dataclass(frozen=True)
class Standing:
    """`days_left` until a person must connect again, whichever clock runs out first; None when
    QuickBooks has named none. `readable` tells whether there is a token that an encryption key
    fits.
    """

    days_left: int | None
    readable: bool


def of(connection_ids: Collection[int]) -> dict[int, Standing]:
    """By connection; one query."""
    now, found = timezone.now(), {}
    rows = ConnectionAccess.objects.filter(pk__in=connection_ids)
    for pk, token, *clocks in rows.values_list(
        "pk", "refresh_token", "refresh_expires_at", "reconnect_by"
    ):
        ends = [end for end in clocks if end]
        found[pk] = Standing((min(ends) - now).days if ends else None, bool(token))
    return found
