"""Steps with estimates, on either side: offers, and the invoices that are made of them."""

from __future__ import annotations

from typing import Any

from django.db.models import ProtectedError

from quicksync.books.invoicing import NotInvoiced, invoice_of
from quicksync.books.models import Estimate, EstimateLine
from tests.walk.shown import TYPES
from tests.walk.steps import there
from tests.walk.steps.here import cents, edit_sale
from tests.walk.world import World

# --- This side -----------------------------------------------------------------------------------


def new_estimate(world: World) -> str:
    client, item = world.pick("here", "customer"), world.pick("here", "item")
    if client is None or item is None:
        return "none"
    with world.staff():
        made = Estimate.objects.create(
            client=world.object(client),
            number=world.tag("estimate"),
            memo=world.value(),
            private_note=world.value(),
        )
        for position in range(world.dice.randint(1, 2)):
            EstimateLine.objects.create(
                estimate=made,
                product=world.object(item),
                description=world.value(),
                unit_price=cents(world.amount()),
                position=position,
            )
    return f"{made.number} for {client.tag}"


def edit_estimate(world: World) -> str:
    return edit_sale(world, "estimate")


def accept(world: World) -> str:
    """The client says yes."""
    found = world.pick("here", "estimate")
    if found is None:
        return "none"
    with world.staff():
        obj = world.object(found)
        if obj.status == Estimate.Status.PENDING:
            obj.status = Estimate.Status.ACCEPTED
        obj.accepted_by = world.value()
        obj.save()
    return f"{found.tag} by {obj.accepted_by}"


def invoice_it(world: World) -> str:
    """By the button of its page; some are invoiced already."""
    found = world.pick("here", "estimate")
    if found is None:
        return "none"
    with world.staff():
        try:
            made = invoice_of(int(found.key))
        except NotInvoiced as trouble:
            return str(trouble)
        made.number, made.memo = world.tag("invoice"), world.value()
        made.save()
    return f"{found.tag}: {made.number}"


def end(world: World) -> str:
    found = world.pick("here", "estimate")
    if found is None:
        return "none"
    try:
        with world.staff():
            world.object(found).delete()
    except ProtectedError:
        return f"{found.tag} is invoiced"
    return found.tag


# --- QuickBooks ----------------------------------------------------------------------------------


def made_there(world: World) -> str:
    client, item = world.pick("there", "customer"), world.pick("there", "item")
    if client is None or item is None:
        return "none"
    values: dict[str, Any] = {
        "DocNumber": world.tag("estimate"),
        "CustomerRef": {"value": client.key},
        "PrivateNote": world.value(),
        "CustomerMemo": {"value": world.value()},
        "Line": [there.line_of(world, item)],
    }
    return f"{values['DocNumber']}: {there.make(world, TYPES['estimate'], **values)}"[:80]


def edit_there(world: World) -> str:
    """A note; sometimes the client says yes or no."""
    found = world.pick("there", "estimate")
    if found is None:
        return "none"
    values = world.dice.choice(
        [{"PrivateNote": world.value()}, {"TxnStatus": "Accepted"}, {"TxnStatus": "Rejected"}]
    )
    return there.update(world, found, values)


def invoiced_there(world: World) -> str:
    """An invoice of the bookkeeper's for one that has none."""
    found, item = world.pick("there", "estimate"), world.pick("there", "item")
    if found is None or item is None:
        return "none"
    (doc,) = (one for one in world.quickbooks.records()["Estimate"] if one["Id"] == found.key)
    if doc.get("LinkedTxn"):
        return f"{found.tag} is invoiced"
    values: dict[str, Any] = {
        "DocNumber": world.tag("invoice"),
        "CustomerRef": doc["CustomerRef"],
        "PrivateNote": world.value(),
        "CustomerMemo": {"value": world.value()},
        "Line": [there.line_of(world, item)],
        "LinkedTxn": [{"TxnId": found.key, "TxnType": "Estimate"}],
    }
    return f"{found.tag}: {there.make(world, 'Invoice', **values)}"[:80]


def unlinked_there(world: World) -> str:
    found = world.pick("there", "invoice")
    return "none" if found is None else there.update(world, found, {"LinkedTxn": []})


def end_there(world: World) -> str:
    found = world.pick("there", "estimate")
    return "none" if found is None else there.ended(world, "delete", found)


HERE: dict[Any, float] = {
    new_estimate: 3,
    edit_estimate: 2,
    accept: 2,
    invoice_it: 3,
    end: 1,
}
THERE: dict[Any, float] = {
    made_there: 2,
    edit_there: 3,
    invoiced_there: 2,
    unlinked_there: 1,
    end_there: 1,
}
