"""Bills and their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models import totals
from quicksync.books.models.base import ZERO, money_field
from quicksync.books.models.clients import Client
from quicksync.books.models.documents import Due, Line
from quicksync.books.models.lists import Account
from quicksync.books.models.vendors import Vendor


class Bill(Due):
    """What a vendor bills us. The number is the vendor's own: two vendors may use the same."""

    party: ClassVar = "vendor"
    in_currency: ClassVar = _("%(party)s bills in %(currency)s.")

    number = models.CharField(
        _("number"), max_length=40, blank=True, db_index=True, help_text=_("The vendor's own.")
    )
    vendor = models.ForeignKey(
        Vendor, models.PROTECT, related_name="bills", verbose_name=_("vendor")
    )
    memo = models.TextField(_("memo"), max_length=4000, blank=True)
    paid = money_field(
        _("paid so far"), default=ZERO, blank=True, validators=[MinValueValidator(ZERO)]
    )

    class Meta:
        ordering = ("-issued_on", "-pk")
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        indexes = (
            models.Index(fields=("vendor", "issued_on"), name="books_bill_vendor"),
            models.Index(fields=("total",), name="books_bill_total"),
            models.Index(fields=("currency",), name="books_bill_currency"),
            models.Index(
                fields=("-issued_on", "-id"),
                condition=models.Q(total__gt=models.F("paid")),
                name="books_bill_open",
            ),
            models.Index(
                fields=("-issued_on", "-id"),
                condition=models.Q(total__lte=models.F("paid")),
                name="books_bill_paid",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("vendor", "number"),
                condition=~models.Q(number=""),
                name="books_bill_number",
                violation_error_message=_("This vendor has a bill with this number already."),
            ),
        )

    def __str__(self) -> str:
        return self.number or f"{self.issued_on} {self.total}"

    @property
    def balance(self) -> Decimal:
        """What is still to be paid; setting it, to anything but None, sets what was paid."""
        return self.total - self.paid

    @balance.setter
    def balance(self, value: Decimal | None) -> None:
        if value is not None:
            self.paid = self.total - value


class BillLine(Line):
    """One line of a bill: a product, so many at a cost; else an amount on an account."""

    document: ClassVar = "bill"

    bill = models.ForeignKey(Bill, models.CASCADE, related_name="lines", verbose_name=_("bill"))
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
        help_text=_(
            "Of a line without a product. Empty: the default of the QuickBooks connection."
        ),
    )
    quantity = models.DecimalField(
        _("quantity"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    unit_cost = models.DecimalField(
        _("unit cost"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    amount = models.DecimalField(
        _("amount"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    client = models.ForeignKey(
        Client,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("for client"),
    )
    billable = models.BooleanField(_("billable"), default=False)

    class Meta:
        ordering = ("position", "pk")
        verbose_name = _("line")
        verbose_name_plural = _("lines")

    def __str__(self) -> str:
        return super().__str__() or str(self.account or "")

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.settle()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        if self.product_id and self.account_id:
            wrong["account"] = _("A line names a product or an account, not both.")
        elif self.product_id is None:
            if self.quantity is not None or self.unit_cost is not None:
                wrong["quantity"] = _("A line without a product has an amount only.")
            if self.amount is None:
                wrong["amount"] = _("A line without a product needs an amount.")
        if self.billable and self.client_id is None:
            wrong["client"] = _("Which client is billed for it?")
        if wrong:
            raise ValidationError(wrong)

    def settle(self) -> None:
        """A product's amount follows from quantity and cost: one, and what it usually costs, where
        nothing is said.
        """
        if self.product is None:
            return
        if self.quantity is None:
            self.quantity = Decimal(1)
        if self.unit_cost is None:
            self.unit_cost = self.product.purchase_cost or ZERO
        self.amount = totals.line_amount(self.quantity, self.unit_cost, self.bill.currency)

    def fit(self) -> None:
        """Make a product's quantity and cost come to the amount: what another system says of a line
        need not, to the cent.
        """
        if self.product_id is None:
            return
        amount, quantity, cost = self.amount or ZERO, self.quantity, self.unit_cost
        if (
            quantity is None
            or cost is None
            or totals.line_amount(quantity, cost, self.bill.currency) != amount
        ):
            quantity, cost = Decimal(1), amount
        self.quantity, self.unit_cost, self.amount = quantity, cost, amount

    def worth(self, currency: str) -> Decimal:
        return self.amount or ZERO
