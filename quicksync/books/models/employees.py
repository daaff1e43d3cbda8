"""Employees: who works for us."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from quicksync.books.models.base import place_field, street_field
from quicksync.books.models.contacts import Named


class Employee(Named):
    """Somebody who works for us and may be paid back what they have spent. No two share a name."""

    phone = models.CharField(_("phone"), max_length=20, blank=True)
    mobile = models.CharField(_("mobile phone"), max_length=20, blank=True)
    street = street_field()
    city = place_field(_("city"))
    region = place_field(_("state or region"))
    postcode = place_field(_("postcode"), 30)
    country = place_field(_("country"))
    number = models.CharField(_("employee number"), max_length=100, blank=True)
    hired_on = models.DateField(_("hired on"), null=True, blank=True)
    released_on = models.DateField(_("left on"), null=True, blank=True)

    class Meta:
        ordering = ("name",)
        verbose_name = _("employee")
        verbose_name_plural = _("employees")
        constraints = (
            models.UniqueConstraint(
                Lower("name"),
                name="books_employee_name",
                violation_error_message=_("There is an employee of this name already."),
            ),
        )
