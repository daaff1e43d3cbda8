"""Customers, vendors and employees: one list of names, parents, addresses, opening values."""

from __future__ import annotations

import re

from quicksync.simulator.accounting.book import Book, currency_name
from quicksync.simulator.accounting.errors import ApiError, business
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO
from quicksync.simulator.rules.currencies import check_currency
from quicksync.simulator.rules.work import Work

_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_MAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")
_DEEPEST = 4


def prepare_name(work: Work) -> None:
    """What all three have in common."""
    doc = work.doc
    name = str(doc.get("DisplayName") or "").strip()
    if not name:
        name = " ".join(
            str(doc[part]).strip() for part in _PARTS if str(doc.get(part) or "").strip()
        )
    if not name and work.old is not None:
        name = str(work.old["DisplayName"])
    if not name:
        raise ApiError(
            6080,
            "No name provided. Supply DisplayName or one of Title, GivenName, MiddleName,"
            " FamilyName, Suffix.",
            element="DisplayName",
        )
    check_signs(name, "DisplayName")
    doc["DisplayName"] = name
    doc.setdefault("Active", True)
    _settled(work)
    rename_inactive(work, "DisplayName")
    unique_name(work)
    if not str(doc.get("PrintOnCheckName") or "").strip():
        doc["PrintOnCheckName"] = _check_name(doc)
    for key in ("PrimaryEmailAddr",):
        check_mail(doc, key)
    _addresses(work)


def _check_name(doc: Doc) -> str:
    """What stands on checks unless said otherwise: the company, else the person, else the name of
    the list.
    """
    person = " ".join(
        str(doc[part]).strip() for part in ("GivenName", "FamilyName") if doc.get(part)
    )
    return str(doc.get("CompanyName") or "").strip() or person.strip() or str(doc["DisplayName"])


def _settled(work: Work) -> None:
    leaving = work.old is not None and work.old.get("Active", True) and not work.doc["Active"]
    refused = work.book.switches.deactivate_with_balance == "refuse"
    if leaving and refused and work.old is not None and work.old.get("Balance"):
        raise ApiError(
            6220, "A name that owes or is owed money cannot be made inactive.", element="Active"
        )


def check_signs(name: str, element: str) -> None:
    """Colons, tabs and line breaks separate levels in QuickBooks and may not stand in a name."""
    if any(sign in name for sign in ":\t\n\r"):
        raise ApiError(2040, f"Element contains invalid characters: {element}", element=element)


def check_mail(doc: Doc, key: str) -> None:
    """One or more addresses, separated by commas."""
    text = str((doc.get(key) or {}).get("Address") or "").strip()
    if not text:
        if key in doc and not (doc[key] or {}).get("Address"):
            doc.pop(key)
        return
    if not all(_MAIL.fullmatch(part.strip()) for part in text.split(",")):
        raise ApiError(2210, f"Invalid Email Address format : {text}", element=key)


def rename_inactive(work: Work, key: str) -> None:
    """A deactivated name gets a suffix, so that the name is free again; it goes when the name comes
    back.
    """
    doc, old = work.doc, work.old
    if old is None:
        return
    name = str(doc[key])
    if old.get("Active", True) and not doc["Active"]:
        doc[key] = _free_suffix(work, key, name)
    elif not old.get("Active", True) and doc["Active"]:
        doc[key] = re.sub(r" \(deleted(-\d+)?\)$", "", name)
    if doc[key] != name and str(doc.get("PrintOnCheckName")) == name:
        doc["PrintOnCheckName"] = doc[key]


def _free_suffix(work: Work, key: str, name: str) -> str:
    for number in range(1, 1000):
        candidate = f"{name} (deleted)" if number == 1 else f"{name} (deleted-{number - 1})"
        if not taken(work, candidate):
            return candidate
    raise business(f"{key} cannot be made free.")


def taken(work: Work, name: str) -> bool:
    """Whether another customer, vendor or employee has the name, in any case, active or not."""
    found = work.book.store.all(
        "SELECT type, id FROM entity WHERE type IN ('Customer', 'Vendor', 'Employee') AND name=?",
        name,
    )
    return any(
        (type_, str(id_)) != (work.entity.name, str(work.doc.get("Id"))) for type_, id_ in found
    )


def unique_name(work: Work) -> None:
    """6240: customers, vendors and employees share one list."""
    if work.old is not None and work.old.get("DisplayName") == work.doc["DisplayName"]:
        return
    if taken(work, str(work.doc["DisplayName"])):
        raise ApiError(6240, "The name supplied already exists. : null")


def _addresses(work: Work) -> None:
    for key in ("BillAddr", "ShipAddr", "PrimaryAddr"):
        address = work.doc.get(key)
        if not address:
            work.doc.pop(key, None)
            continue
        if work.creating:
            address.pop("Id", None)
        number_address(work, key)
        address.pop("Lat", None)
        address.pop("Long", None)


def number_address(work: Work, key: str) -> None:
    """A new address gets an id; one that says what stood there before keeps its own."""
    address, old = work.doc[key], (work.old or {}).get(key) or {}
    if address.get("Id"):
        return
    same = _said(old) == _said(address)
    address["Id"] = old["Id"] if same and old.get("Id") else work.book.store.next_id("address")


def _said(address: Doc) -> Doc:
    return {key: value for key, value in address.items() if key not in ("Id", "Lat", "Long")}


def set_currency(work: Work) -> None:
    """A name has one currency for ever; without multi-currency only the home one."""
    doc, book = work.doc, work.book
    code = str((doc.get("CurrencyRef") or {}).get("value") or book.home)
    if work.old is not None:
        before = str((work.old.get("CurrencyRef") or {}).get("value") or book.home)
        if code != before:
            raise business("The currency of a name cannot be changed.", element="CurrencyRef")
    check_currency(book, code, "CurrencyRef")
    if code != book.home and not book.multicurrency:
        raise business(
            f"Multicurrency is not enabled; {code} cannot be used.", element="CurrencyRef"
        )
    if book.multicurrency and code != book.home:
        _list_currency(work, code)
    doc["CurrencyRef"] = {"value": code, "name": currency_name(code)}


def _list_currency(work: Work, code: str) -> None:
    found = work.book.store.one(
        "SELECT id FROM entity WHERE type='CompanyCurrency' AND name=?", code
    )
    if found is None:
        new = {
            "Code": code,
            "Name": currency_name(code),
            "Active": True,
            "Id": work.book.new_id("CompanyCurrency"),
        }
        work.book.save("CompanyCurrency", new, operation="Create")


def prepare_customer(work: Work) -> None:
    """A customer, a sub-customer or a project."""
    doc = work.doc
    prepare_name(work)
    set_currency(work)
    work.ref(doc, "SalesTermRef", "Term")
    work.ref(doc, "PaymentMethodRef", "PaymentMethod")
    work.ref(doc, "CustomerTypeRef", "CustomerType")
    _place(work)
    doc.setdefault("Taxable", True)
    _tax_code(work)
    if work.old is not None:
        doc["Balance"], doc["BalanceWithJobs"] = (
            work.old.get("Balance", ZERO),
            work.old.get("BalanceWithJobs", ZERO),
        )
    else:
        opening = doc.pop("Balance", None)
        if opening and not doc.get("OpenBalanceDate"):
            doc["OpenBalanceDate"] = work.book.today().isoformat()
        work.params = {**work.params, "_opening": str(opening or "")}
        doc["Balance"], doc["BalanceWithJobs"] = ZERO, ZERO
    doc.setdefault("PreferredDeliveryMethod", "Print")
    doc["IsProject"] = bool(
        (work.old or {}).get("IsProject", work.bookkeeper and work.sent.get("IsProject", False))
    )
    doc.setdefault("BillWithParent", False)
    _mask(doc, work.old, "PrimaryTaxIdentifier", 5)
    _mask(doc, work.old, "SecondaryTaxIdentifier", 5)


def _tax_code(work: Work) -> None:
    """Who is taxable is taxed by the company's usual code, unless another one is named; for others
    none counts.
    """
    usual = work.book.pref("TaxPrefs", "TaxGroupCodeRef")
    if work.doc["Taxable"] and usual:
        work.doc.setdefault("DefaultTaxCodeRef", usual)
    elif not work.doc["Taxable"]:
        work.doc.pop("DefaultTaxCodeRef", None)
    work.ref(work.doc, "DefaultTaxCodeRef", "TaxCode")


def _place(work: Work) -> None:
    doc = work.doc
    doc.setdefault("Job", False)
    parent_ref = (doc.get("ParentRef") or {}).get("value")
    if doc["Job"] and not parent_ref:
        raise ApiError(6150, "ParentRef is required when Job is true.", element="ParentRef")
    if parent_ref and not doc["Job"]:
        raise ApiError(6150, "Job must be true when ParentRef is given.", element="Job")
    if parent_ref and str(parent_ref) == str(doc.get("Id")):
        raise ApiError(900, "Parent cannot be child", element="ParentRef")
    parent = work.ref(doc, "ParentRef", "Customer")
    if parent is None:
        doc.pop("Level", None)
        doc["FullyQualifiedName"] = doc["DisplayName"]
        return
    if str(doc.get("Id")) in lineage(work.book, "Customer", parent):
        raise ApiError(900, "Parent cannot be child", element="ParentRef")
    doc["Level"] = int(parent.get("Level", 0)) + 1
    if doc["Level"] > _DEEPEST:
        raise ApiError(6180, "Sub level limit of 5 exceeded.", element="ParentRef")
    doc["FullyQualifiedName"] = f"{parent['FullyQualifiedName']}:{doc['DisplayName']}"


def lineage(book: Book, name: str, start: Doc) -> set[str]:
    """The ids of an object and of everything above it."""
    ids, current = set[str](), start
    while str(current["Id"]) not in ids:
        ids.add(str(current["Id"]))
        above = (current.get("ParentRef") or {}).get("value")
        if not above:
            break
        current = book.need(name, above)
    return ids


def prepare_vendor(work: Work) -> None:
    """A supplier."""
    doc = work.doc
    prepare_name(work)
    set_currency(work)
    work.ref(doc, "TermRef", "Term")
    work.ref(doc, "APAccountRef", "Account")
    doc["Balance"] = (work.old or {}).get("Balance", ZERO)
    doc.setdefault("Vendor1099", False)
    _mask(doc, work.old, "TaxIdentifier", 4)


def prepare_employee(work: Work) -> None:
    """An employee."""
    doc = work.doc
    if not str(doc.get("GivenName") or "").strip() and not str(doc.get("FamilyName") or "").strip():
        raise ApiError(6080, "GivenName or FamilyName is required.", element="GivenName")
    prepare_name(work)
    doc.setdefault("BillableTime", False)
    _mask(doc, work.old, "SSN", 4)


def _mask(doc: Doc, old: Doc | None, key: str, shown: int) -> None:
    value = str(doc.get(key) or "")
    if value and (old is None or value != old.get(key)):
        doc[key] = "X" * max(0, len(value) - shown) + value[-shown:]


def after_name(work: Work) -> None:
    """A new name shows in the documents of its owner, and in the full names of what is below it."""
    name = work.entity.name
    if work.old is None:
        return
    if name in _RENAMED and work.old["DisplayName"] != work.doc["DisplayName"]:
        work.book.store.run(
            _RENAMED[name], work.doc["DisplayName"], work.doc["Id"], str(work.doc["Id"])
        )
    if work.old.get("FullyQualifiedName") != work.doc.get("FullyQualifiedName"):
        _rename_children(work)


# Names in references are as of now; neither token nor time of a document moves with them.
_RENAMED = {
    "Customer": (
        "UPDATE entity SET body=json_set(body, '$.CustomerRef.name', ?) WHERE party=? "
        "AND json_extract(body, '$.CustomerRef.value')=?"
    ),
    "Vendor": (
        "UPDATE entity SET body=json_set(body, '$.VendorRef.name', ?) WHERE party=? "
        "AND json_extract(body, '$.VendorRef.value')=?"
    ),
}


def _rename_children(work: Work) -> None:
    name, key = work.entity.name, work.entity.name_field
    for (id_,) in work.book.store.all(
        "SELECT id FROM entity WHERE type=? AND parent=?", name, work.doc["Id"]
    ):
        child = work.book.need(name, id_)
        before = dict(child)
        child["FullyQualifiedName"] = f"{work.doc['FullyQualifiedName']}:{child[key]}"
        work.book.save(name, child, bump=False)
        after_name(Work(work.book, work.entity, child, {}, before))
