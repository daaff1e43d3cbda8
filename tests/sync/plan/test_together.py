"""What only makes sense together is one value: both sides' edits of one payment's money are never
mixed (C5, I8).
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse

from quicksync.exceptions import BadValue
from quicksync.models import SyncRun
from quicksync.sync.actions import answers
from tests.options.choosing import choose

pytestmark = pytest.mark.django_db(transaction=True)

HERE, THERE = (
    (Decimal("120.00"), {"old": Decimal("50.00")}),
    (Decimal("100.00"), {"new": Decimal("80.00")}),
)


@pytest.fixture
def edited(company):
    """A payment of 100 that pays 50 of one invoice: 120 here since, and applied to another invoice
    in QuickBooks.
    """
    ada = company.client()
    old, new = company.invoice(ada, 50, number="old"), company.invoice(ada, 80, number="new")
    receipt = company.receipt(ada, {old: 50}, amount=Decimal(100))
    company.sync()
    to, found = company.mapping(new).remote_id, company.partner(receipt)["Id"]
    company.sim.edit("move_payment", "Payment", found, to=to)
    receipt.amount = Decimal(120)
    receipt.save()
    return receipt


def here(receipt):
    receipt.refresh_from_db()
    return receipt.amount, {one.invoice.number: one.amount for one in receipt.allocations.all()}


def there(company, receipt):
    found = company.partner(receipt)
    numbers = {one["Id"]: one["DocNumber"] for one in company.there("Invoice")}
    parts = {
        numbers[line["LinkedTxn"][0]["TxnId"]]: Decimal(str(line["Amount"]))
        for line in found["Line"]
    }
    return Decimal(str(found["TotalAmt"])), parts


@pytest.mark.parametrize(("wins", "left"), [("here", HERE), ("quickbooks", THERE)])
def test_one_side_wins_all_of_it(company, edited, wins, left):
    choose(wins=wins)
    company.sync()
    assert here(edited) == there(company, edited) == left
    assert company.mapping(edited).state == "in_sync"


def test_a_preview_shows_all_of_it_and_nothing_is_written_before_the_answer(company, edited):
    choose(wins="ask")
    run = company.preview()
    [row] = company.operations(run, action="conflict")
    assert {one["name"] for one in row.changes if one["conflict"]} == {"total", "allocations"}
    company.approve(run)
    assert (here(edited), there(company, edited)) == (HERE, THERE)


@pytest.mark.parametrize(("side", "left"), [("here", HERE), ("there", THERE)])
def test_it_is_asked_and_answered_as_one(company, edited, admin_client, side, left):
    choose(wins="ask")
    company.sync()
    mapping = company.mapping(edited)
    assert mapping.state == "conflict"
    text = admin_client.get(
        reverse("admin:quicksync_entitymapping_change", args=[mapping.pk])
    ).content.decode()
    assert "Paid documents" in text
    assert "follows Amount" in text
    assert 'name="field-total"' in text
    assert 'name="field-allocations"' not in text
    url = reverse("admin:quicksync_entitymapping_resolve", args=[mapping.pk])
    admin_client.post(url, {"field-total": side})
    company.work(SyncRun.objects.latest("id"))
    assert here(edited) == there(company, edited) == left
    assert company.mapping(edited).choice == {}


def test_answers_that_would_mix_the_sides_are_refused(company, edited):
    choose(wins="ask")
    company.sync()
    mapping = company.mapping(edited)
    with pytest.raises(BadValue, match="These belong together"):
        answers.answer(mapping, {"total": "here", "allocations": "there"}, user=None)
    assert company.mapping(edited).choice == {}


def test_a_later_answer_replaces_that_to_another_part_of_it(company, edited):
    choose(wins="ask")
    company.sync()
    mapping = company.mapping(edited)
    mapping.choice = {"total": "here"}
    mapping.save()
    run = answers.answer(mapping, {"allocations": "there"}, user=None)
    company.work(run)
    assert here(edited) == there(company, edited) == THERE
