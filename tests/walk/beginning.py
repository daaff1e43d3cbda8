"""How every walk begins: a connected company whose first synchronization a person has looked at and
approved.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model

from quicksync.books.models import Account, InvoiceLine, Term
from quicksync.models import Category, Connection, SyncRun
from quicksync.quickbooks.port import Tokens
from quicksync.sync.actions import connect
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from tests.models import make
from tests.walk import database
from tests.walk.quickbooks import QuickBooks
from tests.walk.shown import EXPENSES, tag_of
from tests.walk.steps import estimates, here, purchases, there
from tests.walk.workers import labour
from tests.walk.world import ALL, World

CUSTOMERS = 11
# Known on both sides.
INVOICES = 4


def prepare(quickbooks: QuickBooks) -> None:
    """What all walks share, in the template: a company that is connected and looked at, its
    categories on.
    """
    get_user_model().objects.create_superuser("office", "office@example.com", "pw")
    found = quickbooks.status()["companies"][0]
    connection = Connection.objects.create(name=found["name"])
    tokens = Tokens(access=found["access_token"], refresh=found["refresh_token"])
    connect.connected(connection, tokens, found["realm_id"])
    labour()
    for category in Category.objects.filter(kind__in=(*ALL, "item_category")):
        category.enabled = True
        deletes = "void" if category.kind == "payment" else "nothing"
        category.options = category.options.replace(wins="ask", on_delete_there=deletes)
        category.save()
    make.put(next_sync_at=None)
    # What QuickBooks' invoices and products name is known here by the same names.
    Term.objects.get_or_create(code="Net 30", defaults={"name": "Net 30", "due_days": 30})
    for name, sort in (("Services", "Income"), (EXPENSES, "Expense")):
        Account.objects.get_or_create(code=name, defaults={"name": name, "type": sort})


def warm_up(quickbooks: QuickBooks, folder: Path) -> None:
    """The beginning once in this process, whose children then find everything loaded that they
    need.
    """
    name = database.clone("warm")
    world = World(0, quickbooks, folder / "warm.log")
    world.work = labour
    begin(world)
    database.drop(name)


def begin(world: World) -> None:
    """Records on both sides, and their first synchronization."""
    world.quickbooks.reset()
    world.quickbooks.webhooks("http://walk")
    for step, times in (
        (here.new_customer, CUSTOMERS),
        (here.new_item, 2),
        (here.new_invoice, 5),
        (here.new_payment, 3),
        (purchases.new_vendor, 2),
        (purchases.new_bill, 3),
        (purchases.new_credit_note, 1),
        (estimates.new_estimate, 2),
        (there.new_customer, 2),
        (there.new_item, 1),
        (there.new_invoice, 1),
        (purchases.made_there, 3),
        (estimates.made_there, 1),
    ):
        for _ in range(times):
            step(world)
    _both(world)
    starting.ask(world.connection, trigger=SyncRun.Trigger.PREVIEW, preview=True, user=world.user)
    for _ in range(3):
        world.work()
        world.look()
        for run in SyncRun.objects.filter(state=SyncRun.State.DRAFT):
            approve.approve(run, user=world.user, force=True)
        world.pass_time(70)
    world.look()


def _both(world: World) -> None:
    """A customer, a product and invoices that are known on both sides before they meet."""
    with world.staff():
        client, product = here.make_client(world), here.make_product(world)
        invoices = [
            here.make_invoice(world, client, product, lines=(2, 2)) for _ in range(INVOICES)
        ]
    there.make(
        world,
        "Customer",
        DisplayName=client.name,
        Notes=client.notes,
        PrimaryEmailAddr={"Address": client.email},
    )
    there.make(
        world,
        "Item",
        Name=product.name,
        Description=product.description,
        Type="Service",
        UnitPrice=float(product.unit_price),
        IncomeAccountRef={"value": there.account(world)},
        Taxable=False,
    )
    for invoice in invoices:
        there.make(
            world,
            "Invoice",
            DocNumber=invoice.number,
            CustomerRef={"value": _key(world, client.name)},
            TxnDate=str(invoice.issued_on),
            DueDate=str(invoice.due_on or invoice.issued_on),
            CustomerMemo={"value": invoice.memo},
            PrivateNote=invoice.private_note,
            Line=[_line(line, _key(world, product.name)) for line in invoice.lines.all()],
        )


def _key(world: World, name: str) -> str:
    return world.journal.seen["there"][tag_of(name)][0].key


def _line(line: InvoiceLine, item: str) -> dict[str, Any]:
    price = float(line.unit_price)
    detail = {
        "ItemRef": {"value": item},
        "Qty": 1,
        "UnitPrice": price,
        "TaxCodeRef": {"value": "NON"},
    }
    return {
        "DetailType": "SalesItemLineDetail",
        "Description": line.description,
        "Amount": price,
        "SalesItemLineDetail": detail,
    }
