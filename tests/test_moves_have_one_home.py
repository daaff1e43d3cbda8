"""Nobody moves a pair but the table of its moves: `quicksync/sync/pairs/state.py` (invariant 7).

Looks at the code itself: at columns that are assigned, passed to what writes rows, or named in
lists of columns to be saved. Which table a line writes is told by how the line names its rows.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tree import ROOT, tracked

PACKAGE = ROOT / "quicksync"
# Columns that belong to a pair's moves, and where they are written.
PAIR = {"state", "reason", "reason_values", "since", "retry_at", "touched_at", "version"}
HOME = {"sync/pairs/state.py"}
HOMES = HOME | {"sync/pairs/operation_state.py", "sync/worker/run_state.py"}
# Another word of the same name -> whose it is.
OTHER_STATES = {
    "sync/read/inbox.py": "a delivery's",
}
WRITERS = {"update", "create", "get_or_create", "update_or_create", "moved", "EntityMapping"}
SAVERS = {"save", "bulk_update", "add", "add_found", "setattr"}
EXAMPLES = {
    "assigned": "mapping.state = 'held'",
    "among others": "mapping.label, mapping.reason = label, ''",
    "added to": "mapping.version += 1",
    "by its name": "setattr(mapping, 'since', now)",
    "in an UPDATE": "EntityMapping.objects.filter(pk=1).update(touched_at=now)",
    "of a query at hand": "mappings.update(state='held')",
    "by a dictionary": "EntityMapping.objects.update(**{'state': 'held'})",
    "in one of ours": "bulk.moved(mappings, {'state': 'held'})",
    "made": "EntityMapping(connection=one, retry_at=now)",
    "created": "EntityMapping.objects.create(state='held')",
    "saved": "bulk.save(mappings, ['state', 'label'])",
    "saved by Django": "mapping.save(update_fields=['reason'])",
    "saved by a constant": "COLUMNS = ['state']\nbulk.save(mappings, COLUMNS)",
    "saved in bulk": "EntityMapping.objects.bulk_update(mappings, ['since'])",
}
HARMLESS = [
    "operation.state = 'done'",
    "run.operations.filter(mapping__state='held').update(state='stale')",
    "EntityMapping.objects.filter(state='held').update(label='Ada')",
    "SyncRun.objects.update(state='done')",
    "mapping.save(update_fields=['choice'])",
]


def writes(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and column of everything that writes a pair's move."""
    lists = {
        target.id: node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.List | ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            yield from assigned(node)
        elif isinstance(node, ast.Call):
            yield from passed(node, lists)


def assigned(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> Iterator[tuple[int, str]]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for one in (part for target in targets for part in ast.walk(target)):
        if isinstance(one, ast.Attribute) and one.attr in PAIR and is_pair(one.value):
            yield node.lineno, one.attr


def passed(node: ast.Call, lists: dict[str, ast.AST]) -> Iterator[tuple[int, str]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if not is_pair(node):
        return
    if name in WRITERS:
        yield from ((node.lineno, word.arg) for word in node.keywords if word.arg in PAIR)
        keys = [key for part in ast.walk(node) if isinstance(part, ast.Dict) for key in part.keys]
        yield from (
            (node.lineno, key.value)
            for key in keys
            if isinstance(key, ast.Constant) and key.value in PAIR
        )
    if name in SAVERS:
        given = [*node.args, *(word.value for word in node.keywords)]
        given += [lists[one.id] for one in given if isinstance(one, ast.Name) and one.id in lists]
        words = [part for argument in given for part in ast.walk(argument)]
        yield from (
            (node.lineno, one.value)
            for one in words
            if isinstance(one, ast.Constant) and one.value in PAIR
        )


def is_pair(node: ast.AST) -> bool:
    """Whether an expression speaks of mappings: by the table's name, or by what the house calls its
    rows.
    """
    spoken = {part.id for part in ast.walk(base(node)) if isinstance(part, ast.Name)}
    spoken |= {part.attr for part in ast.walk(base(node)) if isinstance(part, ast.Attribute)}
    pairs = {
        "EntityMapping",
        "mapping",
        "mappings",
        "halves",
        "half",
        "pairs",
        "partner",
        "here",
        "there",
        "_MAPPING",
        "MARKED",
    }
    return bool(spoken & pairs) and not spoken & {"operations", "Operation", "SyncRun"}


def base(node: ast.AST) -> ast.AST:
    """Of a call on rows, how they are named; of one of our own functions, all that it is given."""
    if not isinstance(node, ast.Call):
        return node
    if isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") != "bulk":
        return node.func.value
    return ast.Module([ast.Expr(part) for part in (node.func, *node.args)], [])


def states(tree: ast.AST) -> Iterator[int]:
    """Lines that write a `state`, of whatever rows: assigned, passed to a writer, or saved."""
    makers = {"update", "create", "get_or_create", "update_or_create", "keep", "release"}
    models = {"EntityMapping", "Operation", "SyncRun"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            yield from (
                node.lineno
                for one in parts
                if isinstance(one, ast.Attribute) and one.attr == "state"
            )
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in makers | models:
                yield from (node.lineno for word in node.keywords if word.arg == "state")
        elif isinstance(node, ast.Dict | ast.List):
            values = node.keys if isinstance(node, ast.Dict) else node.elts
            yield from (
                node.lineno
                for one in values
                if isinstance(one, ast.Constant) and one.value == "state"
            )


def test_no_state_is_written_elsewhere():
    """Of pairs, operations and runs alike: what each may become is said in one table each."""
    found = {
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in modules()
        if path.is_relative_to(PACKAGE / "sync") and str(path.relative_to(PACKAGE)) not in HOMES
        for line in states(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert not {one for one in found if one.split(":")[0] not in OTHER_STATES}, sorted(found)
    assert OTHER_STATES.keys() == {one.split(":")[0] for one in found}


def modules() -> list[Path]:
    return [
        path
        for path in tracked("quicksync/*.py")
        if "migrations" not in path.parts and "simulator" not in path.parts
    ]


def test_no_module_but_its_own_moves_a_pair():
    found = [
        f"{path.relative_to(ROOT)}:{line}: {column}"
        for path in modules()
        if str(path.relative_to(PACKAGE)) not in HOME
        for line, column in writes(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "Moves of pairs are made by sync/pairs/state.py:\n" + "\n".join(found)


@pytest.mark.parametrize("code", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_a_write_is_seen(code):
    assert [*writes(ast.parse(code))]


@pytest.mark.parametrize("code", HARMLESS)
def test_what_writes_no_move_is_not_taken_for_one(code):
    assert not [*writes(ast.parse(code))]
