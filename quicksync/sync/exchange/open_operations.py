"""Which operations are open: still to be sent, asked about, or given up for now."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from quicksync.conf import settings
from quicksync.models import Operation

State = Operation.State


def asked_about() -> Q:
    """Operations of an unknown outcome that others wait for: still asked about, or looked for in
    QuickBooks.
    """
    return Q(state=State.UNKNOWN) & (
        Q(recoveries__lt=settings.recoveries) | Q(doubted_at__isnull=False)
    )


def given_up() -> Q:
    """Operations of an unknown outcome that hold nothing up any more; asked about now and then."""
    return Q(state=State.UNKNOWN, recoveries__gte=settings.recoveries, doubted_at=None)


def owed() -> Q:
    """Open operations that a run can still do something about."""
    return Q(state__in=(State.PENDING, State.SENDING)) | asked_about()


def due() -> Q:
    """What need not wait any longer."""
    return Q(retry_at=None) | Q(retry_at__lte=timezone.now())
