"""New host objects are saved and checked as Django would, whatever the way."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Value
from django.forms.models import model_to_dict
from hypothesis import given
from hypothesis import strategies as st

from quicksync.books.models import Client, Invoice, InvoiceLine, Product, TaxCode
from quicksync.local.landing import column_checks, inserts

texts = st.sampled_from(["", "x", "USD", "x" * 600, None, 5])
numbers = st.sampled_from(
    [None, "", "1.5", 3, *map(Decimal, ("0", "1.50", "1.234567", "-2", "1E+3", "1E+30", "NaN"))]
)
days = st.sampled_from([None, "", "2026-02-30", "2026-02-01", dt.date(2026, 2, 1)])
flags = st.sampled_from([True, False, None, "", "yes", 1])


def told(check):
    """What is wrong, by field."""
    try:
        check()
    except ValidationError as error:
        return error.message_dict
    return {}


def made(kind, values):
    first, second = kind(**values), kind(**values)
    relations = [one.name for one in kind._meta.fields if one.is_relation]
    asked = told(lambda: first.clean_fields(exclude=relations))
    return asked, told(lambda: column_checks.clean_fields(second)), first, second


@given(name=texts, currency=texts, email=texts, active=flags)
def test_texts_and_flags_are_checked_as_django_does(name, currency, email, active):
    values = {"name": name, "currency": currency, "email": email, "active": active}
    asked, quick, first, second = made(Client, values)
    assert quick == asked
    assert model_to_dict(first) == model_to_dict(second)


@given(number=texts, issued_on=days, due_on=days, total=numbers, status=texts, discount=numbers)
def test_numbers_and_days_are_checked_as_django_does(**values):
    asked, quick, first, second = made(Invoice, values)
    assert quick == asked
    assert repr(model_to_dict(first)) == repr(model_to_dict(second))


@given(rate=numbers, parts=texts)
def test_validators_of_the_hosts_are_asked(rate, parts):
    asked, quick, *_ = made(TaxCode, {"code": "A", "rate": rate, "parts": parts})
    assert quick == asked


@pytest.mark.django_db
class TestSaving:
    """As bulk_create does, in one statement."""

    def test_rows_and_their_parents_get_their_keys(self, django_assert_num_queries):
        client = Client.objects.create(name="Ada")
        invoices = [Invoice(number=str(n), client=client, total=Decimal(n)) for n in range(300)]
        rows = [InvoiceLine(invoice=one, quantity=2, unit_price=Decimal("1.5")) for one in invoices]
        with django_assert_num_queries(2):
            inserts.create(invoices)
            inserts.create(rows)
        saved = InvoiceLine.objects.select_related("invoice").order_by("pk")
        assert [one.invoice.number for one in saved] == [str(n) for n in range(300)]
        assert all(
            one.pk == row.pk and one.invoice_id for one, row in zip(saved, rows, strict=True)
        )
        assert Invoice.objects.get(number="7").total == 7
        assert not invoices[0]._state.adding
        assert invoices[0].created_at is not None

    def test_an_expression_is_left_to_django(self):
        inserts.create([Product(name="Hours", unit_price=Value(3))])
        assert Product.objects.get().unit_price == 3

    def test_a_key_that_is_given_stays(self):
        inserts.create([Product(pk=77, name="Hours")])
        assert Product.objects.get().pk == 77
