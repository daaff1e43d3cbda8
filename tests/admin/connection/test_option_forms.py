"""The options on the pages of a category and a connection: in words, and saved as chosen."""

from __future__ import annotations

from typing import Annotated

import pytest
from django import forms
from django.urls import reverse

from quicksync.admin.parts.option_fields import field_of, word
from quicksync.models import Category
from quicksync.options import options_json
from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.options.row import Option, Options, of_kind, table
from tests.options.choosing import values_of


def page_of(category):
    return reverse("admin:quicksync_category_change", args=[category.pk])


def form_at(client, url):
    return client.get(url).context["adminform"].form


def posted(form, inline="field_rules"):
    """What a browser sends of a form as it is shown."""
    values = {field.html_name: field.value() for field in form}
    data = {name: value for name, value in values.items() if value not in (None, False)}
    return data | {f"{inline}-TOTAL_FORMS": "0", f"{inline}-INITIAL_FORMS": "0"}


@pytest.fixture
def invoices(connection):
    return connection.categories.get(kind="invoice")


@pytest.mark.parametrize("kind", ["account", "customer", "item", "invoice", "payment"])
def test_a_category_offers_the_options_of_its_kind_and_says_what_they_do(
    kind, connection, admin_client
):
    category = connection.categories.get(kind=kind)
    page = admin_client.get(page_of(category))
    form = page.context["adminform"].form
    rows = of_kind(CategoryOptions, kind)
    assert list(form.fields) == ["enabled", "direction", "start_date", "bookmark", *rows]
    text = page.content.decode()
    for row in rows.values():
        assert row.option.label in text
        assert row.option.text in text


def test_the_cards_of_a_connection_offer_the_same(connection, admin_client):
    url = reverse("admin:quicksync_connection_change", args=[connection.pk])
    formset = admin_client.get(url).context["inline_admin_formsets"][0].formset
    for form in formset.forms:
        assert [field.name for field in form.more] == list(
            of_kind(CategoryOptions, form.instance.kind)
        )


@pytest.mark.parametrize("name", table(CategoryOptions))
def test_what_is_chosen_is_saved_and_nothing_else(name, invoices, connection, admin_client):
    row = table(CategoryOptions)[name]
    category = connection.categories.filter(kind__in=row.kinds).latest("pk")
    form = form_at(admin_client, page_of(category))
    offered = dict(getattr(form.fields[name], "choices", ())) or dict.fromkeys(values_of(row))
    now = form[name].value()
    other = next(value for value in offered if value != now)
    data = posted(form)
    data.pop(name, None)
    data |= {name: other} if other else {}
    assert admin_client.post(page_of(category), data).status_code == 302
    before = category.options
    category.refresh_from_db()
    assert category.options == before.replace(**{name: other})


def test_a_choice_that_is_not_offered_is_refused(invoices, admin_client):
    data = posted(form_at(admin_client, page_of(invoices)))
    answer = admin_client.post(page_of(invoices), data | {"wins": "oldest"})
    assert "oldest is not one of the available choices" in answer.content.decode()
    invoices.refresh_from_db()
    assert invoices.options == CategoryOptions()


def test_a_suffix_that_quickbooks_or_people_would_misread_is_refused_c14(connection, admin_client):
    customers = connection.categories.get(kind="customer")
    data = posted(form_at(admin_client, page_of(customers)))
    for text, why in {"(a:b)": "no colon", "supplier": "look like a part of the name"}.items():
        answer = admin_client.post(page_of(customers), data | {"name_suffix": text})
        assert why in answer.content.decode()
    customers.refresh_from_db()
    assert customers.options == CategoryOptions()


def test_saving_keeps_what_a_later_version_chose_and_chooses_anew_what_it_renamed(
    invoices, admin_client
):
    later = options_json.load(CategoryOptions, {"v": 1, "d": {"by_moon": True, "wins": "oldest"}})
    Category.objects.filter(pk=invoices.pk).update(options=later)
    assert (
        admin_client.post(
            page_of(invoices), posted(form_at(admin_client, page_of(invoices)))
        ).status_code
        == 302
    )
    invoices.refresh_from_db()
    assert options_json.dump(invoices.options)["d"]["by_moon"] is True
    invoices.options.check_readable("invoices")


def test_who_may_only_look_reads_the_options_in_words(invoices, staff):
    text = staff("view_connection").get(page_of(invoices)).content.decode()
    assert "If both sides changed the same field: The newest change" in text
    assert "Include totals of zero: yes" in text
    assert 'name="wins"' not in text


def test_an_option_changed_meanwhile_in_a_card_is_not_written_over(connection, admin_client):
    url = reverse("admin:quicksync_connection_change", args=[connection.pk])
    page = admin_client.get(url)
    form = page.context["adminform"].form
    formset = page.context["inline_admin_formsets"][0].formset
    data = posted(form, formset.prefix)
    forms_ = [formset.management_form, *formset.forms]
    for one in forms_:
        data |= {
            field.html_name: field.value() for field in one if field.value() not in (None, False)
        }
    data["quicksync_opened"] = page.context["quicksync_opened"]
    invoices = connection.categories.get(kind="invoice")
    invoices.options = invoices.options.replace(wins="ask")
    invoices.save()
    answer = admin_client.post(url, data)
    assert answer.status_code == 200
    assert "while the page was open" in answer.content.decode()
    invoices.refresh_from_db()
    assert invoices.options.wins == "ask"


class Sample(Options, frozen=True, kw_only=True):
    """One option of each sort."""

    suffix: Annotated[str, Option("Suffix", "Is added.", readers=("a:b",))] = "(v)"
    account: Annotated[
        str, Option("Account", "Is booked.", readers=("a:b",), entries="account")
    ] = ""
    late: Annotated[bool, Option("Late", "Comes late.", readers=("a:b",))] = False


@pytest.mark.parametrize(
    ("name", "sort", "value", "words"),
    [
        ("suffix", forms.CharField, "(v)", "(v)"),
        ("account", forms.ChoiceField, "79", "79"),
        ("late", forms.BooleanField, True, "yes"),
    ],
)
def test_each_sort_of_option_has_its_field(name, sort, value, words):
    row = table(Sample)[name]
    field = field_of(row)
    assert (type(field), field.label, field.help_text, field.required) == (
        sort,
        row.option.label,
        row.option.text,
        False,
    )
    assert word(row, value) == words


def test_the_accounts_of_a_company_say_what_is_booked_to_them(connection, admin_client):
    url = reverse("admin:quicksync_connection_change", args=[connection.pk])
    page = admin_client.get(url)
    assert page.context["adminform"].form.fields.keys() >= table(CompanyOptions).keys()
