"""Whether the user may open a page: nobody is offered a link that would be refused (I18)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib.admin.sites import all_sites
from django.http import HttpRequest
from django.urls import Resolver404, resolve

# Pages that ask for more than to look at their model.
ADDING = "add"
LOOKING = frozenset({"changelist", "change", "history"})
# Pages with permissions of their own, any of which will do.
OWN = {"quicksync_connection_codes": ("quicksync.view_codemapping", "quicksync.change_codemapping")}


def may_open(request: HttpRequest, url: str) -> bool:
    """Whether the model behind an address lets the user in; addresses of other sites and other
    pages are let pass.
    """
    parts = urlsplit(url)
    if parts.netloc:
        return True
    try:
        found = resolve(parts.path)
    except Resolver404:
        return True
    if found.app_name != "admin" or found.url_name is None:
        return True
    if found.url_name in OWN:
        return any(request.user.has_perm(permission) for permission in OWN[found.url_name])
    label, _, page = found.url_name.rpartition("_")
    mine = _admin_of(label, found.namespace)
    if mine is None:
        return True
    if page == ADDING:
        return bool(mine.has_add_permission(request))
    return page not in LOOKING or bool(mine.has_view_or_change_permission(request))


def _admin_of(label: str, site: str) -> Any:
    """The admin whose addresses are named `<app>_<model>_<page>` on the site of this name."""
    registered = (pair for one in all_sites if one.name == site for pair in one._registry.items())
    return next(
        (mine for model, mine in registered if model._meta.label_lower.replace(".", "_") == label),
        None,
    )
