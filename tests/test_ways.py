"""The ways through the house, as docs/architecture.md tells them: every module it names exists, and
a save that goes out enters those of the first way, and no more modules than ever.
"""

from __future__ import annotations

import re
import sys
import threading

import pytest

from tests.tree import ROOT

# How many modules a save enters on its way out, tables, books and simulator aside. Pinned: it only
# goes down.
ENTERED = 120
ASIDE = ("quicksync.models", "quicksync.books", "quicksync.simulator")


def ways():
    """The numbered paragraphs of the page, with the modules that each names."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    section = text.split("## Six ways through the house")[1].split("\n## ")[0]
    parts = re.split(r"^\d\. ", section, flags=re.MULTILINE)[1:]
    return [re.findall(r"`([a-z_]+(?:/[a-z_]+)*)`", part) for part in parts]


def places(name):
    """Where a name of the page may be: a module, a room, or a function of the room named before."""
    path = ROOT / "quicksync" / name
    return path.is_dir() or path.with_suffix(".py").is_file()


def test_every_module_that_the_page_names_exists():
    assert len(ways()) == 6
    room = ROOT / "quicksync" / "sync" / "actions"
    for name in (name for way in ways() for name in way):
        assert places(name) or (room / f"{name}.py").is_file(), name


@pytest.fixture
def entered():
    """The modules of quicksync that are entered between `begin()` and the end of the test."""
    found = set()

    def look(frame, event, arg):
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("quicksync.") and not name.startswith(ASIDE):
            found.add(name)

    def begin():
        threading.setprofile(look)
        sys.setprofile(look)
        return found

    yield begin
    sys.setprofile(None)
    threading.setprofile(None)


def test_a_save_goes_the_first_way(company, entered):
    ada = company.client()
    company.product()
    company.sync()
    company.sync()
    found = entered()
    ada.phone = "5"
    ada.save()
    company.sync()
    sys.setprofile(None)
    named = {f"quicksync.{name.replace('/', '.')}" for name in ways()[0]} - {"quicksync.tasks"}
    assert len(named) > 10
    assert named <= found, sorted(named - found)
    assert len(found) <= ENTERED, sorted(found)
