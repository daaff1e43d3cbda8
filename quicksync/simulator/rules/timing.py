"""Time sheets and stock counts."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from quicksync.simulator.accounting.clock import parse_moment
from quicksync.simulator.accounting.errors import ApiError, before_start, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.rules.documents.forms import prepare_form
from quicksync.simulator.rules.documents.lines import number_lines
from quicksync.simulator.rules.work import Work


def prepare_time(work: Work) -> None:
    """Hours of an employee or a vendor."""
    doc = work.doc
    kind = doc.get("NameOf") or (
        "Employee" if doc.get("EmployeeRef") else "Vendor" if doc.get("VendorRef") else None
    )
    if kind is None:
        raise missing("NameOf")
    doc["NameOf"] = kind
    if (kind == "Employee") == bool(doc.get("VendorRef")) or (kind == "Vendor") == bool(
        doc.get("EmployeeRef")
    ):
        raise ApiError(
            6290,
            "Exactly one of EmployeeRef and VendorRef is required, as NameOf says.",
            element="NameOf",
        )
    work.ref(doc, f"{kind}Ref", str(kind), required=True)
    prepare_form(work)
    doc.pop("CurrencyRef", None)
    doc.pop("ExchangeRate", None)
    _duration(doc)
    customer = work.ref(doc, "CustomerRef", "Customer")
    work.ref(doc, "ItemRef", "Item")
    status = doc.setdefault("BillableStatus", "NotBillable")
    if status == "Billable" and customer is None:
        raise ApiError(
            6310, "Missing Customer : billable time needs a customer.", element="CustomerRef"
        )
    if status == "Billable" and doc.get("HourlyRate") is None:
        raise ApiError(6330, "Missing billing rate", element="HourlyRate")
    if status == "HasBeenBilled" and work.creating and not work.bookkeeper:
        raise ApiError(6320, "Invalid Billable status", element="BillableStatus")
    doc.setdefault("Taxable", False)


def _duration(doc: Doc) -> None:
    spans = bool(doc.get("StartTime")) or bool(doc.get("EndTime"))
    counted = doc.get("Hours") is not None or doc.get("Minutes") is not None
    if spans and counted:
        raise ApiError(
            6390, "Give Hours and Minutes or StartTime and EndTime, not both.", element="Hours"
        )
    if spans:
        if not doc.get("StartTime") or not doc.get("EndTime"):
            raise missing("EndTime" if doc.get("StartTime") else "StartTime")
        _span(doc)
        return
    if not counted:
        raise missing("Hours")
    hours, minutes = int(doc.get("Hours") or 0), int(doc.get("Minutes") or 0)
    if not 0 <= hours <= 8760 or not 0 <= minutes <= 59 or (hours == 8760 and minutes):
        raise ApiError(6360, f"Invalid time duration : {hours}:{minutes:02}", element="Hours")
    doc["Hours"], doc["Minutes"] = hours, minutes


def _span(doc: Doc) -> None:
    """Offsets do not count: the hours are those of the clock on the wall."""
    start, end = (datetime.fromisoformat(str(doc[key])[:19]) for key in ("StartTime", "EndTime"))
    if parse_moment(str(doc["StartTime"])) is None or end <= start:
        raise ApiError(
            6360, "Invalid time duration : EndTime must lie after StartTime.", element="EndTime"
        )
    pause = int(doc.get("BreakHours") or 0) * 60 + int(doc.get("BreakMinutes") or 0)
    if pause * 60 >= (end - start).total_seconds():
        raise ApiError(
            6360, "Invalid time duration : the break is longer than the work.", element="BreakHours"
        )


def prepare_adjustment(work: Work) -> None:
    """A stock count: quantities go up or down against an account."""
    doc = work.doc
    if work.old is not None and not work.params.get("_sparse") and not work.bookkeeper:
        raise ApiError(
            2020, "Required parameter sparse is missing in the request", element="sparse"
        )
    work.ref(doc, "AdjustAccountRef", "Account", required=True)
    prepare_form(work)
    work.ref(doc, "CustomerRef", "Customer")
    lines = doc.get("Line") or []
    if not lines:
        raise missing("Line")
    number_lines(work, lines)
    for line in lines:
        line["DetailType"] = "ItemAdjustmentLineDetail"
        detail = line.setdefault("ItemAdjustmentLineDetail", {})
        item = work.ref(detail, "ItemRef", "Item", required=True) or {}
        if item.get("Type") != "Inventory":
            raise ApiError(
                2500,
                f"Invalid Reference Id : Items element id {item.get('Id')} is not an inventory"
                " item",
                element="ItemRef",
            )
        detail["QtyDiff"] = _difference(detail, item)
        if str(doc["TxnDate"]) < str(item.get("InvStartDate") or ""):
            raise before_start()


def _difference(detail: Doc, item: Doc) -> Decimal:
    if detail.get("QtyDiff") is not None:
        return dec(detail["QtyDiff"])
    if detail.get("NewQty") is None:
        raise missing("QtyDiff")
    return dec(detail["NewQty"]) - dec(item.get("QtyOnHand"))
