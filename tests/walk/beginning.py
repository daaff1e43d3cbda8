"""How every walk begins: a connected company whose first synchronization a person has looked at and
approved.
"""

from __future__ import annotations

from pathlib import Path

from django.contrib.auth import get_user_model

from quicksync.models import Category, Connection, SyncRun
from quicksync.quickbooks.port import Tokens
from quicksync.sync.actions import connect
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from tests.walk import database
from tests.walk.quickbooks import QuickBooks
from tests.walk.steps import here, there
from tests.walk.workers import labour
from tests.walk.world import ALL, World

CUSTOMERS = 11


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
    for category in Category.objects.filter(kind__in=ALL):
        category.enabled = True
        deletes = "void" if category.kind == "payment" else "nothing"
        category.options = category.options.replace(wins="ask", on_delete_there=deletes)
        category.save()
    Connection.objects.update(next_sync_at=None)


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
        (there.new_customer, 2),
        (there.new_item, 1),
        (there.new_invoice, 1),
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
    """One customer who is known on both sides before they meet."""
    with world.staff():
        client = here.make_client(world)
    values = {
        "DisplayName": client.name,
        "Notes": client.notes,
        "PrimaryEmailAddr": {"Address": client.email},
    }
    world.bookkeeper(lambda: world.quickbooks.edit("create", "Customer", values=values))
