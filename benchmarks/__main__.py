"""Run the scenarios and print their figures; `--write` puts them into docs/performance.md."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import report

ROOT = Path(__file__).resolve().parent.parent
# Name -> (module, size of the simulated company, phases after `prepare`, options of the phases).
Scenario = tuple[str, dict[str, int], tuple[str, ...], dict[str, Any]]
SCENARIOS: dict[str, Scenario] = {
    "push-1000": ("push", {}, ("run",), {"invoices": 1_000}),
    "push-10000": ("push", {}, ("run",), {"invoices": 10_000}),
    "idle-cycle": ("idle", {}, ("run",), {}),
    "idle-bundle": ("idle", {}, ("run",), {"companies": 25}),
    "pull-2000": ("pull", {"customers": 1_000, "invoices": 1_000}, ("run", "idle"), {}),
    "preview-2000": (
        "pull",
        {"customers": 1_000, "invoices": 1_000},
        ("preview", "approved"),
        {},
    ),
    "preview-10000": (
        "pull",
        {"customers": 5_000, "invoices": 5_000},
        ("preview", "approved"),
        {},
    ),
    "pull-40000": (
        "pull",
        {"customers": 20_000, "invoices": 20_000},
        ("bare", "decode", "run", "idle"),
        {},
    ),
}
# Side by side with a public client; its first run installs that.
AGAINST: dict[str, Scenario] = {
    "pull-against-tap": ("pull", {"customers": 5_000, "invoices": 5_000}, ("tap", "run"), {}),
    "pull-40000-against-tap": (
        "pull",
        {"customers": 20_000, "invoices": 20_000},
        ("tap", "run"),
        {},
    ),
}
# Takes as long as Intuit's limits make it: about ten minutes.
SLOW: dict[str, Scenario] = {
    "push-10000-limits": ("push", {}, ("run",), {"invoices": 10_000, "limits": True})
}
# Every admin page of a large site, on PostgreSQL; no simulator.
PAGES = "pages"
PAGES_DATABASE = "postgresql://postgres@127.0.0.1:5432/quicksync_pages"


def main(arguments: Sequence[str]) -> int:
    """Run the scenarios that were named, or the quick ones, and print their figures."""
    known = [*SCENARIOS, *AGAINST, *SLOW, PAGES]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names",
        nargs="*",
        metavar="scenario",
        help=f"of {', '.join(known)}; the quick ones by default",
    )
    parser.add_argument(
        "--write", action="store_true", help="put the figures into docs/performance.md"
    )
    parser.add_argument(
        "--records",
        type=int,
        default=1_000_000,
        help=f"so many records has a site whose pages are looked at ({PAGES})",
    )
    parser.add_argument(
        "--keep", action="store_true", help=f"leave the full database of {PAGES} there"
    )
    options = parser.parse_args(arguments)
    figures: dict[str, dict[str, Any]] = {}
    for name in options.names or SCENARIOS:
        if name == PAGES:
            every = pages(options.records, keep=options.keep)
            lines = report.pages(every)
            print("\n".join(lines), flush=True)
            if options.write:
                report.write_pages(ROOT / "docs" / "performance.md", every)
            continue
        for phase, found in measure(*{**SCENARIOS, **AGAINST, **SLOW}[name]):
            figures[f"{name} {phase}"] = found
            print(report.line(f"{name} {phase}", found), flush=True)
        if name in AGAINST:
            print(report.ratio(figures[f"{name} run"], figures[f"{name} tap"]), flush=True)
    if options.write and figures:
        report.write(ROOT / "docs" / "performance.md", figures)
    return 0


def measure(
    module: str, size: dict[str, int], phases: Sequence[str], options: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The phases of one scenario on a fresh simulator and a fresh database, each in a process of
    its own.
    """
    limits = "real" if options.get("limits") else "off"
    with tempfile.TemporaryDirectory() as folder, simulator(limits) as (base, status):
        realm = new_company(base, size)
        inside = {
            "QUICKSYNC_VAR": folder,
            "DATABASE_URL": os.environ.get(
                "BENCH_DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3"
            ),
            "QUICKSYNC_INTUIT_BASE": base,
            "QUICKSYNC_CLIENT_ID": status["client_id"],
            "QUICKSYNC_CLIENT_SECRET": status["client_secret"],
            "QUICKSYNC_LOG_LEVEL": "ERROR",
        }
        for phase in ("prepare", *phases):
            given = {
                key: value for key, value in options.items() if phase == "run" or key != "limits"
            }
            found = _worker(module, phase, {"realm": realm, **size, **given}, inside)
            if phase != "prepare":
                yield phase, found


def pages(records: int, *, keep: bool) -> dict[str, Any]:
    """The pages of a site with so many records, in a database of its own; one that was kept is
    taken as it is.
    """
    address = os.environ.get("BENCH_DATABASE_URL", PAGES_DATABASE)
    server, _, name = address.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as database:
        made = sql.Identifier(name)
        if not database.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            database.execute(sql.SQL("CREATE DATABASE {}").format(made))
        try:
            with tempfile.TemporaryDirectory() as folder:
                inside = {
                    "QUICKSYNC_VAR": folder,
                    "DATABASE_URL": address,
                    "QUICKSYNC_LOG_LEVEL": "ERROR",
                }
                _worker("pages", "prepare", {"records": records}, inside)
                return _worker("pages", "run", {"records": records}, inside)
        finally:
            if not keep:
                database.execute(sql.SQL("DROP DATABASE {}").format(made))


def _worker(
    module: str, phase: str, options: dict[str, Any], inside: dict[str, str]
) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.worker", module, phase, json.dumps(options)],
        cwd=ROOT, env={**os.environ, **inside}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return figures


@contextmanager
def simulator(limits: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A simulator process on a free port."""
    command = [
        "-m",
        "quicksync.simulator",
        "--port",
        "0",
        "--quiet",
        "--company",
        "empty",
        "--limits",
        limits,
    ]
    process = subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        base = next(word for word in process.stdout.readline().split() if word.startswith("http"))
        with urllib.request.urlopen(f"{base}/_simulator/status", timeout=60) as answer:
            yield base, json.loads(answer.read())
    finally:
        process.terminate()
        process.wait(30)


def new_company(base: str, size: dict[str, int]) -> str:
    """The realm id of an empty company, or of one of this size."""
    settings = json.dumps(
        {"company": "empty", "country": "US", **({"size": size} if size else {})}
    ).encode()
    with urllib.request.urlopen(f"{base}/_simulator/companies", settings, timeout=900) as answer:
        return str(json.loads(answer.read())["realm_id"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
