"""Batches, replayed request ids, change data."""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import Api, sale


def customer_item(bid, name):
    return {"bId": bid, "operation": "create", "Customer": {"DisplayName": name}}


def test_items_of_a_batch_stand_alone(books):
    kept = books.customer("Kept")
    answers = books.batch(
        customer_item("1", "New"),
        customer_item("2", "New"),
        {
            "bId": "3",
            "operation": "update",
            "Customer": {"Id": kept["Id"], "SyncToken": "0", "sparse": True, "Notes": "x"},
        },
        {"bId": "4", "Query": "select count(*) from Customer"},
        {"bId": "5", "operation": "create", "Shoe": {}},
        {"bId": "6", "operation": "delete", "Customer": {"Id": kept["Id"], "SyncToken": "1"}},
    )
    assert [answer["bId"] for answer in answers] == list("123456")
    assert answers[0]["Customer"]["DisplayName"] == "New"
    faults = [answers[i]["Fault"]["Error"][0]["code"] for i in (1, 4, 5)]
    assert faults == ["6240", "2000", "500"]
    assert answers[2]["Customer"]["SyncToken"] == "1"
    assert answers[3]["QueryResponse"] == {"totalCount": 2}


def test_thirty_items_at_most(books):
    items = [customer_item(str(number), f"N{number}") for number in range(31)]
    assert code(books.batch, *items) == 1040
    assert len(books.batch(*items[:30])) == 30


def test_a_void_in_a_batch(books):
    invoice = books.invoice(books.customer())
    item = {
        "bId": "v",
        "operation": "update",
        "optionsData": "void",
        "Invoice": {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"], "sparse": True},
    }
    assert books.batch(item)[0]["Invoice"]["TotalAmt"] == 0


def test_a_request_id_gives_the_first_answer_again(books):
    customer = {"value": books.customer()["Id"]}
    sent = {"CustomerRef": customer, "Line": [sale(10)]}
    first = books.call("POST", "invoice", sent, requestid="r-1")
    assert books.call("POST", "invoice", sent, requestid="r-1") == first
    assert (
        books.call(
            "POST", "invoice", {"CustomerRef": customer, "Line": [sale(99)]}, requestid="r-1"
        )
        == first
    )
    assert books.query("select count(*) from Invoice")["totalCount"] == 1


def test_a_refused_write_may_be_tried_again_under_its_id(books):
    assert code(books.call, "POST", "customer", {}, requestid="r") == 6080
    assert (
        books.call("POST", "customer", {"DisplayName": "Now"}, requestid="r")["Customer"][
            "DisplayName"
        ]
        == "Now"
    )


def test_a_whole_batch_and_each_of_its_items_are_replayed(books):
    items = [customer_item("1", "A"), customer_item("2", "A")]
    first = books.call("POST", "batch", {"BatchItemRequest": items}, requestid="b-1")
    assert books.call("POST", "batch", {"BatchItemRequest": items}, requestid="b-1") == first
    rest = books.batch(customer_item("1", "ignored"), customer_item("3", "C"), requestid="b-1")
    assert rest[0]["Customer"]["Id"] == first["BatchItemResponse"][0]["Customer"]["Id"]
    assert books.query("select count(*) from Customer")["totalCount"] == 2


@pytest.mark.parametrize("request_id", ["x" * 51, "a b", "é"])
def test_request_ids_have_a_form(books, request_id):
    assert code(books.call, "POST", "customer", {"DisplayName": "X"}, requestid=request_id) == 2130


def test_ids_in_batches_are_shorter(books):
    assert code(books.batch, customer_item("1", "X"), requestid="x" * 37) == 2130
    fault = books.batch(customer_item("x" * 11, "X"), requestid="r")[0]["Fault"]
    assert fault["Error"][0]["code"] == "2130"


SINCE = "2020-01-01T00:00:00-08:00"


def test_changes_with_stubs_for_what_is_gone(books):
    customer = books.customer()
    kept, gone = books.invoice(customer), books.invoice(customer)
    books.delete("Invoice", gone)
    invoices, customers, vendors = books.changes("Invoice,Customer,Vendor", SINCE)
    assert vendors == {}
    assert customers["Customer"][0]["Id"] == customer["Id"]
    assert (invoices["maxResults"], invoices["totalCount"]) == (2, 2)
    by_id = {row["Id"]: row for row in invoices["Invoice"]}
    assert by_id[kept["Id"]]["TotalAmt"] == 100
    assert by_id[gone["Id"]]["status"] == "Deleted"
    assert set(by_id[gone["Id"]]) == {"domain", "status", "Id", "MetaData"}


def test_no_change_is_one_empty_block(books):
    books.customer()
    assert books.changes("Invoice,Vendor", SINCE) == [{}]


def test_deactivated_names_come_whole(books):
    books.update("Customer", books.customer("Gone"), Active=False)
    assert books.changes("customer", SINCE)[0]["Customer"][0]["Active"] is False


@pytest.mark.parametrize(
    ("entities", "since", "expected"),
    [
        ("TaxCode", SINCE, 2000),
        ("Shoe", SINCE, 2000),
        ("", SINCE, 2020),
        ("Invoice", "", 2020),
        ("Invoice", "soon", 2060),
    ],
)
def test_what_changes_cannot_tell(books, entities, since, expected):
    assert code(books.changes, entities, since) == expected


def test_a_thousand_objects_over_all_entities(company):
    big = company(size={"customers": 700, "invoices": 700})
    customers, invoices = big.changes("Customer,Invoice", SINCE)
    assert (customers["maxResults"], invoices["maxResults"]) == (700, 300)


def test_changes_reach_back_thirty_days(sim):
    sim.api("POST", "customer", {"DisplayName": "Old"})
    sim.advance(days=31)
    sim.refresh()
    Api(sim).customer("New")
    found = Api(sim).changes("Customer", SINCE)[0]["Customer"]
    assert [row["DisplayName"] for row in found] == ["New"]


def test_paging_through_a_big_company(company):
    big = company(size={"customers": 2500, "invoices": 2500, "payments": 100})
    seen = set()
    for start in (1, 1001, 2001):
        seen |= {
            row["Id"]
            for row in big.rows(f"select * from Customer startposition {start} maxresults 1000")
        }
    assert len(seen) == 2500
    ledger = big.ledger()
    assert ledger["balanced"]
    owed = sum(float(row["Balance"]) for row in big.rows("select * from Customer maxresults 1000"))
    assert owed > 0
    paid = big.rows("select * from Invoice where Balance = '0' maxresults 1000")
    assert len(paid) == 100
    assert big.read("Payment", paid[0]["LinkedTxn"][0]["TxnId"])["TotalAmt"] == paid[0]["TotalAmt"]
    made = big.invoice(big.customer("After"))
    assert big.read("Invoice", made["Id"])["DocNumber"] == made["DocNumber"]
