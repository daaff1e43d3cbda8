"""What quicksync's admin pages share: permissions, POST-only actions, journals without editing."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from quicksync.admin.parts.long_lists import LongLists
from quicksync.admin.parts.stale import STYLE, Guard, GuardsForms, wrap
from quicksync.exceptions import ConfigurationError, QuicksyncError, UnreadableOptions
from quicksync.local import pages
from quicksync.models import Connection
from quicksync.redaction import covered

# Where a request keeps the companies, as far as so few of them are named one by one.
COMPANIES, MOST_COMPANIES = "_quicksync_companies", 50
# What the address of a list says beside its filters.
_NO_FILTERS = frozenset({ORDER_VAR, PAGE_VAR, SEARCH_VAR, ERROR_FLAG})


def may(request: HttpRequest, what: str) -> bool:
    """Whether the user has one of the permissions of a connection: connect, preview, run, resolve,
    payloads ...
    """
    return request.user.has_perm(f"quicksync.{what}_connection")


def require(request: HttpRequest, what: str) -> None:
    """Raises PermissionDenied without the permission."""
    if not may(request, what):
        raise PermissionDenied


@covered
def perform(
    request: HttpRequest, what: str | None, work: Callable[[], str], then: str
) -> HttpResponse:
    """Do one thing that changes something: by POST, with permission, and tell how it went.

    `work` gives the sentence for success. Afterwards the browser is sent to `then`. `what` is None
    where the page has asked for a permission of its own already.
    """
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if what is not None:
        require(request, what)
    try:
        messages.success(request, work())
    except QuicksyncError as trouble:
        messages.error(request, trouble.sentence)
    return HttpResponseRedirect(then)


def with_edition(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page about one connection that cannot be shown without its edition, or with settings that
    nobody can read: then the connection's own page says what is wrong.
    """

    @functools.wraps(page)
    def shown(request: HttpRequest, pk: int, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return page(request, pk, *args, **kwargs)
        except (ConfigurationError, UnreadableOptions) as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(address("connection", "change", pk))

    return shown


def address(model: str, page: str, *args: object) -> str:
    """The address of one of quicksync's admin pages; "" when no mounted admin site has it."""
    return pages.url(f"quicksync_{model}_{page}", *args)


def with_connection(rows: models.QuerySet[Any], path: str = "connection") -> models.QuerySet[Any]:
    """Rows with their connections, but without what is known of each company, which may be long."""
    return rows.select_related(path).defer(f"{path}__facts")


def companies(request: HttpRequest) -> list[int]:
    """The keys of the companies, no more than `MOST_COMPANIES` and one; one query for a page."""
    found: list[int] | None = getattr(request, COMPANIES, None)
    if found is None:
        keys = Connection.objects.order_by("pk").values_list("pk", flat=True)
        found = list(keys[: MOST_COMPANIES + 1])
        setattr(request, COMPANIES, found)
    return found


def in_companies(request: HttpRequest, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The same rows, said so that a filter can use an index that begins with the company although
    no company is chosen.
    """
    asked = request.GET.keys() - _NO_FILTERS
    if not asked or any(name.startswith("connection") for name in asked):
        return rows
    return of_companies(request, rows)


def of_companies(request: HttpRequest, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The same rows, with the companies named one by one where they are few."""
    every = companies(request)
    return rows.filter(connection__in=every) if len(every) <= MOST_COMPANIES else rows


def not_in_step(mappings: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """The same records, said so that the index of the few that are not in step can be used among a
    million.
    """
    return mappings.exclude(state="in_sync")


class PlainAdmin(LongLists):
    """Base of all pages: own style sheet, no count of everything, lists in pages of a hundred."""

    list_per_page = 100
    # django-unfold offers "Add" only where its own ModelAdmin would say so.
    show_add_link = True
    empty_value_display = "\N{EM DASH}"

    class Media:
        css: ClassVar[dict[str, tuple[str, ...]]] = {"all": (STYLE,)}

    @property
    def urls(self) -> list[Any]:
        """The pages of one admin site lead to pages of the same site."""
        return pages.on_site(self.admin_site.name, super().urls)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list is headed by what it holds, not by what to do with it."""
        title = capfirst(str(self.opts.verbose_name_plural))
        response: HttpResponse = super().changelist_view(
            request, {"title": title, **(extra_context or {})}
        )
        return response

    def get_list_display(self, request: HttpRequest) -> Any:
        """With a single company, its name in each row says nothing."""
        columns = tuple(super().get_list_display(request))
        return tuple(
            name for name in columns if name != "connection" or len(companies(request)) > 1
        )

    def has_run_permission(self, request: HttpRequest) -> bool:
        return may(request, "run")

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        return may(request, "resolve")


class JournalAdmin(PlainAdmin):
    """What happened is read, never edited."""

    change_form_template = "quicksync/journal.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AuditedAdmin(GuardsForms, SimpleHistoryAdmin, PlainAdmin):
    """Settings: every change is kept with who made it and what stood there before (I1), and none is
    undone unseen.
    """

    def quicksync_moved_sentence(self, guard: Guard) -> str:
        since = guard.opened.at if guard.opened else None
        last = (
            guard.obj.history.filter(history_date__gte=since).order_by("-history_date").first()
            if since
            else None
        )
        if last is None:
            return super().quicksync_moved_sentence(guard)
        return _(
            "%(who)s changed this at %(when)s, while the page was open. Nothing is saved"
            " yet: choose which values to keep."
        ) % {
            "who": last.history_user or _("A run"),
            "when": f"{timezone.localtime(last.history_date):%Y-%m-%d %H:%M:%S}",
        }

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        response: HttpResponse = super().render_change_form(
            request, context, add, change, form_url, obj
        )
        if isinstance(response, TemplateResponse) and (extra := self.quicksync_opened(context)):
            wrap(response, "quicksync/guarded.html", extra)
        return response

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One page tells what was changed, in words, for one record as for all."""
        page: HttpResponse = super().history_view(request, object_id, extra_context)
        if page.status_code != 200 or not may(request, "view"):
            return page
        asked = urlencode({"what": self.opts.model_name, "record": unquote(object_id)})
        return HttpResponseRedirect(f"{address('connection', 'audit')}?{asked}")

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_form_view(
        self,
        request: HttpRequest,
        object_id: str,
        version_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """An old version is read on the history page, never saved back: it lacks the secrets and
        clocks of today.
        """
        return HttpResponseRedirect(address(str(self.opts.model_name), "history", object_id))
