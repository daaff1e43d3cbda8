"""QuickBooks' webhooks: proved, stored, answered at once. An event is only a hint: its companies
read soon.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from quicksync.quickbooks.online.webhook_events import SIGNATURE_HEADER, verify
from quicksync.redaction import covered
from quicksync.sync.access import app_keys
from quicksync.sync.read import inbox

# Intuit names no limit; a year of one company's events is smaller.
LARGEST = 8 * 1024 * 1024


@csrf_exempt
@covered
@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take a delivery. Intuit wants a 200 within three seconds, and repeats what got none."""
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        return HttpResponse(status=413)
    if not verify(body, request.headers.get(SIGNATURE_HEADER, ""), app_keys.verifiers()):
        inbox.refuse()
        return HttpResponse(status=401)
    inbox.take(body, request.headers.get("intuit-t-id", ""))
    return HttpResponse(status=200)
