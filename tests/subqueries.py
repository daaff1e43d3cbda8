"""Looks at every UPDATE and DELETE of quicksync's tables that the tests make: no move may rest on a
subquery.

After it has waited for a row, PostgreSQL looks again at that row's own columns. What a subquery
found before the wait counts as it was, and Django makes a subquery of every condition on a joined
table, the row's own beside it included: two workers once took one run that way. So a statement with
a subquery is refused unless it stands here with the reason why nobody can be in the way.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.tree import ROOT

PACKAGE = ROOT / "quicksync"
OURS = re.compile(r'^(UPDATE|DELETE FROM) "quicksync_')

# module:function -> why what its subquery finds cannot have changed when the row is written, or
# need not count.
ALLOWED: dict[str, str] = {
    "sync/worker/lease.py:take": (
        "the run's own columns stand beside it; an edition never changes once a run exists"
    ),
    "sync/worker/wakes.py:wake": (
        "the clock's own times stand beside it; a company that does not run by itself any more is"
        " found so by its task"
    ),
    "sync/worker/wakes.py:again": (
        "the clock's own times stand beside it; a company that does not run by itself any more is"
        " found so by its task"
    ),
    "sync/runs/starting.py:busy": (
        "decides nothing: a company that does not run by itself any more does not run when due"
    ),
    "sync/runs/waitlist.py:advance": (
        "the run's own state stands beside it; without access a run says so and ends"
    ),
    "sync/plan/approve.py:discard": (
        "decides nothing: a record looked at once too often is found unchanged"
    ),
    "sync/runs/ending.py:_let_go": (
        "decides nothing: a record looked at once too often is found unchanged"
    ),
    "sync/plan/approve.py:promote": "the proposals' own state stands beside it",
    "sync/plan/approve.py:_want": "notes a wish; the proposals were moved by their own state",
    "sync/plan/approve.py:_overtake": "the mappings are locked before they are looked at",
    "sync/pairs/ground.py:overtaken": (
        "decides nothing: a record looked at once too often is found unchanged"
    ),
    "sync/actions/skipping.py:_exclude": "a person's word counts whatever the record has become",
}

# Statements are made up there for others.
FOR_OTHERS = {
    "models/bulk.py",
    "sync/pairs/operation_state.py",
    "sync/pairs/state.py",
    "sync/worker/run_state.py",
}

found: list[str] = []


def watch(connection: Any, **kwargs: Any) -> None:
    """Look at what this database connection executes from now on."""
    if _look not in connection.execute_wrappers:
        connection.execute_wrappers.append(_look)


def _look(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    if OURS.match(sql) and "(SELECT" in sql:
        where = _caller()
        if where and where not in ALLOWED:
            found.append(f"{where}: {sql}")
    return execute(sql, params, many, context)


def _caller() -> str:
    """The innermost function of the package that led here, "" when a test's own code did."""
    frame = sys._getframe(2)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if PACKAGE in path.parents and str(path.relative_to(PACKAGE)) not in FOR_OTHERS:
            return f"{path.relative_to(PACKAGE)}:{frame.f_code.co_name}"
        if ROOT / "tests" in path.parents and path.name != "subqueries.py":
            return ""
        frame = frame.f_back
    return ""
