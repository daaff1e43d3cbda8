"""What stands in QuickBooks and is none of ours goes through every update, and nothing rests on
what may be missing.
"""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec

from quicksync.records import Allocation, Customer, Ref
from tests.quickbooks.online.entries import add_customer, add_invoice
from tests.quickbooks.online.make import EDITION, body, invoice, item, line, payment, remote

EXTENSION = [{"ExtensionType": "DIMENSION", "AssociatedValues": [{"Key": "1", "Value": "1000"}]}]


def stored(company, name, id_):
    return company.simulator.api("GET", f"{name.lower()}/{id_}", realm=company.realm)[name]


def again(company, kind, id_):
    (now,) = company.read(EDITION.read_again(EDITION.remote_types(kind)[0], [id_]))
    return now


def test_extensions_of_lines_survive_our_lines_f17(us):
    """fidelity 1.19 and section 3: 2026 brings CustomExtensions on every line; a remark keeps its
    own, too.
    """
    record, first = add_invoice(
        us,
        line("10.00", line_id="a", item_id="1"),
        line("0", line_id="b", item_id=None, description="Thanks"),
    )
    lines = stored(us, "Invoice", first.remote.id)["Line"]
    marked = [{**each, "CustomExtensions": EXTENSION} for each in lines if each.get("Id")]
    us.simulator.edit("update", "Invoice", first.remote.id, values={"Line": marked}, realm=us.realm)
    changed = record.replace(lines=(line("11.00", line_id="a", item_id="1"),
                                    line("0", line_id="b", item_id=None, description="Many thanks"),
                                    line("7.00", line_id="c", item_id="1")))  # fmt: skip
    now = again(us, "invoice", first.remote.id)
    us.one(item(changed, action="update", remote=now, fields={"lines"}, line_ids=first.line_ids))
    found = {
        each.get("Amount", 0): each
        for each in stored(us, "Invoice", first.remote.id)["Line"]
        if each.get("Id")
    }
    assert found[11]["CustomExtensions"] == found[0]["CustomExtensions"] == EXTENSION
    assert found[7]["CustomExtensions"] == []
    assert (found[0]["DetailType"], found[0]["Description"]) == ("DescriptionOnly", "Many thanks")


def test_a_remark_keeps_what_its_line_had_and_loses_its_price():
    """fidelity section 3: the line's extensions stay, whatever becomes of the line."""
    priced = {
        "Id": "1",
        "LineNum": 1,
        "Amount": 5,
        "DetailType": "SalesItemLineDetail",
        "CustomExtensions": EXTENSION,
        "SalesItemLineDetail": {"ItemRef": {"value": "1"}},
    }
    there = remote("Invoice", {"Id": "9", "Line": [priced]})
    sent = body(
        invoice(line("0", line_id="a", item_id=None, description="Gone")),
        action="update",
        remote=there,
        fields={"lines"},
        line_ids={"a": "1"},
    )["Invoice"]["Line"]
    assert sent == [
        {
            "Id": "1",
            "CustomExtensions": EXTENSION,
            "DetailType": "DescriptionOnly",
            "Description": "Gone",
            "DescriptionLineDetail": {},
        }
    ]


def test_what_is_none_of_ours_stays_on_an_update_of_every_kind(us):
    """fidelity section 3: fields of 2026 and of bookkeepers, on customers, products, invoices and
    payments.
    """
    customer = add_customer(us)
    record, document = add_invoice(
        us, line("30.00", line_id="a", item_id="1"), customer=Ref("customer", customer.id)
    )
    pay = payment(
        customer=Ref("customer", customer.id),
        total=Decimal("20.00"),
        allocations=(
            Allocation(document=Ref("invoice", document.remote.id), amount=Decimal("20.00")),
        ),
    )
    paid = us.one(item(pay, key="pay"))
    theirs = {
        "Customer": {"ResaleNum": "R1", "AltContactName": "Ann"},
        "Invoice": {"TrackingNum": "T1", "ShipDate": "2026-03-15"},
        "Payment": {"TxnSource": "theirs"},
        "Item": {"PurchaseDesc": "by the bag"},
    }
    ids = {
        "Customer": customer.id,
        "Invoice": document.remote.id,
        "Payment": paid.remote.id,
        "Item": "1",
    }
    for name, values in theirs.items():
        us.simulator.edit("update", name, ids[name], values=values, realm=us.realm)
    before = {name: stored(us, name, id_) for name, id_ in ids.items()}
    product = us.record(again(us, "item", "1"))
    ours = (
        (Customer(name="Kept", notes="n"), {"notes"}),
        (record.replace(private_note="n", customer=Ref("customer", customer.id)), {"private_note"}),
        (pay.replace(note="n"), {"note"}),
        (product.replace(description="n"), {"description"}),
    )
    for name, (each, fields) in zip(("Customer", "Invoice", "Payment", "Item"), ours, strict=True):
        us.one(
            item(
                each,
                action="update",
                remote=again(us, each.kind, ids[name]),
                fields=fields,
                key=name,
            )
        )
        after = stored(us, name, ids[name])
        aside = {"SyncToken", "MetaData", "Notes", "PrivateNote", "Description"}
        assert {k: v for k, v in after.items() if k not in aside} == {
            k: v for k, v in before[name].items() if k not in aside
        }
        assert after["SyncToken"] == str(int(before[name]["SyncToken"]) + 1)


def test_an_invoice_is_mailed_to_the_address_that_we_send(us):
    """fidelity 1.5: QuickBooks fills none in from the customer; what the host says is what stands
    there.
    """
    customer = us.one(item(Customer(name="Has mail", email="of@example.org"), key="c")).remote
    owner = Ref("customer", customer.id)
    _, plain = add_invoice(us, line("1.00", item_id="1"), customer=owner, number="M1")
    _, told = add_invoice(
        us, line("1.00", item_id="1"), customer=owner, number="M2", email="to@example.org"
    )
    assert us.record(plain.remote).email == ""
    assert stored(us, "Invoice", told.remote.id)["BillEmail"] == {"Address": "to@example.org"}
    sent = us.simulator.api("POST", f"invoice/{told.remote.id}/send", realm=us.realm)["Invoice"]
    assert sent["EmailStatus"] == "EmailSent"


def test_terms_of_a_customer_do_not_come_back_as_the_document_s(us):
    """fidelity 1.6: a day to pay by, and no terms that nobody named."""
    _, made = add_invoice(us, line("1.00", item_id="1"))
    found = us.record(made.remote)
    assert (found.term, found.due_on is not None) == (None, True)


def _nameless(value):
    if isinstance(value, dict):
        return {
            k: _nameless(v)
            for k, v in value.items()
            if not (k == "name" and set(value) <= {"value", "name"})
        }
    return [_nameless(each) for each in value] if isinstance(value, list) else value


def test_nothing_rests_on_the_names_in_references(us):
    """fidelity 1.18: payments, terms and default codes carry ids alone; a record reads the same
    without any name.
    """
    seen = set()
    for found in us.remotes.values():
        if found.kind:
            bare = msgspec.structs.replace(
                found, payload=json.dumps(_nameless(json.loads(found.payload)))
            )
            assert EDITION.decode(bare, us.facts) == EDITION.decode(found, us.facts)
            seen.add(found.type)
    assert {"Invoice", "Payment", "Customer", "Item", "Account"} <= seen
