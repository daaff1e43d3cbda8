"""Credit notes of the books: totals as an invoice's, the client's credit, files and pages."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError

from quicksync.books.importing import Refused, Result, import_bytes
from quicksync.books.models import Client, CreditNote, CreditNoteLine

pytestmark = pytest.mark.django_db

FILE = """number,client,date,invoice,discount_percent,total,item,quantity,unit_price,tax_code
C-2,Zoë's Café,2026-03-10,A-1,10,32.40,Seed,1000,0.0333,California
C-2,,,,,,,,,
C-3,Zoë's Café,2026-03-11,,,,,1,5,NON
"""


def test_totals_follow_the_lines_and_the_discount(note):
    note.refresh_from_db()
    assert (note.net, note.tax, note.total) == (Decimal("3.75"), Decimal("0.30"), Decimal("4.05"))
    note.discount_percent = Decimal(100)
    note.update_totals()
    assert (note.discount, note.total) == (Decimal("3.75"), 0)


def test_a_credit_note_lowers_what_the_client_owes_and_leaves_the_invoice_as_it_is(note, invoice):
    invoice.refresh_from_db()
    assert invoice.balance == Decimal("40.50")
    assert note.client.open_balance == Decimal("36.45")


def test_what_was_used_is_no_longer_left(note):
    note.used = Decimal("4.00")
    assert note.balance == Decimal("0.05")
    note.balance = Decimal("1.05")
    assert note.used == 3
    note.status = CreditNote.Status.VOID
    note.save()
    assert note.balance == 0


def test_a_void_credit_note_gives_nothing_back_and_keeps_its_lines(note):
    note.status = CreditNote.Status.VOID
    note.save()
    assert (note.total, note.client.open_balance, note.lines.count()) == (0, Decimal("40.50"), 1)


def test_it_corrects_an_invoice_of_the_same_client(note):
    note.client = Client.objects.create(name="Other")
    with pytest.raises(ValidationError, match="Invoice A-1 belongs to Zoë's Café, another client"):
        note.full_clean()


def test_it_is_in_the_clients_currency(note):
    note.currency = "EUR"
    with pytest.raises(ValidationError, match="Zoë's Café is credited in USD"):
        note.full_clean()


def test_an_invoice_that_was_corrected_is_not_deleted(note, invoice):
    with pytest.raises(ProtectedError):
        invoice.delete()


def test_a_file_makes_credit_notes_and_the_second_time_changes_nothing(invoice):
    text = FILE.replace("32.40", "32.37")
    assert import_bytes(text.encode(), "credit_note") == Result(2, 0, 0)
    made = CreditNote.objects.get(number="C-2")
    assert (made.invoice, made.discount, made.total) == (invoice, Decimal("3.33"), Decimal("32.37"))
    assert import_bytes(text.encode(), "credit_note") == Result(0, 0, 2)


@pytest.mark.parametrize(
    ("text", "line", "column", "sentence"),
    [
        (FILE, 2, "total", "come to 32.37"),
        (FILE.replace("32.40", "").replace("A-1", "A-7"), 2, "invoice", "no invoice “A-7”"),
        (FILE.replace("32.40", "").replace("1,5,", "1,-5,"), 4, "unit_price", "makes an invoice"),
        (FILE.replace("32.40", "").replace("1,5,", "-1,5,"), 4, "quantity", "-1 is negative"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_line_and_column(
    invoice, text, line, column, sentence
):
    with pytest.raises(Refused) as caught:
        import_bytes(text.encode(), "credit_note")
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (line, column)
    assert sentence in problem.sentence
    assert not CreditNote.objects.exists()


def test_another_clients_invoice_is_told_at_its_column(invoice):
    Client.objects.create(name="Other")
    with pytest.raises(Refused, match="Line 4, column invoice: Invoice A-1 belongs to Zoë's Café"):
        import_bytes(
            (FILE.replace("32.40", "") + "C-4,Other,2026-03-11,A-1,,,,,,\n")
            .replace("C-3,Zoë's Café,2026-03-11,,,,,1,5,NON\n", "")
            .encode(),
            "credit_note",
        )


def test_credit_notes_are_voided_from_the_list(admin_client, note):
    CreditNote.objects.create(number="C-9", client=note.client)
    CreditNote.objects.create(number="C-10", client=note.client, used=1)
    page = admin_client.get("/admin/books/creditnote/").content.decode()
    assert "Void selected credit notes" in page
    data = {"action": "void", "_selected_action": CreditNote.objects.values_list("pk", flat=True)}
    page = admin_client.post("/admin/books/creditnote/", data, follow=True).content.decode()
    assert "2 credit notes are void." in page
    assert "These credit notes have been used, so they stay: C-10." in page
    assert CreditNote.objects.exclude(status="void").get().number == "C-10"


def test_a_line_is_added_on_the_page(admin_client, note):
    line = note.lines.get()
    values = {
        "number": "C-1",
        "status": "issued",
        "client": note.client_id,
        "invoice": note.invoice_id,
        "issued_on": "2026-03-09",
        "currency": "USD",
        "discount": "0",
        "used": "2",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "1",
        "lines-0-id": line.pk,
        "lines-0-credit_note": note.pk,
        "lines-0-position": "1",
        "lines-0-product": line.product_id,
        "lines-0-quantity": "100",
        "lines-0-unit_price": "0.0375",
        "lines-0-tax_code": line.tax_code_id,
        "lines-1-credit_note": note.pk,
        "lines-1-position": "2",
        "lines-1-description": "Goodwill",
        "lines-1-quantity": "1",
        "lines-1-unit_price": "5",
    }
    address = f"/admin/books/creditnote/{note.pk}/change/"
    assert admin_client.post(address, values).status_code == 302
    note.refresh_from_db()
    assert (note.total, CreditNoteLine.objects.count()) == (Decimal("9.05"), 2)
    assert "7.05\xa0USD" in admin_client.get(address).content.decode()
