"""Choosing a preset for a connection that has not synchronized anything yet (I17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quicksync.admin.parts.base import address, with_edition
from quicksync.admin.parts.present import kind_word
from quicksync.exceptions import QuicksyncError
from quicksync.models import Connection
from quicksync.options.choices import Authority, StartBasis
from quicksync.records import KINDS
from quicksync.sync.actions import connect, presets
from quicksync.sync.actions.presets import Chosen, Preset

WAYS = {
    "both": gettext_lazy("both ways"),
    "push": gettext_lazy("to QuickBooks"),
    "pull": gettext_lazy("from QuickBooks"),
}


@dataclass(frozen=True)
class Choice:
    """One preset as a card; `lines` say for each kind which way it goes."""

    preset: Preset
    when: str
    lines: tuple[tuple[str, str], ...]


@with_edition
def preset_view(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """GET shows the presets; POST with `preset` applies one."""
    connection = get_object_or_404(Connection, pk=pk)
    if not admin.has_change_permission(request, connection):
        raise PermissionDenied
    if request.method == "POST":
        return _apply(request, connection)
    served = [category.kind for category in connect.categories(connection)]
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Start from a preset"),
        "opts": admin.opts,
        "connection": connection,
        "may_apply": presets.may_apply(connection),
        "choices": [_choice(preset, served) for preset in presets.PRESETS.values()],
    }
    return TemplateResponse(request, "admin/quicksync/presets.html", context)


def _apply(request: HttpRequest, connection: Connection) -> HttpResponse:
    try:
        done = presets.apply(connection, request.POST.get("preset", ""), user=request.user)
    except QuicksyncError as trouble:
        messages.error(request, trouble.sentence)
        return HttpResponseRedirect(address("connection", "change", connection.pk))
    words = ", ".join(kind_word(kind) for kind in done.on)
    text = _(
        "Preset “%(title)s”: %(kinds)s are switched on. Nothing is synced yet: press"
        " Preview to see what would happen."
    )
    messages.success(
        request, text % {"title": _(done.preset.title), "kinds": words or _("no categories")}
    )
    for kind, why in done.refused.items():
        messages.warning(request, f"{kind_word(kind)}: {why}")
    return HttpResponseRedirect(address("connection", "change", connection.pk))


def _choice(preset: Preset, served: Iterable[str]) -> Choice:
    if not preset.automatic:
        when = _("when you ask")
    else:
        when = _("automatically, within seconds") if preset.live else _("automatically")
    lines = tuple((kind_word(kind), _way(preset.of(kind))) for kind in KINDS if kind in served)
    return Choice(preset, when, lines)


def _way(chosen: Chosen) -> str:
    """Which way a kind goes, and since when."""
    if not chosen.enabled:
        return _("off")
    options, parts = chosen.options, [str(WAYS[chosen.columns["direction"]])]
    if chosen.columns["start_date"]:
        dated = options.start_basis is StartBasis.DOCUMENT
        parts.append(_("dated today or later") if dated else _("changed today or later"))
    if options.authority is Authority.HERE:
        parts.append(_("edited here only"))
    elif options.authority is Authority.QUICKBOOKS:
        parts.append(_("edited in QuickBooks only"))
    if options.until_paid:
        parts.append(_("until a payment is attached"))
    return ", ".join(parts)
