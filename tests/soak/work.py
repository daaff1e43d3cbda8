"""The companies of a soak, the people who edit on both sides, and the workers that stay."""

from __future__ import annotations

import argparse
import gc
import logging
import mmap
import os
import random
import signal
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import close_old_connections, connections
from django.db.models import Q
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from quicksync import tasks
from quicksync.books.models import Client, Invoice, InvoiceLine, Product
from quicksync.exceptions import Busy, NotAllowed
from quicksync.models import Category, Connection, Operation, SyncRun
from quicksync.quickbooks.port import Tokens
from quicksync.simulator import SimulatorError
from quicksync.sync.actions import connect
from quicksync.sync.pairs import watch
from quicksync.sync.plan import approve
from tests.soak.figures import Sample
from tests.walk import database, quickbooks
from tests.walk.clocks import shared
from tests.walk.steps.trouble import FAULTS, deliver
from tests.walk.workers import dies_with_parent, perform

log = logging.getLogger("quicksync.soak")
KINDS = ("customer", "item", "invoice", "payment")
CLIENTS, PRODUCTS, INVOICES = 30, 3, 40
# What passes between two rounds; the schedule's tasks come due by it.
ROUND = 3600.0
HOUR, DAY, WEEK = 3600.0, 86400.0, 7 * 86400.0
# Real seconds that workers get in a round, at most, to come to rest.
PATIENCE = 300.0
# The workers by name. The one that is restarted is killed every so many rounds.
STAYS, RESTARTED = "the worker that stays", "the worker that is killed"
KILLED_EVERY = 25
# A person looks at what waits for a yes every so many rounds.
ANSWERED_EVERY = 30
SITE = "the site"
MEGABYTE = 2**20
DISPATCH_EVERY = 60.0
# In memory that all processes share: up to when each worker has looked for what is due.
_dispatched = mmap.mmap(-1, mmap.PAGESIZE)


def prepare(asked: argparse.Namespace, log_file: Path) -> Soak:
    """Companies connected, and what they have known to both sides."""
    from tests.walk import clocks

    clocks.install()
    from quicksync.quickbooks.online.transport import limiter

    limiter.REQUESTS = limiter.BURST = limiter.BATCHES = 10**6
    database.create()
    online = quickbooks.start()
    status = online.status()
    os.environ |= {
        "QUICKSYNC_INTUIT_BASE": online.base_url,
        "QUICKSYNC_CLIENT_ID": status["client_id"],
        "QUICKSYNC_CLIENT_SECRET": status["client_secret"],
    }
    get_user_model().objects.create_superuser("office", "office@example.com", "pw")
    for number in range(1, asked.companies):
        online.add_company(company="empty", name=f"Company {number + 1}")
    online.webhooks("http://soak")
    for number, found in enumerate(online.status()["companies"]):
        _join(found, number)
    return Soak(online, log_file, random.Random(asked.seed))


def _join(found: dict[str, Any], number: int) -> None:
    """The first company goes both ways; the others mirror this side, since all share its books."""
    connection = Connection.objects.create(name=f"{found['name']} {number}")
    tokens = Tokens(access=found["access_token"], refresh=found["refresh_token"])
    connect.connected(connection, tokens, found["realm_id"])
    for category in Category.objects.filter(connection=connection, kind__in=KINDS):
        category.enabled, category.needs_scan = True, True
        category.direction = "both" if number == 0 else "push"
        category.approved_at = timezone.now()
        category.options = category.options.replace(wins="here")
        category.save()


class Soak:
    """One soak: what happens in a round, and what is looked at."""

    def __init__(self, online: quickbooks.QuickBooks, log_file: Path, dice: random.Random) -> None:
        self.online, self.log, self.dice = online, log_file, dice
        self.rounds = self.made = 0
        self._due = {"alerts": HOUR, "nightly": DAY, "digest": WEEK}
        self._every = dict(self._due)
        self._found()
        self.workers = {
            name: _fork(place, log_file) for place, name in enumerate((STAYS, RESTARTED), start=1)
        }

    def _found(self) -> None:
        products = [
            Product.objects.create(name=f"Product {n}", unit_price=10 + n) for n in range(PRODUCTS)
        ]
        clients = [Client.objects.create(name=f"Client {n}") for n in range(CLIENTS)]
        for number in range(INVOICES):
            self._invoice(clients[number % CLIENTS], products, number)
        self.made += CLIENTS + PRODUCTS

    def _invoice(self, client: Client, products: list[Product], number: int) -> None:
        invoice = Invoice.objects.create(
            client=client, number=f"S-{number}", issued_on=timezone.localdate()
        )
        InvoiceLine.objects.create(
            invoice=invoice,
            position=1,
            product=products[number % len(products)],
            description="Work",
            quantity=1,
            unit_price=10 + number,
        )
        self.made += 1

    # --- A round ----------------------------------------------------------------------------------

    def round(self) -> None:
        """People edit, something may go wrong, workers work, and time passes."""
        self.rounds += 1
        for edit in self.dice.sample((self._here, self._lines, self._there, self._document), 2):
            edit()
        self._trouble()
        self._reconnect()
        if self.rounds % ANSWERED_EVERY == 0:
            self._answer()
        if self.rounds % KILLED_EVERY == 0:
            self._restart()
        for name, due in self._due.items():
            if shared.ahead() >= due:
                self._due[name] = due + self._every[name]
                async_task(f"quicksync.tasks.{name}")
        self.rest()
        shared.advance(ROUND)

    def _here(self) -> None:
        client = self.dice.choice(list(Client.objects.all()))
        client.notes = f"Note {self.rounds}"
        client.save()
        watch.forget()

    def _lines(self) -> None:
        line = self.dice.choice(list(InvoiceLine.objects.select_related("invoice")))
        line.unit_price = 10 + self.rounds % 90
        line.save()
        line.invoice.save()
        watch.forget()

    def _there(self) -> None:
        self._edited("Customer", {"Notes": f"Book {self.rounds}"})

    def _document(self) -> None:
        self._edited("Invoice", {"PrivateNote": f"Seen {self.rounds}"})

    def _edited(self, entity: str, values: dict[str, object]) -> None:
        """A bookkeeper of the first company changes any one of them."""
        found = self.online.records()[entity]
        if not found:
            return
        try:
            self.online.edit("update", entity, self.dice.choice(found)["Id"], values=values)
        except SimulatorError as error:
            log.info("refused: %s", error)

    def _trouble(self) -> None:
        if self.dice.random() < 0.15:
            self.online.fault(**{**self.dice.choice(FAULTS), "times": self.dice.choice([1, 2, 3])})
        if self.dice.random() < 0.2:
            self.online.end_trouble()
        mail = self.online.mail()
        for one in mail if self.dice.random() < 0.8 else ():
            deliver(one)

    def _reconnect(self) -> None:
        """An answer with a new refresh token that is lost ends access: a person connects again."""
        shown = {one["realm_id"]: one for one in self.online.status()["companies"]}
        for connection in Connection.objects.exclude(status=Connection.Status.CONNECTED):
            found = shown[connection.realm_id]
            tokens = Tokens(access=found["access_token"], refresh=found["refresh_token"])
            connect.connected(connection, tokens, found["realm_id"])

    @staticmethod
    def _answer() -> None:
        """A person says yes to the newest plan of each company that waits for it, as after a day
        without access; the older ones are left lying.
        """
        waiting = SyncRun.objects.filter(state=SyncRun.State.DRAFT)
        newest = dict(waiting.order_by("pk").values_list("connection", "pk"))
        for run in SyncRun.objects.filter(pk__in=newest.values()):
            with suppress(NotAllowed, Busy):
                approve.approve(run, user=None, force=True)

    def _restart(self) -> None:
        os.kill(self.workers[RESTARTED], signal.SIGKILL)
        os.waitpid(self.workers[RESTARTED], 0)
        self.workers[RESTARTED] = _fork(2, self.log)

    def rest(self) -> None:
        """Until the workers have nothing in hand: who would work while months pass would lose
        every lease.
        """
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up and (not _looked() or self._busy()):
            time.sleep(0.05)

    @staticmethod
    def _busy() -> bool:
        held = Q(lease_until__gt=timezone.now())
        return (
            OrmQ.objects.filter(lock__lt=timezone.now()).exists()
            or SyncRun.objects.filter(held, state__in=SyncRun.ACTIVE).exists()
        )

    # --- What is looked at ------------------------------------------------------------------------

    def sample(self, seconds: float) -> Sample:
        """All sizes at this moment."""
        database.clear_up()
        memory = {SITE: _megabytes(os.getpid())}
        memory |= {name: _megabytes(pid) for name, pid in self.workers.items()}
        with connections["default"].cursor() as cursor:
            names = connections["default"].introspection.table_names(cursor)
            rows = {}
            for name in names:
                cursor.execute(f'SELECT count(*) FROM "{name}"')
                rows[name] = cursor.fetchone()[0]
        return Sample(seconds, shared.ahead() / DAY, memory, database.size(), rows, self.made)

    def end(self) -> list[str]:
        """What is not as it should be after a quiet week."""
        self.online.end_trouble()
        for minutes in (5, 61, 61):
            shared.advance(60.0 * minutes)
            self.rest()
            # What was lost with an answer before shows with the next tokens; nothing may be after.
            self._reconnect()
        for minutes in (180, 720, 1440, 1440):
            shared.advance(60.0 * minutes)
            self.rest()
        wrong = [
            f"{connection} is {connection.status}"
            for connection in Connection.objects.exclude(status=Connection.Status.CONNECTED)
        ]
        for operation in Operation.objects.filter(state__in=Operation.OPEN):
            wrong.append(f"Operation {operation.pk}, {operation}, is still {operation.state}.")
        for run in SyncRun.objects.filter(state__in=SyncRun.ACTIVE):
            wrong.append(
                f"Run {run.pk} is still {run.state} in {run.phase} at {timezone.now():%d %H:%M:%S}:"
                f" leased to {run.lease_holder or 'nobody'} until {run.lease_until},"
                f" to go on at {run.resume_at}, reads {run.reads}."
            )
        broken = self.log.read_text(errors="replace").count("Traceback (most recent call last)")
        return [*wrong, *([f"{broken} tracebacks in the log."] if broken else [])]

    def close(self) -> None:
        """End the workers and QuickBooks, and leave nothing on the server."""
        for pid in self.workers.values():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self.online.close()
        database.drop(database.template())


def _megabytes(pid: int) -> float:
    """What a process has in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def _looked() -> bool:
    """Whether all workers have looked for what is due at this time by the clock of the soak: one
    passes over what another is just about to enqueue.
    """
    _, *looked = struct.unpack("3d", _dispatched[:24])
    return min(looked) >= shared.ahead() - DISPATCH_EVERY


# --- Workers --------------------------------------------------------------------------------------


def _fork(place: int, log_file: Path) -> int:
    database.leave()
    pid = os.fork()
    if pid == 0:
        try:
            dies_with_parent()
            shared.place = place
            said = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.dup2(said, 1)
            os.dup2(said, 2)
            gc.unfreeze()
            _labour()
        except BaseException:
            log.exception("a worker broke")
        finally:
            os._exit(1)
    return pid


def _labour() -> None:
    """What the schedule and the queue have to do, for ever."""
    dispatched = float("-inf")
    broker = get_broker()
    while True:
        if (now := shared.ahead()) - dispatched >= DISPATCH_EVERY:
            tasks.dispatch()
            dispatched = now
            struct.pack_into("d", _dispatched, 8 * shared.place, now)
        if not OrmQ.objects.filter(lock__lt=timezone.now()).exists():
            close_old_connections()
            time.sleep(0.05)
            continue
        for key, package in broker.dequeue() or ():
            perform(SignedPackage.loads(package))
            broker.acknowledge(key)
