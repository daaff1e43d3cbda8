"""Merged customers and vendors (C19, X29): the pair follows the one that is left, and every new
document reaches it.
"""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quicksync.models import Operation, SyncRun, WebhookEvent
from quicksync.sync.company.known import at_hand
from quicksync.sync.pairs import merges
from quicksync.sync.read import inbox
from tests.company import assert_adds_up, connected
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company():
    with connected(
        kinds=(
            *("account", "tax_code", "term", "payment_method", "customer", "item", "invoice"),
            *("vendor", "bill"),
        )
    ) as found:
        yield found


def merge(company, lost, left, entity="Customer"):
    company.sim.edit("merge", entity=entity, id=str(lost), into=str(left))


def notify(company, lost, left, entity="customer"):
    """The notification of the merge, as the inbox keeps and uses it."""
    body = [
        {
            "specversion": "1.0",
            "id": "m",
            "type": f"qbo.{entity}.merged.v1",
            "intuitentityid": str(left),
            "intuitaccountid": company.connection.realm_id,
            "time": "2026-01-01T00:00:00Z",
            "data": {"deletedId": str(lost)},
        }
    ]
    inbox.take(json.dumps(body).encode())
    assert WebhookEvent.objects.count() == 1


def theirs(company, name="Ada King"):
    made = company.sim.api(
        "POST", "customer", {"DisplayName": name}, realm=company.connection.realm_id
    )
    return made["Customer"]["Id"]


def test_c19_a_notification_moves_the_pair_to_the_record_that_is_left(company):
    ada = company.client("Ada")
    company.sync()
    lost, left = company.partner(ada)["Id"], theirs(company)
    company.enable("customer", direction="push")
    company.sync()
    merge(company, lost, left)
    notify(company, lost, left)
    run = company.sync()
    assert_adds_up(run)
    assert company.mapping(ada).remote_id == left
    told = Operation.objects.get(reason="merged-there")
    assert (told.state, told.mapping, told.reason_values["other"]) == (
        "done",
        company.mapping(ada),
        "Ada King",
    )
    assert "follows" in company.mapping(ada).note
    invoice = company.invoice(ada, 50)
    company.sync()
    assert company.partner(invoice)["CustomerRef"]["value"] == left


def other_mason(company):
    """A vendor with a bill, and the one in QuickBooks that it is merged into: their ids."""
    mason = company.vendor("Mason")
    company.bill(mason, 10)
    company.sync()
    realm = company.connection.realm_id
    made = company.sim.api("POST", "vendor", {"DisplayName": "Mason & Sons"}, realm=realm)
    lost, left = company.partner(mason)["Id"], made["Vendor"]["Id"]
    company.enable("vendor", direction="push")
    company.sync()
    merge(company, lost, left, "Vendor")
    return mason, lost, left


@pytest.mark.parametrize("told", [True, False], ids=["told", "refused"])
def test_c19_bills_of_a_merged_vendor_reach_the_one_that_is_left(company, told):
    """By the notification; or the next bill is refused with 2500, and finds the merge by itself."""
    mason, lost, left = other_mason(company)
    if told:
        notify(company, lost, left, "vendor")
    company.sync()
    bill = company.bill(mason, 50, number="B-2")
    assert_adds_up(company.sync())
    assert company.mapping(mason).remote_id == left
    assert company.partner(bill)["VendorRef"]["value"] == left
    assert company.mapping(bill).state == "in_sync"
    assert Operation.objects.filter(reason="merged-there").count() == 1


def merged_unheard(company):
    """A client with an invoice, whose customer was merged into another one, and no notification
    came: its ids.
    """
    ada = company.client("Ada")
    company.invoice(ada, 10)
    company.sync()
    lost, left = company.partner(ada)["Id"], theirs(company)
    company.enable("customer", direction="push")
    company.sync()
    merge(company, lost, left)
    company.sync()
    return ada, lost, left


def test_c19_a_refused_invoice_finds_the_merge_by_itself(company):
    """No notification came: the invoice is refused with 2500, and goes to the one that is left in
    the same run.
    """
    ada, _, left = merged_unheard(company)
    invoice = company.invoice(ada, 50)
    run = company.sync()
    assert_adds_up(run)
    assert company.mapping(ada).remote_id == left
    assert company.partner(invoice)["CustomerRef"]["value"] == left
    assert company.mapping(invoice).state == "in_sync"


def test_c19_a_daily_count_finds_what_nobody_told_of(company):
    """Neither notification nor refusal: once a day the records are counted, and those that are gone
    are found.
    """
    ada, lost, left = merged_unheard(company)
    assert company.mapping(ada).remote_id == lost
    make.put(lists_read_at=timezone.now() - dt.timedelta(days=2))
    run = company.sync()
    assert_adds_up(run)
    assert company.mapping(ada).remote_id == left
    assert Operation.objects.filter(reason="merged-there", run=run).exists()


def test_c19_two_that_are_two_here_wait_and_say_so_while_documents_go_on(company):
    ada, king = company.client("Ada"), company.client("Ada King")
    company.sync()
    lost, left = company.partner(ada)["Id"], company.partner(king)["Id"]
    merge(company, lost, left)
    notify(company, lost, left)
    company.sync()
    mapping = company.mapping(ada)
    assert (mapping.state, mapping.reason) == ("held", "merged-still-two")
    assert mapping.reason_values["other"] == "Ada King"
    mine, other = company.invoice(ada, 50), company.invoice(king, 60)
    run = company.sync()
    assert_adds_up(run)
    assert company.partner(mine)["CustomerRef"]["value"] == left
    assert company.partner(other)["CustomerRef"]["value"] == left
    mine.refresh_from_db()
    assert mine.client == ada
    assert company.mapping(ada).state == "held"


def test_c19_a_chunk_of_lost_customers_costs_one_look_at_the_documents(company, monkeypatch):
    """No index leads to whom a document named: the newest are looked through, once for all that are
    lost.
    """
    clients = [company.client(name) for name in ("Ada", "Bob", "Cleo")]
    for client in clients:
        for _ in range(2):
            company.invoice(client, 10)
    company.sync()
    pairs = [company.mapping(client) for client in clients]
    left = theirs(company)
    company.enable("customer", direction="push")
    for pair in pairs[:2]:
        merge(company, pair.remote_id, left)
    company.sim.edit("create", "Customer", values={"DisplayName": "Somebody"})
    company.sync()
    run = SyncRun(connection=company.connection)
    known = at_hand(company.connection)

    def looked(wanted):
        with CaptureQueriesContext(database) as caught:
            found = merges._shown(run, known, wanted)
        return found, len(caught)

    assert looked(pairs[:1]) == ({pairs[0].pk: left}, 2)
    assert looked(pairs) == ({pairs[0].pk: left, pairs[1].pk: left}, 2)
    monkeypatch.setattr(merges, "LOOKED", 2)
    assert looked(pairs) == ({}, 2)
