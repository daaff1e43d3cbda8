"""The same company twice: QuickBooks Online over HTTP, worked by the direct driver, and one on
paper that polls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.test import override_settings
from django.utils import timezone

from quicksync.models import Connection, Operation, SyncRun
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Purpose, WireReply, WireRequest
from quicksync.quickbooks.online.entities import remote_of
from quicksync.quickbooks.online.wire import WIRED
from quicksync.records import Record, codec
from quicksync.simulator.accounting.jsontext import dumps
from quicksync.sync.actions import connect
from quicksync.sync.company.known import facts_of
from quicksync.sync.drivers import direct
from quicksync.sync.drivers import polled as poll
from quicksync.sync.plan import approve
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import lease
from tests import company as companies
from tests.company import SLICES, Company
from tests.contracts.paper import PaperCompany
from tests.models import make

KINDS = (
    *("customer", "vendor", "employee", "item_category", "item", "estimate", "invoice"),
    *("credit_note", "sales_receipt", "refund", "bill", "payment"),
)
ONLINE_FIELDS = {
    "name": lambda value: {"DisplayName": value},
    "email": lambda value: {"PrimaryEmailAddr": {"Address": value}},
    "company": lambda value: {"CompanyName": value},
    "memo": lambda value: {"CustomerMemo": {"value": value}},
    "private_note": lambda value: {"PrivateNote": value},
}


class World(Company):
    """What the contract asks of a company, whichever way its requests travel."""

    def through(self, run: SyncRun, waits: int = 10) -> SyncRun:
        """Work a run to its end, however often it has to wait for a time."""
        for _ in range(waits):
            run.refresh_from_db()
            if not run.is_active:
                return run
            self.time_passes()
            run = self.work(run)
        raise AssertionError(
            f"{run} still waits:"
            f" {list(run.operations.values('kind', 'state', 'reason', 'retry_at'))}"
        )

    def sync_through(self, **options: Any) -> SyncRun:
        """A run to its end."""
        return self.through(self.sync(**options))

    def approve(self, run: SyncRun) -> SyncRun:
        """A person's yes, and what follows from it."""
        approve.approve(run, user=None, force=True)
        return self.through(run)

    def time_passes(self) -> None:
        """Whatever waits for a time need wait no more."""
        now = timezone.now()
        Operation.objects.filter(connection=self.connection, retry_at__gt=now).update(retry_at=now)
        SyncRun.objects.filter(connection=self.connection).update(resume_at=None)
        make.put(self.connection, limiter="")

    def worker_dies(self) -> None:
        """The lease of whoever is at work runs out."""
        past = timezone.now() - dt.timedelta(seconds=1)
        SyncRun.objects.filter(connection=self.connection).exclude(lease_until=None).update(
            lease_until=past
        )

    def until_lost(self, run: SyncRun) -> None:
        """Work on a run until an answer is lost, and leave it there."""
        raise AssertionError

    def rename(self, obj: Any, name: str) -> None:
        """A bookkeeper gives a record of a list another name."""
        raise AssertionError

    def add_line(self, invoice: Any) -> None:
        """A bookkeeper adds a line "Courier" of 7.00 to an invoice."""
        raise AssertionError

    def names(self, kind: str) -> list[str]:
        """The names or numbers of all records of a kind that QuickBooks has and that came from
        here.
        """
        raise AssertionError

    def shown(self, obj: Any) -> Record:
        """What QuickBooks has of an object."""
        raise AssertionError


class OnlineWorld(World):
    """QuickBooks Online: the simulator over HTTP."""

    def until_lost(self, run: SyncRun) -> None:
        direct.work(run.pk, lease.new_holder())

    def names(self, kind: str) -> list[str]:
        (wired,) = WIRED.of_kind[kind]
        name = next(iter(wired.names), "Id")
        return sorted(
            one[name] for one in self.there(wired.type) if one[name] not in ("Services", "Hours")
        )

    def shown(self, obj: Any) -> Record:
        mapping = self.mapping(obj)
        remote = remote_of(mapping.remote_type, dumps(self.partner(obj)).encode())
        record = edition_for("online").decode(remote, facts_of(self.connection))
        assert record is not None
        return record

    def edit(self, obj: Any, **fields: Any) -> None:
        """A bookkeeper's edit in QuickBooks."""
        values = {
            name: part
            for key, value in fields.items()
            for name, part in ONLINE_FIELDS[key](value).items()
        }
        mapping = self.mapping(obj)
        self.sim.edit("update", mapping.remote_type, mapping.remote_id, values=values)

    def rename(self, obj: Any, name: str) -> None:
        mapping = self.mapping(obj)
        self.sim.edit("update", mapping.remote_type, mapping.remote_id, values={"Name": name})

    def add_line(self, invoice: Any) -> None:
        self.add_line_there(invoice)

    def add_customer(self, name: str, **fields: Any) -> None:
        """A bookkeeper makes a customer."""
        self.sim.api("POST", "customer", {"DisplayName": name} | fields)

    def take_name(self, name: str) -> None:
        """Somebody takes a name in QuickBooks, in a way that matching does not see as the same
        record.
        """
        self.sim.api("POST", "vendor", {"DisplayName": name})

    def free_name(self, name: str) -> None:
        """Whoever took the name goes by another one."""
        found = self.one("Vendor", f"DisplayName = '{name}'")
        self.sim.edit("update", "Vendor", found["Id"], values={"DisplayName": f"{name} (v)"})

    def void(self, obj: Any) -> None:
        """A bookkeeper voids a document."""
        self.sim.edit("void", self.mapping(obj).remote_type, self.mapping(obj).remote_id)

    def delete(self, obj: Any) -> None:
        """A bookkeeper deletes a record."""
        self.sim.edit("delete", self.mapping(obj).remote_type, self.mapping(obj).remote_id)

    def lose_answers(self, number: int = 1, *, after_commit: bool) -> None:
        """The next writes bring no answer: lost on the way there, or on the way back."""
        how: dict[str, Any] = {"drop_after_commit": True} if after_commit else {"drop_before": True}
        self.sim.fault(path="/batch$", times=number, **how)

    def throttle(self) -> None:
        """QuickBooks refuses the next write as one too many for now."""
        self.sim.fault(path="/batch$", throttle=True, times=1)


class PolledWorld(World):
    """A company on paper. Every call of its conversation is made as by a process that knows nothing
    of the others.
    """

    def __init__(self, connection: Connection) -> None:
        self.paper = PaperCompany()
        self.connection = connection
        self.losses: list[bool] = []

    def work(self, run: SyncRun) -> SyncRun:
        holder = lease.new_holder()
        self.open(holder)
        for _ in range(SLICES * 4):
            session = poll.resume_session(run.pk, holder)
            request = poll.hand_out(session)
            if request is None and session.next is not Next.AGAIN:
                break
            if request is not None:
                self.carry(run.pk, holder, request)
        else:
            raise AssertionError(f"{run} is still not done.")
        poll.close(poll.resume_session(run.pk, holder))
        self.connection.refresh_from_db()
        return SyncRun.objects.get(pk=run.pk)

    def until_lost(self, run: SyncRun) -> None:
        session = self.open("ticket")
        while self.losses and (request := poll.hand_out(session)) is not None:
            self.carry(run.pk, "ticket", request)

    def open(self, holder: str) -> poll.Session:
        """A session as a poll with this ticket opens it."""
        session = poll.open_session(Connection.objects.get(pk=self.connection.pk), holder)
        assert session is not None
        return session

    def carry(self, run_id: int, holder: str, request: WireRequest) -> None:
        """Do what a request says and bring the answer back, if it is not lost on the way."""
        lost = self.losses.pop(0) if self.losses and request.purpose is Purpose.WRITE else None
        if lost is False:
            return
        reply = self.answer(request)
        if lost is None:
            poll.take_back(poll.resume_session(run_id, holder), request.id, request.purpose, reply)

    def answer(self, request: WireRequest) -> WireReply:
        """What the company on paper says to a request."""
        return WireReply(status=200, body=self.paper.answer(request.body))

    def names(self, kind: str) -> list[str]:
        return sorted(
            row.fields.get("name") or row.fields.get("number") or row.id
            for row in self.paper.live(kind)
        )

    def shown(self, obj: Any) -> Record:
        mapping = self.mapping(obj)
        row = self.paper.rows[mapping.kind, mapping.remote_id or ""]
        return codec.load({"v": codec.VERSION, "k": mapping.kind, "d": row.fields})

    def edit(self, obj: Any, **fields: Any) -> None:
        mapping = self.mapping(obj)
        self.paper.edit(mapping.kind, mapping.remote_id or "", **fields)

    def rename(self, obj: Any, name: str) -> None:
        self.edit(obj, name=name)

    def add_line(self, invoice: Any) -> None:
        lines = self.paper.rows["invoice", self.mapping(invoice).remote_id or ""].fields["lines"]
        added = {"id": "B1", "description": "Courier", "unit_price": "7", "amount": "7"}
        self.edit(invoice, lines=[*lines, {**lines[0], **added}])

    def add_customer(self, name: str, **fields: Any) -> None:
        self.paper.add("customer", name=name, currency="USD")

    def take_name(self, name: str) -> None:
        self.paper.add("customer", name=name, currency="USD")

    def free_name(self, name: str) -> None:
        row = next(row for row in self.paper.live("customer") if row.fields["name"] == name)
        self.paper.delete("customer", row.id)

    def void(self, obj: Any) -> None:
        self.edit(obj, voided=True, total=str(Decimal(0)))

    def delete(self, obj: Any) -> None:
        mapping = self.mapping(obj)
        self.paper.delete(mapping.kind, mapping.remote_id or "")

    def lose_answers(self, number: int = 1, *, after_commit: bool) -> None:
        self.losses += [after_commit] * number

    def throttle(self) -> None:
        self.paper.busy += 1


@contextmanager
def online() -> Iterator[OnlineWorld]:
    """An empty company in the simulator."""
    with companies.connected(kinds=KINDS) as company:
        yield OnlineWorld(company.sim, company.connection)


@contextmanager
def polled() -> Iterator[PolledWorld]:
    """An empty company on paper."""
    editions = {"online": "quicksync.quickbooks.online.edition.OnlineEdition",
                "paper": "tests.contracts.polled_edition.PolledEdition"}  # fmt: skip
    with override_settings(QUICKSYNC={"EDITIONS": editions}):
        connection = Connection.objects.create(
            name="Paper", edition="paper", realm_id="file-1", status=Connection.Status.CONNECTED
        )
        connect.categories(connection)
        world = PolledWorld(connection)
        world.enable(*KINDS)
        yield world
