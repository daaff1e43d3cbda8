"""What every transaction has: date, currency, rate, location, e-mail, closed books."""

from __future__ import annotations

from typing import Any

from quicksync.simulator.accounting.book import Book, currency_name
from quicksync.simulator.accounting.dates import due_date
from quicksync.simulator.accounting.errors import ApiError, business
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec
from quicksync.simulator.rules.documents.lines import track_class
from quicksync.simulator.rules.lists.names import check_mail
from quicksync.simulator.rules.work import Work

# Forms place their addresses on the map; those that nobody can find are recorded with this word.
NOWHERE = {"Lat": "INVALID", "Long": "INVALID"}


def prepare_form(work: Work, party: Doc | None = None) -> None:
    """Date, currency, location, class, project and custom fields of any form."""
    doc = work.doc
    if not doc.get("TxnDate"):
        doc["TxnDate"] = (work.old or {}).get("TxnDate") or work.book.today().isoformat()
    check_open(work, str(doc["TxnDate"]))
    if work.old is not None:
        check_open(work, str(work.old.get("TxnDate") or doc["TxnDate"]))
    _currency(work, party)
    if not work.book.pref("AccountingInfoPrefs", "TrackDepartments") and not work.bookkeeper:
        doc.pop("DepartmentRef", None)
    work.ref(doc, "DepartmentRef", "Department")
    track_class(work, doc, "ClassTrackingPerTxn")
    work.ref(doc, "ProjectRef", "Customer")
    _custom_fields(work)


def check_open(work: Work, day: str) -> None:
    """Nothing may be written into closed books through the API."""
    closed = work.book.pref("AccountingInfoPrefs", "BookCloseDate")
    if closed and day <= str(closed) and not work.bookkeeper:
        raise ApiError(
            6210,
            "The account period has closed and the account books cannot be updated through the QBO"
            " Services API. Please use the QBO website to make these changes.",
        )


def _currency(work: Work, party: Doc | None) -> None:
    doc, book = work.doc, work.book
    home = book.home
    own = str(((party or {}).get("CurrencyRef") or {}).get("value") or home)
    code = str((doc.get("CurrencyRef") or {}).get("value") or own)
    if code != home and not book.multicurrency:
        raise business(
            f"Multicurrency is not enabled; {code} cannot be used.", element="CurrencyRef"
        )
    if party is not None and code != own:
        raise business(
            f"The specified currency {code} differs from customer's currency {own}.",
            element="CurrencyRef",
        )
    doc["CurrencyRef"] = {"value": code, "name": currency_name(code)}
    if not book.multicurrency:
        doc.pop("ExchangeRate", None)
        return
    if code == home:
        doc["ExchangeRate"] = dec(1)
    elif not doc.get("ExchangeRate"):
        doc["ExchangeRate"] = rate_on(book, code, str(doc["TxnDate"]))
    if dec(doc["ExchangeRate"]) <= ZERO:
        raise ApiError(
            2240, "Invalid Number Range : ExchangeRate must be positive.", element="ExchangeRate"
        )


def rate_on(book: Book, code: str, day: str) -> Any:
    """Home units per one foreign unit on a day: the latest rate kept, else a built-in one."""
    found = book.store.one(
        "SELECT json_extract(body, '$.Rate') FROM entity WHERE type='ExchangeRate' AND name=? AND"
        " day<=? ORDER BY day DESC LIMIT 1",
        code,
        day,
    )
    if found is not None:
        return dec(found)
    return (_IN_DOLLARS.get(code, dec(1)) / _IN_DOLLARS.get(book.home, dec(1))).quantize(
        dec("0.000001")
    )


_IN_DOLLARS = {
    code: dec(value)
    for code, value in {
        "USD": "1",
        "EUR": "1.1",
        "GBP": "1.3",
        "CAD": "0.73",
        "AUD": "0.66",
        "JPY": "0.0068",
        "CHF": "1.13",
        "NZD": "0.6",
        "INR": "0.012",
        "MXN": "0.055",
        "SEK": "0.095",
        "NOK": "0.093",
        "DKK": "0.148",
        "ZAR": "0.054",
        "SGD": "0.75",
        "HKD": "0.128",
        "CNY": "0.139",
        "BRL": "0.18",
    }.items()
}


def _custom_fields(work: Work) -> None:
    """Up to three text fields on sales forms; those the company defined and the form lacks show
    without a value.
    """
    doc = work.doc
    if work.entity.name not in (
        "Invoice",
        "Estimate",
        "SalesReceipt",
        "CreditMemo",
        "RefundReceipt",
        "PurchaseOrder",
    ):
        doc.pop("CustomField", None)
        return
    sent = {str(field.get("DefinitionId")): field for field in doc.get("CustomField") or []}
    unknown = set(sent) - {str(number) for number in range(1, 4)}
    if unknown:
        raise ApiError(
            3000, f"Invalid Custom Field : {min(unknown)}", message="Invalid Custom Field"
        )
    fields = []
    for number, name in _defined(work).items():
        field: Doc = {"DefinitionId": number, "Name": name, "Type": "StringType"}
        if (sent.get(number) or {}).get("StringValue"):
            field["StringValue"] = sent[number]["StringValue"]
        fields.append(field)
    doc["CustomField"] = fields


def _defined(work: Work) -> dict[str, str]:
    block = "VendorAndPurchasesPrefs" if work.entity.name == "PurchaseOrder" else "SalesFormsPrefs"
    key = "POCustomField" if work.entity.name == "PurchaseOrder" else "CustomField"
    defined: dict[str, str] = {}
    for group in (work.book.prefs.get(block) or {}).get(key, []):
        for field in group.get("CustomField", []):
            if field.get("Type") == "StringType" and "CustomName" in str(field.get("Name")):
                defined[str(field["Name"])[-1]] = str(field.get("StringValue") or "")
    return defined


def fall_due(work: Work, usual: Any) -> None:
    """When a form is due: by its own terms, else by the usual ones, which only QuickBooks' screens
    write onto it.
    """
    doc = work.doc
    if work.bookkeeper and work.creating and usual:
        doc.setdefault("SalesTermRef", dict(usual))
    term = work.ref(doc, "SalesTermRef", "Term")
    if not doc.get("DueDate"):
        doc["DueDate"] = due_date(
            str(doc["TxnDate"]), term or work.book.get("Term", (usual or {}).get("value"))
        )


def name_value(key: str, value: str) -> Doc:
    """A pair in the blocks of "any", in the words of Intuit's serialiser."""
    return {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": {"Name": key, "Value": value},
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }


def own_address(book: Book, *above: str) -> Doc:
    """Where the company is, as forms show it: what stands above, the street, all of the rest in one
    line.
    """
    address = book.info.get("CompanyAddr") or {}
    place = ", ".join(
        str(address[key]) for key in ("City", "CountrySubDivisionCode") if address.get(key)
    )
    lines = [
        *above,
        str(address.get("Line1") or ""),
        f"{place}  {address.get('PostalCode') or ''}".strip(),
    ]
    return {f"Line{number}": line for number, line in enumerate(filter(None, lines), 1)}


def email_fields(doc: Doc) -> None:
    """How a sales form is delivered."""
    for key in ("BillEmail", "BillEmailCc", "BillEmailBcc", "POEmail"):
        check_mail(doc, key)
    doc.setdefault("EmailStatus", "NotSet")
    doc.setdefault("PrintStatus", "NeedToPrint")
    if doc["EmailStatus"] == "NeedToSend":
        doc.setdefault("DeliveryInfo", {"DeliveryType": "Email"})
    if doc["EmailStatus"] == "NeedToSend" and not (doc.get("BillEmail") or doc.get("POEmail")):
        raise ApiError(
            6420,
            "An e-mail address is required when the form is to be sent by e-mail.",
            element="BillEmail",
        )
