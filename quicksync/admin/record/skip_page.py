"""The page that asks why chosen records are left out from now on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from quicksync.admin.parts.base import require
from quicksync.models import EntityMapping
from quicksync.sync.actions import skipping

SHOWN = 20


def skip_page(
    admin: Any, request: HttpRequest, mappings: QuerySet[EntityMapping]
) -> HttpResponse | None:
    """Ask for the reason, then skip; None when done, so that the list is shown again."""
    require(request, "resolve")
    why = request.POST.get("why", "").strip()[:300]
    if "confirmed" in request.POST and why:
        count = skipping.exclude(mappings, user=request.user, why=why)
        messages.success(
            request,
            ngettext("%(n)d record skipped.", "%(n)d records skipped.", count) % {"n": count},
        )
        return None
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Skip from now on"),
        "opts": admin.opts,
        "mappings": mappings[:SHOWN],
        "count": mappings.count(),
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "checkbox": ACTION_CHECKBOX_NAME,
        "missing": "confirmed" in request.POST,
    }
    return TemplateResponse(request, "quicksync/skip.html", context)
