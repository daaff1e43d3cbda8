"""What tap-quickbooks and node-quickbooks put on the wire, said again in plain HTTP."""

from __future__ import annotations

import json
from base64 import b64encode
from urllib.parse import quote, urlencode

import pytest

from tests.simulator.wire import exchange

# What the tap reads in one batch of 29 statements; True where it asks for inactive rows too.
TAPPED = {
    "Account": True,
    "BillPayment": False,
    "Bill": False,
    "Budget": True,
    "Class": True,
    "CreditMemo": False,
    "Customer": True,
    "CustomerType": False,
    "Department": True,
    "Deposit": False,
    "Employee": True,
    "Estimate": False,
    "Invoice": False,
    "Item": True,
    "JournalEntry": False,
    "PaymentMethod": True,
    "Payment": False,
    "PurchaseOrder": False,
    "Purchase": False,
    "RefundReceipt": False,
    "SalesReceipt": False,
    "TaxAgency": False,
    "TaxCode": True,
    "TaxRate": True,
    "Term": True,
    "TimeActivity": False,
    "Transfer": False,
    "VendorCredit": False,
    "Vendor": True,
}
# The names that node-quickbooks asks for, spelt its way.
NODE_QUERIES = (
    "account",
    "attachable",
    "bill",
    "billPayment",
    "budget",
    "class",
    "companyInfo",
    "creditMemo",
    "customer",
    "department",
    "employee",
    "estimate",
    "exchangeRate",
    "invoice",
    "item",
    "journalEntry",
    "payment",
    "paymentMethod",
    "preferences",
    "purchase",
    "purchaseOrder",
    "refundReceipt",
    "salesReceipt",
    "taxAgency",
    "taxCode",
    "taxRate",
    "term",
    "timeActivity",
    "vendor",
    "vendorCredit",
)


def _statement(name, every, start, page):
    inactive = " AND Active IN (true, false)" if every else ""
    return (
        f"SELECT * FROM {name} WHERE Metadata.LastUpdatedTime >= '2020-01-01T00:00:00Z'{inactive}"
        f" ORDER BY Metadata.LastUpdatedTime ASC STARTPOSITION {start} MAXRESULTS {page}"
    )


def test_the_tap_reads_a_company_whole_in_batches(sample):
    starts = dict.fromkeys(TAPPED, 1)
    got = {name: [] for name in TAPPED}
    while True:
        asked = [
            {"bId": n, "Query": _statement(n, every, starts[n], 10)} for n, every in TAPPED.items()
        ]
        blocks = [answer["QueryResponse"] for answer in sample.batch(*asked, minorversion="75")]
        found = [
            (name, rows)
            for block in blocks
            for name, rows in block.items()
            if isinstance(rows, list)
        ]
        if not found:
            break
        for name, rows in found:
            got[name] += [row["Id"] for row in rows]
            starts[name] += len(rows)
    for name, every in TAPPED.items():
        where = " where Active in (true, false)" if every else ""
        count = sample.query(f"select count(*) from {name}{where}")["totalCount"]
        assert len(got[name]) == len(set(got[name])) == count


def test_the_taps_daily_profit_adds_up(sample):
    call = {
        "summarize_column_by": "Days",
        "start_date": "2026-01-01",
        "end_date": "2026-01-30",
        "minorversion": "75",
    }
    report = sample.call("GET", "reports/ProfitAndLoss", **call)
    days = [
        entry["Value"]
        for column in report["Columns"]["Column"]
        for entry in column.get("MetaData", ())
        if entry["Name"] == "StartDate"
    ]
    assert len(set(days)) == 30
    assert sample.call("GET", f"companyinfo/{sample.realm}")["CompanyInfo"]["CompanyName"]


@pytest.mark.parametrize("name", NODE_QUERIES)
def test_nodes_queries(landscaper, name):
    statement = f"select%20*%20from%20{name}%20startposition%201%20maxresults%201000"
    status, _, body = landscaper.raw(
        "GET", f"query?query={statement}&minorversion=75&format=json", Request_Id="7f0c"
    )
    lists = {
        key.lower(): value
        for key, value in json.loads(body)["QueryResponse"].items()
        if isinstance(value, list)
    }
    assert status == 200
    assert set(lists) <= {name.lower()}
    assert (
        len(lists.get(name.lower(), ()))
        == landscaper.query(f"select count(*) from {name}")["totalCount"]
    )


def test_nodes_way_to_void_to_count_and_to_delete(books):
    customer = books.customer()
    invoice = books.invoice(customer)
    payment = books.pay(customer, 100, (invoice, 100))
    sent = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
    status, _, body = books.raw(
        "POST", "payment?operation=update&include=void&minorversion=75&format=json", sent
    )
    voided = json.loads(body)["Payment"]
    assert (status, voided["TotalAmt"]) == (200, 0)
    assert books.read("Invoice", invoice["Id"])["Balance"] == 100
    counted = "query?query=" + quote("select count(*) from invoice startposition 1 maxresults 1000")
    assert json.loads(books.raw("GET", counted)[2])["QueryResponse"]["totalCount"] == 1
    # It deletes with the whole object as it was read.
    whole = books.read("Invoice", invoice["Id"])
    assert (
        books.call("POST", "invoice", whole, operation="delete")["Invoice"]["status"] == "Deleted"
    )


def test_nodes_batch_names_neither_its_items_nor_what_to_do_with_them(books):
    """As in its own `test/batch.js`: all of them are made."""
    sent = [
        {"Attachable": {"Note": f"Test Attachable {n}", "Tag": "Testing of batches"}}
        for n in range(25)
    ]
    assert [answer["Attachable"]["Tag"] for answer in books.batch(*sent)] == [
        "Testing of batches"
    ] * 25
    assert (
        len(books.query("select * from Attachable where Tag = 'Testing of batches'")["Attachable"])
        == 25
    )


def test_nodes_upload_has_no_part_that_describes_the_file(books):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file_content_01"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n"
    )
    kind = "multipart/form-data; boundary=x"
    status, _, answer = books.raw("POST", "upload?minorversion=75", body, Content_Type=kind)
    made = json.loads(answer)["AttachableResponse"][0]["Attachable"]
    assert (status, made["FileName"], made["Size"]) == (200, "a.txt", 5)
    reference = {"EntityRef": {"type": "Customer", "value": books.customer()["Id"]}}
    linked = books.update(
        "Attachable", {**made, "SyncToken": "0"}, AttachableRef=[reference], FileName="a.txt"
    )
    assert linked["AttachableRef"][0]["EntityRef"]["type"] == "Customer"


def test_node_revokes_with_a_form(sim):
    status, company = sim.status(), sim.company
    pair = b64encode(f"{status['client_id']}:{status['client_secret']}".encode()).decode()
    headers = {
        "Authorization": f"Basic {pair}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    form = urlencode({"token": company["refresh_token"]})
    assert exchange(sim.base_url, "POST", "/v2/oauth2/tokens/revoke", form, headers)[0] == 200
    form = urlencode({"grant_type": "refresh_token", "refresh_token": company["refresh_token"]})
    assert exchange(sim.base_url, "POST", "/oauth2/v1/tokens/bearer", form, headers)[0] == 400
