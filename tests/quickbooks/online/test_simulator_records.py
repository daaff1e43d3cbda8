"""Reading and writing against a simulated company, over real HTTP."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.exceptions import TryLater
from quicksync.quickbooks.messages import Fate
from quicksync.records import Address, Customer, Item, PaymentMethod, Ref, Term
from tests.quickbooks.online.conftest import KINDS_OF_ALL
from tests.quickbooks.online.entries import add_customer, add_invoice
from tests.quickbooks.online.make import EDITION, item, line

# --- Reading ---


def test_a_first_sync_reads_and_decodes_everything_a10(us):
    kinds = {remote.kind for remote in us.remotes.values() if remote.kind}
    assert kinds == set(KINDS_OF_ALL) - {"item_category"}, "The sample company has no categories."
    for remote in us.remotes.values():
        if remote.kind:
            assert us.record(remote).kind == remote.kind
            assert us.record(remote).natural_key() == remote.name


def test_the_companys_facts(us):
    facts = EDITION.company_facts({})
    assert facts == {}
    assert (us.facts.country, us.facts.home_currency, us.facts.tax_kind) == ("US", "USD", "us")
    assert {"income", "expense", "cost", "stock", "deposit", "discount", "item"} <= set(
        us.facts.defaults
    )
    assert (
        us.record(us.remotes["Account", us.facts.defaults["deposit"]]).name == "Undeposited Funds"
    )


def test_a_quiet_cycle_is_one_call_and_brings_nothing_new(us):
    us.read(EDITION.reads(KINDS_OF_ALL, us.cursor))
    us.simulator.advance(minutes=10)
    # the overlap still shows what was made a moment ago
    us.read(EDITION.reads(KINDS_OF_ALL, us.cursor))
    before = us.wire.calls
    us.simulator.advance(minutes=10)
    assert us.read(EDITION.reads(KINDS_OF_ALL, us.cursor)) == []
    assert us.wire.calls == before + 1


def test_changes_and_deletions_of_a_bookkeeper_arrive_f2(us):
    _, outcome = add_invoice(us, line("10.00", item_id="1"))
    us.simulator.edit("update", "Customer", "1", values={"Notes": "by phone only"}, realm=us.realm)
    us.simulator.edit("delete", "Invoice", outcome.remote.id, realm=us.realm)
    found = {
        (remote.type, remote.id): remote
        for remote in us.read(EDITION.reads(KINDS_OF_ALL, us.cursor))
    }
    assert us.record(found["Customer", "1"]).notes == "by phone only"
    assert found["Invoice", outcome.remote.id].deleted


def test_a_full_change_answer_is_read_to_its_end(us):
    names = [f"Customer {number}" for number in range(1_020)]
    for start in range(0, len(names), 30):
        us.write(*(item(Customer(name=name), key=name[9:]) for name in names[start : start + 30]))
    found = us.read(EDITION.reads(KINDS_OF_ALL, us.cursor))
    assert set(names) <= {remote.name for remote in found}
    pages = us.read(EDITION.reads(("customer",), ""))
    assert set(names) <= {remote.name for remote in pages}


def test_single_records_and_those_that_are_gone(us):
    found = us.read(EDITION.read_again("Customer", ["1", "999999"]))
    assert [(remote.id, remote.deleted) for remote in found] == [("1", False), ("999999", True)]


# --- Writing ---


def test_a_customer_comes_back_as_it_was_sent_c7(us):
    record = Customer(
        name="Müller's Gärten 株式会社",
        company="Müller",
        given_name="Änne",
        family_name="Müller",
        email="anne@example.org",
        phone="030 123",
        mobile="0170 1",
        website="https://example.org",
        notes='say "hi" \\',
        billing=Address("Hof 3\nBlock B", "Köln", "NW", "50667", "Germany"),
        shipping=Address("Tor 4", "Bonn"),
        term=Ref("term", "4"),
        payment_method=Ref("payment_method", "2"),
        tax_exempt=True,
        currency="USD",
    )
    outcome = us.one(item(record))
    assert us.record(outcome.remote) == record.replace(balance=Decimal(0))


def test_an_update_changes_and_clears_only_what_it_names(us):
    record = Customer(
        name="Ann",
        email="ann@example.org",
        phone="1",
        notes="x",
        billing=Address("1 Way"),
        term=Ref("term", "4"),
    )
    first = us.one(item(record))
    changed = record.replace(email="new@example.org", phone="", notes="", billing=None, term=None)
    fields = {"email", "phone", "notes", "billing", "term"}
    second = us.one(item(changed, action="update", remote=first.remote, fields=fields))
    found = us.record(second.remote)
    assert (found.name, found.email, found.phone, found.notes) == ("Ann", "new@example.org", "", "")
    assert (found.billing, found.term) == (None, None)
    assert second.remote.token != first.remote.token


def test_a_sub_customer_c18(us):
    parent = add_customer(us, "Parent")
    child = us.one(item(Customer(name="Child", parent=Ref("customer", parent.id))))
    assert us.record(child.remote).parent == Ref("customer", parent.id)
    alone = us.one(
        item(Customer(name="Child"), action="update", remote=child.remote, fields={"parent"})
    )
    assert us.record(alone.remote).parent is None


def test_items_of_every_type_d3(us):
    for kind in ("service", "non_inventory", "inventory"):
        record = Item(
            name=f"Thing {kind}",
            type=kind,
            sku="S",
            unit_price=Decimal("1.2345"),
            purchase_cost=Decimal(1),
        )
        found = us.record(us.one(item(record, key=kind[:9])).remote)
        assert (found.type, found.unit_price, found.sku) == (kind, Decimal("1.2345"), "S")


def test_lists_can_be_made(us):
    term = us.one(item(Term(name="Net 45", due_days=45)))
    method = us.one(item(PaymentMethod(name="Voucher")))
    assert us.record(term.remote) == Term(name="Net 45", due_days=45)
    assert us.record(method.remote) == PaymentMethod(name="Voucher")


def test_a_list_record_is_switched_off_and_keeps_its_name(us):
    first = add_customer(us, "Leaving Ltd")
    gone = us.one(item(Customer(name="Leaving Ltd"), action="delete", remote=first))
    assert (gone.remote.active, gone.remote.name) == (False, "Leaving Ltd")


def test_thirty_operations_one_request_each_with_its_own_outcome(us):
    items = [
        item(Customer(name=f"Batch {number}"), key=f"operation-{number}") for number in range(29)
    ]
    clash = item(Customer(name="Batch 3"), key="the same name again")
    before = us.wire.calls
    outcomes = us.write(*items, clash)
    assert us.wire.calls == before + 1
    assert all(outcome.remote for outcome in outcomes[:29])
    assert (outcomes[29].fault.fate, outcomes[29].fault.reason) == (Fate.PERSON, "name-taken")


def test_a_replayed_batch_writes_nothing_twice_i10(us):
    operation = item(Customer(name="Once only"))
    first = us.write(operation, request_id="the-same-id")
    again = us.write(operation, request_id="the-same-id")
    assert first == again


def test_an_answer_lost_after_the_write_is_found_again_i10(us):
    us.simulator.fault(path="/batch", drop_after_commit=True, times=1)
    operation = item(Customer(name="Lost answer"))
    with pytest.raises(TryLater) as caught:
        us.write(operation, request_id="lost")
    assert caught.value.sent
    (outcome,) = us.write(operation, request_id="lost")
    assert outcome.remote.name == "Lost answer"


def test_a_stale_token_is_planned_again(us):
    first = add_customer(us, "Stale")
    us.simulator.edit("update", "Customer", first.id, values={"Notes": "newer"}, realm=us.realm)
    update = item(
        Customer(name="Stale", notes="older"), action="update", remote=first, fields={"notes"}
    )
    (outcome,) = us.write(update)
    assert (outcome.fault.fate, outcome.fault.reason) == (Fate.REPLAN, "stale-token")


def test_a_deleted_document_is_planned_again(us):
    record, outcome = add_invoice(us, line("10.00", item_id="1"))
    us.simulator.edit("delete", "Invoice", outcome.remote.id, realm=us.realm)
    (found,) = us.write(item(record, action="update", remote=outcome.remote, fields={"memo"}))
    assert (found.fault.fate, found.fault.reason) == (Fate.REPLAN, "deleted-elsewhere")
