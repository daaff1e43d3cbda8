"""An account for each way of paying (G8), on the page of a connection."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from quicksync.models import RemoteRecord
from tests.admin.connection.test_option_forms import form_at, posted

NAMES = {"Account": {"35": "Till", "36": "Giro"}, "PaymentMethod": {"1": "Cash", "2": "Cheque"}}


@pytest.fixture
def company(connection):
    for type_, entries in NAMES.items():
        for pk, name in entries.items():
            payload = {"Id": pk, "Name": name, "Active": True, "SyncToken": "0"}
            if type_ == "Account":
                payload |= {"AccountType": "Bank", "Classification": "Asset"}
            RemoteRecord.objects.create(
                connection=connection,
                type=type_,
                remote_id=pk,
                name=name,
                kind={"Account": "account", "PaymentMethod": "payment_method"}[type_],
                name_key=name.lower(),
                payload=json.dumps(payload),
            )
    return connection


@pytest.fixture
def url(company):
    return reverse("admin:quicksync_connection_change", args=[company.pk])


def changed(client, url, **values):
    page = client.get(url)
    data = posted(page.context["adminform"].form, "categories")
    data["quicksync_opened"] = page.context["quicksync_opened"]
    for key in list(data):
        if isinstance(data[key], dict):
            data |= {f"{key}_{one}": chosen for one, chosen in data.pop(key).items()}
    formset = page.context["inline_admin_formsets"][0].formset
    for one in (formset.management_form, *formset.forms):
        data |= {
            field.html_name: field.value() for field in one if field.value() not in (None, False)
        }
    return client.post(url, {**data, **values}, follow=True)


def test_g8_each_payment_method_of_quickbooks_has_a_choice_under_its_name(url, admin_client):
    field = form_at(admin_client, url)["method_accounts"]
    assert field.field.names == {"1": "Cash", "2": "Cheque"}
    html = str(field)
    assert ">Cash</label>" in html
    assert ">Cheque</label>" in html
    assert html.count("Till (Bank)") == 2
    assert html.count("As “Deposit to”") == 2


def test_g8_what_is_chosen_is_saved_shown_and_told_in_the_history(company, url, admin_client):
    changed(admin_client, url, method_accounts_1="35", method_accounts_2="36")
    company.refresh_from_db()
    assert company.options.method_accounts == {"1": "35", "2": "36"}
    changed(admin_client, url, method_accounts_2="")
    company.refresh_from_db()
    assert company.options.method_accounts == {"1": "35"}
    audit = admin_client.get(reverse("admin:quicksync_connection_audit"))
    text = audit.content.decode()
    assert "Deposit to, by payment method" in text
    assert "Cash: Till; Cheque: Giro" in text


def test_g8_an_account_that_cannot_serve_is_refused(company, url, admin_client):
    answer = changed(admin_client, url, method_accounts_1="99")
    assert "Select a valid choice" in answer.content.decode()
    company.refresh_from_db()
    assert company.options.method_accounts == {}


def test_g8_a_method_that_is_gone_stays_in_sight_until_somebody_clears_it(
    company, url, admin_client
):
    company.options = company.options.replace(method_accounts={"9": "77"})
    company.save()
    html = str(form_at(admin_client, url)["method_accounts"])
    assert "9 (not in QuickBooks" in html
    assert "77 (not in QuickBooks" in html
    changed(admin_client, url, method_accounts_9="")
    company.refresh_from_db()
    assert company.options.method_accounts == {}


def test_g8_who_may_only_look_reads_it_in_words(company, url, client, django_user_model):
    company.options = company.options.replace(method_accounts={"1": "35"})
    company.save()
    reader = django_user_model.objects.create_user("reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_connection"))
    client.force_login(reader)
    assert "Deposit to, by payment method: Cash: Till (Bank)" in client.get(url).content.decode()


def test_g8_without_payment_methods_the_page_says_so(connection, admin_client):
    url = reverse("admin:quicksync_connection_change", args=[connection.pk])
    assert "QuickBooks has no payment methods" in admin_client.get(url).content.decode()
