"""Which tests prove which row of docs/requirements.md.

`python -m tests.requirements --write` puts the column “proved by” on the page.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.tree import ROOT, tracked

PAGE = ROOT / "docs" / "requirements.md"

_ID = r"[A-JX][1-9]\d?"
# In prose an id stands in brackets, "(A9, F14-F17, invariant 3)", or in front: "A9, F15: ...".
_IN_FRONT = re.compile(rf"\s*((?:{_ID})(?:-{_ID})?(?:, {_ID}(?:-{_ID})?)*)(?=[.:;]|\s*$)")
_BRACKETS = re.compile(r"\(([^()]*)\)")
_ONE = re.compile(rf"({_ID})(?:-({_ID}))?")
# In the name of a test: test_a9_..., test_..._i7_a9.
_IN_NAME = re.compile(r"_([a-jx][1-9]\d?)(?=_|$)")
_PERHAPS = re.compile(rf"#.*{_ID}")
_ROW = re.compile(rf"^\| ({_ID}) \|")


class Row(NamedTuple):
    """One row of the page; `proof` is its last cell as it is written there."""

    id: str
    words: str
    state: str
    proof: str

    @property
    def works(self) -> bool:
        return self.state == "works"


def ids_in_prose(text: str) -> set[str]:
    """The ids that a docstring or a comment names."""
    text = " ".join(text.split())
    parts = [part for inner in _BRACKETS.findall(text) for part in inner.split(", ")]
    front = _IN_FRONT.match(text)
    parts += front.group(1).split(", ") if front else []
    found = [match for part in parts if (match := _ONE.fullmatch(part.strip()))]
    return {id_ for match in found for id_ in _range(match.group(1), match.group(2))}


def ids_in_name(name: str) -> set[str]:
    """The ids that the name of a test carries."""
    return {word.upper() for word in _IN_NAME.findall(name)} if name.startswith("test_") else set()


@cache
def ids_in(path: Path) -> set[str]:
    """All ids that a Python file names, in docstrings, comments and names of tests."""
    source = path.read_text(encoding="utf-8")
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            found |= ids_in_prose(ast.get_docstring(node) or "")
        if isinstance(node, ast.FunctionDef):
            found |= ids_in_name(node.name)
    # Taking a file to pieces takes long: most have no such comment.
    if _PERHAPS.search(source):
        for comment in _comments(source):
            found |= ids_in_prose(comment)
    return found


def proofs() -> dict[str, list[Path]]:
    """For each id the test modules that name it, sorted."""
    found: dict[str, list[Path]] = {}
    for path in tracked("tests/*.py"):
        if path.name.startswith("test_") and path.name != "test_requirements.py":
            for id_ in ids_in(path):
                found.setdefault(id_, []).append(path)
    return found


def rows(text: str) -> Iterator[Row]:
    """The requirements, in the order of the page."""
    for line in text.splitlines():
        if _ROW.match(line):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            yield Row(*cells)


def written(text: str) -> str:
    """The page with the column “proved by” as the tests have it now."""
    known = proofs()
    return "\n".join(_proved(line, known) for line in text.splitlines()) + "\n"


def _proved(line: str, known: dict[str, list[Path]]) -> str:
    if not _ROW.match(line):
        return line
    row = next(rows(line))
    return f"| {row.id} | {row.words} | {row.state} | {_links(known.get(row.id, ()))} |"


def _links(paths: Iterable[Path]) -> str:
    names = [path.relative_to(ROOT / "tests").as_posix() for path in paths]
    return ", ".join(f"[{name.removesuffix('.py')}](../tests/{name})" for name in names) or "–"


def _range(first: str, last: str) -> list[str]:
    if not last:
        return [first]
    return [f"{first[0]}{number}" for number in range(int(first[1:]), int(last[1:]) + 1)]


def _comments(source: str) -> Iterator[str]:
    lines = iter(source.splitlines(keepends=True))
    for token in tokenize.generate_tokens(lambda: next(lines, "")):
        if token.type == tokenize.COMMENT:
            yield token.string.lstrip("# -")


def main() -> int:
    """`python -m tests.requirements [--write]`: 1 where the page is behind the tests."""
    parser = argparse.ArgumentParser(prog="python -m tests.requirements", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the column on the page")
    options = parser.parse_args()
    before = PAGE.read_text(encoding="utf-8")
    now = written(before)
    if options.write:
        PAGE.write_text(now, encoding="utf-8")
    return int(not options.write and now != before)


if __name__ == "__main__":
    sys.exit(main())
