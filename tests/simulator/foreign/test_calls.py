"""python-quickbooks: queries, batches, changes, files, mail, reports, faults and signatures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import (
    AuthorizationException,
    ObjectNotFoundException,
    QuickbooksException,
)
from quickbooks.objects import Attachable, Customer, Invoice, Item, Payment, SalesReceipt, Vendor

from tests.simulator.foreign.conftest import quickbooks
from tests.simulator.foreign.objects import WRITABLE, draft
from tests.simulator.site.test_webhooks import Inbox
from tests.simulator.wire import Api, exchange

# TimeActivity and TaxAgency keep no changes; a card payment has two names, and the library's helper
# knows one.
CHANGES = [
    cls
    for cls in WRITABLE
    if cls.__name__ not in ("TimeActivity", "TaxAgency", "CreditCardPayment", "CompanyCurrency")
]
REPORTS = (
    "ProfitAndLoss",
    "ProfitAndLossDetail",
    "BalanceSheet",
    "TrialBalance",
    "CashFlow",
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
    "ItemSales",
    "CustomerIncome",
    "VendorExpenses",
    "InventoryValuationSummary",
    "AccountList",
)


def customers(count, word):
    return [Customer.from_json({"DisplayName": f"{word} {number}"}) for number in range(count)]


def test_pages_hold_every_row_once(client):
    whole = [row.Id for row in Customer.all(order_by="Id", max_results=1000, qb=client)]
    pages = [
        row.Id
        for start in range(1, len(whole) + 1, 7)
        for row in Customer.all(order_by="Id", start_position=start, max_results=7, qb=client)
    ]
    assert sorted(pages) == sorted(set(whole))
    assert Customer.count("DisplayName LIKE 'A%'", qb=client) == len(
        Customer.where(
            "DisplayName LIKE 'A%'", order_by="DisplayName DESC", max_results=50, qb=client
        )
    )


def test_awkward_names_can_be_found(client):
    for name in ("O'Halloran & Sons", "Müller–Straße 50%"):
        made = Customer.from_json({"DisplayName": name}).save(qb=client)
        assert [row.Id for row in Customer.filter(DisplayName=name, qb=client)] == [made.Id]


def test_a_batch_of_more_than_thirty_is_sent_in_parts(client):
    made = batch_create(customers(33, "Batch"), qb=client)
    assert (len(made.successes), len(made.faults)) == (33, 0)
    for row in made.successes:
        row.CompanyName = "Same"
    assert len(batch_update(made.successes, qb=client).successes) == 33
    again = batch_create(customers(2, "Batch"), qb=client)
    assert [fault.Error[0].code for fault in again.faults] == ["6240", "6240"]
    assert again.faults[0].original_object.DisplayName == "Batch 0"
    invoices = batch_create([draft(Invoice, client) for _ in range(3)], qb=client).successes
    assert len(batch_delete(invoices, qb=client).successes) == 3


def test_changes_of_all_classes_and_of_what_was_deleted(client):
    gone = draft(Invoice, client).save(qb=client)
    gone.delete(qb=client)
    kept = draft(Vendor, client).save(qb=client)
    since = datetime.now(UTC) - timedelta(minutes=10)
    for start in range(0, len(CHANGES), 6):
        for cls in CHANGES[start : start + 6]:
            draft(cls, client).save(qb=client)
        changed = change_data_capture(
            CHANGES[start : start + 6], since.isoformat(timespec="seconds"), qb=client
        )
        assert all(len(getattr(changed, cls.__name__)) for cls in CHANGES[start : start + 6])
    changed = change_data_capture([Invoice, Vendor], since.isoformat(timespec="seconds"), qb=client)
    assert gone.Id in [row.Id for row in changed.Invoice if getattr(row, "status", "") == "Deleted"]
    assert kept.Id in [row.Id for row in changed.Vendor]
    since = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    assert "CreditCardPaymentTxn" in str(client.change_data_capture("CreditCardPayment", since))


@pytest.mark.parametrize("by", ["bytes", "path"])
def test_a_file_is_attached_and_fetched(client, landscaper, tmp_path, by):
    content = b"line one\r\n\r\n--line two\n\x00\xff"
    attachable = Attachable.from_json(
        {"FileName": "note.txt", "ContentType": "text/plain", "Note": "as agreed"}
    )
    attachable.AttachableRef = [{"EntityRef": {"type": "Customer", "value": "1"}}]
    if by == "bytes":
        attachable._FileBytes = content
    else:
        (tmp_path / "note.txt").write_bytes(content)
        attachable._FilePath = str(tmp_path / "note.txt")
    attachable.save(qb=client)
    found = Attachable.get(attachable.Id, qb=client)
    assert (found.FileName, found.Size, found.Note) == ("note.txt", len(content), "as agreed")
    path = found.TempDownloadUri.removeprefix(landscaper.sim.base_url)
    assert exchange(landscaper.sim.base_url, "GET", path)[2] == content


def test_paper_and_mail(client):
    for cls in (Invoice, SalesReceipt):
        assert draft(cls, client).save(qb=client).download_pdf(qb=client).startswith(b"%PDF")
    invoice = draft(Invoice, client).save(qb=client)
    assert (
        invoice.send(qb=client, send_to="a+b@example.com")["Invoice"]["EmailStatus"] == "EmailSent"
    )
    with pytest.raises(QuickbooksException):
        client.download_pdf("Invoice", "99999")


def test_an_invoice_has_a_link_for_its_customer(redirected, landscaper, client):
    linking = quickbooks(redirected, landscaper.realm, invoice_link=True)
    invoice = draft(Invoice, client)
    invoice.BillEmail = {"Address": "a@example.com"}
    invoice.AllowOnlineCreditCardPayment = True
    made = invoice.save(qb=linking, params={"include": "invoiceLink"})
    assert Invoice.get(
        made.Id, qb=linking, params={"include": "invoiceLink"}
    ).InvoiceLink.startswith("http")


def test_a_payment_settles_an_invoice(client):
    invoice = draft(Invoice, client).save(qb=client)
    line = {"Amount": invoice.TotalAmt, "LinkedTxn": [{"TxnId": invoice.Id, "TxnType": "Invoice"}]}
    values = {"CustomerRef": {"value": "1"}, "TotalAmt": invoice.TotalAmt, "Line": [line]}
    made = Payment.from_json(values).save(qb=client)
    assert Invoice.get(invoice.Id, qb=client).Balance == 0
    made.void(qb=client)
    assert Invoice.get(invoice.Id, qb=client).Balance == invoice.TotalAmt


def test_the_same_request_id_writes_once(client):
    count = Invoice.count(qb=client)
    made = [draft(Invoice, client).save(qb=client, request_id="foreign-1") for _ in range(2)]
    assert made[0].Id == made[1].Id
    assert Invoice.count(qb=client) == count + 1


def test_amounts_may_be_decimals(redirected, landscaper):
    exact = quickbooks(redirected, landscaper.realm, use_decimal=True)
    invoice = draft(Invoice, exact)
    invoice.Line[0].Amount = Decimal("40.10")
    invoice.Line[0].SalesItemLineDetail.UnitPrice = Decimal("20.05")
    assert Invoice.get(invoice.save(qb=exact).Id, qb=exact).TotalAmt == Decimal("40.1")


def test_stock_keeping_units_come_when_asked(client):
    item = Item.from_json(
        {"Name": "With unit", "Type": "Service", "IncomeAccountRef": {"value": "82"}, "Sku": "A-1"}
    )
    item.save(qb=client)
    assert [
        row.Sku for row in Item.all(max_results=1000, qb=client) if row.Name == "With unit"
    ] == ["A-1"]


@pytest.mark.parametrize("name", REPORTS)
def test_reports(client, name):
    report = client.get_report(name, {"start_date": "2026-01-01", "end_date": "2026-12-31"})
    assert report["Header"]["ReportName"]
    width = sum(
        len(column.get("Columns", {}).get("Column", [1])) for column in report["Columns"]["Column"]
    )
    assert all(len(cells) == width for cells in _cells(report["Rows"]))


def _cells(rows):
    for row in rows.get("Row", ()):
        for part in (row, row.get("Header", {}), row.get("Summary", {})):
            if "ColData" in part:
                yield part["ColData"]
        yield from _cells(row.get("Rows", {}))


def test_faults_become_the_clients_exceptions(redirected, landscaper, client):
    with pytest.raises(ObjectNotFoundException):
        Invoice.get("99999", qb=client)
    twin = customers(1, "Twin")[0]
    twin.save(qb=client)
    for change, code in (({}, 6240), ({"Id": twin.Id, "SyncToken": "9"}, 5010)):
        other = Customer.from_json({"DisplayName": twin.DisplayName, **change})
        with pytest.raises(QuickbooksException) as caught:
            other.save(qb=client)
        assert caught.value.error_code == code
    with pytest.raises(QuickbooksException, match="QueryParserError"):
        client.query("select nothing")
    stranger = quickbooks(redirected, landscaper.realm)
    stranger.session.token["access_token"] = "nonsense"
    stranger.session.access_token = "nonsense"
    with pytest.raises(AuthorizationException):
        Customer.all(qb=stranger)


def test_the_signature_of_an_event_is_believed(sim, client):
    inbox = Inbox()
    try:
        sim.webhooks(inbox.url, verifier_token="verifier")
        Api(sim).customer("Told")
        headers, body = inbox.wait(1)[0]
    finally:
        inbox.server.shutdown()
        inbox.server.server_close()
    signature = headers["intuit-signature"]
    assert client.validate_webhook_signature(body.decode(), signature, "verifier")
    assert not client.validate_webhook_signature(body.decode() + " ", signature, "verifier")
