"""Forms sent by e-mail and printed to PDF."""

from __future__ import annotations

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import stamp
from quicksync.simulator.accounting.entities import Entity
from quicksync.simulator.accounting.errors import ApiError, not_found
from quicksync.simulator.accounting.jsontext import Doc, dumps, loads
from quicksync.simulator.rules.lists.names import check_mail


def send(book: Book, entity: Entity, id_: str, to: str) -> Doc:
    """Mark a form as sent; nothing leaves the machine."""
    if not entity.allows("M"):
        raise ApiError(500, f"Operation send on {entity.name} is not supported.")
    doc = book.get(entity.name, id_)
    if doc is None:
        raise not_found()
    key = "POEmail" if entity.name == "PurchaseOrder" else "BillEmail"
    if to:
        check_mail({key: {"Address": to}}, key)
        if entity.name != "Payment":
            doc[key] = {"Address": to}
    elif entity.name == "Payment" or not (doc.get(key) or {}).get("Address"):
        raise ApiError(6420, "An e-mail address is required.", element=key)
    if entity.name != "Payment":
        doc["EmailStatus"] = "EmailSent"
        doc["DeliveryInfo"] = {"DeliveryType": "Email", "DeliveryTime": stamp(book.clock.now())}
    return book.save(entity.name, doc, operation="Emailed")


def with_link(book: Book, text: str, host: str) -> str:
    """An answer about an invoice with the link its customer may pay by, where it has one."""
    sent: Doc = loads(text)
    doc = sent["Invoice"]
    online = (
        doc.get("AllowOnlineCreditCardPayment") or doc.get("AllowOnlineACHPayment")
    ) and doc.get("BillEmail")
    if online or book.switches.invoice_link == "always":
        doc["InvoiceLink"] = f"https://{host}/portal/invoice/scs-v1-{doc['Id']}"
    return dumps(sent)


def pdf(book: Book, entity: Entity, id_: str) -> bytes:
    """A plain page with what the form says."""
    if not entity.allows("P"):
        raise ApiError(500, f"Operation pdf on {entity.name} is not supported.")
    doc = book.get(entity.name, id_)
    if doc is None:
        raise not_found()
    party = doc.get("CustomerRef") or doc.get("VendorRef") or {}
    lines = [
        str(book.info["CompanyName"]),
        f"{entity.name} {doc.get('DocNumber', '')}",
        str(party.get("name", "")),
        f"Date {doc.get('TxnDate', '')}",
        "",
    ]
    for line in doc.get("Line", []):
        lines.append(
            f"{line.get('Description') or line.get('DetailType', '')}    {line.get('Amount', '')}"
        )
    lines += [
        "",
        f"Total {doc.get('TotalAmt', '')} {(doc.get('CurrencyRef') or {}).get('value', '')}",
    ]
    return _page(lines)


def _page(lines: list[str]) -> bytes:
    """One page of Helvetica, written by hand."""
    text = (
        "BT /F1 11 Tf 14 TL 60 780 Td "
        + " ".join(f"({_escape(line)}) Tj T*" for line in lines)
        + " ET"
    )
    stream = text.encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources <<"
            b" /Font << /F1 5 0 R>>>>>>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return body + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").replace("\n", " ")
