"""The words of refusals, where they were recorded, and that none of them is a word of ours
(fidelity 1.14).
"""

from __future__ import annotations

import json
import random
import re
import socket
from urllib.parse import urlsplit

import pytest

from quicksync.simulator.accounting.messages import Request
from quicksync.simulator.http.routes import respond
from quicksync.simulator.site.site import Options, Site
from tests.simulator.wire import sale

GONE = (
    "Object Not Found : Something you're trying to use has been made inactive. Check the fields"
    " with accounts, customers, items, vendors or employees."
)
TOO_EARLY = (
    "Transactions with inventory (QOH) products cant be dated earlier than the Inventory Start Date"
    " for the product"
)
# What Python says when it is asked for what it does not have.
FOREIGN = (
    "Traceback",
    "NoneType",
    "object has no attribute",
    "invalid literal",
    "could not convert",
    "unhashable",
    "not subscriptable",
    "Expecting ",
    "not iterable",
    "argument must be",
    "must be str",
    "unexpected keyword",
    "codec can't",
    "Error(",
    "KeyError",
    "ValueError",
    "TypeError",
    "has no JSON form",
    "unterminated",
    "dict'",
    "out of range",
    "sqlite",
    "Error code explanation",
    "float'",
    "Exceeds the limit",
)
ROUTES = (
    "status",
    "companies",
    "faults",
    "requests",
    "clock",
    "edit",
    "webhooks",
    "consent",
    "disconnect",
    "ledger",
)
WORDS = (
    "url",
    "realm_id",
    "action",
    "entity",
    "id",
    "values",
    "days",
    "size",
    "country",
    "mode",
    "faults",
    "path",
    "nth",
    "times",
    "spoil",
    "format",
    "delay",
    "options",
    "preferences",
    "seed",
    "retries",
    "item",
)
PLACES = (
    "invoice",
    "batch",
    "cdc",
    "query",
    "upload",
    "exchangerate",
    "taxservice/taxcode",
    "reports/ProfitAndLoss",
    "recurringtransaction",
    "download/1",
    "invoice/1/send",
)


def fault(api, method, path, body=None, **headers):
    status, _, text = api.raw(method, path, body, **headers)
    return status, json.loads(text)["Fault"]["Error"][0]


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("GET", "query?query=select", None, "4000"),
        ("GET", "query?query=select%20%2A%20from%20Custmoer", None, "4001"),
        ("GET", "customer/1/5", None, "500"),
        ("POST", "invoice", {"BadJson": 1}, "2010"),
        ("POST", "invoice", b"{", "2010"),
    ],
)
def test_fidelity_1_14_some_faults_have_no_element(books, method, path, body, expected):
    status, error = fault(books, method, path, body)
    assert (status, error["code"], "element" in error) == (400, expected, False)


def test_fidelity_1_14_others_have_one(books):
    assert fault(books, "GET", "customer/1.5")[1] == {
        "Message": "Invalid ID",
        "Detail": "Id should be a valid number. Supplied value:1.5",
        "code": "2030",
        "element": "Id",
    }
    assert (
        fault(books, "POST", "payment", {"CustomerRef": {"value": books.customer()["Id"]}})[1][
            "element"
        ]
        == "TotalAmt"
    )
    assert fault(books, "GET", "invoice/99")[1] == {
        "Message": "Object Not Found", "Detail": GONE, "code": "610", "element": "",
    }  # fmt: skip


def test_fidelity_1_14_a_taken_name_has_one_in_a_batch_only(books):
    books.customer("Ann")
    assert fault(books, "POST", "customer", {"DisplayName": "Ann"})[1] == {
        "Message": "Duplicate Name Exists Error",
        "Detail": "The name supplied already exists. : null",
        "code": "6240",
    }
    (answer,) = books.batch({"bId": "1", "operation": "create", "Customer": {"DisplayName": "Ann"}})
    assert answer["Fault"]["Error"][0]["element"] == ""


def test_fidelity_1_14_what_is_gone_is_told_alike_everywhere(books):
    (answer,) = books.batch(
        {"bId": "1", "operation": "delete", "Invoice": {"Id": "99", "SyncToken": "0"}}
    )
    assert answer["Fault"]["Error"][0]["Detail"] == GONE
    assert (
        fault(books, "POST", "invoice?operation=delete", {"Id": "99", "SyncToken": "0"})[1][
            "Detail"
        ]
        == GONE
    )


def test_fidelity_1_14_stock_before_its_first_day(sample):
    stock = sample.rows("select * from Item where Type = 'Inventory'")[0]
    sent = {"CustomerRef": {"value": sample.customer()["Id"]}, "TxnDate": "2010-01-01"}
    _, error = fault(
        sample, "POST", "invoice", sent | {"Line": [sale(item=stock["Id"], qty=1, price=5)]}
    )
    assert (error["code"], error["Detail"]) == ("6270", TOO_EARLY)


def test_fidelity_1_14_a_path_that_does_not_exist(books):
    path = f"/v3/company/{books.realm}/customer/1/5"
    host = urlsplit(books.sim.base_url).netloc
    assert (
        fault(books, "GET", "customer/1/5")[1]["Detail"]
        == f"Operation Could not find resource for relative : {path} of full path:"
        f" https://{host}{path} is not supported."
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a" 1}',
        b"[1]",
        b"nul",
        b"\xff{}",
        b'{"a":NaN}',
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
    ids=range(9),
)
def test_fidelity_1_14_what_is_no_json_is_told_without_a_word_of_ours(books, body):
    status, _, text = books.raw("POST", "invoice", body)
    assert (status, json.loads(text)["Fault"]["Error"][0]["code"]) == (400, "2010")
    clean(text)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("customer", {"Id": [1.5, None], "SyncToken": "0"}, "[1.5,null]"),
        ("customer", {"Id": {"a": True}, "SyncToken": "0"}, '{"a":true}'),
        ("customer", {"DisplayName": "Ann", "Active": 5}, "5"),
        ("invoice", {"ExchangeRate": True}, "true"),
        ("invoice", {"TxnDate": False}, "false"),
        ("purchase", {"PaymentType": True}, "true"),
        ("query", "select * from Customer where Id = false", "false"),
    ],
)
def test_fidelity_1_14_a_wrong_value_is_said_as_it_was_sent(books, path, body, said):
    """No True, None or Decimal of ours: the client's own JSON."""
    sent = body if isinstance(body, str) else json.dumps(body)
    kind = {"Content-Type": "application/text"} if path == "query" else {}
    status, _, text = books.raw("POST", path, sent.encode(), **kind)
    error = json.loads(text)["Fault"]["Error"][0]
    assert status == 400
    assert said in error["Detail"]
    assert not {"True", "False", "None", "Decimal"} & set(re.findall(r"\w+", error["Detail"]))


def clean(text):
    found = [word for word in FOREIGN if word in text.decode("utf-8", "replace")]
    assert not found, text


ODD = (
    None,
    [],
    {},
    "x",
    -1,
    [1],
    {"a": 1},
    "\ud800",
    True,
    "9" * 400,
    [[]],
    [None],
    "1",
    "Invoice",
    "create",
)


def chance(dice):
    if dice.random() < 0.1:
        return dice.choice(ODD)
    return {dice.choice(WORDS): dice.choice(ODD) for _ in range(3)}


def test_fidelity_1_14_no_control_route_has_a_word_of_python_in_its_answer():
    dice, site = random.Random(8), Site(Options(company="empty"))
    for _ in range(3000):
        path = f"/_simulator/{dice.choice(ROUTES)}"
        query = f"since={dice.choice(['', 'x', '1'])}&realm={dice.choice(['', 'x'])}"
        request = Request(
            dice.choice(["GET", "POST", "POST"]), path, query, {}, json.dumps(chance(dice)).encode()
        )
        clean(respond(site, request).body)
        # Whatever fault was set by chance, the next request is answered.
        clean(respond(site, Request("GET", "/.well-known/openid_configuration")).body)
        site.mishaps.clear()
    site.close()


def test_fidelity_1_14_no_address_of_the_interface_has_one_either():
    dice, site = random.Random(9), Site(Options(company="sample"))
    company = site.status()["companies"][0]
    headers = {"accept": "application/json", "authorization": f"Bearer {company['access_token']}"}
    queries = [
        "",
        "start_date=x",
        "entities=Invoice&changedSince=x",
        "query=select",
        "%ff=%00",
        "requestid=%20",
        "entities=Customer&changedSince=2026-01-01T00:00:00",
        "sourcecurrencycode=EUR&asofdate=x",
    ]
    for _ in range(3000):
        path = f"/v3/company/{company['realm_id']}/{dice.choice(PLACES)}"
        body = json.dumps(chance(dice)).encode()
        request = Request(dice.choice(["GET", "POST"]), path, dice.choice(queries), headers, body)
        response = respond(site, request)
        assert response.status < 500, request
        clean(response.body)
    site.close()


@pytest.mark.parametrize(
    "line",
    [
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00\x01 \x02 HTTP/1.1\r\n\r\n",
        b"A B C D\r\n\r\n",
    ],
)
def test_a_request_that_is_none_gets_the_page_of_a_gateway(shared, line):
    address = urlsplit(shared.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=60) as raw:
        raw.sendall(line)
        raw.shutdown(socket.SHUT_WR)
        clean(raw.makefile("rb").read())
