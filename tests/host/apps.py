"""A host project's own app: a print shop whose models know nothing of quicksync."""

from django.apps import AppConfig


class HostConfig(AppConfig):
    """The print shop."""

    name = "tests.host"
    label = "shop"
    default_auto_field = "django.db.models.BigAutoField"
