"""Two transactions at the same moment, so that the outcome is certain: one holds a row, the other
waits for it.

What a conditional UPDATE is worth shows only there. PostgreSQL looks at the row again after it has
waited for it, and at nothing else: a condition on a joined table or in a subquery was decided
before. Two threads that are merely started together find that out one time in three; here the
second is known to wait before the first commits.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, connections, transaction

from quicksync.exceptions import QuicksyncError

First = TypeVar("First")
Second = TypeVar("Second")

# Only a test that fails waits so long.
PATIENCE = 120


def behind(
    first: Callable[[], First],
    second: Callable[[], Second],
    then: Callable[[], object] = lambda: None,
) -> tuple[First, Second | QuicksyncError]:
    """Do `first` in a transaction that is committed once `second`, on a connection of its own,
    waits for one of its rows, or has come to its end without waiting. What both gave; a refusal of
    the second is given, not raised.

    `then` is what the transaction does while the second waits for it.

    SQLite has one writer at a time: there the second waits for the whole transaction, wherever it
    begins to write.
    """
    begun = threading.Event()
    place: list[int] = []

    def other() -> Second | QuicksyncError:
        try:
            connection.ensure_connection()
            if connection.vendor == "postgresql":
                place.append(connection.connection.info.backend_pid)
            begun.set()
            return second()
        except QuicksyncError as error:
            return error
        finally:
            begun.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            mine = first()
            theirs = pool.submit(other)
            assert begun.wait(PATIENCE)
            _until_it_waits(theirs, place)
            then()
        return mine, theirs.result(PATIENCE)


def _until_it_waits(theirs: Future[object], place: list[int]) -> None:
    if connection.vendor != "postgresql":
        return
    give_up = time.monotonic() + PATIENCE
    while not theirs.done() and not _waits(place[0]):
        assert time.monotonic() < give_up, (
            "The second transaction neither ended nor came to wait for the first."
        )
        time.sleep(0.01)


def _waits(pid: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [pid])
        return bool(cursor.fetchone()[0])


@contextmanager
def still_open(change: Callable[[], object]) -> Iterator[Callable[[], None]]:
    """`change` stands in a transaction of another connection, which ends when the block calls what
    it is given.

    PostgreSQL only: SQLite has one writer at a time.
    """
    changed, ended = threading.Event(), threading.Event()

    def host() -> None:
        try:
            with transaction.atomic():
                change()
                changed.set()
                assert ended.wait(PATIENCE), (
                    "Somebody waits for this transaction instead of going on without it."
                )
        finally:
            changed.set()
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(host)
        assert changed.wait(PATIENCE)
        yield ended.set
        theirs.result(PATIENCE)
