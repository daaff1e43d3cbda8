"""A builders' yard: whole cents, one table for people and firms, lines in a JSON column."""

from django.apps import AppConfig


class YardConfig(AppConfig):
    """The yard."""

    name = "tests.hosts.yard"
    label = "yard"
    default_auto_field = "django.db.models.BigAutoField"
