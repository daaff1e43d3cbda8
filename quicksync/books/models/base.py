"""What the models of the books share."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

ZERO = Decimal(0)

CURRENCY_CODE = RegexValidator(
    r"^[A-Z]{3}\Z", _("A currency is three capital letters, such as USD.")
)


def validate_emails(text: str) -> None:
    """One e-mail address, or several with commas between them, as QuickBooks takes them."""
    for address in text.split(","):
        try:
            validate_email(address.strip())
        except ValidationError as error:
            raise ValidationError(
                _("%(address)s is no e-mail address."), params={"address": address.strip()}
            ) from error


def today() -> dt.date:
    """The date in the site's time zone."""
    return timezone.localdate()


def wrong_currency(currency: str, party: Any, sentence: Any) -> dict[str, ValidationError]:
    """The error of a document in another currency than that of its client or vendor; none when they
    agree. The sentence names both: "%(party)s pays in %(currency)s."
    """
    if party is None or currency == party.currency:
        return {}
    params = {"party": party, "currency": party.currency}
    return {"currency": ValidationError(sentence, params=params)}


class Stamped(models.Model):
    """When a record was made and when it was last changed."""

    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True, db_index=True)

    class Meta:
        abstract = True


class Listed(Stamped):
    """An entry of a list that other records name by its code."""

    code = models.CharField(_("code"), max_length=120, unique=True)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


def currency_field() -> models.CharField:
    """A currency by its ISO 4217 code."""
    return models.CharField(_("currency"), max_length=3, default="USD", validators=[CURRENCY_CODE])


def email_field() -> models.CharField:
    """One or several e-mail addresses."""
    return models.CharField(_("e-mail"), max_length=255, blank=True, validators=[validate_emails])


def money_field(label: Any, **options: Any) -> models.DecimalField[Any, Decimal]:
    """An amount in the record's currency."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **options)


def street_field() -> models.TextField:
    """The lines of an address above its city."""
    return models.TextField(_("street"), max_length=500, blank=True)


def place_field(label: Any, length: int = 255) -> models.CharField:
    """A city, a region, a postcode, a country."""
    return models.CharField(label, max_length=length, blank=True)
