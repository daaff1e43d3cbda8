"""An invoice made of an estimate: its client, its lines, its discount, dated today."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from quicksync.books.models import Estimate, Invoice, InvoiceLine

FIRST = "1001"
_COPIED = ("client", "currency", "discount", "discount_percent", "email", "memo")
_OF_LINES = ("position", "product", "description", "quantity", "unit_price", "tax_code")


class NotInvoiced(Exception):
    """Why no invoice is made of an estimate, as a sentence."""


def invoice_of(key: int) -> Invoice:
    """A new invoice for all of an estimate, which names it and closes it.

    Raises NotInvoiced where there is one already, where it was rejected, and where the books refuse
    the invoice.
    """
    try:
        return _make(key)
    except ValidationError as error:
        sentence = _("No invoice was made: %(why)s")
        raise NotInvoiced(sentence % {"why": " ".join(error.messages)}) from error
    except IntegrityError as error:
        # It was free when it was looked for.
        sentence = _("Somebody has just taken the next invoice number. Try again.")
        raise NotInvoiced(sentence) from error


@transaction.atomic
def _make(key: int) -> Invoice:
    estimate = Estimate.objects.select_for_update(no_key=True).get(pk=key)
    values = {"number": estimate.number}
    made = estimate.invoices.exclude(status=Invoice.Status.VOID).order_by("pk").first()
    if made is not None:
        sentence = _("Estimate %(number)s is invoiced already: invoice %(invoice)s.")
        raise NotInvoiced(sentence % {**values, "invoice": made.number})
    if estimate.status in (Estimate.Status.CLOSED, Estimate.Status.REJECTED):
        sentence = _(
            "Estimate %(number)s is %(status)s. Set it to accepted before you make an invoice of"
            " it."
        )
        status = estimate.get_status_display().lower()
        raise NotInvoiced(sentence % {**values, "status": status})
    copied = {name: getattr(estimate, name) for name in _COPIED}
    invoice = Invoice(number=next_number(), estimate=estimate, **copied)
    lines = [
        InvoiceLine(invoice=invoice, **{name: getattr(line, name) for name in _OF_LINES})
        for line in estimate.lines.select_related("tax_code", "product")
    ]
    invoice.work_out(lines)
    invoice.full_clean()
    invoice.save()
    InvoiceLine.objects.bulk_create(lines)
    return invoice


def next_number() -> str:
    """The number after that of the latest invoice which no other has."""
    last = Invoice.objects.order_by("-pk").values_list("number", flat=True).first()
    found = re.fullmatch(r"(.*?)(\d+)", last) if last else None
    if found is None:
        stem, digits = (f"{last}-", "1") if last else ("", FIRST)
    else:
        stem, digits = found[1], _after(found[2])
    while Invoice.objects.filter(number=stem + digits).exists():
        digits = _after(digits)
    return stem + digits


def _after(digits: str) -> str:
    return str(int(digits) + 1).zfill(len(digits))
