"""The wheel that hosts install: every template, static file and translation, nothing of the project
around.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile

import pytest

from quicksync.books.sample import FILES
from tests.tree import ROOT, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Names of the files in a wheel built from the files that git knows, where an older version was
    built before.
    """
    source = tmp_path_factory.mktemp("source")
    for path in tracked(
        "quicksync", "docs/examples", "setup.py", "pyproject.toml", "README.md", "LICENSE"
    ):
        copy = source / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    old = source / "build" / "lib" / "quicksync" / "migrations" / "0002_of_an_older_version.py"
    old.parent.mkdir(parents=True)
    old.write_text("", encoding="utf-8")
    # The build tools are pinned in requirements-dev.txt, so nothing is fetched.
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        ".",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        "dist",
    ]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    with zipfile.ZipFile(next((source / "dist").glob("*.whl"))) as archive:
        return set(archive.namelist())


def test_wheel_holds_the_whole_package(wheel):
    wanted = {
        str(path.relative_to(ROOT))
        for path in tracked("quicksync")
        if path.suffix not in {".md", ".po"}
    }
    assert wanted <= wheel


def test_wheel_holds_the_example_files(wheel):
    """`quicksync_import --examples` works in an installed package too."""
    wanted = {
        f"quicksync/books/examples/{path.name}"
        for path in tracked("docs/examples")
        if path.suffix == ".csv"
    }
    assert len(wanted) == len(FILES)
    assert wanted <= wheel


def test_wheel_holds_nothing_that_an_older_build_left_behind(wheel):
    assert not [name for name in wheel if "0002_of_an_older_version" in name]


def test_wheel_holds_nothing_else(wheel):
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == {"quicksync"}
