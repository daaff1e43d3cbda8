"""The worker's entry points, whoever runs them. A task is a hint to look: it may run twice, late or
never, and nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db.models import OuterRef

from quicksync.models import SyncRun
from quicksync.sync.drivers import bundle, direct
from quicksync.sync.exchange import outbox
from quicksync.sync.monitor import alerts as alerting
from quicksync.sync.monitor import digest as weekly
from quicksync.sync.monitor import reconciling
from quicksync.sync.plan import approve
from quicksync.sync.runs import dispatching, ending
from quicksync.sync.runs import nightly as every_night
from quicksync.sync.worker import lease, routines
from quicksync.sync.worker.harmless import Harmless

log = logging.getLogger("quicksync.tasks")


def dispatch() -> int:
    """Every minute: enqueue what is due."""
    return dispatching.dispatch()


def cycle(connection_id: int) -> int | None:
    """Start a connection's automatic cycle, and work on it for a first slice: there is no need to
    queue again.
    """
    holder = lease.new_holder()
    run = dispatching.cycle_of(connection_id, holder=holder)
    if run is not None:
        _work(run.pk, holder, leased=True)
    return run.pk if run else None


def cycles(*connection_ids: int) -> int | None:
    """The cycles of a bundle of connections, of which most have nothing new; the others go on in
    tasks of their own. Returns how many began, None when none did.
    """
    holder, also = lease.new_holder(), {"leftovers": outbox.leftovers(OuterRef("connection"))}
    with Harmless("bundle_broke", "a bundle is looked at one by one", ids=connection_ids) as tried:
        runs = dispatching.cycles_of(connection_ids, holder=holder, **also)
    if tried.failed:
        return _one_by_one(connection_ids)
    guard = _Guard(holder)
    bundle.work(runs, guard)
    guard.tell()
    return len(runs) or None


def _one_by_one(connection_ids: Sequence[int]) -> int | None:
    """What cannot be read of one connection stops no other."""
    begun = 0
    for pk in connection_ids:
        with Harmless("cycle_broke", "a bundle goes on after a failure", connection=pk):
            begun += cycle(pk) is not None
    return begun or None


class _Guard:
    """The task boundary of each company in a bundle: what breaks is written down at its run, the
    others go on, and the task fails at its end.
    """

    def __init__(self, holder: str) -> None:
        self._holder = holder
        self._broken: list[Exception] = []

    @contextmanager
    def __call__(self, run: SyncRun) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            log.exception("a run broke", extra={"action": "broke", "run": run.pk})
            ending.broke(run.pk, self._holder, error)
            self._broken.append(error)

    def tell(self) -> None:
        """Raises what broke first."""
        if self._broken:
            raise self._broken[0]


def work(run_id: int) -> str | None:
    """Work on a run for one slice."""
    return _work(run_id, lease.new_holder())


def _work(run_id: int, holder: str, *, leased: bool = False) -> str | None:
    try:
        verdict = direct.work(run_id, holder, leased=leased)
    except Exception as error:
        # The task boundary: whatever breaks a run shall be seen in its history, not only in a log.
        log.exception("a run broke", extra={"action": "broke", "run": run_id})
        ending.broke(run_id, holder, error)
        raise
    return verdict.next.value if verdict else None


def reconcile(reconciliation_id: int) -> str | None:
    """Compare both sides of a connection for one slice."""
    holder = lease.new_holder()
    try:
        return reconciling.work(reconciliation_id, holder)
    except Exception as error:
        # The task boundary, as for runs: the page says what broke.
        log.exception(
            "a comparison broke", extra={"action": "broke", "reconciliation": reconciliation_id}
        )
        reconciling.broke(reconciliation_id, holder, error)
        raise


def alerts() -> int:
    """Every hour: tell people by e-mail what has gone wrong since."""
    return alerting.check()


def digest() -> int:
    """Every week: mail how everything stands."""
    return weekly.send()


def nightly() -> dict[str, int]:
    """Every night: end waiting plans that nothing is left of, find what signals missed, delete what
    has grown old.
    """
    ended = approve.discard_overtaken()
    return {"overtaken": ended, "seen": every_night.sweep(), **every_night.purge()}


def routine(name: str) -> str:
    """Do what the clock has brought, for runners that have no schedules of their own."""
    _ROUTINES[name]()
    routines.done(name)
    return name


_ROUTINES: Mapping[str, Callable[[], object]] = {
    routines.DISPATCH: dispatch,
    routines.ALERTS: alerts,
    routines.DIGEST: digest,
    routines.NIGHTLY: nightly,
}
