"""An answer is written down while the host saves the same records, several in one transaction, in
its own order.
"""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError
from django.utils import timezone

from quicksync.books.models import Client
from quicksync.models import EntityMapping, Operation
from quicksync.quickbooks.messages import Purpose, WireReply
from quicksync.quickbooks.online.batch import item_id
from quicksync.records import Customer, codec
from quicksync.sync.company.known import at_hand
from quicksync.sync.exchange import conversation
from quicksync.sync.exchange.settle import Settlement
from quicksync.sync.worker import deadlocks
from quicksync.sync.worker.ids import item_key
from tests.at_once import behind
from tests.models import make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def parcel():
    """(run, clients, answer): two new clients on their way, and QuickBooks has taken both."""
    connection = make.connection()
    run = make.run(connection, state="running", phase="send")
    clients = [Client.objects.create(name=name) for name in ("Ada", "Bob")]
    EntityMapping.objects.all().delete()
    parts = []
    for client in clients:
        mapping = make.half(connection, str(client.pk))
        record = codec.dump(Customer(name=client.name))
        sending = {"state": "sending", "parcel": "p", "body": "{}", "sent_at": timezone.now()}
        operation = make.operation(run, mapping, record=record, **sending)
        there = {"Id": f"7{client.pk}", "SyncToken": "0", "DisplayName": client.name}
        parts.append({"bId": item_id(item_key(operation.pk)), "Customer": there})
    return run, clients, json.dumps({"BatchItemResponse": parts}).encode()


def settle(run, answer):
    return conversation.settle(
        run, at_hand(run.connection), "p", Purpose.WRITE, WireReply(status=200, body=answer)
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["same order", "other order"])
def test_neither_is_lost(parcel, order):
    run, clients, answer = parcel
    first, last = (clients[place] for place in order)

    def save(client):
        client.phone = "5"
        client.save()

    _, doubt = behind(lambda: save(first), lambda: settle(run, answer), lambda: save(last))
    assert doubt is False
    assert set(Operation.objects.values_list("state", flat=True)) == {"done"}
    assert set(Client.objects.values_list("phone", flat=True)) == {"5"}
    rows = EntityMapping.objects.all()
    assert set(rows.values_list("state", flat=True)) == {"in_sync"}
    assert not rows.filter(remote_id=None).exists()
    assert not rows.filter(touched_at=None).exists()


def test_it_is_tried_again_a_few_times_and_other_trouble_never(parcel, monkeypatch):
    run, _, answer = parcel
    tried, codes = [], ["40P01"] * (deadlocks.TRIES - 1)

    class Ended(Exception):
        def __init__(self, sqlstate):
            self.sqlstate = sqlstate

    work = Settlement._save

    def save(settlement, *args):
        tried.append(settlement)
        if codes:
            raise OperationalError("deadlock detected") from Ended(codes.pop())
        work(settlement, *args)

    monkeypatch.setattr(Settlement, "_save", save)
    codes.append("57014")
    with pytest.raises(OperationalError):
        settle(run, answer)
    assert len(tried) == 1
    assert settle(run, answer) is False
    assert len(tried) == 1 + deadlocks.TRIES
    codes += ["40P01"] * deadlocks.TRIES
    Operation.objects.update(state="sending")
    with pytest.raises(OperationalError):
        settle(run, answer)
