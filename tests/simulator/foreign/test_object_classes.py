"""python-quickbooks: every class of objects it has, over its own object API."""

from __future__ import annotations

import pytest
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException
from quickbooks.mixins import DeleteMixin, VoidMixin
from quickbooks.objects import Budget, CompanyInfo, Preferences, TaxCode, TaxRate, TaxService
from quickbooks.objects.customertype import CustomerType
from quickbooks.objects.exchangerate import ExchangeRate
from quickbooks.objects.recurringtransaction import RecurringTransaction

from tests.simulator.foreign.objects import WRITABLE, draft

DELETABLE = [cls for cls in WRITABLE if issubclass(cls, DeleteMixin)]
VOIDABLE = [cls for cls in WRITABLE if issubclass(cls, VoidMixin)]
ONLY_READ = [Budget, CompanyInfo, CustomerType, TaxCode, TaxRate]


def name(cls):
    return cls.__name__


@pytest.mark.parametrize("cls", WRITABLE, ids=name)
def test_an_object_is_made_changed_and_found(client, landscaper, cls):
    made = draft(cls, client).save(qb=client)
    field = WRITABLE[cls][1]
    if field:
        word = f"Changed {cls.__name__}"
        setattr(made, field, word)
        assert getattr(made.save(qb=client), field) == word
        assert getattr(cls.get(made.Id, qb=client), field) == word
    assert [found.Id for found in cls.filter(Id=made.Id, qb=client)] == [made.Id]
    assert [found.Id for found in cls.choose([made.Id], qb=client)] == [made.Id]
    assert cls.count(qb=client) == len(cls.all(max_results=1000, qb=client))
    assert landscaper.ledger()["balanced"]


@pytest.mark.parametrize("cls", WRITABLE, ids=name)
def test_what_was_read_can_be_saved_as_it_is(client, landscaper, cls):
    before = landscaper.ledger()
    rows = [
        row
        for row in cls.all(max_results=40, qb=client)
        if "Voided" not in (getattr(row, "PrivateNote", "") or "")
    ]
    for row in rows:
        saved = row.save(qb=client) if WRITABLE[cls][1] else cls.get(row.Id, qb=client)
        assert saved.Id == row.Id
    after = landscaper.ledger()
    assert after["trial_balance"] == before["trial_balance"]
    assert after["open_invoices"] == before["open_invoices"]


@pytest.mark.parametrize("cls", DELETABLE, ids=name)
def test_deleting_leaves_the_books_as_they_were(client, landscaper, cls):
    drafted = draft(cls, client)
    before = landscaper.ledger()["trial_balance"]
    made = drafted.save(qb=client)
    made.delete(qb=client)
    with pytest.raises(ObjectNotFoundException):
        cls.get(made.Id, qb=client)
    assert landscaper.ledger()["trial_balance"] == before


@pytest.mark.parametrize("cls", VOIDABLE, ids=name)
def test_voiding_keeps_the_document_and_takes_the_money_out(client, landscaper, cls):
    drafted = draft(cls, client)
    before = landscaper.ledger()["trial_balance"]
    made = drafted.save(qb=client)
    made.void(qb=client)
    kept = cls.get(made.Id, qb=client)
    assert (kept.TotalAmt, "Voided" in kept.PrivateNote) == (0, True)
    assert landscaper.ledger()["trial_balance"] == before


@pytest.mark.parametrize(
    "cls", [cls for cls in WRITABLE if cls not in DELETABLE and WRITABLE[cls][1]], ids=name
)
def test_lists_are_deactivated_and_no_longer_listed(client, cls):
    made = draft(cls, client).save(qb=client)
    made.Active = False
    made.save(qb=client)
    assert made.Id not in [row.Id for row in cls.all(max_results=1000, qb=client)]
    assert made.Id in [row.Id for row in cls.where("Active = false", qb=client)]


@pytest.mark.parametrize("cls", ONLY_READ, ids=name)
def test_classes_that_are_only_read(client, cls):
    rows = cls.all(qb=client)
    assert len(rows) == cls.count(qb=client)
    assert [cls.get(row.Id, qb=client).Id for row in rows] == [row.Id for row in rows]


def test_settings_of_the_company(client):
    settings = Preferences.get(qb=client)
    settings.EmailMessagesPrefs.InvoiceMessage.Subject = "Your invoice"
    settings.save(qb=client)
    assert Preferences.get(qb=client).EmailMessagesPrefs.InvoiceMessage.Subject == "Your invoice"
    company = CompanyInfo.get(1, qb=client)
    company.CompanyName = "Renamed"
    assert company.save(qb=client).CompanyName == "Renamed"


def test_rates_of_exchange(client):
    rate = ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=client)[0]
    rate.Rate = 1.25
    rate.save(qb=client)
    assert ExchangeRate.where("SourceCurrencyCode = 'EUR'", qb=client)[0].Rate == 1.25


def test_the_tax_service(client):
    service = TaxService.from_json(
        {
            "TaxCode": "Harbour tax",
            "TaxRateDetails": [
                {
                    "TaxRateName": "Harbour rate",
                    "RateValue": 3,
                    "TaxAgencyId": "1",
                    "TaxApplicableOn": "Sales",
                }
            ],
        }
    )
    service.Id = 0
    made = client.create_object("TaxService/Taxcode", service.to_json())
    assert TaxCode.get(made["TaxCodeId"], qb=client).Name == "Harbour tax"
    assert TaxRate.get(made["TaxRateDetails"][0]["TaxRateId"], qb=client).RateValue == 3


def test_recurring_templates(client):
    templates = RecurringTransaction.all(qb=client)
    assert {kind for row in templates for kind in ("Bill", "Invoice") if hasattr(row, kind)} == {
        "Bill",
        "Invoice",
    }
    weekly = next(row for row in templates if hasattr(row, "Invoice"))
    weekly.Invoice.RecurringInfo.ScheduleInfo.DayOfWeek = "Friday"
    weekly.save(qb=client)
    found = RecurringTransaction.get(weekly.Invoice.Id, qb=client)
    assert found.Invoice.RecurringInfo.ScheduleInfo.DayOfWeek == "Friday"
    found.delete(qb=client)
    with pytest.raises(QuickbooksException):
        RecurringTransaction.get(weekly.Invoice.Id, qb=client)
