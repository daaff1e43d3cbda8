"""What the pages of the books share: amounts in columns and fields, and sums below a list."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from quicksync import distinct
from quicksync.admin.parts.long_lists import LongLists

STAMPS: Any = (_("History"), {"fields": ("created_at", "updated_at"), "classes": ("collapse",)})
STAMP_FIELDS = ("created_at", "updated_at")
PLACES = 2
CENT = Decimal(1).scaleb(-PLACES)
PRICES = ("price", "cost")


def amount(value: Decimal | None, currency: str = "") -> str:
    """An amount as people read it."""
    if value is None:
        return ""
    # A no-break space: an amount and its currency stay on one line.
    return f"{number_format(value, 2, force_grouping=True)}\N{NO-BREAK SPACE}{currency}".rstrip()


def price(value: Decimal | None) -> Decimal | None:
    """A price as people write it: two places, and more only where they say something."""
    if value is None:
        return None
    short = value.normalize()
    return short if -int(short.as_tuple().exponent) > PLACES else value.quantize(CENT)


def plain(value: Decimal | None) -> Decimal | None:
    """A quantity or a rate as people write it: without zeros at its end."""
    return None if value is None else Decimal(f"{value.normalize():f}")


class ShortField(forms.DecimalField):
    """Shows what is stored without the zeros behind it."""

    write: ClassVar[Any] = staticmethod(plain)

    def prepare_value(self, value: Any) -> Any:
        return self.write(value) if isinstance(value, Decimal) else value


class PriceField(ShortField):
    """Shows at least two places."""

    write: ClassVar[Any] = staticmethod(price)


def small_areas(rows: int = 3) -> dict[type[models.Field[Any, Any]], dict[str, Any]]:
    """Text areas of a few lines, for `formfield_overrides`."""
    return {models.TextField: {"widget": AdminTextareaWidget(attrs={"rows": rows})}}


def short_numbers(db_field: models.Field[Any, Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """What a form's field is made with: numbers of more than two places are shown short."""
    if isinstance(db_field, models.DecimalField) and db_field.decimal_places > PLACES:
        kwargs.setdefault(
            "form_class", PriceField if db_field.name.endswith(PRICES) else ShortField
        )
    return kwargs


class YearFilter(admin.SimpleListFilter):
    """The years from the first record to the last, which an index of the dates knows."""

    title = _("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        self.day = day = model_admin.date_hierarchy
        found = model_admin.model._base_manager.aggregate(models.Min(day), models.Max(day))
        first, last = found[f"{day}__min"], found[f"{day}__max"]
        years = range(last.year, first.year - 1, -1) if first else ()
        return [(str(year), str(year)) for year in years]

    def queryset(
        self, request: HttpRequest, queryset: models.QuerySet[Any]
    ) -> models.QuerySet[Any]:
        year = self.value()
        known = year in dict(self.lookup_choices)
        return queryset.filter(**{f"{self.day}__year": year}) if known else queryset


class UsedOnly(admin.RelatedFieldListFilter):
    """Offers the entries of a list that some record names, asking for each instead of reading all
    records.
    """

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        own = model_admin.model._base_manager.filter(**{field.name: models.OuterRef("pk")})
        used = field.related_model._base_manager.filter(models.Exists(own))
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(
            include_blank=False, ordering=ordering, limit_choices_to={"pk__in": used.values("pk")}
        )


class FewValues(admin.AllValuesFieldListFilter):
    """Offers the values of a column that an index knows."""

    lookup_choices: Any

    def __init__(self, field: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(field, *args, **kwargs)
        self.lookup_choices = distinct.steps(field.model._base_manager.all(), field.name)


class PlainPages(LongLists):
    """Lists that are headed by what they hold and fit beside the menu; numbers without zeros. They
    may be long.
    """

    empty_value_display = "\N{EM DASH}"

    class Media:
        css: ClassVar = {"all": ("quicksync/books/lists.css",)}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(str(self.opts.verbose_name_plural))
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_dbfield(db_field, request, **short_numbers(db_field, kwargs))


class SumsMixin(admin.ModelAdmin):
    """Shows the sums of all records that the filters leave, per currency, in one query; those of a
    long list would read all of it.
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
            found = context["cl"]
            context["sums"] = [] if found.is_long else self._sums(found.queryset)
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
