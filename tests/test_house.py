"""House rules that no other tool checks: counted escapes, file sizes, forbidden words."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from quicksync.conf import DEFAULTS
from quicksync.records import KINDS
from tests.tree import ROOT, tracked

TEXT_SUFFIXES = {
    "",
    ".css",
    ".csv",
    ".html",
    ".js",
    ".json",
    ".md",
    ".py",
    ".toml",
    ".tsv",
    ".txt",
    ".xml",
    ".yml",
}

# Pinned: these numbers only go down. Whoever removes an escape lowers the number with it.
ESCAPES = {"noqa": 0, "type: ignore": 0, "pragma: no cover": 0, "djlint:off": 0, "fmt: skip": 77}

MAX_LINES = 400
MAX_FUNCTION_LINES = 50
# Longer on purpose, each with its reason.
LONG_FILES: dict[str, str] = {
    "quicksync/planning/reasons/table.py": "one table: a row a reason",
    "quicksync/simulator/reports/fields.py": "one table: a row a column of a report",
    "quicksync/sync/monitor/reconcile.py": "one comparison, told from top to bottom",
    "tests/admin/connection/test_connections.py": "one page, its cases",
    "tests/local/test_mistakes.py": "one table: a row a mistake",
    "tests/quickbooks/online/test_encode.py": "one table: a row a record and its wire form",
    "tests/quickbooks/online/test_strange.py": "one table: a row a strange answer",
    "tests/simulator/reports/test_reports.py": "one table: a row a report as recorded",
}
LONG_FUNCTIONS: dict[str, str] = {}


def own_python() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def lines_with(pattern: str, paths: list[Path]) -> list[str]:
    found = re.compile(pattern)
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if found.search(line)
    ]


def own_texts() -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix in TEXT_SUFFIXES and path != Path(__file__).resolve()
    ]


@pytest.mark.parametrize("escape", ESCAPES)
def test_escapes_are_counted(escape):
    found = lines_with(
        r"#\s*" + re.escape(escape),
        [path for path in own_texts() if path.suffix in {".py", ".html"}],
    )
    assert len(found) == ESCAPES[escape], "\n".join(found)


def test_files_stay_short():
    too_long = {
        str(path.relative_to(ROOT)): count
        for path in own_python()
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert too_long.keys() == LONG_FILES.keys(), too_long


def test_functions_stay_short():
    shipped = [path for path in own_python() if "tests" not in path.relative_to(ROOT).parts]
    too_long = {
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in shipped
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MAX_FUNCTION_LINES
    }
    assert too_long == LONG_FUNCTIONS.keys(), too_long


def test_a_row_is_locked_so_that_others_may_go_on_naming_it():
    """FOR UPDATE keeps everybody from writing what has a foreign key to the row, as if it were
    about to be deleted: two who wait for each other so are ended by the database.
    """
    deletes = {"quicksync/models/bulk.py"}
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in tracked("quicksync/*.py")
        if str(path.relative_to(ROOT)) not in deletes
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and "no_key" not in {one.arg for one in node.keywords}
    ]
    assert not found, "Say no_key: " + ", ".join(found)


def test_walks_in_a_browser_wait_for_what_a_person_sees():
    """A page that follows a run loads itself again; what is pressed, typed or loaded beside that
    would be lost.
    """
    walks = [
        path
        for path in tracked("tests/browser/*.py")
        if path.name not in {"navigation.py", "office.py"}
    ]
    bare = lines_with(
        r"\.(reload|goto|expect_navigation|wait_for_timeout)\(|assert"
        r" .*page\..*\.(count|is_visible)\(",
        walks,
    )
    assert not bare, "Use what tests/browser/office.py offers:\n" + "\n".join(bare)


def test_every_module_and_public_class_says_what_it_is():
    silent = []
    for path in own_python():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if tree.body and not ast.get_docstring(tree):
            silent.append(str(path.relative_to(ROOT)))
        if "tests" in path.relative_to(ROOT).parts:
            continue
        silent += [
            f"{path.relative_to(ROOT)}: {node.name}"
            for node in tree.body
            if isinstance(node, ast.ClassDef)
            and not node.name.startswith("_")
            and not ast.get_docstring(node)
        ]
    assert not silent, "\n".join(silent)


def test_no_first_party_import_inside_a_function():
    late = []
    for path in (
        path
        for path in own_python()
        if path.is_relative_to(ROOT / "quicksync") and path.name != "apps.py"
    ):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            late += [
                f"{path.relative_to(ROOT)}:{node.lineno}"
                for node in ast.walk(function)
                if imports_quicksync(node)
            ]
    assert not late, "\n".join(late)


def imports_quicksync(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").split(".")[0] == "quicksync"
    return isinstance(node, ast.Import) and any(
        alias.name.split(".")[0] == "quicksync" for alias in node.names
    )


def test_records_options_and_planning_read_no_clock_and_no_dice():
    folders = [ROOT / "quicksync" / name for name in ("records", "options", "planning")]
    pure = [path for path in own_python() if any(path.is_relative_to(folder) for folder in folders)]
    found = lines_with(r"\.(now|utcnow|today)\(|^(import|from) (random|secrets|time|uuid)\b", pure)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("module", ["quicksync.sync.drivers.polled", "quicksync.web.connector"])
def test_the_polled_driver_is_under_contract_as_soon_as_it_exists(module):
    file = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]["contracts"]
    named = [contract for contract in contracts if module in contract.get("source_modules", [])]
    assert bool(named) == file.exists(), (
        f"Name {module} in the contract 'never reach Online' of pyproject.toml."
    )


def test_no_module_is_a_drawer():
    drawers = {"common.py", "helpers.py", "misc.py", "util.py", "utils.py"}
    assert not [path for path in own_python() if path.name in drawers]


# Two products beside the engine, each with words of its own: a host, and a QuickBooks to test with.
APART = ("quicksync/books", "quicksync/simulator")
# Rooms whose modules are named after the same things, each in its own respect.
SIBLINGS = {
    "a family of kinds: its records, and how QuickBooks writes them": {
        "quicksync/records",
        "quicksync/quickbooks/online/wire",
    },
    "a list of the office: its models, its admin, its import": {
        "quicksync/books/models",
        "quicksync/books/admin",
        "quicksync/books/importing",
    },
    "an area of the books: what it keeps, its rules, its report": {
        "quicksync/simulator/accounting",
        "quicksync/simulator/rules/documents",
        "quicksync/simulator/rules/lists",
        "quicksync/simulator/reports",
    },
}
SAME_NAME = {
    "urls": "Django's name for a table of addresses",
    "base": "what a family is built from: records, the pages of the admin",
    "category": "the row of a category, and the options that it holds",
    "messages": "plain values that cross a border: QuickBooks', and the host's",
}


def names_used_twice(paths):
    named = {}
    for path in paths:
        if path.stem != "__init__":
            folder = path.parent.as_posix()
            product = next((one for one in APART if folder.startswith(one)), "quicksync")
            named.setdefault((product, path.stem), set()).add(folder)
    return {
        name: sorted(folders)
        for (_product, name), folders in named.items()
        if len(folders) > 1 and not any(folders <= rooms for rooms in SIBLINGS.values())
    }


def test_no_name_of_a_module_is_used_twice():
    shipped = [path.relative_to(ROOT) for path in own_python() if path.is_relative_to(PACKAGE)]
    twice = names_used_twice(shipped)
    assert twice.keys() == SAME_NAME.keys(), twice


def test_siblings_may_share_a_name_and_others_may_not():
    same = [Path("quicksync/records/sales.py"), Path("quicksync/quickbooks/online/wire/sales.py")]
    assert not names_used_twice([*same, Path("quicksync/books/models/sales.py")])
    assert names_used_twice([*same, Path("quicksync/sync/plan/sales.py")])


def test_nothing_is_left_for_later():
    found = lines_with(r"\b(TODO|FIXME|XXX|NotImplementedError)\b", own_texts())
    assert not found, "\n".join(found)


def test_no_path_of_one_machine():
    found = lines_with(r"/(home|Users)/\w|(?<![\w./])/work/|/root/|/tmp/\w", own_texts())
    assert not found, "\n".join(found)


def test_no_package_registry_is_named():
    hosts = r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|--(extra-)?index-url|--find-links"
    found = lines_with(hosts, own_texts())
    assert not found, "\n".join(found)


# --- Kinds stand in `records` ---------------------------------------------------------------------

PACKAGE = ROOT / "quicksync"
BLIND = ("planning", "sync", "admin", "local", "quickbooks")
# These are about certain kinds, each with its reason.
EXCEPTED = {
    PACKAGE / "sync" / "actions" / "presets.py": "a preset is a table of kinds",
}
RECORDS = {info.record.__name__ for info in KINDS.values()}


def blind(path):
    """Whether a module must not know one kind from another; an edition's own tables do."""
    mine = any(path.is_relative_to(PACKAGE / room) for room in BLIND)
    return mine and path not in EXCEPTED and PACKAGE / "quickbooks" / "online" not in path.parents


def knows(source):
    """The places in a source that name a kind, or ask for its class."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in KINDS:
            yield node.lineno, node.value
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {
            "isinstance",
            "issubclass",
        }:
            asked = {name.id for name in ast.walk(node.args[1]) if isinstance(name, ast.Name)}
            yield from ((node.lineno, name) for name in asked & RECORDS)


def test_no_other_part_knows_one_kind_from_another():
    looked_at = [path for path in tracked("quicksync/*.py") if blind(path)]
    assert {path.relative_to(PACKAGE).parts[0] for path in looked_at} == set(BLIND)
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in looked_at
        for line, what in knows(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "source",
    [
        "if kind == 'invoice': pass",
        "LISTS = ('account', 'class')",
        "isinstance(record, Payment)",
        "issubclass(one, Customer | Item)",
    ],
)
def test_the_rule_sees_what_it_forbids(source):
    assert list(knows(source))


def test_every_exception_is_one():
    assert all(list(knows(path.read_text(encoding="utf-8"))) for path in EXCEPTED)


# --- Editions stand in the settings ---------------------------------------------------------------

# Those of the settings by default, and the one that is planned.
EDITIONS = {*DEFAULTS["EDITIONS"], "desktop"}
# These may, each with its reason.
NAMES_EDITIONS = {
    PACKAGE / "conf.py": "which there are by default",
    PACKAGE / "simulator" / "accounting" / "book.py": "online payment, a switch of the company",
}


def of_an_edition(path):
    """Whether a module belongs to one edition, or to the past."""
    own = [PACKAGE / "quickbooks" / name for name in EDITIONS]
    return "migrations" in path.parts or any(path.is_relative_to(room) for room in own)


def names_of_editions(source):
    """The places in a source that name an edition."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and node.value in EDITIONS:
            yield node.lineno, node.value


def test_no_other_part_knows_one_edition_from_another():
    """Ask `Capabilities`, or the lists of `quickbooks.loading`."""
    looked_at = [
        path
        for path in tracked("quicksync/*.py")
        if path not in NAMES_EDITIONS and not of_an_edition(path)
    ]
    assert {"sync", "admin", "web", "models"} <= {
        path.relative_to(PACKAGE).parts[0] for path in looked_at
    }
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in looked_at
        for line, what in names_of_editions(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


def test_every_module_that_may_name_an_edition_does():
    assert all(list(names_of_editions(path.read_text(encoding="utf-8"))) for path in NAMES_EDITIONS)


def test_no_template_names_an_edition():
    words = "|".join(sorted(EDITIONS))
    found = lines_with(rf"""["']({words})["']""", tracked("quicksync/*.html"))
    assert not found, "\n".join(found)
