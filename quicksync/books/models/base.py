"""What the models of the books share."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

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
