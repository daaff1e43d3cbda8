"""Every sentence that people can read on screen, with the file it stands in: docs/words.md.

`python -m docs.words --write` writes the page. Sources are what is marked for translation in Python
and in templates, the reasons, the options, and the words of the kinds and their fields.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation.template import templatize

from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.options.row import table
from quicksync.planning.reasons.table import ROWS
from quicksync.records import KINDS, record_class

ROOT = Path(__file__).resolve().parent.parent
PAGE = Path(__file__).with_name("words.md")
PACKAGE = ROOT / "quicksync"
# The simulator speaks as QuickBooks does; nobody translates it.
LEFT_OUT = ("simulator", "migrations")

# Marker -> which of its arguments are words.
_FIRST, _TWO, _SECOND = slice(1), slice(2), slice(1, 2)
MARKERS = {
    "gettext": _FIRST,
    "gettext_lazy": _FIRST,
    "gettext_noop": _FIRST,
    "ngettext": _TWO,
    "ngettext_lazy": _TWO,
    "pgettext": _SECOND,
    "pgettext_lazy": _SECOND,
}
_STRING = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_IN_TEMPLATE = re.compile(rf"\bn?gettext\({_STRING}(?:, *{_STRING})?")

HEAD = """# Words on screen

Every sentence that people can read in quicksync, by the file it comes from. The page is made from
the code by `python -m docs.words --write`, and a test keeps it up to date. Read it from top to
bottom to find two words for the same thing; the decisions about words are in the
[glossary](glossary.md#words-on-screen).
"""


def marked(source: str) -> Iterator[str]:
    """The words of a Python module that are marked for translation, in their order."""
    tree = ast.parse(source)
    names = markers(tree)
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        for word in call.args[names[call.func.id]]:
            # What is no text here was marked where it is written.
            if isinstance(word, ast.Constant):
                yield word.value


def markers(tree: ast.AST) -> dict[str, slice]:
    """The names under which a module marks words -> which arguments are words."""
    return {
        alias.asname or alias.name: MARKERS[alias.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in MARKERS
    }


def in_template(source: str) -> Iterator[str]:
    """The words of a template that are marked for translation, in their order."""
    for match in _IN_TEMPLATE.finditer(templatize(source)):
        for word in match.groups():
            if word is not None:
                yield ast.literal_eval(word)


def of_reasons() -> Iterator[str]:
    for row in ROWS.values():
        yield from (row.sentence, row.cause, row.fix)


def of_records() -> Iterator[str]:
    """The kinds and their fields, as people call them."""
    for kind, info in KINDS.items():
        yield from (info.singular, info.plural)
        record = record_class(kind)
        yield from map(record.field_label, record.__struct_fields__)


def of_options() -> Iterator[str]:
    """What people choose for a category or a company: names, help, and the choices."""
    for options in (CategoryOptions, CompanyOptions):
        for row in table(options).values():
            yield from (row.option.label, row.option.text)
            yield from (choice.label for choice in row.choices)


def sources() -> Iterator[tuple[str, Iterable[str]]]:
    """Each place and its words, in the order of the page."""
    yield "quicksync/planning/reasons", of_reasons()
    yield "quicksync/records", of_records()
    yield "quicksync/options", of_options()
    for path in sorted(PACKAGE.rglob("*")):
        name = path.relative_to(ROOT).as_posix()
        if any(part in LEFT_OUT for part in path.parts):
            continue
        if path.suffix == ".py":
            yield name, marked(path.read_text(encoding="utf-8"))
        elif path.suffix == ".html":
            yield name, in_template(path.read_text(encoding="utf-8"))


def page() -> str:
    """The page as the code has it now."""
    parts = [HEAD]
    for name, words in sources():
        found = dict.fromkeys(" ".join(word.split()) for word in words)
        if found:
            parts.append(f"## {name}\n")
            parts.append("".join(f"- {word}\n" for word in found))
    return "\n".join(parts)


def main() -> int:
    """`python -m docs.words [--write]`: 1 where the page is behind the code."""
    parser = argparse.ArgumentParser(prog="python -m docs.words", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args()
    now = page()
    if options.write:
        PAGE.write_text(now, encoding="utf-8")
        return 0
    return int(PAGE.read_text(encoding="utf-8") != now)


if __name__ == "__main__":
    sys.exit(main())
