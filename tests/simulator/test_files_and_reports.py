"""Attachments and reports."""

from __future__ import annotations

import json

import pytest

from tests.simulator.test_names import code
from tests.simulator.wire import exchange

BOUNDARY = "b0undary"


def multipart(meta, content, *, name="file_content_01", newline="\r\n", encoding=""):
    encoding = f"{newline}Content-Transfer-Encoding: {encoding}" if encoding else ""
    place = "Content-Disposition: form-data;"
    parts = [
        newline.join((f'{place} name="file_metadata_01"', "Content-Type: application/json", "", json.dumps(meta))),
        newline.join((f'{place} name="{name}"; filename="a.txt"', f"Content-Type: text/plain{encoding}", "", content)),
    ]
    text = "".join(f"--{BOUNDARY}{newline}{part}{newline}" for part in parts) + f"--{BOUNDARY}--{newline}"
    return text.encode()


def upload(books, body):
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    status, _, answer = books.raw("POST", "upload", body, Content_Type=kind)
    assert status == 200, answer
    return json.loads(answer)["AttachableResponse"][0]


@pytest.mark.parametrize(("newline", "encoding", "content"), [("\r\n", "", "hello"), ("\n", "base64", "aGVsbG8=")])
def test_a_file_goes_up_and_comes_down(books, newline, encoding, content):
    invoice = books.invoice(books.customer())
    reference = [{"EntityRef": {"type": "Invoice", "value": invoice["Id"]}, "IncludeOnSend": True}]
    made = upload(
        books, multipart({"FileName": "a.txt", "AttachableRef": reference}, content, newline=newline, encoding=encoding)
    )["Attachable"]
    assert (made["Size"], made["FileAccessUri"]) == (5, f"/v3/company/{books.realm}/download/{made['Id']}")
    _, _, address = books.raw("GET", f"download/{made['Id']}")
    path = address.decode().removeprefix(books.sim.base_url)
    assert exchange(books.sim.base_url, "GET", path)[2] == b"hello"
    assert exchange(books.sim.base_url, "GET", path.replace("signature=", "signature=0"))[0] == 403
    assert books.read("Invoice", invoice["Id"])["SyncToken"] == "1"
    where = f"AttachableRef.EntityRef.Type = 'invoice' and AttachableRef.EntityRef.value = '{invoice['Id']}'"
    assert books.rows(f"select * from Attachable where {where}")[0]["Id"] == made["Id"]
    books.delete("Attachable", books.read("Attachable", made["Id"]))


def test_a_bad_file_answers_200_with_a_fault_inside(books):
    answer = upload(books, multipart({"FileName": "virus.exe"}, "x"))
    assert answer["Fault"]["Error"][0]["code"] == "6041"


def test_a_note_needs_words_and_a_place(books):
    assert code(books.create, "Attachable") == 2020
    reference = [{"EntityRef": {"type": "Invoice", "value": "999"}}]
    assert code(books.create, "Attachable", Note="x", AttachableRef=reference) == 2500
    assert books.create("Attachable", Note="Call back")["Note"] == "Call back"


REPORTS = [
    "ProfitAndLoss",
    "ProfitAndLossDetail",
    "BalanceSheet",
    "TrialBalance",
    "CashFlow",
    "AccountList",
    "GeneralLedger",
    "JournalReport",
    "TransactionList",
    "CustomerBalance",
    "CustomerBalanceDetail",
    "VendorBalance",
    "VendorBalanceDetail",
    "AgedReceivables",
    "AgedReceivableDetail",
    "AgedPayables",
    "AgedPayableDetail",
    "CustomerSales",
    "CustomerIncome",
    "ItemSales",
    "ClassSales",
    "DepartmentSales",
    "VendorExpenses",
    "InventoryValuationSummary",
    "TaxSummary",
]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_a_header_columns_and_rows(shared, name):
    report = shared.api("GET", f"reports/{name}?date_macro=All")
    assert (report["Header"]["ReportName"], report["Header"]["Currency"]) == (name, "USD")
    width = len(report["Columns"]["Column"])
    rows = list(leaves(report["Rows"]))
    assert rows
    assert {len(row) for row in rows} == {width}


def leaves(rows):
    for row in rows.get("Row", []):
        for part in (row, row.get("Header", {}), row.get("Summary", {})):
            if "ColData" in part:
                yield part["ColData"]
        yield from leaves(row.get("Rows", {}))


def groups(report):
    found = {}

    def walk(rows):
        for row in rows.get("Row", []):
            if "group" in row and "Summary" in row:
                found[row["group"]] = row["Summary"]["ColData"][-1]["value"]
            walk(row.get("Rows", {}))

    walk(report["Rows"])
    return found


def test_the_statements_agree_with_the_ledger(shared):
    sheet = groups(shared.api("GET", "reports/BalanceSheet"))
    assert sheet["TotalAssets"] == sheet["TotalLiabilitiesAndEquity"]
    trial = shared.api("GET", "reports/TrialBalance")["Rows"]["Row"][-1]["Summary"]["ColData"]
    assert trial[1]["value"] == trial[2]["value"]
    receivable = next(row for row in shared.ledger()["trial_balance"] if row["account"] == "Accounts Receivable (A/R)")[
        "debit"
    ]
    for name in ("CustomerBalance", "AgedReceivables"):
        assert groups(shared.api("GET", f"reports/{name}"))["GrandTotal"] == f"{receivable:.2f}"


@pytest.mark.parametrize(("by", "pieces"), [("Days", 59), ("Month", 2), ("Quarter", 1), ("Year", 1), ("Total", 0)])
def test_statements_by_day_month_and_year_add_up(books, by, pieces):
    customer = books.customer()
    for day, total in (
        ("2025-12-31", 7),
        ("2026-01-01", 10),
        ("2026-01-31", 20),
        ("2026-02-28", 40),
        ("2026-03-01", 80),
    ):
        books.invoice(customer, total, TxnDate=day)
    asked = {"start_date": "2026-01-01", "end_date": "2026-02-28", "summarize_column_by": by}
    profit = books.call("GET", "reports/ProfitAndLoss", **asked)
    columns = profit["Columns"]["Column"]
    assert len(columns) == pieces + 2
    net = [float(cell["value"]) for cell in profit["Rows"]["Row"][-1]["Summary"]["ColData"][1:]]
    assert net[-1] == 70
    assert sum(net[:-1]) == (70 if pieces else 0)
    if pieces:
        assert columns[1]["MetaData"][0] == {"Name": "StartDate", "Value": "2026-01-01"}
    sheet = books.call("GET", "reports/BalanceSheet", **asked)
    owned = [row["Summary"]["ColData"] for row in sheet["Rows"]["Row"]]
    assert [cell["value"] for cell in owned[0][1:]] == [cell["value"] for cell in owned[1][1:]]
    assert owned[0][-1]["value"] == "77.00"


def test_profit_is_income_less_costs(books):
    books.invoice(books.customer(), 100)
    books.bill(books.vendor(), 30)
    found = groups(books.call("GET", "reports/ProfitAndLoss"))
    assert (found["Income"], found["Expenses"], found["NetIncome"]) == ("100.00", "30.00", "70.00")


def test_unknown_reports_and_spans(books):
    assert code(books.call, "GET", "reports/Nonsense") == 5020
    assert code(books.call, "GET", "reports/ProfitAndLoss", date_macro="Someday") == 2170
