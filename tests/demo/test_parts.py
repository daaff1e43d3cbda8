"""The demo's parts: its own place, its ports, what it shows."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from types import SimpleNamespace

import pytest

from quicksync.demo import place, processes, show
from quicksync.exceptions import NotAllowed


def test_the_demo_has_a_database_of_its_own_whatever_the_outside_says(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    outside = {"DATABASE_URL": "postgresql://host/real", "QUICKSYNC_HTTPS": "1", "PATH": "/bin"}
    inside = place.environment(outside)
    assert inside["DATABASE_URL"] == f"sqlite:///{tmp_path}/demo/quicksync.sqlite3"
    assert "QUICKSYNC_HTTPS" not in inside
    assert inside["PATH"] == "/bin"
    settings.VAR_DIR = tmp_path / "demo"
    assert place.environment(inside) is None


def test_the_demo_refuses_a_hosts_own_project(settings):
    del settings.VAR_DIR
    with pytest.raises(NotAllowed, match="bundled project only"):
        place.environment({})


def taken(port):
    if port:
        raise OSError
    return 4711


@pytest.mark.parametrize(("wanted", "port"), [(None, 4711)])
def test_a_taken_usual_port_gives_way_to_a_free_one(wanted, port):
    assert processes.port_or_free(wanted, 8000, taken) == port


def test_a_taken_port_that_was_asked_for_is_refused_in_words():
    with pytest.raises(NotAllowed, match="Port 8080 is in use"):
        processes.port_or_free(8080, 8000, taken)


def test_a_port_that_was_chosen_is_nobody_elses_before_it_is_served():
    """Two demonstrations that start at the same moment."""
    with processes.listening(0) as first:
        port = first.getsockname()[1]
        with processes.port_or_free(None, port, processes.listening) as second:
            assert second.getsockname()[1] != port


def test_tables_align_numbers_to_the_right():
    text = show.table(["what", "sum"], [["rent", Decimal("1234.5")], ["tea", None]])
    assert text.splitlines() == [
        "  what       sum",
        "  ────  ────────",
        "  rent  1,234.50",
        "  tea",
    ]


def run(**values):
    shown = {
        "phase": "send",
        "is_active": True,
        "done": 5,
        "total": 10,
        "get_state_display": lambda: "Finished",
    }
    return SimpleNamespace(**(shown | values))


def test_the_bar_fills_with_the_records_done():
    assert show.bar(run()).startswith("█" * 16 + "─" * 16 + " 5/10")
    assert show.bar(run(total=0)).endswith(" 5")
    assert show.bar(run(is_active=False)).startswith("█" * 32)


def test_in_a_file_each_phase_is_one_line():
    out = StringIO()
    bar = show.Bar(out)
    for _ in range(3):
        bar.show(run())
    bar.end(run(is_active=False))
    assert out.getvalue().splitlines() == [
        "  carrying over (5 records so far)",
        "  finished: 5 records",
    ]
