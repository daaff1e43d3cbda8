"""Steps with vendors, bills and credit notes, on either side: documents of which QuickBooks works
out what is open.
"""

from __future__ import annotations

from typing import Any

from quicksync.books.models import (
    Account,
    Bill,
    BillLine,
    CreditNote,
    CreditNoteLine,
    Product,
    Vendor,
)
from tests.walk.shown import ALIVE, EXPENSES, INACTIVE, TYPES, Shown
from tests.walk.steps import there
from tests.walk.steps.here import cents, edit_sale
from tests.walk.world import World

# --- This side -----------------------------------------------------------------------------------


def new_vendor(world: World) -> str:
    with world.staff():
        made = _vendor_of_ours(world)
    return made.name


def _vendor_of_ours(world: World) -> Vendor:
    return Vendor.objects.create(
        name=f"{world.tag('vendor')} {world.value()}", notes=world.value(), phone=world.value()
    )


def new_bill(world: World) -> str:
    """Sometimes of a vendor who is new as well."""
    found = world.pick("here", "vendor")
    with world.staff():
        fresh = found is None or world.dice.random() < 0.15
        vendor = _vendor_of_ours(world) if fresh else world.object(found)
        made = Bill.objects.create(vendor=vendor, number=world.tag("bill"), memo=world.value())
        for position in range(world.dice.randint(1, 3)):
            _cost(world, made, position)
    return f"{made.number} of {vendor.name}"


def _cost(world: World, bill: Bill, position: int) -> BillLine:
    return BillLine.objects.create(
        bill=bill,
        account=Account.objects.get(code=EXPENSES),
        description=world.value(),
        amount=cents(world.amount()),
        position=position,
    )


def new_credit_note(world: World) -> str:
    client, item = world.pick("here", "customer"), world.pick("here", "item")
    if client is None or item is None:
        return "none"
    with world.staff():
        made = CreditNote.objects.create(
            client=world.object(client),
            number=world.tag("credit_note"),
            memo=world.value(),
            private_note=world.value(),
        )
        for position in range(world.dice.randint(1, 2)):
            _credited(world, made, world.object(item), position)
    return f"{made.number} for {client.tag}"


def _credited(world: World, note: CreditNote, product: Product, position: int) -> CreditNoteLine:
    return CreditNoteLine.objects.create(
        credit_note=note,
        product=product,
        description=world.value(),
        unit_price=cents(world.amount()),
        position=position,
    )


def edit_vendor(world: World) -> str:
    found = world.pick("here", "vendor")
    if found is None:
        return "none"
    name, value = world.dice.choice(["notes", "phone", "name"]), world.value()
    with world.staff():
        obj = world.object(found)
        setattr(obj, name, f"{found.tag} {value}" if name == "name" else value)
        obj.save()
    return f"{found.tag}.{name} = {value}"


def edit_bill(world: World) -> str:
    """Its memo, or a line: a new one, one less, another amount."""
    found = world.pick("here", "bill")
    if found is None:
        return "none"
    with world.staff():
        return _change_bill(world, world.object(found))


def _change_bill(world: World, obj: Bill) -> str:
    how = world.dice.choice(["memo", "end", "remove", "amount"])
    lines = list(obj.lines.all())
    if how == "memo":
        obj.memo = world.value()
        obj.save()
    elif how == "end":
        _cost(world, obj, max((line.position for line in lines), default=-1) + 1)
    elif how == "remove" and len(lines) > 1:
        world.dice.choice(lines).delete()
    elif lines:
        line = world.dice.choice(lines)
        line.amount = cents(world.amount())
        line.save()
    return f"{obj.number} {how}"


def edit_credit_note(world: World) -> str:
    return edit_sale(world, "credit_note")


def end(world: World) -> str:
    """A bill or a credit note is deleted, a vendor is not used any more."""
    found = world.pick("here", world.dice.choice(["bill", "credit_note", "vendor"]))
    if found is None:
        return "none"
    with world.staff():
        obj = world.object(found)
        if found.kind == "vendor":
            obj.active = False
            obj.save()
        else:
            obj.delete()
    return found.tag


# --- QuickBooks ----------------------------------------------------------------------------------


def made_there(world: World) -> str:
    """A vendor, a bill or a credit memo of the bookkeeper's."""
    kind = world.dice.choice(["vendor", "bill", "bill", "credit_note"])
    vendor, client = world.pick("there", "vendor"), world.pick("there", "customer")
    item = world.pick("there", "item")
    if kind == "vendor":
        values: dict[str, Any] = {
            "DisplayName": f"{world.tag('vendor')} {world.value()}",
            "Notes": world.value(),
        }
    elif kind == "bill" and vendor is not None:
        values = {
            "DocNumber": world.tag("bill"),
            "VendorRef": {"value": vendor.key},
            "PrivateNote": world.value(),
            "Line": [_cost_there(world) for _ in range(world.dice.randint(1, 2))],
        }
    elif kind == "credit_note" and client is not None and item is not None:
        values = {
            "DocNumber": world.tag("credit_note"),
            "CustomerRef": {"value": client.key},
            "PrivateNote": world.value(),
            "Line": [there.line_of(world, item)],
        }
    else:
        return "none"
    return f"{kind}: {there.make(world, TYPES[kind], **values)}"[:80]


def _cost_there(world: World) -> dict[str, Any]:
    accounts = world.quickbooks.records()["Account"]
    key = next(one["Id"] for one in accounts if one["Name"] == EXPENSES)
    return {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Description": world.value(),
        "Amount": float(cents(world.amount())),
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": key}},
    }


def pay(world: World) -> str:
    """A bill is paid, in part or whole: nothing else of it changes."""
    bill = world.pick("there", "bill")
    if bill is None or bill.open <= 0:
        return "nothing open"
    return _paid(world, bill)


def _paid(world: World, bill: Shown) -> str:
    records = world.quickbooks.records()
    vendor = next(one["VendorRef"] for one in records["Bill"] if one["Id"] == bill.key)
    checking = next(one["Id"] for one in records["Account"] if one["Name"] == "Checking")
    whole = world.dice.random() < 0.4
    share = world.dice.randint(20, 80)
    amount = float(bill.open if whole else cents(int(bill.open * share)))
    done = there.make(
        world,
        "BillPayment",
        VendorRef={"value": vendor["value"]},
        PayType="Check",
        TotalAmt=amount,
        CheckPayment={"BankAccountRef": {"value": checking}},
        Line=[{"Amount": amount, "LinkedTxn": [{"TxnId": bill.key, "TxnType": "Bill"}]}],
    )
    return there.said(done, f"{bill.tag} {amount}")


def paid_and_changed(world: World) -> str:
    """A bill is paid in QuickBooks and changed here before anybody tells the other."""
    found = world.pick("there", "bill")
    mine = world.journal.seen["here"].get(found.tag, [None])[0] if found else None
    if found is None or mine is None or mine.state != ALIVE or found.open <= 0:
        return "none"
    paid = _paid(world, found)
    with world.staff():
        return f"{paid} | {_change_bill(world, world.object(mine))}"


def edit_there(world: World) -> str:
    """A note, or a line of a bill at the end, out, or at another amount."""
    found = world.pick("there", world.dice.choice(["vendor", "bill", "bill", "credit_note"]))
    if found is None:
        return "none"
    if found.kind == "vendor":
        return there.update(world, found, {"Notes": world.value()})
    if found.kind == "credit_note" or world.dice.random() < 0.4:
        return there.update(world, found, {"PrivateNote": world.value()})
    (doc,) = (one for one in world.quickbooks.records()["Bill"] if one["Id"] == found.key)
    lines = doc["Line"]
    how = world.dice.choice(["end", "remove", "amount"])
    if how == "end":
        lines.append(_cost_there(world))
    elif how == "remove" and len(lines) > 1:
        lines.pop(world.dice.randrange(len(lines)))
    else:
        world.dice.choice(lines)["Amount"] = float(cents(world.amount()))
    for line in lines:
        line.pop("LineNum", None)
    return f"{how}: {there.update(world, found, {'Line': lines})}"


def end_there(world: World) -> str:
    """A bill or credit memo is deleted, a vendor becomes inactive or active again."""
    kind = world.dice.choice(["bill", "credit_note", "vendor"])
    state = INACTIVE if kind == "vendor" and world.dice.random() < 0.4 else ALIVE
    found = world.pick("there", kind, state=state)
    if found is None:
        return "none"
    action = {("vendor", ALIVE): "deactivate", ("vendor", INACTIVE): "reactivate"}
    return there.ended(world, action.get((kind, state), "delete"), found)


HERE: dict[Any, float] = {
    new_vendor: 1,
    new_bill: 3,
    new_credit_note: 2,
    edit_vendor: 2,
    edit_bill: 4,
    edit_credit_note: 2,
    end: 1,
}
THERE: dict[Any, float] = {
    made_there: 3,
    pay: 4,
    paid_and_changed: 2,
    edit_there: 4,
    end_there: 1,
}
