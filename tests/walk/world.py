"""The world of one walk: two sides, workers, a clock, dice, and the journal of what people did."""

from __future__ import annotations

import itertools
import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from quicksync.local.registry import registry
from quicksync.models import Category, Connection, EntityMapping, SyncRun
from quicksync.quickbooks.port import Tokens
from quicksync.simulator import SimulatorError
from quicksync.sync.actions import connect
from quicksync.sync.pairs import watch
from tests.walk import shown
from tests.walk.clocks import shared
from tests.walk.journal import Journal
from tests.walk.quickbooks import QuickBooks
from tests.walk.shown import KINDS, MODELS, Shown
from tests.walk.workers import Halt, Worker

ALL = tuple(KINDS.values())


class Wrong(Exception):
    """Something in the walk is not as promised."""

    def __init__(self, troubles: list[str]) -> None:
        super().__init__("\n".join(troubles))
        self.troubles = troubles


class World:
    """One walk's."""

    def __init__(self, seed: int, quickbooks: QuickBooks, log: Path) -> None:
        self.seed = seed
        self.dice = random.Random(seed)
        self.quickbooks = quickbooks
        self.log = log
        self.journal = Journal()
        self.asleep: list[Worker] = []
        self.kills = self.suspended = self.edits = 0
        self.mail: list[dict[str, str]] = []
        # Whether workers were at it since both sides were looked at.
        self.worked = False
        self._numbers = itertools.count(1)
        self._tags = {letter: itertools.count(1) for letter in KINDS}
        self.user = get_user_model().objects.get()
        # Half of the hosts write through save(), half in bulk.
        self.bulk = bool(seed % 2)
        for adapter in registry.all():
            if adapter.kind in ALL:
                type(adapter).bulk = self.bulk

    # --- What there is ----------------------------------------------------------------------------

    @property
    def connection(self) -> Connection:
        """The only connection, as it is now."""
        return Connection.objects.get()

    def category(self, kind: str) -> Category:
        """The settings of a kind, as they are now."""
        return Category.objects.get(kind=kind)

    def value(self) -> str:
        """A text that nobody typed before."""
        return f"v{next(self._numbers)}"

    def amount(self) -> int:
        """A price in cents that nobody charged before."""
        return 1000 + next(self._numbers)

    def tag(self, kind: str) -> str:
        """The next tag of a kind: C7, I12."""
        letter = next(letter for letter, of in KINDS.items() if of == kind)
        return f"{letter}{next(self._tags[letter])}"

    def pick(self, side: str, kind: str, *, state: str = shown.ALIVE) -> Shown | None:
        """A record that a side shows; None when it shows none."""
        found = [
            one[0]
            for one in self.journal.seen[side].values()
            if one[0].kind == kind and one[0].state == state
        ]
        found.sort(key=lambda one: (one.tag[0], int(one.tag[1:])))
        return self.dice.choice(found) if found else None

    def object(self, one: Shown) -> Any:
        """The host's object of a record that this side shows."""
        return MODELS[one.kind].objects.get(pk=one.key)

    def mapping(self, one: Shown, side: str) -> EntityMapping | None:
        """The mapping of a record that a side shows; None when it has none."""
        rows = EntityMapping.objects.filter(kind=one.kind)
        if side == "here":
            return rows.filter(object_key=one.key).first()
        return rows.filter(remote_type=shown.TYPES[one.kind], remote_id=one.key).first()

    # --- Time -------------------------------------------------------------------------------------

    def pass_time(self, seconds: float) -> None:
        """The clock that all processes of the walk share moves on."""
        shared.advance(seconds)

    # --- People's work ----------------------------------------------------------------------------

    @contextmanager
    def staff(self) -> Iterator[None]:
        """Somebody works here, in one transaction as an admin page does."""
        self.look()
        watch.forget()
        self.edits += 1
        try:
            with transaction.atomic():
                yield
        finally:
            self.journal.acted("here", shown.here())

    def bookkeeper(self, act: Callable[[], Any]) -> Any:
        """Somebody works in QuickBooks; what QuickBooks refuses did not happen."""
        self.look()
        self.edits += 1
        try:
            return act()
        except SimulatorError as error:
            return f"refused: {str(error)[:80]}"
        finally:
            self.journal.acted("there", shown.there(self.quickbooks.records()))

    # --- Workers ----------------------------------------------------------------------------------

    def start(self, halt: Halt | None = None, *, nightly: bool = False) -> Worker:
        """A worker of its own process, which may be told where to halt."""
        self.worked = True
        return Worker(self.log, halt, nightly=nightly)

    def work(self, halt: Halt | None = None, *, nightly: bool = False) -> str:
        """One worker, until it ends, is killed or falls asleep."""
        worker = self.start(halt, nightly=nightly)
        return self.finish(worker)

    def finish(self, worker: Worker) -> str:
        """Wait for a worker; tells whether it ended, was killed, sleeps or broke."""
        state = worker.wait()
        if state == "suspended":
            self.suspended += 1
            self.asleep.append(worker)
        elif state == "killed":
            self.kills += 1
        elif state == "broken":
            raise Wrong([f"worker: a worker ended with an error of its own; see {self.log}"])
        return state

    def wake_all(self) -> None:
        """Nobody stays suspended."""
        while self.asleep:
            self.wake(self.asleep.pop(0))

    def wake(self, worker: Worker) -> str:
        """A suspended worker goes on."""
        self.worked = True
        worker.wake()
        return self.finish(worker)

    # --- What is seen -----------------------------------------------------------------------------

    def sides(self) -> dict[str, shown.Side]:
        """What both sides show at this moment."""
        return {"here": shown.here(), "there": shown.there(self.quickbooks.records())}

    def look(self) -> None:
        """Compare what both sides show with what people did. Raises Wrong.

        Before anybody types, too: what workers carried would count as typed by who comes next.
        """
        if not self.worked:
            return
        self.worked = False
        troubles = self.journal.observe(self.sides())
        if troubles:
            raise Wrong(troubles)

    @staticmethod
    def ended(run: SyncRun) -> bool:
        """Whether it is over, and not in line either."""
        return not SyncRun.objects.filter(
            pk=run.pk, state__in=(*SyncRun.ACTIVE, "queued", "draft")
        ).exists()

    # --- Access -----------------------------------------------------------------------------------

    def reconnect(self) -> str:
        """A person connects the company again."""
        found = self.quickbooks.status()["companies"][0]
        self.quickbooks.call("POST", "walk-tokens")
        found = self.quickbooks.status()["companies"][0]
        tokens = Tokens(access=found["access_token"], refresh=found["refresh_token"])
        connect.connected(self.connection, tokens, found["realm_id"], user=self.user)
        return "connected"

    def close(self) -> None:
        """End the workers that still sleep."""
        for worker in self.asleep:
            worker.kill()
        self.asleep.clear()
        logging.getLogger("quicksync").debug("walk over")
