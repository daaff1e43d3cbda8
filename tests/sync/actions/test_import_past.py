"""A15, X42: the past is imported by a window of dates, after an estimate, resumably, and only what
the window names.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from quicksync.books.models import Client, Invoice
from quicksync.exceptions import NotAllowed
from quicksync.models import ConnectionClock, EntityMapping, Operation, SyncRun
from quicksync.sync.actions import import_past
from quicksync.sync.exchange import outbox
from quicksync.sync.pairs.date_window import Window
from quicksync.sync.plan import approve
from quicksync.sync.runs import ending
from tests.company import assert_adds_up

LONG_AGO = dt.date(2020, 5, 1)
YEAR = (dt.date(2020, 1, 1), dt.date(2020, 12, 31))


def window(*kinds, direction="", dates=YEAR):
    return Window(*dates, kinds or ("invoice",), direction)


def bring(company, wanted, **options):
    company.connection.refresh_from_db()
    return company.work(import_past.start(company.connection, wanted, **options))


@pytest.fixture
def old(company):
    """Three invoices of 2020, one of 2019, one of today; the start date leaves the old ones out."""
    company.enable("invoice", start_date=timezone.localdate(), start_basis="document")
    ada = company.client("Ada")
    days = [
        LONG_AGO,
        LONG_AGO + dt.timedelta(days=30),
        dt.date(2020, 12, 31),
        dt.date(2019, 12, 31),
    ]
    made = [company.invoice(ada, number=f"OLD-{n}", issued_on=day) for n, day in enumerate(days)]
    made.append(company.invoice(ada, number="NEW"))
    company.sync()
    assert [one["DocNumber"] for one in company.there("Invoice")] == ["NEW"]
    return made


def numbers(company):
    return sorted(one["DocNumber"] for one in company.there("Invoice"))


def test_a15_the_window_is_brought_over_and_nothing_else(company, old):
    run = bring(company, window())
    assert run.state == "done"
    assert numbers(company) == ["NEW", "OLD-0", "OLD-1", "OLD-2"]
    assert run.counts["invoice"] == {"push": {"created": 3}}
    assert_adds_up(run)
    assert company.mapping(old[3]).reason == "before-start-date"


def test_a15_the_estimate_comes_true(company, old):
    for number in range(31):
        company.invoice(old[0].client, number=f"MORE-{number}", issued_on=LONG_AGO)
    company.sync()
    expected = import_past.estimate(company.connection, window())
    assert (expected.numbers, expected.writes, expected.reads) == ({("invoice", "push"): 34}, 2, 1)
    before = len(company.sim.requests())
    run = bring(company, window())
    assert run.counts["invoice"]["push"]["created"] == expected.records
    assert run.calls == expected.calls
    assert len(company.sim.requests()) - before == expected.calls


def test_a15_the_past_of_quickbooks_comes_here(company):
    company.enable("account", "term", "tax_code", "payment_method")
    company.enable("invoice", "customer", start_date=timezone.localdate(), start_basis="document")
    item = company.sim.api("POST", "item", _service(company))["Item"]["Id"]
    customer = company.sim.api("POST", "customer", {"DisplayName": "From there"})["Customer"]["Id"]
    for number, day in (("1", "2020-03-01"), ("2", "2021-03-01")):
        company.sim.api("POST", "invoice", _invoice(customer, item, number, day))
    company.sync()
    assert not Invoice.objects.exists()
    assert import_past.estimate(company.connection, window()).numbers == {("invoice", "pull"): 1}
    assert not bring(company, window(direction="push")).counts.get("invoice")
    run = bring(company, window(direction="pull"))
    assert [invoice.number for invoice in Invoice.objects.all()] == ["1"]
    # What it names comes with it (C9, D5).
    assert Client.objects.get().name == "From there"
    assert_adds_up(run)


def _service(company):
    income = next(one["Id"] for one in company.there("Account") if one["AccountType"] == "Income")
    return {"Name": "Work", "Type": "Service", "IncomeAccountRef": {"value": income}}


def _invoice(customer, item, number, day):
    line = {
        "Amount": 10,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}},
    }
    return {"CustomerRef": {"value": customer}, "DocNumber": number, "TxnDate": day, "Line": [line]}


def test_a15_records_without_a_date_go_by_when_they_were_changed(company):
    company.enable("customer", start_date=timezone.localdate() + dt.timedelta(days=1))
    ada = company.client("Ada")
    company.sync()
    assert company.mapping(ada).reason == "before-start-date"
    assert not import_past.estimate(company.connection, window("customer")).records
    today = (timezone.localdate(), timezone.localdate())
    bring(company, window("customer", dates=today))
    assert [one["DisplayName"] for one in company.there("Customer")] == ["Ada"]


def test_a15_a_preview_survives_the_runs_in_between(company, old):
    preview = bring(company, window(), preview=True)
    assert preview.state == "draft"
    assert company.sync(trigger=SyncRun.Trigger.AUTOMATIC).state == "done"
    assert numbers(company) == ["NEW"]
    assert approve.approve(preview, user=None) == (3, 0)
    company.work(preview)
    assert len(numbers(company)) == 4


def test_a15_what_stops_half_way_goes_on_by_itself(company, old, monkeypatch):
    """The access is lost in mid-import; connected again, the next automatic run brings the rest,
    once each.
    """
    monkeypatch.setattr("quicksync.sync.exchange.outbox.claim", _lost(monkeypatch))
    assert bring(company, window()).state == "failed"
    assert numbers(company) == ["NEW"]
    company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert numbers(company) == ["NEW", "OLD-0", "OLD-1", "OLD-2"]


def _lost(monkeypatch):
    """The first parcel finds the access gone."""
    claim = outbox.claim

    def broken(run, *_):
        monkeypatch.setattr("quicksync.sync.exchange.outbox.claim", claim)
        ending.finish(run, "failed", reason="no-access")
        return []

    return broken


def test_a15_what_is_cancelled_stays_out(company, old):
    preview = bring(company, window(), preview=True)
    approve.approve(preview, user=None)
    run = SyncRun.objects.get(pk=preview.pk)
    assert EntityMapping.objects.filter(choice__has_key="past").count() == 3
    ending.cancel(run)
    company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert numbers(company) == ["NEW"]
    assert company.mapping(old[0]).reason == "before-start-date"
    assert bring(company, window()).counts["invoice"] == {"push": {"created": 3}}


def test_a15_what_was_held_is_still_wanted_when_it_is_mended(company, old):
    """Held for an empty required field; mended weeks later, it goes without another import."""
    number = old[0].number
    Invoice.objects.filter(pk=old[0].pk).update(number="X" * 40)
    run = bring(company, window())
    assert company.mapping(old[0]).state == "held"
    assert run.counts["invoice"]["push"] == {"created": 2}
    invoice = Invoice.objects.get(pk=old[0].pk)
    invoice.number = number
    invoice.save()
    company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert number in numbers(company)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kinds": ()}, "at least one kind"),
        ({"kinds": ("term",)}, "not kept in sync"),
        ({"since": dt.date(2021, 1, 1)}, "swap the two dates"),
        ({"direction": "pull", "kinds": ("invoice",)}, "not synced in this direction"),
    ],
)
def test_a15_what_makes_no_sense_is_refused_in_words(company, old, change, words):
    company.enable("invoice", direction="push")
    wanted = Window(
        **{"since": YEAR[0], "until": YEAR[1], "kinds": ("invoice",), "direction": ""} | change
    )
    with pytest.raises(NotAllowed, match=words):
        import_past.estimate(company.connection, wanted)
    assert not Operation.objects.filter(run__trigger="past").exists()


def test_a15_a_company_that_was_never_read_is_read_first(company):
    ConnectionClock.objects.update(read_at=None)
    company.connection.refresh_from_db()
    with pytest.raises(NotAllowed, match="has not been read yet"):
        import_past.start(company.connection, window())
