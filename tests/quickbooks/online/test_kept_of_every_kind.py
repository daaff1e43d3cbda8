"""Issue 8, 3: an update keeps what quicksync does not know, whatever kind it is of and whichever
field is sent: CustomExtensions above all, on the record and on each of its lines.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.wire_table import Way
from tests.quickbooks.online.make import EDITION, US, body, item, remote

EXTENSION = [{"ExtensionType": "DIMENSION", "AssociatedValues": [{"Key": "1", "Value": "1000"}]}]
UNKNOWN = {"CustomExtensions": EXTENSION}
WRITTEN = [wired for wired in WIRED.all if any(row.way is Way.BOTH for row in wired.table.rows)]
KINDS = [pytest.param(wired, id=wired.kind) for wired in WRITTEN]


def line(id_: str, word: str, **detail: Any) -> dict[str, Any]:
    dated = {"ServiceDate": "2026-03-14"} if word == "SalesItemLineDetail" else {}
    said = {"Id": id_, "LineNum": int(id_), "Amount": 10, "Description": f"Line {id_}"}
    parts = dated | detail | {"Unheard": {"value": id_}}
    return said | {"DetailType": word, word: parts} | UNKNOWN


def paying(word: str, id_: str) -> dict[str, Any]:
    return {
        "Amount": 10,
        "LinkedTxn": [{"TxnId": id_, "TxnType": word, "TxnLineId": "0"}],
    } | UNKNOWN


PRICE_OFF = {"PercentBased": False, "Unheard": {"value": "4"}}
SOLD = [
    line("1", "SalesItemLineDetail", ItemRef={"value": "5"}, Qty=1, UnitPrice=10),
    {"Id": "2", "LineNum": 2, "Description": "Thanks", "DetailType": "DescriptionOnly"} | UNKNOWN,
    {"Amount": 10, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
    {"Id": "4", "Amount": 2, "DetailType": "DiscountLineDetail", "DiscountLineDetail": PRICE_OFF}
    | UNKNOWN,
]
BOUGHT = [
    line("1", "AccountBasedExpenseLineDetail", AccountRef={"value": "80"}),
    line("2", "ItemBasedExpenseLineDetail", ItemRef={"value": "5"}, Qty=1, UnitPrice=10),
]
BILLED_TIME = {"TxnId": "21", "TxnType": "TimeActivity", "TxnLineId": "1"}
CUSTOMER, VENDOR = {"CustomerRef": {"value": "58"}}, {"VendorRef": {"value": "59"}}
MORE: dict[str, dict[str, Any]] = {
    "Estimate": CUSTOMER | {"Line": SOLD, "TotalAmt": 8, "TxnStatus": "Accepted"},
    "Invoice": CUSTOMER | {"Line": SOLD, "TotalAmt": 8, "Balance": 8, "LinkedTxn": [BILLED_TIME]},
    "CreditMemo": CUSTOMER | {"Line": SOLD, "TotalAmt": 8, "Balance": 8},
    "SalesReceipt": CUSTOMER | {"Line": SOLD, "TotalAmt": 8},
    "RefundReceipt": CUSTOMER | {"Line": SOLD, "TotalAmt": 8},
    "Bill": VENDOR | {"Line": BOUGHT, "TotalAmt": 20, "Balance": 20},
    "Payment": CUSTOMER
    | {
        "TotalAmt": 20,
        "Line": [paying("Invoice", "7"), paying("CreditMemo", "8"), paying("JournalEntry", "9")],
    },
}


def there(wired: Any) -> dict[str, Any]:
    """A record of the type as a bookkeeper, a dimension and a later year have left it."""
    named = {"Name": "Kept", "DisplayName": "Kept", "DocNumber": "1"}
    own = {"Id": "9", "SyncToken": "3", "TxnDate": "2026-03-14", "Unheard": {"value": "1"}}
    return named | own | UNKNOWN | MORE.get(wired.type, {})


# What the rest of a record follows from, and what QuickBooks wants to be told with every change.
ALONG = {
    *("Id", "SyncToken", "sparse", "Line", "TxnTaxDetail", "ApplyTaxAfterDiscount"),
    *("GlobalTaxCalculation", "SubAccount", "SubClass", "SubItem", "Job"),
    *("VendorRef", "CustomerRef", "TotalAmt"),
}
# Links are only taken together.
LINKS = {"estimate": {"LinkedTxn"}}


@pytest.mark.parametrize("wired", KINDS)
def test_whichever_field_is_sent_nothing_else_is_touched(wired):
    """Issue 8, 3 and fidelity 1.19: sparse, and each line that goes back has what it had."""
    tree = there(wired)
    found = remote(wired.type, tree, kind=wired.kind)
    record = EDITION.decode(found, US)
    ids = {one.id: one.id for one in getattr(record, "lines", ())}
    known = {row.path.partition(".")[0] for row in wired.table.rows if row.way is not Way.READ}
    for field in sorted(EDITION.fields(wired.kind)):
        sent = body(record, action="update", remote=found, fields={field}, line_ids=ids)
        sent = sent[wired.type]
        assert sent["sparse"] is True
        assert sent.keys() <= known | ALONG | LINKS.get(field, set()), field
        assert all(
            link in sent.get("LinkedTxn", [BILLED_TIME]) for link in tree.get("LinkedTxn", ())
        )
        if "Line" in sent:
            assert kept_of(sent["Line"]) == kept_of(tree["Line"]), field


def kept_of(lines):
    """What the lines have that is none of ours, by what they are."""
    return {
        (one.get("Id") or json.dumps(one["LinkedTxn"])): (
            one.get("CustomExtensions"),
            (one.get(one.get("DetailType", "")) or {}).get("Unheard"),
        )
        for one in lines
        if one.get("Id") or one.get("LinkedTxn")
    }


# What a bookkeeper's edit leaves on a record beside the extensions of its lines, and the field of
# ours that changes then.
THEIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "account": ({"Description": "Theirs"}, {"number": "4711"}),
    "term": ({"DiscountPercent": 2, "DiscountDays": 5}, {"due_days": 9}),
    "payment_method": ({}, {"name": "Barter"}),
    "class": ({}, {"name": "North"}),
    "location": ({}, {"name": "Shed"}),
    "customer": ({"ResaleNum": "R1", "AltContactName": "Ann"}, {"notes": "ours"}),
    "vendor": ({"Suffix": "Jr", "Vendor1099": True}, {"notes": "ours"}),
    "employee": ({"Title": "Dr", "BillableTime": True}, {"number": "1002"}),
    "item_category": ({"Description": "Theirs"}, {"name": "Prints"}),
    "item": ({"PurchaseDesc": "by the bag", **UNKNOWN}, {"description": "ours"}),
    "estimate": ({"ShipDate": "2026-03-15"}, {"private_note": "ours"}),
    "invoice": ({"TrackingNum": "T1", "ShipDate": "2026-03-15"}, {"private_note": "ours"}),
    "credit_note": ({"PONumber": "P1"}, {"private_note": "ours"}),
    "sales_receipt": ({"ShipDate": "2026-03-15"}, {"private_note": "ours"}),
    "refund": ({"ShipDate": "2026-03-15"}, {"private_note": "ours"}),
    "bill": ({"TxnSource": "theirs"}, {"private_note": "ours"}),
    "payment": ({"TxnSource": "theirs"}, {"note": "ours"}),
}
# The tax of a document is said anew with its lines.
COMPUTED = {"SyncToken", "MetaData", "FullyQualifiedName", "TxnTaxDetail"}


# What the sample company has none of.
NEW: dict[str, dict[str, Any]] = {"item_category": {"Name": "Kept", "Type": "Category"}}


def test_every_kind_that_is_written_is_here():
    assert {wired.kind for wired in WRITTEN} == THEIRS.keys()


def one_of(us: Any, wired: Any) -> str:
    """The id of a record of the kind."""
    if wired.kind in NEW:
        made = us.simulator.api("POST", wired.type.lower(), NEW[wired.kind], realm=us.realm)
        return str(made[wired.type]["Id"])
    found = us.simulator.api(
        "GET", f"query?query=select%20*%20from%20{wired.type}%20maxresults%201", realm=us.realm
    )
    return str(found["QueryResponse"][wired.type][0]["Id"])


@pytest.mark.parametrize("wired", KINDS)
def test_an_update_leaves_everything_else_as_it_was(us, wired):
    """Issue 8, 3, with QuickBooks' own rules: a record of the sample company, edited there, then
    changed by us; all but the field that we send is as before, line by line.
    """
    theirs, ours = THEIRS[wired.kind]
    id_ = one_of(us, wired)
    tree = stored(us, wired.type, id_)
    lines = [one | UNKNOWN if bare(one) else one for one in tree.get("Line", ())]
    values = theirs | ({"Line": lines} if lines and wired.type != "Payment" else {})
    if values:
        us.simulator.edit("update", wired.type, id_, values=values, realm=us.realm)
    before = stored(us, wired.type, id_)
    assert all(one["CustomExtensions"] == EXTENSION for one in before.get("Line", ()) if bare(one))
    (now,) = us.read(EDITION.read_again(wired.type, [id_]))
    record = us.record(now).replace(**ours)
    ids = {one.id: one.id for one in getattr(record, "lines", ())}
    every = set(ours) | ({"lines"} & EDITION.fields(wired.kind))
    us.one(item(record, action="update", remote=now, fields=every, line_ids=ids))
    after = stored(us, wired.type, id_)
    (field,) = ours
    path = next(row.path for row in wired.table.rows if row.field == field)
    aside = COMPUTED | {path}
    assert {k: v for k, v in after.items() if k not in aside} == {
        k: v for k, v in before.items() if k not in aside
    }
    assert after[path] == ours[field]
    taxes = [one.get("TxnTaxDetail", {}).get("TotalTax") for one in (before, after)]
    assert taxes[0] == taxes[1]


def bare(one):
    """Whether a line is of the sort that has extensions."""
    return "CustomExtensions" in one


def stored(company, name, id_):
    return company.simulator.api("GET", f"{name.lower()}/{id_}", realm=company.realm)[name]
