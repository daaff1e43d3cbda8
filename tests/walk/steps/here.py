"""Steps of the people on this side: they work through the models' own save() and delete(), as the
admin does.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import ProtectedError

from quicksync.books.models import (
    Client,
    Invoice,
    InvoiceLine,
    Product,
    ProductCategory,
    Receipt,
    ReceiptAllocation,
)
from tests.walk.shown import INACTIVE, Shown
from tests.walk.world import World

CENT = Decimal("0.01")


def cents(number: int) -> Decimal:
    return Decimal(number) * CENT


def new_customer(world: World) -> str:
    with world.staff():
        made = make_client(world)
    return made.name


def make_client(world: World) -> Client:
    """A client whose texts nobody typed before."""
    tag = world.tag("customer")
    return Client.objects.create(
        name=f"{tag} {world.value()}", notes=world.value(), email=f"{world.value()}@example.com"
    )


def new_item(world: World) -> str:
    with world.staff():
        made = make_product(world)
    return made.name


def make_product(world: World) -> Product:
    """A product whose name and price nobody used before."""
    name = f"{world.tag('item')} {world.value()}"
    price = cents(world.amount())
    return Product.objects.create(
        name=name, description=world.value(), unit_price=price, taxable=False
    )


def new_invoice(world: World) -> str:
    """Sometimes for a client and a product that are new as well."""
    with world.staff():
        client, product = _client(world), _product(world)
        made = make_invoice(world, client, product, lines=(1, 3))
    return f"{made.number} for {client.name}"


def make_invoice(
    world: World, client: Client, product: Product, *, lines: tuple[int, int]
) -> Invoice:
    """An invoice with so many lines, `lines` being the fewest and the most."""
    made = Invoice.objects.create(
        client=client,
        number=world.tag("invoice"),
        memo=world.value(),
        private_note=world.value(),
    )
    for position in range(world.dice.randint(*lines)):
        _line(world, made, product, position)
    return made


def _client(world: World) -> Client:
    found = world.pick("here", "customer")
    return (
        make_client(world) if found is None or world.dice.random() < 0.15 else world.object(found)
    )


def _product(world: World) -> Product:
    found = world.pick("here", "item")
    return (
        make_product(world) if found is None or world.dice.random() < 0.15 else world.object(found)
    )


def _line(world: World, invoice: Invoice, product: Product, position: int) -> InvoiceLine:
    return InvoiceLine.objects.create(
        invoice=invoice,
        product=product,
        description=world.value(),
        quantity=1,
        unit_price=cents(world.amount()),
        position=position,
    )


def new_payment(world: World) -> str:
    """Of one invoice or two of a client: whole, in part, or with something left over."""
    found = world.pick("here", "invoice")
    if found is None:
        return "no invoice"
    with world.staff():
        first = Invoice.objects.get(pk=found.key)
        others = first.client.invoices.exclude(pk=first.pk).exclude(status="void")[
            : world.dice.randint(0, 1)
        ]
        parts = {one: part for one in (first, *others) if (part := _part(world, one))}
        if not parts:
            return "nothing open"
        left = world.dice.choice([Decimal(0), cents(world.amount())])
        made = Receipt.objects.create(
            client=first.client,
            number=world.tag("payment"),
            amount=sum(parts.values()) + left,
            note=world.value(),
        )
        for invoice, part in parts.items():
            ReceiptAllocation.objects.create(receipt=made, invoice=invoice, amount=part)
        made.save()
    return f"{made.number} of {', '.join(one.number for one in parts)}"


def _part(world: World, invoice: Invoice) -> Decimal:
    balance = invoice.balance
    return (
        balance
        if world.dice.random() < 0.4
        else (balance * world.dice.randint(10, 90) / 100).quantize(CENT)
    )


def edit_customer(world: World) -> str:
    found = world.pick("here", "customer")
    if found is None:
        return "none"
    with world.staff():
        return change_client(world, world.object(found), found)


def change_client(world: World, obj: Client, found: Shown) -> str:
    """One field of a client is typed anew."""
    name = world.dice.choice(["notes", "phone", "email", "name"])
    value = world.value()
    value = {"email": f"{value}@example.com", "name": f"{found.tag} {value}"}.get(name, value)
    setattr(obj, name, value)
    obj.save()
    return f"{found.tag}.{name} = {value}"


def edit_item(world: World) -> str:
    found = world.pick("here", "item")
    if found is None:
        return "none"
    with world.staff():
        obj = world.object(found)
        chance = world.dice.random()
        if chance < 0.4:
            obj.description = world.value()
        elif chance < 0.8:
            obj.unit_price = cents(world.amount())
        else:
            # In a new category, below the one that it was in where that has room.
            above = obj.category if obj.category and obj.category.parent is None else None
            obj.category = ProductCategory.objects.create(name=world.value(), parent=above)
        obj.save()
    return f"{found.tag}: {obj.description} {obj.unit_price} {obj.category or ''}"


def edit_invoice(world: World) -> str:
    found = world.pick("here", "invoice")
    if found is None:
        return "none"
    name, value = world.dice.choice(["memo", "private_note"]), world.value()
    with world.staff():
        obj = world.object(found)
        setattr(obj, name, value)
        obj.save()
    return f"{found.tag}.{name} = {value}"


def edit_lines(world: World) -> str:
    """A line is put in front, at the end, swapped, taken out or priced anew."""
    found = world.pick("here", "invoice")
    if found is None:
        return "none"
    return change_lines(world, found)


def change_lines(world: World, found: Shown) -> str:
    """A line of an invoice is added, moved, removed or gets another price."""
    how = world.dice.choice(["front", "end", "swap", "remove", "price", "price"])
    with world.staff():
        _change_lines(world, world.object(found), how)
    return f"{found.tag} {how}"


def _change_lines(world: World, obj: Invoice, how: str) -> None:
    lines = list(obj.lines.all())
    if how == "front":
        for line in reversed(lines):
            line.position += 1
            line.save()
        _line(world, obj, _product(world), 0)
    elif how == "end":
        _line(world, obj, _product(world), max((line.position for line in lines), default=-1) + 1)
    elif how == "swap" and len(lines) > 1:
        lines[0].position, lines[-1].position = lines[-1].position, lines[0].position
        lines[0].save()
        lines[-1].save()
    elif how == "remove" and len(lines) > 1:
        world.dice.choice(lines).delete()
    elif lines:
        line = world.dice.choice(lines)
        line.unit_price = cents(world.amount())
        line.save()


def edit_payment(world: World) -> str:
    """Its note, its amount, or what it pays."""
    found = world.pick("here", "payment")
    if found is None:
        return "none"
    how = world.dice.choice(["note", "amount", "part", "move", "split"])
    with world.staff():
        obj = world.object(found)
        if how == "note":
            obj.note = world.value()
        elif how == "amount":
            obj.amount += cents(world.amount())
        else:
            _change_parts(world, obj, how)
        obj.save()
    return f"{found.tag} {how}"


def _change_parts(world: World, obj: Receipt, how: str) -> None:
    parts = list(obj.allocations.all())
    taken = {part.invoice_id for part in parts}
    free = [
        one
        for one in obj.client.invoices.exclude(status="void")
        if one.pk not in taken and one.balance > 1
    ]
    if how == "part" and parts:
        part = world.dice.choice(parts)
        part.amount = max(CENT, (part.amount * world.dice.randint(20, 80) / 100).quantize(CENT))
        part.save()
    elif how == "move" and parts and free:
        part, target = world.dice.choice(parts), world.dice.choice(free)
        part.invoice, part.amount = target, min(part.amount, target.balance)
        part.save()
    elif how == "split" and free and obj.unapplied > 1:
        target = world.dice.choice(free)
        amount = min(target.balance, obj.unapplied)
        ReceiptAllocation.objects.create(receipt=obj, invoice=target, amount=amount)


def many_edits(world: World) -> str:
    """So many at once that the plan is unsafe."""
    world.pick("here", "customer")
    with world.staff():
        clients = list(Client.objects.filter(active=True))
        for client in clients:
            client.notes = world.value()
            client.save()
    return f"{len(clients)} customers"


def void_invoice(world: World) -> str:
    found = world.pick("here", "invoice")
    if found is None:
        return "none"
    with world.staff():
        obj = world.object(found)
        if obj.allocations.exists() and world.dice.random() < 0.8:
            return f"{found.tag} is paid"
        obj.status = Invoice.Status.VOID
        obj.save()
    return found.tag


def void_payment(world: World) -> str:
    found = world.pick("here", "payment")
    if found is None:
        return "none"
    with world.staff():
        obj = world.object(found)
        obj.voided = True
        obj.save()
    return found.tag


def edit_sale(world: World, kind: str) -> str:
    """The message of a document of this kind, or the price of one of its lines."""
    found = world.pick("here", kind)
    if found is None:
        return "none"
    with world.staff():
        obj = world.object(found)
        lines = list(obj.lines.all())
        if lines and world.dice.random() < 0.5:
            line = world.dice.choice(lines)
            line.unit_price = cents(world.amount())
            line.save()
            return f"{found.tag} price"
        obj.memo = world.value()
        obj.save()
    return f"{found.tag} memo"


def delete(world: World) -> str:
    """What nothing else names."""
    kind = world.dice.choice(["customer", "item", "invoice", "payment"])
    found = world.pick("here", kind)
    if found is None:
        return "none"
    try:
        with world.staff():
            world.object(found).delete()
    except ProtectedError:
        return f"{found.tag} is needed"
    return found.tag


def switch(world: World) -> str:
    """A customer or product becomes inactive, or active again."""
    kind = world.dice.choice(["customer", "item"])
    found = (
        world.pick("here", kind, state=INACTIVE)
        if world.dice.random() < 0.4
        else world.pick("here", kind)
    )
    if found is None:
        return "none"
    with world.staff():
        obj = world.object(found)
        obj.active = not obj.active
        obj.save()
    return f"{found.tag} active={obj.active}"


STEPS: dict[Any, float] = {
    new_customer: 2,
    new_item: 1,
    new_invoice: 5,
    new_payment: 4,
    edit_customer: 5,
    edit_item: 2,
    edit_invoice: 4,
    edit_lines: 4,
    edit_payment: 3,
    many_edits: 0.7,
    void_invoice: 1,
    void_payment: 1,
    delete: 2,
    switch: 1,
}
