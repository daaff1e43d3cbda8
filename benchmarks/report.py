"""The figures as lines of text and as a table of docs/performance.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
HEAD = (
    "| scenario | records | seconds | records/s | records/processor s | statements/record |"
    " API calls | of these writes | memory grown, MB |"
)


def line(name: str, figures: Mapping[str, Any]) -> str:
    """The figures of a scenario in one line, as the command prints them."""
    return f"{name:<24} " + "  ".join(
        f"{title} {text}" for title, text in _cells(figures).items() if text
    )


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
    table = "\n".join([BEGIN, "", machine(), "", HEAD, "|---" * 9 + "|", *rows, "", END])
    text = file.read_text(encoding="utf-8")
    file.write_text(
        re.sub(f"{BEGIN}.*{END}", lambda _: table, text, flags=re.DOTALL), encoding="utf-8"
    )


def machine() -> str:
    """Where and when it was measured."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        found = re.search(r"model name\s*:\s*(.+)", cpuinfo.read_text(encoding="utf-8"))
        model = found[1] if found else model
    today = dt.datetime.now(tz=dt.UTC).date()
    return (
        f"Measured {today} on {os.cpu_count()} cores ({model}), Python {platform.python_version()},"
        " SQLite."
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
