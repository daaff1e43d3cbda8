"""Lines of a form: ids, arithmetic, items and accounts, tax codes."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting.answers import answer_of, is_nameless_line
from quicksync.simulator.accounting.errors import ApiError, before_start, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import CENT, ZERO, cents, dec
from quicksync.simulator.rules.work import Work

SPECIAL_ITEMS = frozenset(("SHIPPING_ITEM_ID", "GRATUITY_ITEM_ID"))
_DETAILS = {"DescriptionOnly": "DescriptionLineDetail"}


def detail_of(line: Doc) -> Doc:
    """The block that the line's DetailType names."""
    kind = str(line.get("DetailType") or "")
    block: Doc = line.setdefault(_DETAILS.get(kind, kind), {})
    return block


def guess_detail(line: Doc, default: str) -> str:
    """DetailType may be left out when the block tells it."""
    if line.get("DetailType"):
        return str(line["DetailType"])
    found = next((key for key in line if key.endswith("LineDetail")), default)
    return "DescriptionOnly" if found == "DescriptionLineDetail" else found


def taken_lines(work: Work, default: str, allowed: frozenset[str]) -> list[Doc]:
    """The lines a form was sent with, numbered; subtotals are dropped, kinds that do not belong are
    refused.
    """
    lines = [dict(line) for line in work.doc.get("Line") or []]
    for line in lines:
        line["DetailType"] = guess_detail(line, default)
        if line["DetailType"] not in allowed:
            raise ApiError(
                2170,
                f"Invalid Enumeration : {line['DetailType']} does not belong here",
                element="DetailType",
            )
    lines = [line for line in lines if line["DetailType"] != "SubTotalLineDetail"]
    if all(line["DetailType"] == "DiscountLineDetail" for line in lines):
        raise missing("Line")
    number_lines(work, lines)
    return lines


def number_lines(work: Work, lines: list[Doc]) -> None:
    """Lines keep the ids they had; new ones get the next; an unknown id counts as new."""
    before = answer_of(work.entity.name).lines.first - 1
    old_ids = {str(line["Id"]) for line in (work.old or {}).get("Line", []) if line.get("Id")}
    used = work.book.store.one("SELECT value FROM sequence WHERE name=?", f"line:{work.doc['Id']}")
    highest = max([int(id_) for id_ in old_ids if id_.isdigit()], default=before)
    highest = max(highest, before if used is None else int(used))
    taken = set[str]()
    lines = [line for line in lines if not is_nameless_line(work.entity.name, line)]
    for line in lines:
        if str(line.get("Id") or "") not in old_ids - taken:
            highest += 1
            line["Id"] = str(highest)
        taken.add(str(line["Id"]))
    if highest - before > len(lines):
        work.book.store.run(
            "INSERT OR REPLACE INTO sequence VALUES(?, ?)", f"line:{work.doc['Id']}", highest
        )
    for position, line in enumerate(lines, 1):
        line["LineNum"] = position


def line_amount(line: Doc, detail: Doc, *, sales: bool) -> Decimal:
    """The line's amount; it must be quantity times price rounded half up (6070)."""
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if line.get("Amount") is None:
        if quantity is None and price is None:
            raise missing("Amount")
        line["Amount"] = cents(dec(1 if quantity is None else quantity) * dec(price))
        return dec(line["Amount"])
    amount = dec(line["Amount"])
    if not quantity and not price:
        # Clients that send zeros for what they do not know are taken at the amount.
        detail.pop("Qty", None)
        detail.pop("UnitPrice", None)
        quantity = price = None
    if quantity is not None and price is not None:
        product = (dec(quantity) * dec(price)).quantize(CENT, rounding="ROUND_HALF_UP")
        if abs(cents(amount) - product) >= CENT / 2:
            raise ApiError(
                6070,
                "Amount calculation incorrect in the request : Amount is not equal to UnitPrice *"
                f" Qty. Supplied value:{amount:,}",
                element="Amount",
            )
    if price is not None:
        detail["UnitPrice"] = (
            dec(price).quantize(Decimal("0.0000001")).normalize() if sales else dec(price)
        )
    line["Amount"] = cents(amount)
    return dec(line["Amount"])


def item_of(work: Work, detail: Doc, key: str = "ItemRef") -> Doc | None:
    """The item of a line; the special ones for shipping and gratuity have no row."""
    value = str((detail.get(key) or {}).get("value") or "")
    if value in SPECIAL_ITEMS:
        detail[key] = {"value": value}
        return None
    item = work.ref(detail, key, "Item")
    if item is not None and item.get("Type") == "Category":
        raise ApiError(
            2500, f"Invalid Reference Id : Items element id {value} is a category", element=key
        )
    return item


def check_start(work: Work, item: Doc, detail: Doc) -> None:
    """Stock cannot move before it was first counted, nor without a quantity."""
    if item.get("Type") != "Inventory":
        return
    if detail.get("Qty") is None:
        raise ApiError(6520, "Tracked inventory item must have a quantity.", element="Qty")
    if str(work.doc["TxnDate"]) < str(item.get("InvStartDate") or ""):
        raise before_start()


def track_class(work: Work, holder: Doc, preference: str) -> None:
    """ClassRef counts only where the company tracks classes at that place."""
    if not holder.get("ClassRef"):
        return
    if work.book.pref("AccountingInfoPrefs", preference) or work.bookkeeper:
        work.ref(holder, "ClassRef", "Class")
    elif work.book.switches.class_without_tracking == "refuse":
        raise ApiError(
            5030, "Feature Not Supported Error : class tracking is not enabled.", element="ClassRef"
        )
    else:
        holder.pop("ClassRef")


def sum_amounts(lines: list[Doc]) -> Decimal:
    """The amounts of the lines added up."""
    return sum((dec(line.get("Amount")) for line in lines), ZERO)
