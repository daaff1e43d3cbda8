"""What the lists of the books share: amounts in columns, and their sums below a list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAMPS: Any = (_("History"), {"fields": ("created_at", "updated_at"), "classes": ("collapse",)})
STAMP_FIELDS = ("created_at", "updated_at")


def amount(value: Decimal | None, currency: str = "") -> str:
    """An amount as people read it."""
    if value is None:
        return ""
    # A no-break space: an amount and its currency stay on one line.
    return f"{number_format(value, 2, force_grouping=True)}\N{NO-BREAK SPACE}{currency}".rstrip()


def small_areas(rows: int = 3) -> dict[type[models.Field[Any, Any]], dict[str, Any]]:
    """Text areas of a few lines, for `formfield_overrides`."""
    return {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": rows})}}


class SumsMixin(admin.ModelAdmin):
    """Shows the sums of all records that the filters leave, per currency; one query however many
    there are.
    """

    change_list_template = "books/change_list.html"
    # Heading -> expression over the list's records.
    sums: ClassVar[dict[str | Promise, models.Aggregate]] = {}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None)
        if context and "cl" in context:
            context["sums"] = self._sums(context["cl"].queryset)
        return response

    def _sums(self, objects: models.QuerySet[Any]) -> list[dict[str, Any]]:
        columns = {
            f"sum_{place}": expression for place, expression in enumerate(self.sums.values())
        }
        rows = objects.order_by("currency").values("currency").annotate(**columns)
        return [
            {
                "currency": row["currency"],
                "amounts": [
                    (heading, amount(row[f"sum_{place}"] or Decimal(0), row["currency"]))
                    for place, heading in enumerate(self.sums)
                ],
            }
            for row in rows
        ]
