"""What a walk remembers of who typed what."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model

from quicksync.books.models import Client
from tests.walk.shown import TYPES
from tests.walk.world import World, Wrong

pytestmark = pytest.mark.django_db(transaction=True)


class Books:
    """QuickBooks with one customer."""

    def __init__(self):
        self.customer = {"Id": "1", "DisplayName": "C1 v1"}

    def records(self):
        customers = [] if self.customer is None else [dict(self.customer)]
        return {name: customers if name == "Customer" else [] for name in TYPES.values()}


@pytest.fixture
def world(tmp_path):
    get_user_model().objects.create(username="walker")
    return World(1, Books(), tmp_path / "log")


@pytest.fixture
def client(world):
    """The customer, the same on both sides."""
    with world.staff():
        client = Client.objects.create(name="C1 v1", notes="v2")
    carry(world, client)
    world.look()
    return client


def carry(world, client):
    """What a worker does, while nobody looks yet."""
    world.worked = True
    world.quickbooks.customer["Notes"] = client.notes


def note(world, client, text):
    with world.staff():
        client.notes = text
        client.save()


def phone(world, number):
    world.bookkeeper(
        lambda: world.quickbooks.customer.update(PrimaryPhone={"FreeFormNumber": number})
    )


def test_what_a_worker_carried_is_not_what_the_next_bookkeeper_typed(world, client):
    """Nothing typed in QuickBooks goes silently: what quicksync itself put there was not typed
    there.
    """
    note(world, client, "v3")
    carry(world, client)
    note(world, client, "v4")
    phone(world, "v5")
    carry(world, client)
    world.look()


def test_what_a_bookkeeper_typed_is_not_overwritten_silently(world, client):
    note(world, client, "v3")
    world.bookkeeper(lambda: world.quickbooks.customer.update(Notes="v4"))
    carry(world, client)
    with pytest.raises(
        Wrong, match=r"not-asked: C1.notes became 'v3'; \[\('v4', 'there'\)\] went silently"
    ):
        world.look()


def bring(world):
    """What a worker does the other way."""
    world.worked = True
    Client.objects.update(notes=world.quickbooks.customer["Notes"])


def test_what_was_typed_and_taken_back_before_anybody_carried_it_was_not_overwritten(world, client):
    """Nobody is asked about a record that only the other side has changed (the merge's three
    values, design 3).
    """
    world.bookkeeper(lambda: world.quickbooks.customer.update(Notes="v3"))
    for text in ("v4", "v2", "v5", "v2"):
        note(world, client, text)
    bring(world)
    world.look()


def test_what_was_taken_back_in_quickbooks_before_anybody_carried_it_was_not_overwritten(
    world, client
):
    note(world, client, "v3")
    for text in ("v4", "v2"):
        world.bookkeeper(lambda text=text: world.quickbooks.customer.update(Notes=text))
    carry(world, client)
    world.look()


def test_what_the_other_side_typed_is_not_taken_back_with_it(world, client):
    world.bookkeeper(lambda: world.quickbooks.customer.update(Notes="v3"))
    note(world, client, "v4")
    note(world, client, "v2")
    carry(world, client)
    with pytest.raises(
        Wrong, match=r"not-asked: C1.notes became 'v2'; \[\('v3', 'there'\)\] went silently"
    ):
        world.look()


def test_what_is_taken_back_after_it_was_carried_is_an_edit(world, client):
    """A worker had read it before it was taken back, and writes it."""
    note(world, client, "v3")
    carry(world, client)
    Client.objects.update(notes="v2")
    world.journal.typed("C1", "notes", "here", "v2", over="v3")
    world.look()
    world.bookkeeper(lambda: world.quickbooks.customer.update(Notes="v4"))
    bring(world)
    with pytest.raises(
        Wrong, match=r"not-asked: C1.notes became 'v4'; \[\('v2', 'here'\)\] went silently"
    ):
        world.look()


def test_a_wish_counts_until_it_has_had_its_time(world, client):
    """However late: whoever said that this side is right is heard when the company can be reached
    again.
    """
    over = []
    kept = world.quickbooks.customer
    world.bookkeeper(lambda: setattr(world.quickbooks, "customer", None))
    world.journal.pardon("C1", lambda: bool(over))
    world.worked = True
    world.look()
    over.append(True)
    world.worked, world.quickbooks.customer = True, kept
    world.look()


def test_what_nobody_wished_comes_back_by_itself(world, client):
    kept = world.quickbooks.customer
    world.bookkeeper(lambda: setattr(world.quickbooks, "customer", None))
    world.worked, world.quickbooks.customer = True, kept
    with pytest.raises(
        Wrong, match="came-back: C1 was deleted there by person, and is alive there again"
    ):
        world.look()
