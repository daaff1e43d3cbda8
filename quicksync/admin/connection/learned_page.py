"""QuickBooks' lists to look at, and reading the set-up again at once (A10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from quicksync.admin.connection.learned import CURRENCIES
from quicksync.admin.parts import pills
from quicksync.admin.parts.base import address, perform, with_edition
from quicksync.admin.parts.pills import Pill
from quicksync.admin.parts.present import kind_word
from quicksync.models import Connection, RemoteRecord
from quicksync.quickbooks.loading import edition_for
from quicksync.records import Record
from quicksync.records.kinds import LIST_KINDS
from quicksync.sync.actions import connect
from quicksync.sync.company import currencies
from quicksync.sync.company.known import facts_of
from quicksync.sync.pairs.sides import as_remote, decode

PER_PAGE = 200


@dataclass(frozen=True)
class ListEntry:
    """One entry of a list."""

    name: str
    detail: str
    pill: Pill


def read_again_view(request: HttpRequest, pk: int, admin: Any) -> HttpResponse:
    """POST: read company, preferences and lists now instead of tomorrow."""
    connection = get_object_or_404(Connection, pk=pk)

    def work() -> str:
        connect.read_again(connection, user=request.user)
        return _("Reading the company's details and lists again.")

    return perform(request, "preview", work, address("connection", "change", pk))


@with_edition
def list_view(request: HttpRequest, pk: int, name: str, admin: Any) -> HttpResponse:
    """The entries of one list as QuickBooks has them."""
    connection = get_object_or_404(Connection, pk=pk)
    if not admin.has_view_permission(request, connection):
        raise PermissionDenied
    if name not in {*LIST_KINDS, CURRENCIES}:
        raise Http404
    rows = RemoteRecord.objects.filter(connection=connection, kind=name, deleted=False)
    pages = Paginator(rows.order_by("-active", "name", "id"), PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    entries = (
        _currencies(connection) if name == CURRENCIES else [_entry(connection, row) for row in page]
    )
    context = {
        **admin.admin_site.each_context(request),
        "title": _("%(list)s in QuickBooks")
        % {"list": _("Currencies") if name == CURRENCIES else kind_word(name)},
        "opts": admin.opts,
        "connection": connection,
        "entries": entries,
        "page": page,
    }
    return TemplateResponse(request, "quicksync/list.html", context)


def _currencies(connection: Connection) -> list[ListEntry]:
    home = connection.home_currency
    every = sorted(currencies.of_company(connection), key=lambda code: (code != home, code))
    active = Pill(_("Active"), pills.OK)
    return [ListEntry(code, _("Home currency") if code == home else "", active) for code in every]


def _entry(connection: Connection, row: RemoteRecord) -> ListEntry:
    record = decode(edition_for(connection.edition), as_remote(row), facts_of(connection))
    pill = Pill(_("Active"), pills.OK) if row.active else Pill(_("Inactive"), pills.OFF)
    return ListEntry(str(row), record.detail() if isinstance(record, Record) else "", pill)
