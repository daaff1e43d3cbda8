"""Webhook deliveries: only Intuit's, in both shapes."""

from __future__ import annotations

import json

import pytest

from quicksync.exceptions import UnknownShape
from quicksync.quickbooks.messages import Notice
from quicksync.quickbooks.online.webhook_events import parse, signature, verify

CLASSIC = {
    "eventNotifications": [
        {
            "realmId": "1185883450",
            "dataChangeEvent": {
                "entities": [
                    {
                        "name": "Customer",
                        "id": "1",
                        "operation": "Create",
                        "lastUpdated": "2015-10-05T14:42:19-0700",
                    },
                    {"name": "Vendor", "id": "4", "operation": "Merge", "deletedId": "5"},
                ]
            },
        },
        {
            "realmId": "77",
            "dataChangeEvent": {"entities": [{"name": "Invoice", "id": "9", "operation": "Void"}]},
        },
        {"realmId": "78"},
    ]
}
CLOUD = [
    {
        "specversion": "1.0",
        "id": "88cd52aa",
        "type": "qbo.invoice.updated.v1",
        "time": "2025-09-10T21:31:25.17Z",
        "intuitentityid": "1234",
        "intuitaccountid": "310687",
        "data": {},
    },
    {
        "id": "88cd52ab",
        "type": "qbo.customer.merged.v1",
        "intuitentityid": 6,
        "intuitaccountid": 310688,
        "data": {"deletedId": "7"},
    },
    {
        "id": "88cd52ac",
        "type": "qbo.invoice.emailed.v1",
        "intuitentityid": "6",
        "intuitaccountid": "310688",
    },
]


def test_only_these_bytes_under_this_key_are_believed():
    body = json.dumps(CLASSIC).encode()
    good = signature(body, "key")
    assert verify(body, good, ["key"])
    assert verify(body, f" {good}\n", ["key"])
    assert verify(body, good, ["other", "key"])
    assert verify(body, good, ["key", "other"])
    assert not verify(body, good, [])
    assert not verify(body + b" ", good, ["key"])
    assert not verify(body, good, ["other"])
    assert not verify(body, "", ["key"])
    assert not verify(body, "ünlesbar", ["key"])
    assert not verify(body, signature(body, ""), [""])


def test_the_classic_shape_with_several_companies():
    created, merged, voided = parse(json.dumps(CLASSIC).encode()).notices
    assert created == Notice(
        realm="1185883450",
        type="Customer",
        id="1",
        operation="create",
        time="2015-10-05T14:42:19-0700",
        key="1185883450/Customer/1/create/2015-10-05T14:42:19-0700",
    )
    assert (merged.operation, merged.merged) == ("merge", "5")
    assert (voided.realm, voided.operation) == ("77", "void")


def test_cloud_events_with_several_companies():
    updated, merged, emailed = parse(json.dumps(CLOUD).encode()).notices
    assert updated == Notice(
        realm="310687",
        type="invoice",
        id="1234",
        operation="update",
        time="2025-09-10T21:31:25.17Z",
        key="88cd52aa",
    )
    assert (merged.realm, merged.id, merged.merged) == ("310688", "6", "7")
    assert emailed.operation == "emailed"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"5",
        b'"text"',
        b"[5]",
        b"[{}]",
        b'{"eventNotifications":5}',
        b'{"eventNotifications":[{}]}',
        b'[{"type":"pay.invoice.updated.v1","id":"1","intuitentityid":"1","intuitaccountid":"1"}]',
        b'[{"type":"qbo"}]',
    ],
)
def test_any_other_shape_raises_an_alarm(body):
    with pytest.raises(UnknownShape):
        parse(body)
