"""Which lines and branches of the engine the tests take: a pytest plugin (`-p tests.covered`).

coverage.py's tracer would double the time of the whole suite; slipcover changes the code that is
loaded instead, which nobody notices. Each process leaves its part in the folder that
`QUICKSYNC_COVERED` names, and `tests.coverage_gate` puts the parts together.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from slipcover import FileMatcher, ImportManager, Slipcover

from tests.coverage_gate import ENGINE
from tests.tree import ROOT

_matcher = FileMatcher(sources=[ROOT / ENGINE])
_cover = Slipcover(branch=True, source=[str(ROOT / ENGINE)], exclude_also=["if TYPE_CHECKING:"])
ImportManager(_cover, _matcher).__enter__()


def pytest_unconfigure() -> None:
    """Leave what this process's tests took."""
    folder = Path(os.environ["QUICKSYNC_COVERED"])
    folder.mkdir(parents=True, exist_ok=True)
    found = _cover.get_coverage()
    (folder / f"{os.getpid()}.json").write_text(json.dumps(found), encoding="utf-8")
