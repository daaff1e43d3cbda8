"""A payment that lies in a deposit is not changed: it waits, says why, and goes on when it is taken
out (G9).
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quicksync.models import EntityMapping, SyncRun
from quicksync.models.run_values import Scope
from quicksync.quickbooks.loading import edition_for
from quicksync.simulator.accounting.book import Switches
from tests.company import assert_adds_up, connected
from tests.models import make

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("account", "tax_code", "term", "payment_method", "customer", "item", "invoice", "payment")


@pytest.fixture(params=["told", "untold"])
def company(request):
    """Recorded payments do not tell of their deposits by token or time; whether they do must not
    matter.
    """
    with connected(
        kinds=KINDS, switches=Switches(deposits_touch=request.param == "told")
    ) as company:
        company.told = request.param == "told"
        yield company


def receipts(company, number=1):
    """Receipts of one client that both sides have."""
    ada = company.client("Ada")
    made = [
        company.receipt(ada, {company.invoice(ada, 50 + place): 50 + place})
        for place in range(number)
    ]
    company.sync()
    for receipt in made:
        receipt.refresh_from_db()
    return made


def deposit(company, *paid):
    """A bookkeeper takes these receipts' money to the bank."""
    bank = company.there("Account", "AccountType = 'Bank'")[0]["Id"]
    lines = [
        {
            "Amount": int(one.amount),
            "LinkedTxn": [
                {"TxnId": company.partner(one)["Id"], "TxnType": "Payment", "TxnLineId": "0"}
            ],
        }
        for one in paid
    ]
    body = {"DepositToAccountRef": {"value": bank}, "Line": lines}
    made = company.sim.api("POST", "deposit", body, realm=company.connection.realm_id)["Deposit"]
    unnoticed(company)
    return made


def undo(company, made):
    """The bookkeeper deletes the deposit."""
    gone = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    company.sim.api("POST", "deposit?operation=delete", gone, realm=company.connection.realm_id)
    unnoticed(company)


def unnoticed(company):
    """No change that is read from here on tells of what was just done, where deposits are not told
    of.
    """
    if not company.told:
        company.sim.advance(minutes=10)
        asked = "query?query=SELECT%20*%20FROM%20CompanyInfo"
        answer = company.sim.api("GET", asked, realm=company.connection.realm_id)
        make.put(cursor=answer["time"])


def dated_back(receipt, days=1):
    receipt.received_on -= dt.timedelta(days=days)
    receipt.save()


def later():
    """An hour goes by: what is held is looked at again by itself."""
    EntityMapping.objects.filter(state="held").update(retry_at=timezone.now())


def stands(company, receipt):
    mapping = company.mapping(receipt)
    return mapping.state, mapping.reason


def reads(company, run_it):
    """(run, its reads of QuickBooks): calls beside batches, which carry what is written."""
    before = company.sim.requests()[-1]["n"]
    run = run_it()
    calls = [one for one in company.sim.requests(before) if one["path"].startswith("/v3/company/")]
    return run, len([one for one in calls if not one["path"].endswith("/batch")])


def test_g9_a_change_to_a_deposited_payment_is_held_before_anything_is_sent(company):
    [receipt] = receipts(company)
    deposit(company, receipt)
    before, sent = company.partner(receipt), len(company.writes())
    dated_back(receipt)
    run = company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert_adds_up(run)
    assert stands(company, receipt) == ("held", "deposited")
    assert len(company.writes()) == sent
    assert company.partner(receipt) == before
    [row] = company.operations(run)
    assert (row.state, row.reason, [change["name"] for change in row.changes]) == (
        "skipped",
        "deposited",
        ["paid_on"],
    )
    assert run.counts["payment"] == {"none": {"skipped": 1}}


def test_g9_a_deposited_payment_that_is_deleted_here_is_not_voided(company):
    [receipt] = receipts(company)
    made, mapping = deposit(company, receipt), company.mapping(receipt)
    sent = len(company.writes())
    receipt.delete()
    assert_adds_up(company.sync())
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason, len(company.writes())) == ("held", "deposited", sent)
    undo(company, made)
    later()
    assert_adds_up(company.sync())
    mapping.refresh_from_db()
    assert mapping.state == "gone"
    assert company.one("Payment")["TotalAmt"] == 0


def test_g9_a_preview_shows_the_hold_and_its_approval_sends_the_others(company):
    held, free = receipts(company, 2)
    deposit(company, held)
    dated_back(held)
    dated_back(free)
    run = company.preview()
    shown = {(row.mapping.object_key, row.state, row.reason) for row in company.operations(run)}
    assert shown == {
        (company.key_of(held), "skipped", "deposited"),
        (company.key_of(free), "draft", ""),
    }
    run = company.approve(run)
    assert_adds_up(run)
    assert company.partner(free)["TxnDate"] == free.received_on.isoformat()
    assert company.partner(held)["TxnDate"] != held.received_on.isoformat()
    assert run.counts["payment"] == {"push": {"updated": 1}, "none": {"skipped": 1}}


def test_g9_the_hold_lifts_by_itself_when_the_deposit_is_gone(company):
    """Nothing tells of the end of a deposit either: the payment is read afresh with each look at
    what waits.
    """
    [receipt] = receipts(company)
    made = deposit(company, receipt)
    dated_back(receipt)
    company.sync()
    later()
    assert company.sync().counts["payment"] == {"none": {"skipped": 1}}
    assert stands(company, receipt) == ("held", "deposited")
    undo(company, made)
    later()
    run = company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert_adds_up(run)
    assert stands(company, receipt) == ("in_sync", "")
    assert company.partner(receipt)["TxnDate"] == receipt.received_on.isoformat()


def test_g9_a_deposit_between_plan_and_sending_is_explained_and_lifts_by_itself_as_well(company):
    [receipt] = receipts(company)
    dated_back(receipt)
    run = company.preview()
    made = deposit(company, receipt)
    run = company.approve(run)
    assert_adds_up(run)
    # Where the deposit raised the payment's token, that was refused first, and the payment read
    # again at once.
    assert stands(company, receipt) == ("held" if company.told else "failed", "deposited")
    assert len([row for row in company.operations(run) if row.state != "stale"]) == 1
    company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert stands(company, receipt) == ("held", "deposited")
    undo(company, made)
    later()
    company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
    assert stands(company, receipt) == ("in_sync", "")
    assert company.partner(receipt)["TxnDate"] == receipt.received_on.isoformat()


def test_g9_nobody_sends_a_deposited_payment_past_its_hold(company):
    """ "Send to QuickBooks" passes over settings, never over what QuickBooks would refuse."""
    [receipt] = receipts(company)
    deposit(company, receipt)
    dated_back(receipt)
    sent = len(company.writes())
    run = company.sync(
        scope=Scope(mappings=(company.mapping(receipt).pk,), forced="push", resend=True)
    )
    assert_adds_up(run)
    assert (stands(company, receipt), len(company.writes())) == (("held", "deposited"), sent)


def test_g9_the_look_costs_one_read_for_all_of_them_and_none_where_nothing_is_changed(company):
    made = receipts(company, 3)
    ada = made[0].client
    dated_back(made[0])
    company.sync()

    def automatic():
        with CaptureQueriesContext(database) as caught:
            run = company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        return run, len(caught)

    # The change feed is one read; new payments and changed invoices take no other.
    company.receipt(ada, {company.invoice(ada, 80, number="new"): 80})
    _, new = reads(company, automatic)
    assert new == 1
    dated_back(made[0])
    (run, few), one = reads(company, automatic)
    for receipt in made:
        dated_back(receipt)
    (_, more), three = reads(company, automatic)
    assert (one, three) == (2, 2)
    assert run.metered == 2
    # Nothing is looked up for each of them: what each costs more is what a change costs anyway.
    assert more - few <= 2


def test_which_records_can_lie_in_a_deposit_is_a_fact_of_the_edition():
    assert edition_for("online").can.deposit_kinds == {"sales_receipt", "refund", "payment"}
