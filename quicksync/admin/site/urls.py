"""The pages around the connections: health, set-up, presets, codes, facts, import of the past."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern, path

from quicksync.admin.connection import code_page, learned_page, past_page, preset_page
from quicksync.admin.site import health_page, setup


def pages(admin: Any) -> list[URLPattern]:
    """Their addresses, for the admin of the connections."""
    found = {
        "health": ("health/", health_page.all_view),
        "setup": ("setup/", setup.setup_view),
        "health_of": ("<int:pk>/health/", health_page.one_view),
        "past": ("<int:pk>/past/", past_page.past_view),
        "preset": ("<int:pk>/preset/", preset_page.preset_view),
        "codes": ("<int:pk>/codes/", code_page.codes_view),
        "read_again": ("<int:pk>/read-again/", learned_page.read_again_view),
        "list": ("<int:pk>/lists/<slug:name>/", learned_page.list_view),
    }
    view = admin.admin_site.admin_view
    return [
        path(route, view(page), {"admin": admin}, f"quicksync_connection_{name}")
        for name, (route, page) in found.items()
    ]
