"""The page to which Intuit sends somebody who removed the app there (A6)."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET


@never_cache
@require_GET
@staff_member_required
def disconnected(request: HttpRequest) -> HttpResponse:
    """Says what follows. Nothing is changed: an address can be opened by anybody, and the next call tells the truth."""
    messages.warning(
        request,
        "The app was disconnected at Intuit. The connection is shown as expired as soon as QuickBooks refuses it; "
        "pairs, settings and history are kept. Press Reconnect on the connection to go on.",
    )
    return HttpResponseRedirect(reverse("admin:quicksync_connection_changelist"))
