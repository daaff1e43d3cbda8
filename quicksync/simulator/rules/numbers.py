"""Document numbers: who numbers, who may repeat a number."""

from __future__ import annotations

import re

from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import dumps
from quicksync.simulator.rules.work import Work

SALES_FORMS = ("Invoice", "SalesReceipt", "Estimate", "CreditMemo", "RefundReceipt")
_FIRST = 1001
_HOLDERS = "SELECT type, id FROM entity WHERE type IN (SELECT value FROM json_each(?)) AND number=?"


def number(work: Work) -> None:
    """Give or check the document number by the rules of its kind."""
    name = work.entity.name
    if name in SALES_FORMS:
        custom = bool(work.book.pref("SalesFormsPrefs", "CustomTxnNumbers"))
        _fill(
            work,
            SALES_FORMS if work.book.switches.one_number_sequence else (name,),
            automatic=not custom,
        )
        _unique(work, custom or work.book.switches.duplicate_numbers == "refuse")
    elif name in ("Bill", "BillPayment", "VendorCredit"):
        _unique(work, True)
    elif name in ("Purchase", "PurchaseOrder"):
        custom = work.book.other_pref("VendorAndPurchasesPrefs.UseCustomTxnNumbers")
        check = name == "Purchase"
        _fill(work, (name,), automatic=not custom and not check)
        _unique(work, not check or work.book.other_pref("WarnDuplicateCheckNumber"))
    elif name == "JournalEntry":
        _fill(work, (name,), automatic="allowautodocnum" in work.includes)
        _unique(work, work.book.other_pref("WarnDuplicateJournalNumber"))
    elif name == "InventoryAdjustment":
        _fill(work, (name,), automatic=True)


def _fill(work: Work, family: tuple[str, ...], *, automatic: bool) -> None:
    doc = work.doc
    forced = doc.get("DocNumber") == "AUTO_GENERATE" or bool(doc.pop("AutoDocNumber", False))
    if doc.get("DocNumber") and not forced:
        if work.creating and automatic:
            _remember(work, family, str(doc["DocNumber"]))
        return
    if work.entity.name == "PurchaseOrder" and not work.creating:
        return
    if work.old is not None and work.old.get("DocNumber"):
        doc["DocNumber"] = work.old["DocNumber"]
        return
    doc.pop("DocNumber", None)
    if automatic or forced:
        doc["DocNumber"] = _next(work, family)


def _sequence(family: tuple[str, ...]) -> str:
    return "number:" + family[0]


def _next(work: Work, family: tuple[str, ...]) -> str:
    store = work.book.store
    while True:
        candidate = store.next_id(_sequence(family), _FIRST)
        if not store.one(_HOLDERS, dumps(family), candidate):
            return candidate


def _remember(work: Work, family: tuple[str, ...], sent: str) -> None:
    """A number that was sent moves the counter on, when it is the larger plain number."""
    if re.fullmatch(r"\d{1,9}", sent):
        work.book.store.run(
            "INSERT INTO sequence VALUES(?, ?) ON CONFLICT DO UPDATE SET value = max(value,"
            " excluded.value)",
            _sequence(family),
            int(sent),
        )


def _unique(work: Work, wanted: bool) -> None:
    sent = work.doc.get("DocNumber")
    if not sent or not wanted or "allowduplicatedocnum" in work.includes or work.bookkeeper:
        return
    if work.old is not None and work.old.get("DocNumber") == sent:
        return
    # Checks and bill payments draw on one pool of numbers.
    family = (
        ("BillPayment", "Purchase") if work.entity.name == "BillPayment" else (work.entity.name,)
    )
    for type_, id_ in work.book.store.all(_HOLDERS, dumps(family), sent):
        if (type_, str(id_)) != (work.entity.name, str(work.doc.get("Id"))):
            raise ApiError(
                6140,
                "Duplicate Document Number Error : You must specify a different number. This"
                f" number has already been used. DocNumber={sent} is assigned to TxnType={type_}"
                f" with TxnId={id_}",
                element="DocNumber",
            )
