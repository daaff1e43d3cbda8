"""The figures as lines of text and as a table of docs/performance.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HEAD = (
    "| scenario | records | seconds | records/s | records/processor s | statements/record |"
    " API calls | of these writes | memory grown, MB |"
)
LISTS_HEAD = (
    "| list | statements | first page, s | last page, s | slowest filter, s | slowest search, s |"
    " read from end to end |"
)
PAGES_HEAD = "| page | statements | first byte, s | read from end to end |"


def line(name: str, figures: Mapping[str, Any]) -> str:
    """The figures of a scenario in one line, as the command prints them."""
    told = {**_cells(figures), **_milliseconds(figures)}
    return f"{name:<24} " + "  ".join(f"{title} {text}" for title, text in told.items() if text)


def _milliseconds(figures: Mapping[str, Any]) -> dict[str, str]:
    """Of the processor, for one idle cycle and for its peer."""
    return {name: f"{figures[name]:.1f} ms" for name in ("idle", "peer") if name in figures}


def pace(figures: Mapping[str, Any]) -> float:
    """Records for each second of the processor that the process had."""
    return float(figures["records"] / figures["processor"])


def ratio(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> str:
    """How many times what tap-quickbooks prints in a second of the processor we land in one."""
    return f"{pace(ours) / pace(theirs):.2f} times tap-quickbooks, by processor time"


def write(file: Path, figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Replace the table between the two marks."""
    rows = [
        "| " + " | ".join([name, *_cells(found).values()]) + " |" for name, found in figures.items()
    ]
    put(file, "figures", [machine(), "", HEAD, "|---" * 9 + "|", *rows])


def write_pages(file: Path, figures: Mapping[str, Any]) -> None:
    """Replace what stands between the marks of the pages."""
    put(file, "pages", [machine(figures["server"]), "", *pages(figures)])


def put(file: Path, name: str, lines: Sequence[str]) -> None:
    """These lines stand between the two marks of this name now."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    part = "\n".join([begin, "", *lines, "", end])
    text = file.read_text(encoding="utf-8")
    file.write_text(
        re.sub(f"{begin}.*{end}", lambda _: part, text, flags=re.DOTALL), encoding="utf-8"
    )


def pages(figures: Mapping[str, Any]) -> list[str]:
    """The admin pages of a large site, as tables."""
    lines = [LISTS_HEAD, "|---" * 7 + "|"]
    for one in figures["lists"]:
        every = [page for group in ("first", "last", "filter", "search") for page in one[group]]
        cells = [
            one["name"],
            _range([page["statements"] for page in every]),
            f"{one['first'][0]['seconds']:.2f}",
            f"{one['last'][0]['seconds']:.2f}",
            _slowest(one["filter"]),
            _slowest(one["search"]),
            _whole(every),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    lines += [
        "",
        "| page | statements | first byte, s | read from end to end |",
        "|---|---|---|---|",
    ]
    for page in figures["pages"]:
        cells = [page["name"], str(page["statements"]), f"{page['seconds']:.2f}", _whole([page])]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _range(numbers: Sequence[int]) -> str:
    least, most = min(numbers), max(numbers)
    return str(least) if least == most else f"{least} to {most}"


def _slowest(pages: Sequence[dict[str, Any]]) -> str:
    if not pages:
        return ""
    found = max(pages, key=lambda page: float(page["seconds"]))
    return f"{found['seconds']:.2f} ({found['name']})"


def _whole(pages: Sequence[dict[str, Any]]) -> str:
    return ", ".join(sorted({table.partition("_")[2] for page in pages for table in page["whole"]}))


def machine(database: str = "SQLite") -> str:
    """Where and when it was measured."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8"))
        model = found[1] if found else model
    today = dt.datetime.now(tz=dt.UTC).date()
    return (
        f"Measured {today} on {os.cpu_count()} cores ({model}), Python {platform.python_version()},"
        f" {database}."
    )


def _cells(figures: Mapping[str, Any]) -> dict[str, str]:
    records, seconds = figures["records"], figures["seconds"]
    statements = figures.get("statements")
    each = statements / records if statements is not None and records else None
    return {
        "records": f"{records:,}",
        "seconds": f"{seconds:.2f}",
        "records/s": f"{records / seconds:,.0f}",
        "records/processor s": f"{pace(figures):,.0f}" if "processor" in figures else "",
        "statements/record": "" if each is None else f"{each:.3f} ({statements})",
        "calls": str(figures.get("calls", "")),
        "writes": str(figures.get("writes", "")),
        "memory": f"{figures['memory']:.1f}" if "memory" in figures else "",
    }
