"""What documents with lines share: totals that are worked out whenever their lines change."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quicksync.books.models import totals
from quicksync.books.models.base import (
    ZERO,
    Stamped,
    currency_field,
    money_field,
    today,
    wrong_currency,
)
from quicksync.books.models.lists import TaxCode, Term
from quicksync.books.models.products import Product


class Document(Stamped):
    """A document with lines. `party` is the field that names whom it is with; `in_currency` is the
    sentence for a currency that is not the party's.
    """

    party: ClassVar[str]
    in_currency: ClassVar[Promise]
    # The columns that follow from the lines.
    worked_out: ClassVar[tuple[str, ...]] = ("net", "tax", "total")
    lines: Any

    issued_on = models.DateField(_("date"), default=today, db_index=True)
    currency = currency_field()
    net = money_field(_("net"), default=ZERO, editable=False)
    tax = money_field(_("tax"), default=ZERO, editable=False)
    total = money_field(_("total"), default=ZERO, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.settle_dates()
        if self.voided:
            self.work_out(())
        super().save(*args, **kwargs)

    def clean(self) -> None:
        if wrong := self.wrong():
            raise ValidationError(wrong)

    def wrong(self) -> dict[str, ValidationError]:
        """What is wrong with the document, by field. Forms ask this of what is missing, too."""
        return wrong_currency(self.currency, self.partner, self.in_currency)

    @property
    def partner(self) -> Any:
        """The client or vendor; None where none is chosen yet."""
        return getattr(self, self.party) if getattr(self, f"{self.party}_id") else None

    @property
    def voided(self) -> bool:
        """Whether the document comes to nothing, whatever its lines say."""
        return False

    def settle_dates(self) -> None:
        """Fill in dates that follow from others."""

    def set_totals(self, sums: totals.Totals) -> None:
        """Take over what was worked out."""
        self.net, self.tax, self.total = sums.net, sums.tax, sums.total

    def sums(self, parts: Sequence[totals.Part]) -> totals.Totals:
        """What these lines come to."""
        return totals.work_out(parts, currency=self.currency)

    def work_out(self, lines: Iterable[Line]) -> None:
        """Set the totals from these lines."""
        parts = [line.part(self.currency) for line in lines]
        self.set_totals(totals.NOTHING if self.voided else self.sums(parts))

    def update_totals(self) -> None:
        """Work out the totals from the saved lines, and save them."""
        self.work_out(self.lines.select_related("tax_code"))
        self.save(update_fields=[*self.worked_out, "updated_at"])


class Due(Document):
    """A document that has to be paid by a day."""

    due_on = models.DateField(_("due date"), null=True, blank=True)
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, verbose_name=_("payment term")
    )

    class Meta:
        abstract = True

    def wrong(self) -> dict[str, ValidationError]:
        wrong = super().wrong()
        issued_on: dt.date | None = self.issued_on
        if self.due_on and issued_on and self.due_on < issued_on:
            message = _("The due date is before the %(document)s's date.")
            params = {"document": self._meta.verbose_name}
            wrong["due_on"] = ValidationError(message, params=params)
        return wrong

    def settle_dates(self) -> None:
        """Without a due date it is due by its term, or by its party's."""
        issued_on: dt.date | None = self.issued_on
        if self.due_on is None and issued_on:
            term = self.term or getattr(self.partner, "term", None)
            self.due_on = issued_on + dt.timedelta(days=term.due_days) if term else issued_on


class Line(models.Model):
    """One line of a document; `document` is the field that names it."""

    document: ClassVar[str]

    position = models.PositiveIntegerField(_("position"), default=0)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, verbose_name=_("product")
    )
    description = models.TextField(_("description"), max_length=4000, blank=True)
    tax_code = models.ForeignKey(
        TaxCode, models.PROTECT, null=True, blank=True, verbose_name=_("tax code")
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.description or str(self.product or "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self.whole.update_totals()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        self.whole.update_totals()
        return gone

    @property
    def whole(self) -> Any:
        """The document that the line belongs to."""
        return getattr(self, self.document)

    @abstractmethod
    def worth(self, currency: str) -> Decimal:
        """What the line comes to, before discount and tax."""

    def part(self, currency: str) -> totals.Part:
        """The line as totals see it."""
        if self.tax_code is None:
            return totals.Part(self.worth(currency))
        return totals.Part(self.worth(currency), self.tax_code.rates, self.tax_code.code)
