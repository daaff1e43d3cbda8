"""The addresses of admin pages: on the site that a person is on, else on one that has the page."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.template.response import SimpleTemplateResponse
from django.urls import NoReverseMatch, URLPattern, get_resolver, get_urlconf, reverse

# The name of the AdminSite whose page is being made; "" outside of them.
_current: ContextVar[str] = ContextVar("quicksync_admin_site", default="")


def url(name: str, *args: object) -> str:
    """The address of an admin page such as "quicksync_connection_changelist"; "" when no mounted
    site has it.
    """
    for site in sites():
        try:
            return reverse(f"{site}:{name}", args=args)
        except NoReverseMatch:
            continue
    return ""


def current() -> str:
    """The name of the AdminSite whose page is being made; "" outside of them."""
    return _current.get()


@contextmanager
def on(site: str) -> Iterator[None]:
    """Inside, addresses are those of this site, as far as it is mounted and has the page."""
    before = _current.get()
    _current.set(site)
    try:
        yield
    finally:
        _current.set(before)


def sites() -> Iterator[str]:
    """The names of the admin sites that are mounted: the current one first, then the project's
    usual one.
    """
    mounted = get_resolver(get_urlconf()).app_dict.get("admin", [])
    first = (name for name in (_current.get(), "admin") if name in mounted)
    return iter(dict.fromkeys([*first, *mounted]))


def on_site(site: str, patterns: Iterable[Any]) -> list[Any]:
    """The same addresses, whose pages link to pages of their own site."""
    found = list(patterns)
    for pattern in found:
        if isinstance(pattern, URLPattern):
            pattern.callback = _kept(site, pattern.callback)
    return found


def _leave(before: str, response: Any) -> None:
    _current.set(before)


def _kept(site: str, view: Callable[..., Any]) -> Callable[..., Any]:
    """A view during which, and during whose rendering, the site is the current one."""

    @functools.wraps(view)
    def inside(*args: Any, **kwargs: Any) -> Any:
        before = _current.get()
        _current.set(site)
        response: Any = None
        try:
            response = view(*args, **kwargs)
        finally:
            # Lists and forms are rendered after their view has returned, with links made by their
            # templates.
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.add_post_render_callback(functools.partial(_leave, before))
            else:
                _current.set(before)
        return response

    return inside
