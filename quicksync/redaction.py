"""Secrets stay out of error pages, error mails and other libraries' logs (invariant 10)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from types import FrameType
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.debug import SafeExceptionReporterFilter

# Modules in whose frames tokens, keys, codes or the headers that carry them may stand in a
# variable.
_GUARDED = (
    "allauth",
    "cryptography",
    "http.client",
    "oauthlib",
    "quickbooks",
    "quicksync.admin.connection",
    "quicksync.admin.site.setup",
    "quicksync.models.appkeys",
    "quicksync.models.encrypted",
    "quicksync.quickbooks",
    "quicksync.sync.access",
    "quicksync.sync.actions.connect",
    "quicksync.web",
    "requests",
    "requests_oauthlib",
    "urllib3",
)
# Writes headers and bodies, tokens included, at its DEBUG level.
_TALKATIVE = "requests_oauthlib.oauth2_session"


class SecretsFilter(SafeExceptionReporterFilter):
    """Django's filter of error pages, on guard with DEBUG too: whoever sees a traceback sees no
    access to QuickBooks.

    Put it into a project's `DEFAULT_EXCEPTION_REPORTER_FILTER`; quicksync's own endpoints use it
    anyway.
    """

    hidden_settings: Any = re.compile(
        f"{SafeExceptionReporterFilter.hidden_settings.pattern}|VERIFIER|CREDENTIAL", re.IGNORECASE
    )

    def is_active(self, request: HttpRequest | None) -> bool:
        """Always: a page with DEBUG is copied into a ticket as easily as any other."""
        return True

    def get_traceback_frame_variables(self, request: Any, tb_frame: FrameType) -> Any:
        """The variables of one frame; none of a frame in which secrets are handled."""
        name = str(tb_frame.f_globals.get("__name__", ""))
        if name.startswith(_GUARDED):
            return [(variable, self.cleansed_substitute) for variable in tb_frame.f_locals]
        return super().get_traceback_frame_variables(request, tb_frame)


def covered(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose error pages hold no secret, whatever filter the project has."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **options: Any) -> HttpResponse:
        request.exception_reporter_filter = SecretsFilter()
        return view(request, *args, **options)

    return guarded


def quieten() -> None:
    """Called once by the app's `ready`."""
    logging.getLogger(_TALKATIVE).addFilter(_not_debug)


def _not_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG
