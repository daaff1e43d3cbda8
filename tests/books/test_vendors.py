"""Vendors of the books: what they may be called, what is owed to them, their files and pages."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from quicksync.books.importing import Result, import_bytes
from quicksync.books.models import Bill, Client, Term, Vendor

pytestmark = pytest.mark.django_db


def test_names_differ_in_more_than_case_but_a_client_may_have_the_same(vendor):
    with pytest.raises(ValidationError, match="There is a vendor of this name already"):
        Vendor(name="NURSERY").full_clean()
    Client(name="Nursery").full_clean()


def test_what_is_owed_is_what_bills_leave_open(bill, vendor):
    assert vendor.open_balance == Decimal("32.50")
    bill.paid = Decimal("2.50")
    bill.save()
    assert vendor.open_balance == 30
    assert Vendor.objects.create(name="Other").open_balance == 0


def test_a_file_makes_and_changes_vendors(lists):
    text = "name,email,term,tax_id,is_1099,street\nMason,a@b.ee,Net 15,94-1,yes,1 Main St.\n"
    assert import_bytes(text.encode(), "vendor") == Result(1, 0, 0)
    made = Vendor.objects.get()
    assert (made.tax_id, made.is_1099, made.street) == ("94-1", True, "1 Main St.")
    assert made.term == Term.objects.get(code="Net 15")
    assert import_bytes(b"name,is_1099\nmason,no\n", "vendor") == Result(0, 1, 0)
    made.refresh_from_db()
    assert (made.name, made.is_1099, made.email) == ("mason", False, "a@b.ee")


def test_a_bill_without_dates_is_due_by_the_vendors_term(vendor):
    vendor.term = Term.objects.get(code="Net 15")
    vendor.save()
    bill = Bill.objects.create(vendor=vendor, issued_on=dt.date(2026, 1, 31))
    assert bill.due_on == dt.date(2026, 2, 15)


def test_the_page_shows_what_is_owed(admin_client, bill, vendor):
    page = admin_client.get(f"/admin/books/vendor/{vendor.pk}/change/").content.decode()
    assert "32.50\xa0USD" in page
