"""What a scenario starts: a simulator, a worker for each phase, a database of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


class Simulator:
    """A simulator process: its address, its keys, and the process itself."""

    def __init__(self, process: subprocess.Popen[str], base: str) -> None:
        self.pid = process.pid
        self.base = base
        self.status: dict[str, Any] = self.call("GET", "status")

    def call(self, method: str, route: str, value: object = None) -> Any:
        """One of its control routes."""
        body = None if value is None else json.dumps(value).encode()
        request = urllib.request.Request(f"{self.base}/_simulator/{route}", body, method=method)
        with urllib.request.urlopen(request, timeout=900) as answer:
            return json.loads(answer.read())

    def company(self, size: dict[str, int], **more: object) -> dict[str, Any]:
        """An empty company, or one of this size."""
        told = {"company": "empty", "country": "US", **({"size": size} if size else {}), **more}
        found: dict[str, Any] = self.call("POST", "companies", told)
        return found

    def around(self, database: str, folder: str) -> dict[str, str]:
        """What a process finds in its environment that works with it."""
        return {
            "QUICKSYNC_VAR": folder,
            "DATABASE_URL": database,
            "QUICKSYNC_INTUIT_BASE": self.base,
            "QUICKSYNC_CLIENT_ID": self.status["client_id"],
            "QUICKSYNC_CLIENT_SECRET": self.status["client_secret"],
            "QUICKSYNC_LOG_LEVEL": "ERROR",
        }


@contextmanager
def simulator(limits: str) -> Iterator[Simulator]:
    """A simulator process on a free port."""
    options = ("--quiet", "--port=0", "--company=empty", f"--limits={limits}")
    process = subprocess.Popen(
        [sys.executable, "-m", "quicksync.simulator", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield Simulator(process, next(word for word in line.split() if word.startswith("http")))
    finally:
        process.terminate()
        process.wait(30)


def phase(
    module: str, name: str, options: dict[str, Any], inside: dict[str, str]
) -> dict[str, Any]:
    """One phase of a scenario in a process of its own; its figures."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.worker", module, name, json.dumps(options)],
        cwd=ROOT,
        env={**os.environ, **inside},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextmanager
def database(address: str, *, keep: bool = False, fresh: bool = False) -> Iterator[None]:
    """A database on PostgreSQL for one scenario; one that is left from another time is taken as it
    is, or made `fresh`.
    """
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        made = sql.Identifier(name)
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(made)
        if fresh:
            connection.execute(drop)
        there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not there.fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(made))
        try:
            yield
        finally:
            if not keep:
                connection.execute(drop)


__all__ = ["ROOT", "Simulator", "database", "phase", "simulator"]
