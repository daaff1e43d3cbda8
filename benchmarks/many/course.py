"""The course of a measurement: a simulator full of companies, a cluster at work on them, and a look
at all of it every few seconds. In its middle many of them have changes at once.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis

from benchmarks import processes
from benchmarks.load import Family, Served
from benchmarks.many.outcome import Outcome, Run, Sample
from benchmarks.many.statements import counted

DATABASE = "postgresql://postgres@127.0.0.1:5432/quicksync_many"
REDIS = "redis://127.0.0.1:6379/9"
# The name of the queue: nothing else that is in Redis is touched.
CLUSTER = "quicksync-many"
WORKERS = 2
MODULE = "many.companies"
# Invoices of a company that has changes, of the one that has many, and of all others; and how many
# of them are changed. A plan that changes a third of all invoices would wait for a person.
INVOICES = {"large": 8_000, "busy": 100, "quiet": 3}
CHANGED = {"large": 2_000, "busy": 20}
COMPANIES = 200
CUSTOMERS = 5
MAPPINGS = 1_000_000
# Seconds between two looks at what has come due, and between two at everything.
DUE_EVERY, EVERY = 2.0, 5.0
# Seconds that a cluster gets to end what is at work.
PATIENCE = 120
NOTE = "Changed by all at once"


def run(companies: int, minutes: float) -> Outcome:
    """So many companies, for so long; whatever was started or made for it is gone afterwards."""
    address = os.environ.get("BENCH_DATABASE_URL", DATABASE)
    with (
        tempfile.TemporaryDirectory(prefix="many-") as folder,
        processes.database(address, fresh=True),
        processes.simulator("off") as quickbooks,
    ):
        groups = _companies(quickbooks, companies)
        told = Path(folder) / "companies.json"
        told.write_text(json.dumps(groups), encoding="utf-8")
        inside = quickbooks.around(address, folder) | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.many.settings",
            "QUICKSYNC_REDIS_URL": os.environ.get("BENCH_REDIS_URL", REDIS),
            "QUICKSYNC_WORKERS": str(WORKERS),
            "BENCH_CLUSTER": CLUSTER,
            "QUICKSYNC_EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
        }
        _say(f"{companies:,} companies are in the simulator; they are being connected")
        made = processes.phase(MODULE, "prepare", {"told": str(told), "mappings": MAPPINGS}, inside)
        course = _Course(quickbooks, made, groups, inside, Path(folder))
        with course.cluster() as pid:
            samples = course.go_on(pid, 60 * minutes)
        _say("The cluster has ended; two companies are measured by themselves")
        options = {"few": made["quiet"][0], "million": made["quiet"][-1]}
        alone = processes.phase(MODULE, "alone", options, inside)
        return course.came_to(samples, alone)


def _say(text: str) -> None:
    sys.stderr.write(f"{dt.datetime.now(dt.UTC):%H:%M:%S} {text}\n")


def _companies(quickbooks: processes.Simulator, companies: int) -> dict[str, Any]:
    """Realms and tokens, by the sort of company."""
    busy = min(COMPANIES, companies // 4) - 1
    groups = {}
    for name, number in {"large": 1, "busy": busy, "quiet": companies - busy - 1}.items():
        size = {"customers": CUSTOMERS, "invoices": INVOICES[name]}
        first = quickbooks.company(size, copies=number - 1)
        all_ = [first, *first.pop("copies", ())]
        groups[name] = {"invoices": INVOICES[name], "companies": all_}
    return groups


class _Course:
    """From the cluster's start to its end."""

    def __init__(
        self,
        quickbooks: processes.Simulator,
        made: dict[str, Any],
        groups: dict[str, Any],
        inside: dict[str, str],
        folder: Path,
    ) -> None:
        self._quickbooks = quickbooks
        self._made = made
        self._realms = {
            name: [one["realm_id"] for one in group["companies"]] for name, group in groups.items()
        }
        self._inside = inside
        self._folder = folder
        self._log = folder / "cluster.log"
        self._database = psycopg.connect(inside["DATABASE_URL"], autocommit=True)
        self._redis = redis.from_url(inside["QUICKSYNC_REDIS_URL"])
        self._served = Served()
        # Connection -> when it came due.
        self._due: dict[int, set[dt.datetime]] = defaultdict(set)
        self._began = dt.datetime.now(dt.UTC)

    @contextmanager
    def cluster(self) -> Iterator[int]:
        """A django-q2 cluster; its process."""
        self._empty_the_queue()
        with self._log.open("w") as log:
            cluster = subprocess.Popen(
                [sys.executable, "manage.py", "qcluster"],
                cwd=processes.ROOT,
                env={**os.environ, **self._inside},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield cluster.pid
        finally:
            cluster.terminate()
            try:
                cluster.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(cluster.pid, signal.SIGKILL)
                cluster.wait()
            self._empty_the_queue()

    def _empty_the_queue(self) -> None:
        for key in self._redis.scan_iter(match=f"*{CLUSTER}*"):
            self._redis.delete(key)

    # --- While they work --------------------------------------------------------------------------

    def go_on(self, pid: int, seconds: float) -> list[Sample]:
        """Look until the time is over."""
        self._began = dt.datetime.now(dt.UTC)
        start, samples, next_look = time.monotonic(), list[Sample](), 0.0
        self._calls = self._count_of_calls()
        change: Future[dt.datetime] | None = None
        with ThreadPoolExecutor(1) as beside:
            while (passed := time.monotonic() - start) < seconds:
                self._look_at_due()
                if passed >= next_look:
                    samples.append(self._sample(passed, pid))
                    next_look = passed + EVERY
                if change is None and passed > seconds / 2:
                    change = beside.submit(self._change)
                time.sleep(DUE_EVERY)
            samples.append(self._sample(time.monotonic() - start, pid))
            assert change is not None
            self._woken = change.result()
        return samples

    def _look_at_due(self) -> None:
        """What comes due before the next look: who is begun has another time by then."""
        rows = self._database.execute(
            "SELECT connection_id, next_sync_at FROM quicksync_connectionclock"
            " WHERE next_sync_at <= now() + %s",
            [dt.timedelta(seconds=3 * DUE_EVERY)],
        )
        for pk, due in rows.fetchall():
            self._due[pk].add(due)

    def _sample(self, passed: float, pid: int) -> Sample:
        ended = self._one("SELECT count(*) FROM quicksync_syncrun WHERE finished_at IS NOT NULL")
        served = self._database.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        self._served.look(row[0] for row in served.fetchall())
        workers, simulator = Family(pid), Family(self._quickbooks.pid)
        whose = {"workers": workers, "PostgreSQL": self._served, "simulator": simulator}
        return Sample(
            passed,
            int(self._redis.llen(f"django_q:{CLUSTER}:q")),
            ended,
            {name: one.seconds() for name, one in whose.items()},
            {name: one.megabytes() for name, one in whose.items()},
            counted(self._folder / "statements"),
            self._count_of_calls() - self._calls,
        )

    def _count_of_calls(self) -> int:
        return int(self._quickbooks.call("GET", "requests?since=999999999")["count"])

    def _one(self, statement: str) -> int:
        row = self._database.execute(statement).fetchone()
        assert row is not None
        return int(row[0])

    def _change(self) -> dt.datetime:
        """Bookkeepers change invoices of many companies, and QuickBooks notifies us of all of them;
        when it has.
        """
        for name, number in CHANGED.items():
            for realm in self._realms[name]:
                edits = [
                    {
                        "action": "update",
                        "entity": "Invoice",
                        "id": id_,
                        "realm_id": realm,
                        "values": {"PrivateNote": NOTE},
                    }
                    for id_ in self._made["invoices"][:number]
                ]
                self._quickbooks.call("POST", "edit", edits)
        told = {"connections": [*self._made["busy"], *self._made["large"]]}
        woken = processes.phase(MODULE, "wake", told, self._inside)
        _say(f"{len(told['connections'])} companies have changes")
        return dt.datetime.fromisoformat(woken["at"])

    # --- Afterwards -------------------------------------------------------------------------------

    def came_to(self, samples: list[Sample], alone: dict[str, Any]) -> Outcome:
        """All figures."""
        runs = self._database.execute(
            "SELECT connection_id, started_at, finished_at, state"
            " FROM quicksync_syncrun WHERE started_at >= %s ORDER BY started_at",
            [self._began],
        )
        settled = self._database.execute(
            "SELECT o.connection_id, count(*), max(o.settled_at) FROM quicksync_operation o"
            " WHERE o.state = 'done' AND o.settled_at >= %s GROUP BY 1",
            [self._began],
        )
        (server,) = self._database.execute("SHOW server_version").fetchone() or ("",)
        queue = self._redis.info("server")["redis_version"]
        return Outcome(
            samples=samples,
            began=self._began,
            woken=self._woken,
            due={pk: sorted(moments) for pk, moments in self._due.items()},
            runs=[Run(*row) for row in runs.fetchall()],
            settled={pk: (number, at) for pk, number, at in settled.fetchall()},
            made=self._made,
            changed=CHANGED,
            alone=alone,
            server=f"PostgreSQL {server.split()[0]}, Redis {queue}",
            complaints=self._complaints(),
        )

    def _complaints(self) -> str:
        """What the cluster's processes have said, at most a page of it."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-4000:]
