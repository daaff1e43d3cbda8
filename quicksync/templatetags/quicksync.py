"""`{% way url text %}`: a link, if whoever looks at the page may follow it."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.html import conditional_escape, format_html

from quicksync.admin.parts.openable import may_open

register = template.Library()


@register.simple_tag(takes_context=True)
def way(
    context: Context, url: str, text: Any, *, outside: bool = False, plain: bool = False
) -> str:
    """The link; else nothing, or with `plain` the text alone. `outside` opens QuickBooks in a tab
    of its own.
    """
    request = context.get("request")
    if request is None or not url or not may_open(request, url):
        return conditional_escape(text) if plain else ""
    shape = (
        '<a href="{}" target="_blank" rel="noopener">{}</a>' if outside else '<a href="{}">{}</a>'
    )
    return format_html(shape, url, text)
