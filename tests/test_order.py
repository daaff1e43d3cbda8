"""Each process begins with long tests, and no test is lost over it."""

from __future__ import annotations

import pytest

from tests.order import LONG, dealt
from tests.tree import ROOT


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("others", [0, 5, 101])
def test_none_is_lost_and_each_file_stays_together(processes, others):
    tests = [(LONG[3], 0), *(("short.py", number) for number in range(others))]
    tests += [(LONG[0], number) for number in range(4)] + [(LONG[1], 0)]
    found = dealt(tests, processes, lambda test: test[0])
    assert sorted(found) == sorted(tests)
    assert [test for test in found if test[0] == "short.py"] == tests[1 : others + 1]
    places = [place for place, test in enumerate(found) if test[0] == LONG[0]]
    assert places == list(range(places[0], places[0] + 4))


def test_each_process_begins_with_its_share():
    tests = [("short.py", number) for number in range(93)]
    tests += [(LONG[number], 0) for number in (2, 1, 5, 0)]
    found = dealt(tests, 3, lambda test: test[0])
    assert [found[start] for start in (0, 32, 64)] == [(LONG[number], 0) for number in range(3)]
    assert found[65] == (LONG[5], 0)


@pytest.mark.parametrize("file", LONG)
def test_the_files_are_there(file):
    assert (ROOT / file).is_file()
