"""The gate that closes when a branch of the engine's rooms is not taken by any test."""

from __future__ import annotations

import json

import pytest

from tests.coverage_gate import (
    ENGINE,
    ENGINE_FLOOR,
    FLOORS,
    HOLES,
    ROOMS,
    missing,
    put_together,
    share,
    tell,
    too_low,
    verdicts,
)


def file(lines=(), branches=()):
    summary = {
        "num_statements": 8,
        "num_branches": 2,
        "covered_lines": 8 - len(lines),
        "covered_branches": 2,
    }
    return {
        "missing_lines": list(lines),
        "missing_branches": [list(one) for one in branches],
        "summary": summary,
    }


WHOLE = {"room/a.py": file()}


def test_a_branch_is_named_by_its_lines_unless_its_beginning_was_never_reached():
    assert missing(file([7, 3], [(3, 4), (9, 12)])) == ["3", "7", "9->12"]


@pytest.mark.parametrize(
    ("files", "holes", "words"),
    [
        (WHOLE, {}, []),
        ({"room/a.py": file([7])}, {"room/a.py": (1, "why")}, []),
        ({"room/a.py": file([7])}, {}, ["room/a.py: 1 missing, 0 named: 7"]),
        (WHOLE, {"room/a.py": (1, "why")}, ["room/a.py: only 0 missing, lower its number"]),
        (WHOLE, {"room/b.py": (1, "why")}, ["room/b.py: is named and was not measured"]),
        ({"other/a.py": file([7])}, {}, ["room: nothing was measured"]),
    ],
    ids=["whole", "named", "missing", "numbers-only-fall", "gone", "not-measured"],
)
def test_the_gate(files, holes, words):
    assert verdicts(files, ("room",), holes) == words


@pytest.mark.parametrize(
    ("files", "floor", "words"),
    [
        (WHOLE, 100, []),
        (WHOLE, 99.5, []),
        ({"room/a.py": file([7]), "room/b.py": file()}, 95, []),
        (
            {"room/a.py": file([7]), "room/b.py": file()},
            96,
            ["room: 95.00 %, less than its 96 %\n  room/a.py: 7"],
        ),
        ({"other/a.py": file()}, 90, ["room: 0.00 %, less than its 90 %"]),
        (WHOLE, 98, ["room: 100.00 %, raise its floor"]),
    ],
    ids=["whole", "above", "just", "below", "not-measured", "only-rises"],
)
def test_a_floor_holds_and_only_rises(files, floor, words):
    assert too_low(files, {"room": floor}) == words


def test_no_room_has_both():
    assert not set(ROOMS) & set(FLOORS)


def test_the_share_counts_statements_and_branches():
    assert (
        share({"room/a.py": file([7]), "room/b.py": file(), "other/c.py": file([1, 2, 3])}, "room")
        == 95
    )


def test_every_hole_has_its_reason_and_stands_in_a_room():
    assert all(
        number and reason and name.startswith(ROOMS) for name, (number, reason) in HOLES.items()
    )


def part(taken, left, *, branch, name="room/a.py"):
    """What one process left."""
    file = {
        "executed_lines": list(taken),
        "missing_lines": list(left),
        "executed_branches": [[1, 2]] if branch else [],
        "missing_branches": [] if branch else [[1, 2]],
    }
    meta = {"software": "slipcover", "branch_coverage": True, "show_contexts": False}
    return json.dumps({"meta": meta, "files": {name: file}, "summary": {}})


def test_the_parts_of_several_processes_are_one_figure(tmp_path):
    """What one test process did not take, another one did."""
    (tmp_path / "0.json").write_text(part((1, 2), (3, 4), branch=False), encoding="utf-8")
    (tmp_path / "1.json").write_text(part((1, 4), (2, 3), branch=True), encoding="utf-8")
    files = put_together(tmp_path)
    assert missing(files["room/a.py"]) == ["3"]
    assert share(files, "room") == 80.0


@pytest.mark.parametrize(("floor", "code"), [(80, 0), (80.1, 1), (0, 0)])
def test_the_engine_has_a_floor_of_its_own(tmp_path, capsys, floor, code):
    """Below it the run fails, and either way what no test takes is told by name."""
    name = f"{ENGINE}/a.py"
    parts = part((1, 2, 4), (3,), branch=True, name=name)
    (tmp_path / "0.json").write_text(parts, encoding="utf-8")
    assert tell(tmp_path, floor) == code
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [f"{name}: 3", f"{ENGINE}: 80.00 % of statements and branches"]
    assert said[2:] == [f"{ENGINE}: 80.00 %, less than its {floor} %"] * code


def test_a_run_in_which_nothing_of_the_engine_was_loaded_is_below_its_floor(tmp_path):
    (tmp_path / "0.json").write_text(part((1,), (2,), branch=True), encoding="utf-8")
    assert tell(tmp_path) == 1
    assert ENGINE_FLOOR > 50
