"""Steps of a bookkeeper, who works in QuickBooks itself."""

from __future__ import annotations

from typing import Any

from tests.walk.shown import ALIVE, INACTIVE, TYPES, VOID, Shown
from tests.walk.steps import here
from tests.walk.steps.here import cents
from tests.walk.world import World


def _made(world: World, entity: str, values: dict[str, Any]) -> Any:
    return world.quickbooks.edit("create", entity, values=values)


def make(world: World, entity: str, **values: Any) -> Any:
    """A bookkeeper makes a record of these values."""
    return world.bookkeeper(lambda: _made(world, entity, values))


def account(world: World) -> str:
    """An income account of the company."""
    return str(
        next(
            one["Id"]
            for one in world.quickbooks.records()["Account"]
            if one["AccountType"] == "Income"
        )
    )


def new_customer(world: World) -> str:
    values = {"DisplayName": f"{world.tag('customer')} {world.value()}", "Notes": world.value()}
    return said(world.bookkeeper(lambda: _made(world, "Customer", values)), values["DisplayName"])


def new_item(world: World) -> str:
    values = {
        "Name": f"{world.tag('item')} {world.value()}",
        "Type": "Service",
        "UnitPrice": float(cents(world.amount())),
        "IncomeAccountRef": {"value": account(world)},
        "Taxable": False,
    }
    return said(world.bookkeeper(lambda: _made(world, "Item", values)), values["Name"])


def new_invoice(world: World) -> str:
    client, item = world.pick("there", "customer"), world.pick("there", "item")
    if client is None or item is None:
        return "none"
    values = {
        "DocNumber": world.tag("invoice"),
        "CustomerRef": {"value": client.key},
        "PrivateNote": world.value(),
        "CustomerMemo": {"value": world.value()},
        "Line": [line_of(world, item) for _ in range(world.dice.randint(1, 2))],
    }
    return said(
        world.bookkeeper(lambda: _made(world, "Invoice", values)),
        f"{values['DocNumber']} for {client.tag}",
    )


def line_of(world: World, item: Shown) -> dict[str, Any]:
    """A line for a product, at a price that nobody charged before."""
    price = float(cents(world.amount()))
    detail = {"ItemRef": {"value": item.key}, "Qty": 1, "UnitPrice": price}
    return {
        "DetailType": "SalesItemLineDetail", "Description": world.value(), "Amount": price,
        "SalesItemLineDetail": detail,
    }  # fmt: skip


def new_payment(world: World) -> str:
    bill = world.pick("there", "invoice")
    if bill is None or bill.open <= 0:
        return "nothing open"
    client = world.journal.seen["there"][bill.fields["client"]][0]
    amount = (
        bill.open
        if world.dice.random() < 0.5
        else cents(int(bill.open * world.dice.randint(20, 80)))
    )
    values = {
        "PaymentRefNum": world.tag("payment"),
        "CustomerRef": {"value": client.key},
        "PrivateNote": world.value(),
        "TotalAmt": float(amount),
        "Line": [
            {"Amount": float(amount), "LinkedTxn": [{"TxnId": bill.key, "TxnType": "Invoice"}]}
        ],
    }
    return said(
        world.bookkeeper(lambda: _made(world, "Payment", values)),
        f"{values['PaymentRefNum']} of {bill.tag}",
    )


def edit_customer(world: World) -> str:
    found = world.pick("there", "customer")
    return "none" if found is None else change_customer(world, found)


def change_customer(world: World, found: Shown) -> str:
    """A bookkeeper types one field of a customer anew."""
    value = world.value()
    values = world.dice.choice(
        [
            {"Notes": value},
            {"PrimaryPhone": {"FreeFormNumber": value}},
            {"PrimaryEmailAddr": {"Address": f"{value}@example.com"}},
            {"DisplayName": f"{found.tag} {value}"},
        ]
    )
    return update(world, found, values)


def update(world: World, found: Shown, values: dict[str, Any]) -> str:
    """A bookkeeper's sparse update."""
    entity = TYPES[found.kind]
    done = world.bookkeeper(
        lambda: world.quickbooks.edit("update", entity, found.key, values=values)
    )
    return said(done, f"{found.tag} {str(values)[:60]}")


def edit_item(world: World) -> str:
    found = world.pick("there", "item")
    if found is None:
        return "none"
    if world.dice.random() < 0.2:
        return file_item(world, found)
    price = float(cents(world.amount()))
    return update(
        world, found, world.dice.choice([{"Description": world.value()}, {"UnitPrice": price}])
    )


def file_item(world: World, found: Shown) -> str:
    """A bookkeeper puts a product into a new category (D9)."""
    name = world.value()

    def filed() -> Any:
        made = _made(world, "Item", {"Name": name, "Type": "Category"})
        values = {"SubItem": True, "ParentRef": {"value": made["Id"]}}
        return world.quickbooks.edit("update", "Item", found.key, values=values)

    return said(world.bookkeeper(filed), f"{found.tag} into {name}")


def edit_invoice(world: World) -> str:
    found = world.pick("there", "invoice")
    if found is None:
        return "none"
    value = world.value()
    return update(
        world,
        found,
        world.dice.choice([{"PrivateNote": value}, {"CustomerMemo": {"value": value}}]),
    )


def edit_lines(world: World) -> str:
    """A line is put in front, at the end, swapped, taken out or priced anew."""
    found, item = world.pick("there", "invoice"), world.pick("there", "item")
    if found is None or item is None:
        return "none"
    return change_lines(world, found, item)


def change_lines(world: World, found: Shown, item: Shown) -> str:
    """A bookkeeper adds, moves, removes or reprices a line of an invoice."""
    doc = next(one for one in world.quickbooks.records()["Invoice"] if one["Id"] == found.key)
    lines = [one for one in doc["Line"] if one["DetailType"] == "SalesItemLineDetail"]
    how = world.dice.choice(["front", "end", "swap", "remove", "price"])
    if how == "front":
        lines.insert(0, line_of(world, item))
    elif how == "end":
        lines.append(line_of(world, item))
    elif how == "swap":
        lines.reverse()
    elif how == "remove" and len(lines) > 1:
        lines.pop(world.dice.randrange(len(lines)))
    else:
        price = float(cents(world.amount()))
        lines[0] |= {"Amount": price}
        lines[0]["SalesItemLineDetail"] |= {"Qty": 1, "UnitPrice": price}
    for line in lines:
        line.pop("LineNum", None)
    return f"{how}: {update(world, found, {'Line': lines})}"


def both_lines(world: World) -> str:
    """The lines of one invoice are changed on both sides before anybody tells the other."""
    found, item = world.pick("there", "invoice"), world.pick("there", "item")
    mine = world.journal.seen["here"].get(found.tag, [None])[0] if found else None
    if found is None or item is None or mine is None or mine.state != ALIVE:
        return "none"
    said_there = change_lines(world, found, item)
    return f"{said_there} | {here.change_lines(world, mine)}"


def edit_payment(world: World) -> str:
    found = world.pick("there", "payment")
    return "none" if found is None else update(world, found, {"PrivateNote": world.value()})


def move_payment(world: World) -> str:
    """To another invoice, of the same customer or not."""
    found, bill = world.pick("there", "payment"), world.pick("there", "invoice")
    if found is None or bill is None or bill.open <= 0:
        return "none"
    done = world.bookkeeper(
        lambda: world.quickbooks.edit("move_payment", "Payment", found.key, to=bill.key)
    )
    return said(done, f"{found.tag} to {bill.tag}")


def deposit(world: World) -> str:
    """A payment goes to the bank with others: from then on QuickBooks takes no change of it."""
    found = world.pick("there", "payment")
    if found is None or found.total <= 0:
        return "none"
    bank = next(
        one["Id"] for one in world.quickbooks.records()["Account"] if one["Name"] == "Checking"
    )
    link = {"TxnId": found.key, "TxnType": "Payment", "TxnLineId": "0"}
    line = {"Amount": float(found.total), "LinkedTxn": [link]}
    done = make(world, "Deposit", DepositToAccountRef={"value": bank}, Line=[line])
    return said(done, found.tag)


def void(world: World) -> str:
    found = world.pick("there", world.dice.choice(["invoice", "payment"]))
    return "none" if found is None else ended(world, "void", found)


def delete(world: World) -> str:
    kind, state = world.dice.choice(
        [("invoice", None), ("payment", None), ("payment", None), ("invoice", VOID)]
    )
    found = world.pick("there", kind, state=state) if state else world.pick("there", kind)
    return "none" if found is None else ended(world, "delete", found)


def switch(world: World) -> str:
    kind = world.dice.choice(["customer", "item"])
    if world.dice.random() < 0.4:
        found = world.pick("there", kind, state=INACTIVE)
        return "none" if found is None else ended(world, "reactivate", found)
    found = world.pick("there", kind)
    return "none" if found is None else ended(world, "deactivate", found)


def ended(world: World, action: str, found: Shown) -> str:
    done = world.bookkeeper(lambda: world.quickbooks.edit(action, TYPES[found.kind], found.key))
    return said(done, f"{found.tag} {action}")


def many_edits(world: World) -> str:
    """So many at once that the plan is unsafe."""
    found = [one[0] for one in world.journal.seen["there"].values() if one[0].kind == "customer"]
    edits = [
        {
            "action": "update",
            "entity": "Customer",
            "id": one.key,
            "values": {"Notes": world.value()},
        }
        for one in found
    ]
    return said(
        world.bookkeeper(lambda: world.quickbooks.call("POST", "edit", edits)),
        f"{len(edits)} customers",
    )


def both_sides(world: World) -> str:
    """The same record is edited on both sides before anybody tells the other."""
    found = world.pick("there", "customer")
    mine = world.journal.seen["here"].get(found.tag, [None])[0] if found else None
    if found is None or mine is None:
        return "none"
    said_there = change_customer(world, found)
    obj = world.object(mine)
    with world.staff():
        said_here = here.change_client(world, obj, mine)
    return f"{said_there} | {said_here}"


def said(done: Any, what: str) -> str:
    return f"{what}: {done}" if isinstance(done, str) else what


STEPS: dict[Any, float] = {
    new_customer: 2,
    new_item: 1,
    new_invoice: 2,
    new_payment: 3,
    edit_customer: 5,
    edit_item: 2,
    edit_invoice: 3,
    edit_lines: 3,
    edit_payment: 2,
    move_payment: 1,
    deposit: 1,
    void: 1.5,
    delete: 1.5,
    switch: 1,
    many_edits: 0.4,
    both_sides: 3,
    both_lines: 2,
}
