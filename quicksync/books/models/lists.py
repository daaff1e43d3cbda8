"""Lists that other records name by code: accounts, tax codes, terms, payment methods, classes,
locations.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import Listed


class Account(Listed):
    """An account of the chart of accounts; the code is its number."""

    class Type(models.TextChoices):
        """QuickBooks' own words for account types."""

        BANK = "Bank", _("Bank")
        RECEIVABLE = "Accounts Receivable", _("Accounts receivable")
        OTHER_CURRENT_ASSET = "Other Current Asset", _("Other current asset")
        FIXED_ASSET = "Fixed Asset", _("Fixed asset")
        OTHER_ASSET = "Other Asset", _("Other asset")
        PAYABLE = "Accounts Payable", _("Accounts payable")
        CREDIT_CARD = "Credit Card", _("Credit card")
        OTHER_CURRENT_LIABILITY = "Other Current Liability", _("Other current liability")
        LONG_TERM_LIABILITY = "Long Term Liability", _("Long-term liability")
        EQUITY = "Equity", _("Equity")
        INCOME = "Income", _("Income")
        COST_OF_GOODS_SOLD = "Cost of Goods Sold", _("Cost of goods sold")
        EXPENSE = "Expense", _("Expense")
        OTHER_INCOME = "Other Income", _("Other income")
        OTHER_EXPENSE = "Other Expense", _("Other expense")

    name = models.CharField(
        _("name"), max_length=500, help_text=_("The whole name, with those above it.")
    )
    type = models.CharField(_("type"), max_length=40, choices=Type)

    class Meta:
        ordering = ("code",)
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return f"{self.code} {self.name}" if self.code != self.name else self.name


class TaxCode(Listed):
    """A sales tax code. `rate` is the whole rate in percent; `parts` are the rates that make it up,
    if several.
    """

    description = models.CharField(_("description"), max_length=100, blank=True)
    rate = models.DecimalField(
        _("rate in %"), max_digits=7, decimal_places=4, default=Decimal(0),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )  # fmt: skip
    parts = models.CharField(
        _("parts"),
        max_length=60,
        blank=True,
        help_text=_(
            "When several taxes make up the rate, each of them: 7.1 + 2. Each is rounded on its"
            " own."
        ),
    )

    class Meta:
        ordering = ("code",)
        verbose_name = _("tax code")
        verbose_name_plural = _("tax codes")

    def __str__(self) -> str:
        return f"{self.code} ({self.rate.normalize():f} %)"

    @property
    def taxable(self) -> bool:
        """Whether lines with this code are taxed at all."""
        return self.rate > 0

    @property
    def rates(self) -> tuple[Decimal, ...]:
        """The rates in percent, each of which is rounded on its own; none for an exempt code."""
        if self.parts:
            return tuple(Decimal(part) for part in self.parts.split("+"))
        return (self.rate,) if self.rate else ()

    def clean(self) -> None:
        try:
            whole = sum(self.rates, Decimal(0))
        except InvalidOperation as error:
            raise ValidationError(
                {"parts": _("Write the rates with plus signs between them: 7.1 + 2.")}
            ) from error
        if whole != self.rate:
            message = _("The parts come to %(parts)s %%, the rate is %(rate)s %%.")
            raise ValidationError(
                {"parts": ValidationError(message, params={"parts": whole, "rate": self.rate})}
            )


class Term(Listed):
    """Payment terms: due so many days after the invoice's date."""

    name = models.CharField(_("name"), max_length=60)
    due_days = models.PositiveSmallIntegerField(
        _("days until due"), default=0, validators=[MaxValueValidator(999)]
    )

    class Meta:
        ordering = ("due_days", "code")
        verbose_name = _("payment term")
        verbose_name_plural = _("payment terms")

    def __str__(self) -> str:
        return self.name


class PaymentMethod(Listed):
    """A way to pay."""

    name = models.CharField(_("name"), max_length=60)
    is_card = models.BooleanField(_("is a card"), default=False)

    class Meta:
        ordering = ("name",)
        verbose_name = _("payment method")
        verbose_name_plural = _("payment methods")

    def __str__(self) -> str:
        return self.name


def standing_above(entry: Any) -> list[Any]:
    """The entries above one, the nearest first. Raises ValidationError where it stands below
    itself.
    """
    found: list[Any] = []
    # Those that a file brings have no keys yet.
    above, seen = entry.parent, {entry.pk or id(entry)}
    while above is not None:
        if (known := above.pk or id(above)) in seen:
            raise ValidationError({"parent": _("It would stand below itself.")})
        seen.add(known)
        found.append(above)
        above = above.parent
    return found


class Nested(Listed):
    """An entry that may stand below another of its list."""

    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("below"),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.code} {self.name}" if self.code != self.name else self.name

    def clean(self) -> None:
        standing_above(self)


class Class(Nested):
    """What a sale or purchase is for: a department, a line of business."""

    class Meta:
        ordering = ("code",)
        verbose_name = _("class")
        verbose_name_plural = _("classes")


class Location(Nested):
    """Where a document belongs: a shop, a branch."""

    class Meta:
        ordering = ("code",)
        verbose_name = _("location")
        verbose_name_plural = _("locations")
