"""Tax codes that change in QuickBooks: documents wait, and go on by themselves (A10, A12, H10)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync.books.models import Invoice, InvoiceLine, TaxCode
from quicksync.exceptions import NotAllowed
from quicksync.models import CodeMapping
from quicksync.sync.company import codes
from quicksync.sync.company.known import facts_of
from tests.company import connected_to
from tests.models import make

pytestmark = pytest.mark.django_db
STANDARD = "20.0% S"


@pytest.fixture
def company():
    """A British company; an invoice at the standard rate is ready to go."""
    with connected_to(country="GB") as company:
        company.enable("customer", "item", "invoice")
        yield company


def invoice(company, code=STANDARD, rate=20):
    tax, _ = TaxCode.objects.get_or_create(code=code, defaults={"rate": rate})
    client = company.client(
        f"Client {TaxCode.objects.count()}.{Invoice.objects.count()}", currency="GBP"
    )
    made = company.invoice(client, 100)
    InvoiceLine.objects.filter(invoice=made).update(tax_code=tax)
    made.update_totals()
    return made


def lists_are(company, **ago):
    """The lists were read so long ago."""
    make.put(company.connection, lists_read_at=timezone.now() - dt.timedelta(**ago))


def rate_there(company, percent):
    """The bookkeeper changes the standard rate."""
    (rate,) = [one for one in company.there("TaxRate") if one["Name"] == STANDARD]
    company.sim.edit(
        "update",
        "TaxRate",
        rate["Id"],
        values={"RateValue": percent},
        realm=company.connection.realm_id,
    )


def state(company, obj):
    mapping = company.mapping(obj)
    return mapping.state, mapping.reason


@pytest.fixture
def outdated(company):
    """An invoice that waits because the rate was changed in QuickBooks."""
    invoice(company)
    company.sync()
    rate_there(company, 17.5)
    lists_are(company, days=2)
    waits = invoice(company, STANDARD)
    company.sync()
    assert state(company, waits) == ("held", "tax-code-outdated")
    return waits


def test_a12_an_old_rate_holds_the_document_and_nothing_is_sent(company, outdated):
    assert len(company.there("Invoice")) == 1


def test_a12_corrected_here_it_goes_on_by_itself(company, outdated):
    tax = TaxCode.objects.get()
    tax.rate = "17.5"
    tax.save()
    outdated.update_totals()
    company.sync()
    assert state(company, outdated) == ("in_sync", "")
    assert company.partner(outdated)["TxnTaxDetail"]["TotalTax"] == 17.5
    lists_are(company, days=2)
    company.sync()
    assert CodeMapping.objects.get(code=STANDARD).rate == 17.5, (
        "from now on this is the rate they were joined with"
    )


def test_a12_corrected_in_quickbooks_it_goes_on_by_itself(company, outdated):
    rate_there(company, 20)
    lists_are(company, days=2)
    company.sync()
    assert state(company, outdated) == ("in_sync", "")


def test_a12_h10_a_person_takes_the_new_rate_and_it_goes_on(company, outdated, admin_user):
    entry = CodeMapping.objects.get(code=STANDARD).remote_id
    connection = company.connection
    codes.choose(connection, "tax_code", STANDARD, entry, facts_of(connection), user=admin_user)
    company.sync()
    assert state(company, outdated) == ("in_sync", "")
    row = CodeMapping.objects.get(code=STANDARD)
    assert (row.origin, row.rate, row.history.first().history_user) == ("chosen", 17.5, admin_user)


def test_h10_an_unmapped_code_holds_the_record_until_it_is_chosen(company):
    waits = invoice(company, "Homemade", 3)
    company.sync()
    assert state(company, waits) == ("held", "tax-code-unmapped")
    assert company.mapping(waits).reason_values["ref"] == "Homemade"
    entry = next(one["Id"] for one in company.there("TaxCode") if one["Name"] == "5.0% R")
    codes.choose(company.connection, "tax_code", "Homemade", entry, facts_of(company.connection))
    company.sync()
    assert state(company, waits) == ("in_sync", "")


def test_h10_a_code_cannot_mean_what_quickbooks_does_not_have(company):
    with pytest.raises(NotAllowed, match="no longer has this entry"):
        codes.choose(company.connection, "tax_code", "X", "999", facts_of(company.connection))
    with pytest.raises(NotAllowed):
        codes.choose(company.connection, "customer", "X", "1", facts_of(company.connection))


def new_code_there(company, name="Green 12%"):
    """QuickBooks' own service makes a code with its rate."""
    body = {
        "TaxCode": name,
        "TaxRateDetails": [{"TaxRateName": name, "RateValue": "12", "TaxAgencyId": "1"}],
    }
    company.sim.api("POST", "taxservice/taxcode", body, realm=company.connection.realm_id)


def asked_for_lists(company, since):
    return sum("FROM+TaxRate" in str(entry) for entry in company.sim.requests(since))


def test_a10_an_unknown_code_here_has_the_lists_read_again(company):
    company.sync()
    new_code_there(company)
    lists_are(company, hours=1)
    made = invoice(company, "Green 12%", 12)
    company.sync()
    assert state(company, made) == ("in_sync", "")


def test_a10_an_unknown_entry_of_quickbooks_has_the_lists_read_again(company):
    company.sync()
    new_code_there(company)
    lists_are(company, hours=1)
    known = company.there("TaxCode")
    code = next(one["Id"] for one in known if one["Name"] == "Green 12%")
    there = company.sim.api(
        "POST", "customer", {"DisplayName": "Ada"}, realm=company.connection.realm_id
    )["Customer"]
    services = next(one["Id"] for one in company.there("Item") if one["Name"] == "Services")
    detail = {"ItemRef": {"value": services}, "TaxCodeRef": {"value": code}}
    line = {"Amount": 10, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    body = {
        "CustomerRef": {"value": there["Id"]},
        "GlobalTaxCalculation": "TaxExcluded",
        "Line": [line],
    }
    company.sim.api("POST", "invoice", body, realm=company.connection.realm_id)
    company.sync()
    assert code in company.connection.facts["tax_codes"]


def test_a10_what_stays_unknown_is_not_asked_for_again_and_again(company):
    company.sync()
    lists_are(company, hours=1)
    invoice(company, "Homemade", 3)
    before = company.sim.requests()[-1]["n"]
    company.sync()
    assert asked_for_lists(company, before) == 1
    invoice(company, "Homemade 2", 3)
    company.sync()
    assert asked_for_lists(company, before) == 1
