"""Money received, and what it pays."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import (
    ZERO,
    Stamped,
    currency_field,
    money_field,
    today,
    wrong_currency,
)
from quicksync.books.models.clients import Client
from quicksync.books.models.credit_notes import CreditNote
from quicksync.books.models.invoices import Invoice
from quicksync.books.models.paying import Parts, Payments, Pays
from quicksync.books.models.received import Received


class Receipt(Pays, Received, Stamped):
    """A payment received. What its allocations leave over, of its amount and of the credit notes
    that it uses, is the client's credit.
    """

    number = models.CharField(
        _("reference"),
        max_length=40,
        blank=True,
        db_index=True,
        help_text=_("The cheque's number, or your own."),
    )
    client = models.ForeignKey(
        Client, models.PROTECT, related_name="receipts", verbose_name=_("client")
    )
    received_on = models.DateField(_("date"), default=today, db_index=True)
    currency = currency_field()
    amount = money_field(
        _("amount"),
        validators=[MinValueValidator(ZERO)],
        help_text=_("Zero where it only uses credit notes."),
    )
    note = models.TextField(_("note"), max_length=4000, blank=True)
    voided = models.BooleanField(_("void"), default=False)

    objects = Payments.as_manager()

    class Meta:
        base_manager_name = "objects"
        ordering = ("-received_on", "-pk")
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        indexes = (
            models.Index(fields=("client", "received_on"), name="books_receipt_client"),
            models.Index(fields=("amount",), name="books_receipt_amount"),
            models.Index(fields=("currency",), name="books_receipt_currency"),
        )

    def __str__(self) -> str:
        return self.number or f"{self.received_on} {self.amount}"

    def clean(self) -> None:
        client = self.client if self.client_id else None
        sentence = _("%(party)s pays in %(currency)s.")
        if wrong := wrong_currency(self.currency, client, sentence):
            raise ValidationError(wrong)

    @property
    def unapplied(self) -> Decimal:
        """What pays no invoice yet: the client's credit."""
        if self.voided:
            return ZERO
        if not self.pk:
            return self.amount
        applied = sum((row.amount for row in self.allocations.all()), ZERO)
        return self.amount + _worth(self.credits.all()) - applied

    def check_allocations(
        self,
        rows: Iterable[ReceiptAllocation],
        uses: Iterable[ReceiptCredit] | None = None,
    ) -> None:
        """Raises ValidationError when these rows, all that the payment shall have, pay more than
        there is; without `uses` it uses the credit notes that it has.
        """
        rows = list(rows)
        used = list(self.credits.all() if self.pk else ()) if uses is None else list(uses)
        applied = sum((row.amount or ZERO for row in rows), ZERO)
        # Forms call this with what is missing, too.
        amount: Decimal | None = self.amount
        if amount == ZERO and not used:
            raise ValidationError(_("A payment of nothing is of use only with a credit note."))
        for credit in used:
            if credit.credit_note_id and credit.credit_note.client_id != self.client_id:
                message = _("Credit note %(note)s belongs to %(client)s, another client.")
                params = {"note": credit.credit_note, "client": credit.credit_note.client}
                raise ValidationError(message, params=params)
        if amount is not None and applied > amount + _worth(used):
            message = _("The invoices take %(applied)s, the payment is only %(amount)s.")
            if used:
                message = _(
                    "The invoices take %(applied)s; with its credit notes, the payment is only"
                    " %(amount)s."
                )
            there_is = amount + _worth(used)
            raise ValidationError(message, params={"applied": applied, "amount": there_is})
        for row in rows:
            if row.invoice_id and row.invoice.client_id != self.client_id:
                message = _("Invoice %(invoice)s belongs to %(client)s, another client.")
                raise ValidationError(
                    message, params={"invoice": row.invoice, "client": row.invoice.client}
                )


def _worth(uses: Iterable[ReceiptCredit]) -> Decimal:
    return sum((one.amount or ZERO for one in uses), ZERO)


class Applied(models.Model):
    """A part of a document that a payment pays or uses: of which one, `document` says."""

    document: ClassVar[str]
    too_much: ClassVar[Any]

    amount = money_field(_("amount"), validators=[MinValueValidator(Decimal("0.01"))])

    class Meta:
        abstract = True
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{getattr(self, self.document)}: {self.amount}"

    def check_room(self, before: Decimal = ZERO) -> None:
        """Raises ValidationError for more than is open of the document; `before` is what this row
        had of it already.
        """
        document = getattr(self, self.document)
        room = document.balance + before
        amount: Decimal | None = self.amount
        if amount is not None and amount > room:
            params = {"document": document, "room": room}
            raise ValidationError({"amount": ValidationError(self.too_much, params=params)})


class ReceiptAllocation(Pays, Applied):
    """The part of a payment that pays one invoice."""

    document: ClassVar = "invoice"
    too_much: ClassVar = _("Invoice %(document)s has only %(room)s open.")

    receipt = models.ForeignKey(
        Receipt, models.CASCADE, related_name="allocations", verbose_name=_("payment")
    )
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, related_name="allocations", verbose_name=_("invoice")
    )

    objects = Parts.as_manager()

    class Meta(Applied.Meta):
        base_manager_name = "objects"
        verbose_name = _("paid invoice")
        verbose_name_plural = _("paid invoices")
        constraints = (
            models.UniqueConstraint(
                fields=("receipt", "invoice"),
                name="books_allocation_once",
                violation_error_message=_(
                    "This invoice is named twice: put both amounts into one row."
                ),
            ),
        )


class ReceiptCredit(Applied):
    """The part of a credit note that a payment uses."""

    document: ClassVar = "credit_note"
    too_much: ClassVar = _("Credit note %(document)s has only %(room)s left.")

    receipt = models.ForeignKey(
        Receipt, models.CASCADE, related_name="credits", verbose_name=_("payment")
    )
    credit_note = models.ForeignKey(
        CreditNote, models.PROTECT, related_name="uses", verbose_name=_("credit note")
    )

    class Meta(Applied.Meta):
        verbose_name = _("used credit note")
        verbose_name_plural = _("used credit notes")
        constraints = (
            models.UniqueConstraint(
                fields=("receipt", "credit_note"),
                name="books_credit_once",
                violation_error_message=_(
                    "This credit note is named twice: put both amounts into one row."
                ),
            ),
        )
