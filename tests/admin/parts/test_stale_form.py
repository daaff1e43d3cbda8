"""A form that stood open does not write back what it was opened with: both values are shown, and
one chooses.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from quicksync.books.models import Client, Invoice, InvoiceLine, Product
from quicksync.models import Category, Operation
from tests.models import make

OLD, TYPED, BROUGHT = dt.date(2027, 3, 1), dt.date(2027, 4, 4), dt.date(2027, 5, 5)


class Page:
    """A change page as a browser holds it: what it was opened with, and what is typed."""

    def __init__(self, client, obj):
        self.client = client
        options = obj._meta
        self.url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[obj.pk])
        self.take(client.get(self.url))

    def take(self, answer):
        self.answer = answer
        context = answer.context
        self.data = {"quicksync_opened": context.get("quicksync_opened", "")}
        for formset in context["inline_admin_formsets"]:
            for form in [formset.formset.management_form, *formset.formset.forms]:
                self._read(form)
        self._read(context["adminform"].form)
        self.text = answer.content.decode()

    def _read(self, form):
        for field in form:
            value = field.value()
            if value is True:
                value = "on"
            if value is not None and value is not False:
                self.data[field.html_name] = str(value)

    def save(self, **more):
        answer = self.client.post(self.url, {**self.data, **more})
        if answer.status_code == 200:
            self.take(answer)
        return answer


@pytest.fixture
def invoice(rows):
    client = Client.objects.create(name="Ada")
    product = Product.objects.create(name="Work", unit_price=10, taxable=False)
    invoice = Invoice.objects.create(client=client, number="OFF-1", due_on=OLD, currency="USD")
    InvoiceLine.objects.create(
        invoice=invoice, product=product, description="Work", quantity=1, unit_price=10, position=0
    )
    rows.mapping(
        model_label="books.invoice",
        object_key=str(invoice.pk),
        state="in_sync",
        remote_type="Invoice",
        remote_id="77",
    )
    invoice.refresh_from_db()
    return invoice


def brought(rows, invoice, **values):
    """As landing writes: the object, and the operation that is done."""
    for name, value in values.items():
        setattr(invoice, name, value)
    invoice.save()
    mapping = rows.connection.mappings.get(object_key=str(invoice.pk), kind="invoice")
    done = {"state": Operation.State.DONE, "settled_at": timezone.now()}
    rows.operation(
        rows.run(state="done"), mapping=mapping, direction="pull", action="update", **done
    )


def test_a_stale_form_is_refused_with_both_values_and_one_chooses_quickbooks(
    rows, invoice, admin_client
):
    page = Page(admin_client, invoice)
    brought(rows, invoice, due_on=BROUGHT)
    answer = page.save(memo="typed here")
    assert answer.status_code == 200, "refused"
    invoice.refresh_from_db()
    assert (invoice.due_on, invoice.memo) == (BROUGHT, "")
    assert "Changes arrived from QuickBooks while this page was open" in page.text
    for value in ("2027-05-05", "2027-03-01", "What it was when you opened the page"):
        assert value in page.text
    assert page.save(memo="typed here", quicksync_take_due_on="there").status_code == 302
    invoice.refresh_from_db()
    assert (invoice.due_on, invoice.memo) == (BROUGHT, "typed here")


def test_one_chooses_what_one_typed(rows, invoice, admin_client):
    page = Page(admin_client, invoice)
    brought(rows, invoice, due_on=BROUGHT)
    page.save(due_on=str(TYPED))
    assert "What you typed" in page.text
    assert page.save(due_on=str(TYPED), quicksync_take_due_on="mine").status_code == 302
    invoice.refresh_from_db()
    assert invoice.due_on == TYPED


def test_a_second_change_between_the_question_and_the_answer_asks_again(
    rows, invoice, admin_client
):
    page = Page(admin_client, invoice)
    brought(rows, invoice, due_on=BROUGHT)
    page.save()
    brought(rows, invoice, due_on=dt.date(2027, 6, 6))
    assert page.save(quicksync_take_due_on="mine").status_code == 200
    assert "2027-06-06" in page.text
    invoice.refresh_from_db()
    assert invoice.due_on == dt.date(2027, 6, 6)


def test_it_does_not_refuse_when_only_other_things_moved(rows, invoice, admin_client):
    """What the form does not hold, or what comes to the same."""
    page = Page(admin_client, invoice)
    Invoice.objects.filter(pk=invoice.pk).update(updated_at=timezone.now() + dt.timedelta(hours=1))
    rows.connection.mappings.update(version=9, touched_at=timezone.now())
    brought(rows, invoice, due_on=BROUGHT)
    assert page.save(due_on=str(BROUGHT), memo="typed here").status_code == 302
    invoice.refresh_from_db()
    assert invoice.memo == "typed here"


def test_lines_that_moved_are_not_written_over(rows, invoice, admin_client):
    page = Page(admin_client, invoice)
    invoice.lines.update(unit_price=25)
    brought(rows, invoice)
    assert page.save(memo="typed here").status_code == 200
    assert "Lines" in page.text
    assert invoice.lines.get().unit_price == 25
    assert page.save(memo="typed here", **{"quicksync_take_rows:lines": "there"}).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.lines.get().unit_price, invoice.memo) == (25, "typed here")


def test_an_untouched_page_of_a_record_that_nobody_knows_is_the_hosts_own_affair(
    rows, admin_client
):
    client = Client.objects.create(name="Ada")
    page = Page(admin_client, client)
    assert not page.data["quicksync_opened"]
    assert page.save(name="Ada Lovelace").status_code == 302


def test_a_forged_or_old_token_asks_rather_than_writes_over(rows, invoice, admin_client):
    page = Page(admin_client, invoice)
    page.data["quicksync_opened"] = "forged"
    brought(rows, invoice, due_on=BROUGHT)
    assert page.save().status_code == 200
    invoice.refresh_from_db()
    assert invoice.due_on == BROUGHT


class TestButtons:
    def test_send_saves_first(self, rows, invoice, admin_client):
        page = Page(admin_client, invoice)
        assert page.save(memo="typed here", _quicksync="push").status_code == 302
        invoice.refresh_from_db()
        assert invoice.memo == "typed here"
        run = rows.connection.runs.get()
        assert run.scope.forced == "push"

    def test_send_of_what_cannot_be_saved_sends_nothing(self, rows, invoice, admin_client):
        page = Page(admin_client, invoice)
        assert page.save(issued_on="someday", _quicksync="push").status_code == 200
        assert not rows.connection.runs.exists()

    def test_get_says_what_would_be_lost_and_keeps_it_on_the_page(
        self, rows, invoice, admin_client
    ):
        page = Page(admin_client, invoice)
        assert page.save(memo="typed here", _quicksync="pull").status_code == 200
        assert "You have changed Message to the client" in page.text
        assert "Discard my changes and get it" in page.text
        assert page.data["memo"] == "typed here"
        assert not rows.connection.runs.exists()
        invoice.refresh_from_db()
        assert invoice.memo == ""

    def test_get_without_changes_just_gets(self, rows, invoice, admin_client):
        page = Page(admin_client, invoice)
        assert page.save(_quicksync="pull").status_code == 302
        assert rows.connection.runs.get().scope.forced == "pull"


class TestSettings:
    """quicksync's own forms: who changed it, and when."""

    def test_a_category_changed_by_somebody_else_meanwhile(
        self, connection, admin_client, django_user_model
    ):
        category = Category.objects.get(connection=connection, kind="invoice")
        page = Page(admin_client, category)
        other = django_user_model.objects.create_user("grace")
        mine = Category.objects.get(pk=category.pk)
        mine.direction, mine._history_user = "pull", other
        mine.save()
        assert page.save().status_code == 200
        assert "grace changed this at" in page.text
        category.refresh_from_db()
        assert category.direction == "pull"
        assert page.save(quicksync_take_direction="there").status_code == 302
        category.refresh_from_db()
        assert category.direction == "pull"

    def test_a_connection_whose_run_moved_clocks_and_tokens_is_saved(
        self, connection, admin_client
    ):
        page = Page(admin_client, connection)
        now = timezone.now()
        make.put(connection, last_run_at=now, next_sync_at=now, failures=2, access_token="fresh")
        assert page.save(name="Renamed").status_code == 302

    def test_a_connection_renamed_by_somebody_else_meanwhile(self, connection, admin_client):
        page = Page(admin_client, connection)
        other = type(connection).objects.get(pk=connection.pk)
        other.name = "Theirs"
        other.save()
        assert page.save().status_code == 200
        connection.refresh_from_db()
        assert connection.name == "Theirs"


@pytest.fixture
def editable(monkeypatch):
    """A list of a host's whose columns are edited in place."""
    listed = admin.site.get_model_admin(Invoice)
    monkeypatch.setattr(listed, "list_display", ("number", "due_on"))
    monkeypatch.setattr(listed, "list_editable", ("due_on",))
    return reverse("admin:books_invoice_changelist")


def opened_list(client, url):
    answer = client.get(url)
    rows = answer.context["cl"].formset
    data = {"_save": "Save", "quicksync_opened": answer.context["quicksync_opened"]}
    for form in [rows.management_form, *rows.forms]:
        data |= {field.html_name: str(field.value() or "") for field in form}
    assert 'name="quicksync_opened"' in answer.content.decode()
    return data


def test_a_list_with_editable_columns_writes_nothing_back_unseen(
    rows, invoice, admin_client, editable
):
    """Saving a list that stood open wrote all of its rows as they had been."""
    data = opened_list(admin_client, editable)
    brought(rows, invoice, due_on=BROUGHT)
    refused = admin_client.post(editable, data)
    invoice.refresh_from_db()
    assert invoice.due_on == BROUGHT
    told = refused.content.decode()
    assert "This was changed while the list was open: it is “2027-05-05” now." in told
    again = data | {"quicksync_opened": refused.context["quicksync_opened"]}
    assert admin_client.post(editable, again | {"form-0-due_on": str(TYPED)}).status_code == 302
    invoice.refresh_from_db()
    assert invoice.due_on == TYPED


def test_a_list_with_editable_columns_saves_what_nobody_else_has_touched(
    rows, invoice, admin_client, editable
):
    data = opened_list(admin_client, editable)
    brought(rows, invoice, memo="Brought")
    assert admin_client.post(editable, data | {"form-0-due_on": str(TYPED)}).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.due_on, invoice.memo) == (TYPED, "Brought")
