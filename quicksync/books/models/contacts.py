"""What clients, vendors and employees share."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import Stamped, currency_field, email_field
from quicksync.books.models.lists import Term


class Named(Stamped):
    """A company or a person; the name is what documents show."""

    name = models.CharField(_("name"), max_length=255)
    given_name = models.CharField(_("given name"), max_length=100, blank=True)
    family_name = models.CharField(_("family name"), max_length=100, blank=True)
    email = email_field()
    active = models.BooleanField(_("active"), default=True, db_index=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Contact(Named):
    """A company or a person that we do business with."""

    company = models.CharField(_("company name"), max_length=255, blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    alternate_phone = models.CharField(_("other phone"), max_length=30, blank=True)
    mobile = models.CharField(_("mobile phone"), max_length=30, blank=True)
    fax = models.CharField(_("fax"), max_length=30, blank=True)
    website = models.CharField(_("website"), max_length=1000, blank=True)
    currency = currency_field()
    term = models.ForeignKey(
        Term, models.PROTECT, null=True, blank=True, verbose_name=_("payment term")
    )
    notes = models.TextField(_("notes"), max_length=2000, blank=True)

    class Meta:
        abstract = True
