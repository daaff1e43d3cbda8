"""Writes docs/options.md from the tables of options: `python -m docs.options_page`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.options.row import Row, table
from quicksync.records import KINDS
from quicksync.records.roles import ACCOUNT_ROLES

PAGE = Path(__file__).resolve().parent / "options.md"
HEAD = """# Options

What people choose for a category or a company, on its page in the admin. Each option is one row of
a table in `quicksync/options`: its name, the kinds that have it, its values, its default and who
acts on it. This page is written from the tables by `python -m docs.options_page`.

Presets choose some of them ([Connect a company](connecting.md)). Every change is kept with who
made it, under “Changes of settings”. In code: `category.options.wins`.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Of a category\n"]
    parts += _sections(table(CategoryOptions), kinds=True)
    parts.append("## Of a company\n")
    parts += _sections(table(CompanyOptions), kinds=False)
    return "\n".join(parts)


def _sections(rows: Mapping[str, Row], *, kinds: bool) -> Iterator[str]:
    for name, row in rows.items():
        yield f"### {name}\n"
        yield f"**{row.option.label}.** {row.option.text}\n"
        yield from _values(row)
        if kinds:
            yield f"- Kinds: {_kinds(row)}"
        yield f"- Read by: {', '.join(f'`{reader}`' for reader in row.option.readers)}\n"


def _values(row: Row) -> Iterator[str]:
    if row.choices:
        told = "; ".join(f"`{one.value}`: {one.label}" for one in row.choices)
        yield f"- Values: {told}"
        yield f"- Default: `{row.default}`"
    elif row.type is bool:
        yield f"- Yes or no; default: {'yes' if row.default else 'no'}"
    elif not row.option.entries:
        yield "- Value: a text; default: none"
    else:
        types = ", ".join(sorted(ACCOUNT_ROLES.get(row.option.role, ())))
        of = f" of the type {types}" if types else ""
        each = f", for each {KINDS[row.option.each].singular} there" if row.option.each else ""
        entry = KINDS[row.option.entries].singular
        yield f"- Value: an entry of QuickBooks' list ({entry}{of}){each}"
        yield "- Default: none; the one that fits for sure is used, if there is one"


def _kinds(row: Row) -> str:
    if len(row.kinds) == len(KINDS):
        return "all"
    return ", ".join(KINDS[kind].plural for kind in row.kinds)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
