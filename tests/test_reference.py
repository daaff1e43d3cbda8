"""Reference pages keep up: every setting, command, check and signal has its heading, every link its
target.
"""

from __future__ import annotations

import re

import pytest
from django.dispatch import Signal

from docs import options_page
from quicksync import signals
from quicksync.conf import DEFAULTS
from tests.tree import ROOT, tracked

PAGES = [path for path in tracked("*.md") if "changelog.d" not in path.parts]


def headings(name):
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    return set(re.findall(r"^#{2,3} (\S+)$", text, re.MULTILINE))


def anchors(path):
    """The anchors of a page's headings, as the usual renderers make them."""
    found = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in found}


def test_every_setting_is_described():
    assert set(DEFAULTS) <= headings("settings.md")


def test_no_setting_is_described_that_does_not_exist():
    assert {name for name in headings("settings.md") if name.isupper()} == set(DEFAULTS)


def test_every_command_is_described():
    commands = {
        path.stem
        for path in tracked("*.py")
        if path.parent.name == "commands" and not path.stem.startswith("_")
    }
    assert commands <= headings("commands.md")


def test_every_check_is_described():
    ids = {
        id_
        for path in tracked("*.py")
        if path.is_relative_to(ROOT / "quicksync")
        for id_ in re.findall(r"quicksync\.[EW]\d{3}", path.read_text(encoding="utf-8"))
    }
    assert ids
    assert ids <= headings("checks.md")


def test_the_options_are_described_as_their_tables_have_them():
    written = options_page.PAGE.read_text(encoding="utf-8")
    assert written == options_page.page(), "Run python -m docs.options_page"


def test_every_signal_is_described():
    assert {name for name, value in vars(signals).items() if isinstance(value, Signal)} <= headings(
        "signals.md"
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    lost = []
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            lost.append(target)
    assert not lost
