"""register_on: quicksync's pages on an AdminSite of the host's own."""

from __future__ import annotations

from django.contrib.admin import AdminSite, site

APP = "quicksync"


def register_on(own: AdminSite) -> None:
    """Put all of quicksync's pages on this site, too. Call it before the site's `urls` are read."""
    for model, admin in list(site._registry.items()):
        if model._meta.app_label == APP and not own.is_registered(model):
            own.register(model, type(admin))
