"""Estimates in the books: what they come to, the invoice that is made of one, their pages and their
files (F18).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import ValidationError
from django.db import models

from quicksync.books import invoicing
from quicksync.books.exporting import RESOURCES
from quicksync.books.importing import Refused, import_bytes
from quicksync.books.invoicing import NotInvoiced, invoice_of, next_number
from quicksync.books.models import Client, Estimate, EstimateLine, Invoice, InvoiceLine
from tests.at_once import behind

pytestmark = pytest.mark.django_db
Status = Estimate.Status
DAY = dt.date(2026, 3, 7)


@pytest.fixture
def offer(zoe):
    made = Estimate.objects.create(
        number="E-1", client=zoe, issued_on=DAY, discount_percent=Decimal(10), memo="Thanks"
    )
    for place, price in enumerate((100, "7.35")):
        EstimateLine.objects.create(
            estimate=made, description=f"Work {place}", unit_price=Decimal(price), position=place
        )
    made.refresh_from_db()
    return made


def status_of(estimate):
    return Estimate.objects.get(pk=estimate.pk).status


def test_it_comes_to_what_its_lines_come_to(offer):
    assert (offer.net, offer.discount, offer.total) == (
        Decimal("107.35"),
        Decimal("10.74"),
        Decimal("96.61"),
    )


def test_it_expires_after_its_date(offer):
    offer.expires_on = dt.date(2026, 3, 6)
    with pytest.raises(ValidationError, match="before the estimate"):
        offer.full_clean()
    offer.expires_on = DAY
    offer.full_clean()


# --- Its invoice ----------------------------------------------------------------------------------


def test_what_the_books_refuse_makes_no_invoice_and_says_why(offer, zoe, monkeypatch):
    Invoice.objects.create(number="7", client=zoe, issued_on=DAY)
    monkeypatch.setattr(invoicing, "next_number", lambda: "7")
    with pytest.raises(NotInvoiced, match=r"No invoice was made: .*already exists"):
        invoice_of(offer.pk)
    assert status_of(offer) == Status.PENDING
    assert Invoice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_two_numbers_at_the_same_moment_make_one_invoice_each_or_a_sentence(offer, zoe):
    def second():
        try:
            return invoice_of(offer.pk)
        except NotInvoiced as trouble:
            return str(trouble)

    first, told = behind(
        lambda: Invoice.objects.create(number=next_number(), client=zoe, issued_on=DAY), second
    )
    # SQLite has one writer at a time, who looks after the first has ended.
    if not isinstance(told, str):
        assert told.number != first.number
        return
    assert told == "Somebody has just taken the next invoice number. Try again."
    assert status_of(offer) == Status.PENDING
    assert Invoice.objects.count() == 1
    assert invoice_of(offer.pk).number != first.number


def test_an_invoice_is_made_of_all_of_it(offer):
    made = invoice_of(offer.pk)
    made.refresh_from_db()
    assert (made.client, made.estimate, made.memo) == (offer.client, offer, "Thanks")
    assert (made.total, made.discount_percent) == (offer.total, 10)
    assert [line.amount for line in made.lines.all()] == [100, Decimal("7.35")]
    assert [line.description for line in made.lines.all()] == ["Work 0", "Work 1"]
    assert status_of(offer) == Status.CLOSED


def test_there_is_one_of_it(offer):
    made = invoice_of(offer.pk)
    with pytest.raises(NotInvoiced, match=f"invoice {made.number}"):
        invoice_of(offer.pk)
    made.status = Invoice.Status.VOID
    made.save()
    assert status_of(offer) == Status.PENDING
    again = invoice_of(offer.pk)
    assert again.number != made.number


@pytest.mark.parametrize("status", [Status.REJECTED, Status.CLOSED])
def test_what_was_rejected_or_closed_is_not_invoiced(offer, status):
    Estimate.objects.update(status=status)
    with pytest.raises(NotInvoiced, match=f"is {status}"):
        invoice_of(offer.pk)
    assert not Invoice.objects.exists()


@pytest.mark.parametrize(
    ("last", "following"),
    [
        (None, "1001"),
        ("7", "8"),
        ("B2026-0099", "B2026-0100"),
        ("99", "100"),
        ("Special", "Special-1"),
    ],
)
def test_it_gets_the_number_after_the_last_one(zoe, last, following):
    if last:
        Invoice.objects.create(number=last, client=zoe)
    assert next_number() == following


def test_a_number_that_is_taken_is_passed_over(zoe):
    for number in ("9", "8", "7"):
        Invoice.objects.create(number=number, client=zoe)
    assert next_number() == "10"


@pytest.mark.parametrize("how", ["void", "delete", "delete all", "unlink"])
def test_without_its_invoice_it_is_open_again(offer, how):
    Estimate.objects.update(accepted_by="Zoë", status=Status.ACCEPTED)
    made = Invoice.objects.get(pk=invoice_of(offer.pk).pk)
    if how == "void":
        made.status = Invoice.Status.VOID
        made.save()
    elif how == "delete":
        made.delete()
    elif how == "delete all":
        Invoice.objects.all().delete()
    else:
        made.estimate = None
        made.save()
    assert status_of(offer) == Status.ACCEPTED


def test_of_two_invoices_one_is_enough_to_close_it(offer, zoe):
    first = invoice_of(offer.pk)
    Invoice.objects.create(number="second", client=zoe, estimate=offer)
    Invoice.objects.get(pk=first.pk).delete()
    assert status_of(offer) == Status.CLOSED


def test_an_invoice_that_moves_to_another_estimate_opens_the_first(offer, zoe):
    other = Estimate.objects.create(number="E-2", client=zoe)
    made = Invoice.objects.get(pk=invoice_of(offer.pk).pk)
    made.estimate = other
    made.save()
    assert (status_of(offer), status_of(other)) == (Status.PENDING, Status.CLOSED)


def test_what_is_invoiced_is_not_deleted(offer):
    invoice_of(offer.pk)
    with pytest.raises(models.ProtectedError):
        offer.delete()


def test_an_invoice_names_an_estimate_of_its_own_client(offer):
    made = Invoice(number="1", client=Client.objects.create(name="Bob"), estimate=offer)
    with pytest.raises(ValidationError, match="E-1 belongs to"):
        made.full_clean()


# --- Its pages ------------------------------------------------------------------------------------

PAGE = "/admin/books/estimate/"


def test_the_page_offers_an_invoice_while_there_is_none(admin_client, offer):
    page = f"{PAGE}{offer.pk}/change/"
    assert "Make an invoice" in admin_client.get(page).content.decode()
    answer = admin_client.post(f"{PAGE}{offer.pk}/invoice/", follow=True)
    made = Invoice.objects.get()
    assert answer.redirect_chain[-1][0] == f"/admin/books/invoice/{made.pk}/change/"
    assert f"Invoice {made.number} is made of estimate E-1." in answer.content.decode()
    shown = admin_client.get(page).content.decode()
    assert "Make an invoice" not in shown
    assert f'<a href="/admin/books/invoice/{made.pk}/change/">{made.number}</a>' in shown


def test_a_second_press_says_that_there_is_one(admin_client, offer):
    invoice_of(offer.pk)
    answer = admin_client.post(f"{PAGE}{offer.pk}/invoice/", follow=True)
    assert "is invoiced already" in answer.content.decode()
    assert Invoice.objects.count() == 1


def test_an_invoice_is_made_by_a_press_only(admin_client, offer):
    assert admin_client.get(f"{PAGE}{offer.pk}/invoice/").status_code == 405
    assert admin_client.post(f"{PAGE}0/invoice/").status_code == 404
    assert not Invoice.objects.exists()


def test_who_may_not_add_invoices_makes_none(client, offer):
    clerk = User.objects.create_user("clerk", password="x", is_staff=True)
    clerk.user_permissions.add(
        *Permission.objects.filter(codename__in=["change_estimate", "view_estimate"])
    )
    client.force_login(clerk)
    assert "Make an invoice" not in client.get(f"{PAGE}{offer.pk}/change/").content.decode()
    assert client.post(f"{PAGE}{offer.pk}/invoice/").status_code == 403
    ours = {"action": "make_invoices", "_selected_action": [offer.pk]}
    client.post(PAGE, ours)
    assert not Invoice.objects.exists()


def test_several_at_once(admin_client, offer, zoe):
    Estimate.objects.create(number="E-2", client=zoe, status=Status.REJECTED)
    Estimate.objects.create(number="E-3", client=zoe)
    keys = list(Estimate.objects.values_list("pk", flat=True))
    answer = admin_client.post(
        PAGE, {"action": "make_invoices", "_selected_action": keys}, follow=True
    )
    page = answer.content.decode()
    assert "Estimate E-2 is rejected." in page
    assert {one.estimate.number for one in Invoice.objects.all()} == {"E-1", "E-3"}
    assert all(f">{one.number}</a>" in page for one in Invoice.objects.all())


def test_a_void_invoice_of_it_is_shown_as_such(admin_client, offer):
    made = Invoice.objects.get(pk=invoice_of(offer.pk).pk)
    made.status = Invoice.Status.VOID
    made.save()
    page = admin_client.get(f"{PAGE}{offer.pk}/change/").content.decode()
    assert f"{made.number}</a> (void)" in page
    assert "Make an invoice" in page


# --- Its files ------------------------------------------------------------------------------------

HEAD = "number,client,date,expires_on,accepted_by,accepted_on,status"
LINES = "item,description,quantity,unit_price"


def test_a_file_of_estimates(zoe):
    file = (
        f"{HEAD},{LINES}\nE-1,{zoe.name},2026-03-07,2026-04-06,Zoë,2026-03-09,accepted,,Work,2,5\n"
    )
    assert import_bytes(file.encode(), "estimate").created == 1
    made = Estimate.objects.get()
    assert (made.status, made.accepted_by, made.total) == (Status.ACCEPTED, "Zoë", 10)
    assert (made.expires_on, made.accepted_on) == (dt.date(2026, 4, 6), dt.date(2026, 3, 9))
    assert import_bytes(file.encode(), "estimate").unchanged == 1


def test_a_status_that_there_is_not(zoe):
    file = f"{HEAD},{LINES}\nE-1,{zoe.name},2026-03-07,,,,issued,,Work,2,5\n"
    with pytest.raises(Refused, match="status"):
        import_bytes(file.encode(), "estimate")


def test_a_file_of_invoices_names_estimates(offer, zoe):
    head = f"number,client,date,estimate,{LINES}"
    wrong = f"{head}\n1,{zoe.name},2026-03-07,E-7,,Work,2,5\n"
    with pytest.raises(Refused, match="no estimate “E-7”"):
        import_bytes(wrong.encode(), "invoice")
    right = f"{head}\n1,{zoe.name},2026-03-07,E-1,,Work,2,5\n"
    import_bytes(right.encode(), "invoice")
    assert Invoice.objects.get().estimate == offer
    assert status_of(offer) == Status.CLOSED
    table = RESOURCES["invoice"]().export(Invoice.objects.all())
    assert table["estimate"] == ["E-1"]


def test_a_file_without_the_column_takes_no_estimate_away_and_an_empty_cell_does(offer, zoe):
    made = invoice_of(offer.pk)
    head = f"number,client,date,{LINES}"
    import_bytes(f"{head}\n{made.number},{zoe.name},2026-03-08,,Less,1,5\n".encode(), "invoice")
    made.refresh_from_db()
    assert (made.estimate, made.total) == (offer, Decimal("4.50"))
    head = f"number,client,date,estimate,{LINES}"
    import_bytes(f"{head}\n{made.number},{zoe.name},2026-03-08,,,Less,1,5\n".encode(), "invoice")
    made.refresh_from_db()
    assert made.estimate is None
    assert status_of(offer) == Status.PENDING


def test_lines_of_the_invoice_are_its_own(offer):
    made = invoice_of(offer.pk)
    InvoiceLine.objects.filter(invoice=made).first().delete()
    assert offer.lines.count() == 2
