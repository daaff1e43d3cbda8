"""Answers of batches: one outcome for each operation, whatever came back."""

from __future__ import annotations

import json

import msgspec
import pytest

from quicksync.exceptions import Throttled, TryLater
from quicksync.quickbooks.messages import Fate
from quicksync.records import Customer
from tests.quickbooks.online.make import EDITION, US, invoice, item, line, remote, reply

ITEMS = (
    item(Customer(name="Ann"), key="one"),
    item(Customer(name="Bob"), key="two"),
    item(Customer(name="Cleo"), key="three"),
)


def test_every_item_has_its_outcome_in_the_order_asked_f15():
    answer = {
        "BatchItemResponse": [
            {
                "bId": "two",
                "Fault": {"Error": [{"Message": "Duplicate", "code": "6240", "Detail": "exists"}]},
            },
            {"bId": "one", "Customer": {"Id": "61", "SyncToken": "0", "DisplayName": "Ann"}},
        ],
        "time": "2026-03-14T05:58:07.300-07:00",
    }
    one, two, three = EDITION.write_reply(ITEMS, reply(answer))
    assert (one.key, one.remote.id, one.remote.token, one.fault) == ("one", "61", "0", None)
    assert (two.fault.fate, two.fault.reason, two.fault.detail) == (
        Fate.PERSON,
        "name-taken",
        "exists",
    )
    assert (three.fault.fate, three.fault.reason) == (Fate.UNKNOWN, "outcome-unknown")
    assert EDITION.recover_reply(ITEMS, reply(answer)) == (one, two, three)


def test_a_refused_batch_refuses_every_item():
    answer = {"Fault": {"Error": [{"Message": "Batch size exceeds", "code": "1040"}]}}
    found = EDITION.write_reply(ITEMS, reply(answer, status=400))
    assert {outcome.fault.reason for outcome in found} == {"quickbooks-refused"}


@pytest.mark.parametrize(("status", "error"), [(429, Throttled), (502, TryLater)])
def test_no_answer_for_the_batch_is_no_outcome_of_its_items(status, error):
    with pytest.raises(error):
        EDITION.write_reply(ITEMS, reply(b"", status=status))


ANN = {"bId": "one", "Customer": {"Id": "61", "SyncToken": "0", "DisplayName": "Ann"}}
BOB = {"Id": "62", "SyncToken": "0", "DisplayName": "Bob"}


@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [5],
        [None],
        [{"bId": 5, "Customer": BOB}],
        [{"bId": "nobody", "Customer": BOB}],
        [{"Customer": BOB}],
        [{"bId": "two"}],
        [{"bId": "two", "Invoice": BOB}],
        [{"bId": "two", "Customer": BOB}] * 2,
        [{"bId": "two", "Customer": BOB, "Fault": {"Error": [{"code": "6240"}]}}],
        [{"bId": "two", "Customer": BOB | {"Id": ""}}],
        [{"bId": "two", "Customer": BOB | {"Id": None}}],
        [{"bId": "two", "Customer": BOB | {"SyncToken": None}}],
        [{"bId": "two", "Customer": {"Id": "62"}}],
        [{"bId": "two", "Customer": [BOB]}],
        [{"bId": "two", "Customer": None}],
        [{"bId": "two", "Fault": None}],
        [{"bId": "two", "Fault": {"Error": []}}],
        [{"bId": "two", "Fault": {"Error": [{"code": "10000"}]}}],
        [{"bId": "two", "Fault": {"Error": [{"code": "150"}]}}],
        [{"bId": "two", "Fault": {"Error": [{"code": "99999"}], "type": "SystemFault"}}],
    ],
    ids=str,
)
def test_what_does_not_plainly_tell_of_an_item_leaves_it_unknown_and_the_others_alone(pieces):
    """Invariants 4 and 5: only a plain yes or no is an outcome."""
    one, two, _ = EDITION.write_reply(ITEMS, reply({"BatchItemResponse": [ANN, *pieces]}))
    assert one.remote.id == "61"
    assert two.remote is None
    assert two.fault.fate is Fate.UNKNOWN


def test_a_request_id_that_was_used_before_sends_nobody_on():
    """600: neither done nor refused; QuickBooks' books tell."""
    answer = {"Fault": {"Error": [{"Message": "Duplicate Request ID", "code": "600"}]}}
    assert {one.fault.fate for one in EDITION.write_reply(ITEMS, reply(answer, status=400))} == {
        Fate.LOOK
    }


@pytest.mark.parametrize(
    "body", [b"{}", b'{"BatchItemResponse":5}', b'{"BatchItemResponse":[{', b"null", b"[]", b""]
)
def test_an_unreadable_answer_leaves_the_outcome_unknown(body):
    with pytest.raises(TryLater) as caught:
        EDITION.write_reply(ITEMS, reply(body))
    assert caught.value.sent


def answered(operation, payload):
    body = json.loads(EDITION.body(operation, US))
    (name,) = set(body) - {"bId", "operation", "optionsData"}
    part = {"bId": body["bId"], name: {"SyncToken": "1", **payload}}
    (outcome,) = EDITION.write_reply((operation,), reply({"BatchItemResponse": [part]}))
    return outcome


def sales(line_id, **more):
    return {"Id": line_id, "DetailType": "SalesItemLineDetail", **more}


THERE = {"Id": "130", "SyncToken": "1", "Line": [sales("1", Amount=1.0), sales("7", Amount=9.0)]}


def test_new_lines_get_quickbooks_ids_in_their_order():
    record = invoice(line("1.00", line_id="a"), line("2.00", line_id="b"))
    payload = {"Id": "130", "Line": [sales("1"), sales("2"), {"DetailType": "SubTotalLineDetail"}]}
    assert answered(item(record), payload).line_ids == {"a": "1", "b": "2"}


def test_kept_lines_keep_their_ids_and_new_ones_are_found_among_the_new():
    record = invoice(
        line("2.00", line_id="b"), line("1.00", line_id="a"), line("3.00", line_id="c")
    )
    operation = item(
        record,
        action="update",
        remote=remote("Invoice", THERE),
        line_ids={"a": "1"},
        fields={"lines"},
    )
    # 7 is the bookkeeper's; QuickBooks rounded the amount of 12 in its own way.
    after = {
        "Id": "130",
        "Line": [
            sales("8", Amount=2.0),
            sales("1"),
            sales("7", Amount=9.0),
            sales("12", Amount=3.1),
        ],
    }
    assert answered(operation, after).line_ids == {"b": "8", "a": "1", "c": "12"}


def test_a_line_that_quickbooks_gave_a_new_id_is_followed():
    record = invoice(line("2.00", line_id="a"))
    operation = item(
        record,
        action="update",
        remote=remote("Invoice", THERE),
        line_ids={"a": "1"},
        fields={"lines"},
    )
    assert answered(operation, {"Id": "130", "Line": [sales("6")]}).line_ids == {"a": "6"}


def test_lines_that_are_gone_have_no_id():
    record = invoice(line("2.00", line_id="a"), line("3.00", line_id="b"))
    operation = item(
        record,
        action="update",
        remote=remote("Invoice", THERE),
        line_ids={"a": "1"},
        fields={"lines"},
    )
    assert answered(operation, {"Id": "130", "Line": []}).line_ids == {}


AFTER = {
    "Id": "130",
    "Line": [sales("1", Amount=1.0), sales("7", Amount=9.0), sales("8", Amount=2.0)],
}


@pytest.mark.parametrize("known", [True, False])
def test_lines_that_are_none_of_ours_are_named_whether_ours_have_ids_or_not_f17(known):
    ours = [line("1.00", line_id="a" * known), line("2.00", line_id="b" * known)]
    operation = item(
        invoice(*ours),
        action="update",
        remote=remote("Invoice", THERE),
        fields={"lines"},
        line_ids={"a": "1"} if known else {},
        agreed_lines=frozenset({"1"}),
    )
    found = answered(operation, AFTER)
    assert found.line_ids == ({"a": "1", "b": "8"} if known else {})
    assert found.foreign_lines == {"7"}


def test_a_line_that_was_ours_is_ours_however_quickbooks_says_it_f17():
    """QuickBooks cut its text; the bookkeeper's line has the higher id."""
    record = invoice(line("1.00", line_id="a", description="More than there is room for"))
    operation = item(
        record,
        action="update",
        remote=remote("Invoice", THERE),
        fields={"lines"},
        agreed_lines=frozenset({"1"}),
    )
    found = answered(operation, {"Id": "130", "Line": [sales("1", Amount=1.0), sales("7")]})
    assert (found.line_ids, found.foreign_lines) == ({"a": "1"}, {"7"})


def test_what_was_not_sent_is_neither_ours_nor_anybody_elses():
    """Of lines that wait for a person only those that are certain have an id."""
    record = invoice(line("1.00", line_id="a"), line("5.00", line_id="new"), memo="Hi")
    operation = item(record, action="update", remote=remote("Invoice", THERE), fields={"memo"})
    found = answered(operation, AFTER)
    assert (found.line_ids, found.foreign_lines) == ({"a": "1"}, frozenset())


def test_an_answer_is_read_without_what_stood_there_before():
    update = msgspec.structs.replace(item(Customer(name="Ann"), action="update"), remote=None)
    part = {"bId": "op1", "Fault": {"Error": [{"Message": "Object Not Found", "code": "610"}]}}
    (outcome,) = EDITION.write_reply((update,), reply({"BatchItemResponse": [part]}))
    assert outcome.fault.reason == "deleted-elsewhere"


def test_voids_keep_line_ids_and_deletions_have_none():
    there = remote("Invoice", {"Id": "130", "SyncToken": "1"})
    record = invoice(line("2.00", line_id="a"))
    void = item(record, action="void", remote=there, line_ids={"a": "5"})
    assert answered(void, {"Id": "130", "TotalAmt": 0}).line_ids == {"a": "5"}
    gone = answered(
        item(record, action="delete", remote=there),
        {"Id": "130", "status": "Deleted", "domain": "QBO"},
    )
    assert gone.remote.deleted
    assert gone.line_ids == {}
