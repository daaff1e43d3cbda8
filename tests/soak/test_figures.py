"""A soak tells growth from what people make, and draws what it has seen."""

from __future__ import annotations

import re

import pytest

from quicksync.conf import DEFAULTS
from tests.soak import figures, settings
from tests.soak.figures import Sample


def looks(number=20, **rising):
    """So many looks; of what is named here the last one has so many times as much as the first."""

    def now(name, value, place):
        return value * (1 + (rising.get(name, 1) - 1) * place / (number - 1))

    return [
        Sample(
            seconds=15.0 * place,
            days=place,
            memory={"the site": now("memory", 200, place)},
            size=now("size", 30, place),
            rows={
                "quicksync_operation": int(now("operations", 5_000, place)),
                "quicksync_entitymapping": int(now("pairs", 900, place)),
            },
            made=900,
        )
        for place in range(number)
    ]


def test_what_stays_as_it_is_has_not_grown():
    assert figures.grown(looks()) == []


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("memory", "Memory of the site grew from"),
        ("operations", "Table quicksync_operation grew from"),
        ("size", "The database grew from"),
    ],
)
def test_what_grows_is_named(what, sentence):
    (said,) = figures.grown(looks(**{what: 2}))
    assert said.startswith(sentence)


def test_what_people_make_grows_with_them():
    assert figures.grown(looks(pairs=5)) == []


def test_what_grows_at_first_only_has_settled():
    first = looks(operations=30)[:5]
    assert figures.grown([*first, *looks()[5:]]) == []


def test_a_short_soak_tells_nothing():
    assert figures.grown(looks(12)) == ["It lasted 11.0 days by its clock: too short to tell."]


def test_the_page_gets_the_table_between_its_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("Before\n<!-- soak -->\nold\n<!-- end of soak -->\nAfter\n", encoding="utf-8")
    figures.write(page, looks(), "postgres")
    text = page.read_text(encoding="utf-8")
    assert text.startswith("Before")
    assert text.endswith("After\n")
    assert "PostgreSQL" in text
    assert "| rows of `quicksync_operation` | 5,000 | 5,000 |" in text
    assert "old" not in text


def test_the_picture_shows_every_line_with_its_name():
    drawn = figures.drawn(looks(memory=2))
    assert drawn.count("<polyline") == 3
    assert drawn.count("<text") == drawn.count("</text>")
    assert {">the site<", ">operation<", ">size<"} <= set(re.findall(r">[^<]+<", drawn))


def test_journals_are_as_long_as_they_get_before_anything_is_compared():
    """A soak once compared journals that were kept for months."""
    kept = {name: days for name, days in settings.QUICKSYNC.items() if name.startswith("KEEP_")}
    assert kept.keys() == {name for name in DEFAULTS if name.startswith("KEEP_")}
    assert max(kept.values()) < figures.SETTLED_DAYS
