"""`python -m tests.coverage_gate`: every branch of the pure rooms was taken by their own tests, but
for those named, and of the editions as much as ever.

`python -m tests.coverage_gate FOLDER` tells what of the engine (quicksync.sync) no test takes: its
tests are walks through all rooms, so it is counted while all other tests run (`make others`);
FOLDER is where `tests.covered` left the parts. Fails with the files and lines that are missing.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from coverage import Coverage
from slipcover import merge_coverage

from tests.tree import ROOT

ENGINE = "quicksync/sync"
# Of these every statement and every branch is taken.
ROOMS = ("quicksync/records", "quicksync/options", "quicksync/planning")
# File -> how many lines and branches may be missing, and why. The numbers only fall: whoever takes
# one lowers it.
HOLES: dict[str, tuple[int, str]] = {}
# Room -> least share in per cent that its own tests take; what they leave, the engine's tests take.
# It only rises.
FLOORS = {"quicksync/quickbooks": 98.0}
# The same for the engine, of which all tests together took 97.88.
ENGINE_FLOOR = 97.0


def measured() -> dict[str, Any]:
    """What the tests took, by file."""
    data = Coverage(config_file=str(ROOT / "pyproject.toml"))
    data.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        data.json_report(outfile=str(report))
        files: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["files"]
    return files


def put_together(folder: Path) -> dict[str, Any]:
    """What all processes of a run took, by file, from the parts that `tests.covered` left."""
    parts = sorted(folder.glob("*.json"))
    whole, *others = (json.loads(part.read_text(encoding="utf-8")) for part in parts)
    for other in others:
        merge_coverage(whole, other)
    files: dict[str, Any] = whole["files"]
    for file in files.values():
        counts = {
            f"{taken}_{what}": len(file[f"{taken}_{what}"])
            for taken in ("executed", "missing")
            for what in ("lines", "branches")
        }
        file["summary"] = {
            "num_statements": counts["executed_lines"] + counts["missing_lines"],
            "num_branches": counts["executed_branches"] + counts["missing_branches"],
            "covered_lines": counts["executed_lines"],
            "covered_branches": counts["executed_branches"],
        }
    return files


def missing(file: dict[str, Any]) -> list[str]:
    """The lines and branches of a file that no test took; those of a line that was never reached
    count as one.
    """
    lines = set(file["missing_lines"])
    branches = [
        (start, end) for start, end in file.get("missing_branches", ()) if start not in lines
    ]
    return [str(line) for line in sorted(lines)] + [f"{start}->{end}" for start, end in branches]


def verdicts(
    files: dict[str, Any], rooms: tuple[str, ...], holes: dict[str, tuple[int, str]]
) -> list[str]:
    """What is wrong: a room without a measured file, files with more missing than named, names that
    are out of date.
    """
    wrong = [f"{room}: nothing was measured" for room in rooms if not _of(files, room)]
    for name in sorted(name for room in rooms for name in _of(files, room)):
        found, (allowed, _) = missing(files[name]), holes.get(name, (0, ""))
        if len(found) > allowed:
            wrong.append(f"{name}: {len(found)} missing, {allowed} named: {', '.join(found)}")
        elif len(found) < allowed:
            wrong.append(f"{name}: only {len(found)} missing, lower its number")
    return wrong + [f"{name}: is named and was not measured" for name in holes if name not in files]


def _of(files: dict[str, Any], room: str) -> list[str]:
    return [name for name in files if name.startswith(f"{room}/")]


def too_low(files: dict[str, Any], floors: dict[str, float]) -> list[str]:
    """What is wrong: a room without a measured file, or with less than its floor, and floors that
    are out of date.
    """
    wrong = []
    for room, floor in floors.items():
        taken = share(files, room)
        if taken < floor:
            wrong.append("\n  ".join([_below(room, taken, floor), *left(files, room)]))
        elif taken >= floor + 1:
            wrong.append(f"{room}: {taken:.2f} %, raise its floor")
    return wrong


def _below(room: str, taken: float, floor: float) -> str:
    return f"{room}: {taken:.2f} %, less than its {floor} %"


def left(files: dict[str, Any], room: str) -> list[str]:
    """What no test of a room took, a line for each file."""
    return [
        f"{name}: {', '.join(lines)}"
        for name in sorted(_of(files, room))
        if (lines := missing(files[name]))
    ]


def share(files: dict[str, Any], room: str) -> float:
    """How much of a room's statements and branches the tests took, in per cent."""
    sums = [files[name]["summary"] for name in _of(files, room)]
    whole = sum(one["num_statements"] + one["num_branches"] for one in sums)
    taken = sum(one["covered_lines"] + one["covered_branches"] for one in sums)
    return 100 * taken / whole if whole else 0.0


def tell(folder: Path, floor: float = ENGINE_FLOOR) -> int:
    """What of the engine no test takes; 1 when they take less than the floor. What runs in
    processes of their own is not counted.
    """
    files = put_together(folder)
    taken = share(files, ENGINE)
    said = [*left(files, ENGINE), f"{ENGINE}: {taken:.2f} % of statements and branches"]
    if taken < floor:
        said.append(_below(ENGINE, taken, floor))
    sys.stdout.write("".join(f"{one}\n" for one in said))
    return int(taken < floor)


def main(arguments: list[str]) -> int:
    """1 when a room misses anything that is not named, or falls below its floor."""
    if arguments:
        return tell(Path(arguments[0]))
    files = measured()
    for room in (*ROOMS, *FLOORS):
        sys.stdout.write(f"{room}: {share(files, room):.2f} % of statements and branches\n")
    wrong = verdicts(files, ROOMS, HOLES) + too_low(files, FLOORS)
    sys.stdout.write("".join(f"{one}\n" for one in wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
