"""Run the scenarios and print their figures; `--write` puts them into docs/performance.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks import processes, report
from benchmarks.many import course, page
from benchmarks.processes import ROOT

PAGE = ROOT / "docs" / "performance.md"
# Name -> (module, size of the simulated company, phases after `prepare`, options of the phases).
Scenario = tuple[str, dict[str, int], tuple[str, ...], dict[str, Any]]
SCENARIOS: dict[str, Scenario] = {
    "push-1000": ("push", {}, ("run",), {"invoices": 1_000}),
    "push-10000": ("push", {}, ("run",), {"invoices": 10_000}),
    "idle-cycle": ("idle", {}, ("run",), {}),
    "idle-bundle": ("idle", {}, ("run",), {"companies": 25}),
    "pull-2000": ("pull", {"customers": 1_000, "invoices": 1_000}, ("run", "idle"), {}),
    "pull-10000-slowly": (
        "pull",
        {"customers": 5_000, "invoices": 5_000},
        ("run",),
        {"latency_ms": 100},
    ),
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
# Ten thousand companies at work for a quarter of an hour, on PostgreSQL with Redis.
MANY = "many"
PAGES_DATABASE = "postgresql://postgres@127.0.0.1:5432/quicksync_pages"


def main(arguments: Sequence[str]) -> int:
    """Run the scenarios that were named, or the quick ones, and print their figures."""
    known = [*SCENARIOS, *AGAINST, *SLOW, PAGES, MANY]
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
    parser.add_argument(
        "--companies", type=int, default=10_000, help=f"so many are connected ({MANY})"
    )
    parser.add_argument("--minutes", type=float, default=15, help=f"so long they work ({MANY})")
    options = parser.parse_args(arguments)
    figures: dict[str, dict[str, Any]] = {}
    for name in options.names or SCENARIOS:
        if name in LARGE:
            LARGE[name](options)
            continue
        for phase, found in measure(*{**SCENARIOS, **AGAINST, **SLOW}[name]):
            figures[f"{name} {phase}"] = found
            print(report.line(f"{name} {phase}", found), flush=True)
        if name in AGAINST:
            print(report.ratio(figures[f"{name} run"], figures[f"{name} tap"]), flush=True)
    if options.write and figures:
        report.write(PAGE, figures)
    return 0


def _pages(options: argparse.Namespace) -> None:
    found = pages(options.records, keep=options.keep)
    print("\n".join(report.pages(found)), flush=True)
    if options.write:
        report.write_pages(PAGE, found)


def _many(options: argparse.Namespace) -> None:
    found = course.run(options.companies, options.minutes)
    print("\n".join(page.lines(found)), flush=True)
    if options.write:
        page.write(PAGE, found)


LARGE: dict[str, Callable[[argparse.Namespace], None]] = {PAGES: _pages, MANY: _many}


def measure(
    module: str, size: dict[str, int], phases: Sequence[str], options: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The phases of one scenario on a fresh simulator and a fresh database, each in a process of
    its own.
    """
    limits = "real" if options.get("limits") else "off"
    with tempfile.TemporaryDirectory() as folder, processes.simulator(limits) as quickbooks:
        realm = quickbooks.company(size)["realm_id"]
        address = os.environ.get("BENCH_DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        inside = quickbooks.around(address, folder)
        for phase in ("prepare", *phases):
            given = {
                key: value for key, value in options.items() if phase == "run" or key != "limits"
            }
            found = processes.phase(module, phase, {"realm": realm, **size, **given}, inside)
            if phase != "prepare":
                yield phase, found


def pages(records: int, *, keep: bool) -> dict[str, Any]:
    """The pages of a site with so many records, in a database of its own; one that was kept is
    taken as it is.
    """
    address = os.environ.get("BENCH_DATABASE_URL", PAGES_DATABASE)
    with processes.database(address, keep=keep), tempfile.TemporaryDirectory() as folder:
        inside = {
            "QUICKSYNC_VAR": folder,
            "DATABASE_URL": address,
            "QUICKSYNC_LOG_LEVEL": "ERROR",
        }
        processes.phase("pages", "prepare", {"records": records}, inside)
        return processes.phase("pages", "run", {"records": records}, inside)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
