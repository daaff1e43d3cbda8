"""Workers that are killed: after a restart exactly one document each, nothing lost, counts add up.

Real processes on a real database file, against a simulator in a process of its own (X18).
Invariants 1, 3, 4 and 6.
"""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import parse_qs

import pytest

from quicksync.books.models import Bill, Client, CreditNote, ProductCategory, Vendor
from quicksync.models import ConnectionClock, EntityMapping, Operation, RemoteRecord, SyncRun
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from tests.company import assert_adds_up
from tests.crash import processes
from tests.crash.conftest import KINDS
from tests.crash.points import LANDINGS, POINTS


def a_day_of_work(company):
    """Two clients, a vendor, an estimate, three invoices, of which one is made of it, a credit
    note, a sale over the counter, a bill and a payment: with the product that is on them and its
    category ten batches, one after the other.
    """
    company.product(category=ProductCategory.objects.create(name="Work"))
    ada, bob = company.client(), company.client("Bob")
    offer = company.estimate(ada, 100)
    invoices = [company.invoice(ada, 100, estimate=offer)]
    invoices += [company.invoice(ada, "20.50"), company.invoice(bob, 3)]
    company.credit_note(bob, 2)
    company.sale(6)
    company.bill(company.vendor(), "12.50", 30)
    company.receipt(ada, {invoices[0]: 100, invoices[1]: 10})


# The kinds that workers are killed over -> QuickBooks' word. The batches go in the order of KINDS.
WORDS = {
    "vendor": "Vendor",
    "item_category": "Item",
    "estimate": "Estimate",
    "invoice": "Invoice",
    "credit_note": "CreditMemo",
    "sales_receipt": "SalesReceipt",
    "bill": "Bill",
}


def number_of(kind):
    """Which of the batches has these."""
    return KINDS.index(kind) + 1


def assert_once_each(company, run):
    """Both sides have the same documents, once, to the cent, and this side knows it."""
    run.refresh_from_db()
    assert run.state == SyncRun.State.DONE, run.reason
    assert_adds_up(run)
    assert not Operation.objects.filter(state__in=Operation.OPEN).exists()
    assert sorted(one["DisplayName"] for one in company.there("Customer")) == [
        "Ada Lovelace",
        "Bob",
    ]
    assert sorted(one["TotalAmt"] for one in company.there("Invoice")) == [3, Decimal("20.5"), 100]
    assert [one["TotalAmt"] for one in company.there("Payment")] == [110]
    (offer,) = company.there("Estimate")
    assert (offer["TotalAmt"], offer["TxnStatus"]) == (100, "Closed")
    links = [link for one in company.there("Invoice") for link in one["LinkedTxn"]]
    assert [one["TxnId"] for one in links if one["TxnType"] == "Estimate"] == [offer["Id"]]
    assert [one["TotalAmt"] for one in company.there("CreditMemo")] == [2]
    assert [one["TotalAmt"] for one in company.there("SalesReceipt")] == [6]
    assert [one["DisplayName"] for one in company.there("Vendor")] == ["Mason"]
    assert [one["Name"] for one in company.there("Item", "Type = 'Category'")] == ["Work"]
    assert [(one["DocNumber"], one["TotalAmt"]) for one in company.there("Bill")] == [
        ("B-1", Decimal("42.5"))
    ]
    pairs = EntityMapping.objects.filter(kind__in=KINDS).exclude(kind="item")
    assert set(pairs.values_list("state", flat=True)) == {"in_sync"}
    assert pairs.exclude(object_key=None).exclude(remote_id=None).count() == 12
    assert sum(row["open"] for row in company.sim.ledger()["open_invoices"]) == sum(
        [100 + 20.5 + 3 - 110]
    )
    assert company.sync().counts.get("invoice", {}).get("push") is None


def killed(company, run, kill):
    """Whether a worker came to that point, and no further."""
    return processes.ended(processes.start(run.pk, company.sim.base_url, kill)) == -9


def work_through(company, run, *kills):
    """One worker after the other, each killed at its point, then one that may finish."""
    assert all(killed(company, run, kill) for kill in kills)
    assert processes.ended(processes.start(run.pk, company.sim.base_url)) == 0


@pytest.mark.parametrize("kind", WORDS)
@pytest.mark.parametrize("point", POINTS)
def test_killed_at(company, point, kind):
    """Killed while sending these."""
    a_day_of_work(company)
    run = starting.start(company.connection, trigger="manual")
    number = number_of(kind)
    assert killed(company, run, f"{point}:{number}")
    done = run.operations.filter(direction="push", state="done").values_list("kind", flat=True)
    assert set(done) == {*KINDS[: number if point == "settled" else number - 1]}
    work_through(company, run)
    assert_once_each(company, run)


# An answer that is lost never comes to be settled: then the customers' is the one.
WITHOUT_ANSWER = [
    *((kind, f"{point}:{number_of(kind)}") for kind in WORDS for point in ("send", "answer")),
    *(("invoice", kill) for kill in (f"claim:{number_of('invoice')}", "settle:1", "settled:1")),
]


@pytest.mark.parametrize(("kind", "kill"), WITHOUT_ANSWER)
def test_killed_at_with_answers_lost(company, kind, kill):
    """Killed with every answer for these lost once."""
    a_day_of_work(company)
    company.sim.fault(path="/batch$", entity=WORDS[kind], drop_after_commit=True, times=1)
    run = starting.start(company.connection, trigger="manual")
    work_through(company, run, kill)
    assert_once_each(company, run)


def test_killed_at_every_point_in_turn(company):
    """A bad day: each worker gets one step further than the one before."""
    a_day_of_work(company)
    company.sim.fault(path="/batch$", drop_after_commit=True, nth=2, times=2)
    run = starting.start(company.connection, trigger="manual")
    work_through(
        company, run, *(f"{point}:1" for point in ("claim", "send", "answer", "settle", "settled"))
    )
    assert_once_each(company, run)


MANY = 100


@pytest.fixture
def many(company):
    """A run of so many new clients: four parcels, which are claimed together, sent at once, and
    written down together.
    """
    for number in range(MANY):
        company.client(f"Client {number:03d}")
    return starting.start(company.connection, trigger="manual")


def assert_all_once(company, run):
    """Everybody is there once, and nothing was ever sent under a second request id."""
    run.refresh_from_db()
    assert run.state == SyncRun.State.DONE, run.reason
    assert_adds_up(run)
    assert run.counts["customer"]["push"] == {"created": MANY}
    names = sorted(one["DisplayName"] for one in company.there("Customer"))
    assert names == [f"Client {number:03d}" for number in range(MANY)]
    pairs = EntityMapping.objects.filter(kind="customer")
    assert set(pairs.values_list("state", flat=True)) == {"in_sync"}
    assert len({parse_qs(one["query"])["requestid"][0] for one in company.writes()}) == 4


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("point", ["send", "answer"])
def test_killed_with_several_parcels_on_their_way(company, many, point, number):
    """Some of them were never sent, of others no answer was heard: all are asked about, each under
    its own id.
    """
    assert killed(company, many, f"{point}:{number}")
    claimed = many.operations.filter(kind="customer", state="sending")
    assert (claimed.count(), claimed.values("parcel").distinct().count()) == (MANY, 4)
    work_through(company, many)
    assert_all_once(company, many)


@pytest.mark.parametrize(
    ("kill", "left"), [("claim:1", "pending"), ("settle:1", "sending"), ("settled:1", "done")]
)
def test_killed_while_several_parcels_are_claimed_or_written_down(company, many, kill, left):
    """All of them, or none."""
    assert killed(company, many, kill)
    states = many.operations.filter(kind="customer").values_list("state", flat=True)
    assert set(states) == {left}
    work_through(company, many)
    assert_all_once(company, many)


def test_killed_at_every_point_with_several_parcels(company, many):
    """With the answers to two of them lost besides."""
    company.sim.fault(path="/batch$", drop_after_commit=True, nth=2, times=2)
    work_through(
        company, many, *(f"{point}:1" for point in ("claim", "send", "answer", "settle", "settled"))
    )
    assert_all_once(company, many)


@pytest.mark.postgres
@pytest.mark.parametrize("kill", ["send:2", "answer:3", "settle:1", ""])
def test_two_workers_at_once_with_several_parcels(company, many, kill):
    """One has the run at a time, and one may be killed in the midst of it."""
    workers = [processes.start(many.pk, company.sim.base_url, one) for one in (kill, "")]
    for worker in reversed(workers):
        processes.ended(worker)
    assert_all_once(company, many)


@pytest.mark.parametrize("point", ["answer", "settle"])
def test_killed_when_a_bookkeepers_line_was_left_beside_ours(company, point):
    """F17: QuickBooks has our change and the bookkeeper's line; nobody here has heard of it."""
    company.enable("invoice", wins="here")
    invoice = company.invoice(company.client(), 50)
    company.sync()
    company.add_line_there(invoice)
    invoice.lines.update(unit_price=60)
    invoice.update_totals()
    work_through(company, starting.start(company.connection, trigger="manual"), f"{point}:1")
    assert sorted(line["Amount"] for line in company.lines(invoice)) == [7, 60]
    company.sync()
    invoice.refresh_from_db()
    assert (invoice.lines.count(), invoice.total) == (2, 67)
    mapping = company.mapping(invoice)
    assert (mapping.state, mapping.reason) == ("in_sync", "")


@pytest.mark.parametrize("point", LANDINGS)
def test_killed_while_landing(company, point):
    """←: host object, mapping, operation and counts are one transaction, and so is a join of two
    halves.
    """
    company.client("Ada Lovelace")
    for name in ("Grace Hopper", "Alan Turing", "Ada Lovelace"):
        company.sim.api("POST", "customer", {"DisplayName": name})
    run = starting.start(company.connection, trigger="manual")
    work_through(company, run, f"{point}:1")
    run.refresh_from_db()
    assert_adds_up(run)
    assert run.counts["customer"]["pull"] == {"created": 2}
    assert EntityMapping.objects.filter(kind="customer", state="in_sync").count() == 3
    assert sorted(Client.objects.values_list("name", flat=True)) == [
        "Ada Lovelace",
        "Alan Turing",
        "Grace Hopper",
    ]
    assert len(company.there("Customer")) == 3


@pytest.mark.parametrize("number", [1, 2])
def test_killed_while_a_page_is_stored_and_the_next_is_there(company, number):
    """What was read ahead is of nobody's memory but that worker's: it is asked for again."""
    names = [f"Customer {place:02}" for place in range(23)]
    for place, name in enumerate(names):
        company.sim.api("POST", "customer", {"DisplayName": name})
        if place % 3 == 0:
            # Those of one moment would be read by their places.
            company.sim.advance(seconds=3)
    ConnectionClock.objects.update(cursor="", read_at=None)
    run = starting.start(company.connection, trigger="manual")
    assert killed(company, run, f"page:{number}")
    before = RemoteRecord.objects.filter(type="Customer").count()
    assert before < len(names)
    # Between two workers the bookkeeper goes on.
    first = company.there("Customer", "DisplayName = 'Customer 00'")[0]["Id"]
    company.sim.edit("update", "Customer", first, values={"DisplayName": "Customer AA"})
    work_through(company, run, f"page:{number}")
    run.refresh_from_db()
    assert_adds_up(run)
    assert RemoteRecord.objects.filter(type="Customer", deleted=False).count() == len(names)
    company.sync()
    assert sorted(Client.objects.values_list("name", flat=True)) == [*names[1:], "Customer AA"]
    pairs = EntityMapping.objects.filter(kind="customer")
    assert set(pairs.values_list("state", flat=True)) == {"in_sync"}


@pytest.mark.parametrize("point", ["wrote", "land"])
def test_killed_while_what_was_approved_lands(company, point):
    """The proposals of a chunk are as they were, and land once."""
    for name in ("Grace Hopper", "Alan Turing", "Ada Lovelace"):
        company.sim.api("POST", "customer", {"DisplayName": name})
    run = company.preview()
    approve.approve(run, user=None)
    assert killed(company, run, f"{point}:1")
    assert not Client.objects.exists()
    assert run.operations.filter(action="create", state="pending").count() == 3
    work_through(company, run, f"{point}:1")
    run.refresh_from_db()
    assert_adds_up(run)
    assert run.counts["customer"]["pull"] == {"created": 3}
    assert EntityMapping.objects.filter(kind="customer", state="in_sync").count() == 3
    assert Client.objects.count() == 3


@pytest.mark.parametrize("point", ["wrote", "land"])
def test_killed_while_a_vendor_a_credit_note_and_a_bill_land(company, point):
    """Each worker gets one kind further than the one before; what a bill names is there once."""
    a_day_of_work(company)
    company.sync()
    company.sim.api("POST", "vendor", {"DisplayName": "Nursery"})
    nursery = company.one("Vendor", "DisplayName = 'Nursery'")["Id"]
    for type_, number, owner in (("CreditMemo", "C-9", {}), ("Bill", "B-9", {"value": nursery})):
        like = company.one(type_)
        lines = [
            {name: value for name, value in line.items() if name not in {"Id", "LineNum"}}
            for line in like["Line"]
            if line["DetailType"] != "SubTotalLineDetail"
        ]
        party = "VendorRef" if owner else "CustomerRef"
        body = {"DocNumber": number, party: owner or like[party], "Line": lines}
        company.sim.api("POST", type_.lower(), body)
    run = starting.start(company.connection, trigger="manual")
    work_through(company, run, f"{point}:1", f"{point}:2", f"{point}:2")
    run.refresh_from_db()
    assert_adds_up(run)
    assert Vendor.objects.filter(name="Nursery").count() == 1
    bill, note = Bill.objects.get(number="B-9"), CreditNote.objects.get(number="C-9")
    assert (bill.vendor.name, bill.total, bill.lines.count()) == ("Nursery", Decimal("42.5"), 2)
    assert (note.total, note.lines.count()) == (2, 1)
    landed = EntityMapping.objects.filter(kind__in=("vendor", "credit_note", "bill"))
    assert landed.filter(state="in_sync", object_key__isnull=False).count() == len(landed) == 6
    assert len(company.there("Bill")) == len(company.there("CreditMemo")) == 2


@pytest.mark.postgres
def test_two_workers_at_once(company):
    """Two processes work on the same run and dispatch: one of them has it at a time."""
    a_day_of_work(company)
    run = starting.start(company.connection, trigger="manual")
    workers = [processes.start(run.pk, company.sim.base_url) for _ in range(2)]
    assert [processes.ended(worker) for worker in workers] == [0, 0]
    assert_once_each(company, run)


@pytest.mark.postgres
def test_two_workers_at_once_and_one_is_killed(company):
    """The other one takes over, with the answers of that moment lost."""
    a_day_of_work(company)
    company.sim.fault(path="/batch$", drop_after_commit=True, nth=3, times=1)
    run = starting.start(company.connection, trigger="manual")
    doomed = processes.start(run.pk, company.sim.base_url, "answer:2")
    other = processes.start(run.pk, company.sim.base_url)
    assert processes.ended(other) == 0
    processes.ended(doomed)
    assert_once_each(company, run)
