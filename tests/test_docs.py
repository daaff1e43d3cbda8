"""Documents that must keep up with the code: dependencies, pins, environment variables, commands of
the Makefile.
"""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.tree import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def package_names(requirements):
    return {re.match(r"[\w.-]+", line).group().lower() for line in requirements}


def pins(name):
    return package_names(line for line in text(name).splitlines() if re.match(r"\w", line))


EXTRAS = PROJECT["optional-dependencies"]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name):
    loose = [line for line in text(name).splitlines() if re.match(r"\w", line) and "==" not in line]
    assert not loose


def test_pins_cover_what_the_package_asks_for():
    run_time = package_names(PROJECT["dependencies"] + EXTRAS["project"])
    assert run_time <= pins("requirements.txt")
    assert pins("requirements.txt") <= pins("requirements-dev.txt")
    assert {name for extra in EXTRAS.values() for name in package_names(extra)} <= pins(
        "requirements-dev.txt"
    )


def test_each_dependency_has_its_reason():
    explained = text("docs/dependencies.md").lower()
    shipped = PROJECT["dependencies"] + EXTRAS["project"] + EXTRAS["postgres"] + EXTRAS["redis"]
    assert not [
        name
        for name in package_names(shipped)
        if f"{name} " not in explained and f"{name}," not in explained
    ]


def test_each_environment_variable_of_the_project_is_described():
    read = set(re.findall(r'"(QUICKSYNC_[A-Z_]+|DATABASE_URL)"', text("config/settings.py")))
    described = text("docs/project.md")
    # The mail server's variables share one row: `QUICKSYNC_EMAIL_HOST`, `_PORT`, ...
    missing = [
        name
        for name in read
        if name not in described and f"`{name.removeprefix('QUICKSYNC_EMAIL')}`" not in described
    ]
    assert not missing
