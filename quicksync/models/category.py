"""Category: the switch of a kind on a connection; FieldRule: what happens to one of its fields."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from quicksync.models.bookmark import Bookmark
from quicksync.models.connection import Connection
from quicksync.models.options import OptionsField
from quicksync.options.category import CategoryOptions
from quicksync.records import KINDS


def kind_choices() -> list[tuple[str, str]]:
    """Every kind with its word for people."""
    return [(kind, info.plural.capitalize()) for kind, info in KINDS.items()]


class Category(models.Model):
    """One kind on one connection: enabled or not, which way, since when, and its options (B1, B2,
    B11-B14, C5, F8).

    What queries filter and join on is a column; what only planning and the host's pages act on is
    an option, one row of the table in `options.category`: `category.options.wins`.
    """

    class Direction(models.TextChoices):
        BOTH = "both", _("Both ways")
        PUSH = "push", _("→ to QuickBooks only")
        PULL = "pull", _("← from QuickBooks only")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="categories")
    kind = models.CharField(_("what"), max_length=24, choices=kind_choices)
    enabled = models.BooleanField(_("on"), default=False)
    direction = models.CharField(
        _("direction"), max_length=5, choices=Direction.choices, default=Direction.BOTH
    )
    start_date = models.DateField(_("start date"), null=True, blank=True)
    bookmark = models.ForeignKey(
        Bookmark, models.PROTECT, null=True, blank=True, related_name="categories"
    )
    options = OptionsField(CategoryOptions, verbose_name=_("options"))
    needs_scan = models.BooleanField(default=True, editable=False)
    approved_at = models.DateTimeField(
        _("first preview approved"), null=True, blank=True, editable=False
    )
    first_synced_at = models.DateTimeField(
        _("first synchronized"), null=True, blank=True, editable=False
    )

    history = HistoricalRecords(excluded_fields=["needs_scan", "approved_at", "first_synced_at"])

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = (
            "connection",
            "id",
        )
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "kind"], name="quicksync_one_category_per_kind"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only people save a category, the engine updates columns; after a change all its records
        are looked at.
        """
        self.needs_scan = True
        if fields := kwargs.get("update_fields"):
            kwargs["update_fields"] = {*fields, "needs_scan"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The start date is not before the first connection (B12) and stays once synced (B13)."""
        stored = Category.objects.filter(pk=self.pk).first() if self.pk else None
        if stored and stored.first_synced_at and stored.start_date != self.start_date:
            raise ValidationError(
                {
                    "start_date": _(
                        "The start date is fixed once the category has been synchronized."
                    )
                }
            )

    @property
    def pushes(self) -> bool:
        return self.direction != self.Direction.PULL

    @property
    def pulls(self) -> bool:
        return self.direction != self.Direction.PUSH


class FieldRule(models.Model):
    """One field of a category that is left alone or always gets the same value (F10)."""

    class Rule(models.TextChoices):
        LEAVE = "leave", _("Leave alone")
        FIXED = "fixed", _("Always send this value")

    category = models.ForeignKey(Category, models.CASCADE, related_name="field_rules")
    field = models.CharField(_("field"), max_length=40)
    rule = models.CharField(_("rule"), max_length=5, choices=Rule.choices, default=Rule.LEAVE)
    value = models.CharField(_("value"), max_length=500, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("field rule")
        verbose_name_plural = _("field rules")
        constraints = (
            models.UniqueConstraint(
                fields=["category", "field"], name="quicksync_one_rule_per_field"
            ),
        )

    def __str__(self) -> str:
        return f"{self.category}: {self.field}"
