"""The bundled books as a Django app; it uses quicksync's public API only, like any host."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BooksConfig(AppConfig):
    """Contacts, products, invoices, credit notes, payments received and bills."""

    name = "quicksync.books"
    label = "books"
    verbose_name = _("Books")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from quicksync import text_search
        from quicksync.books import searches

        text_search.connect(self, *searches.TEXTS.values())
