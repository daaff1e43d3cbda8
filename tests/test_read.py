"""What is kept is read, and what can be said is said: no option, fact, column or reason that nothing uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest

from quicksync.conf import DEFAULTS, Settings
from quicksync.models import Category, Connection, EntityMapping, Operation, SyncRun, WebhookDelivery
from quicksync.planning.policy import Company, Policy
from quicksync.planning.reasons.table import ROWS
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online import company as online_company
from quicksync.records.roles import ACCOUNT_ROLES
from tests.tree import ROOT, tracked

# Struct -> how those who read one call it.
RECEIVERS: dict[type[msgspec.Struct], set[str]] = {
    Company: {"company", "_company"},
    Policy: {"policy"},
    Facts: {"facts"},
}
# Where features, roles and reasons are defined; to stand there is not yet to be read.
DEFINED = {
    "features": {"quickbooks/online/company.py"},
    "roles": {"quickbooks/online/company.py", "records/roles.py", "admin/connection/connection_form.py"},
    "reasons": {"planning/reasons/table.py", "planning/reasons/sending.py"},
}
# Tables that only sort reasons: to stand in one is not to be given.
SORTED = {"WAITED", "OWN_ECHO"}


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the package, without migrations and the simulator, which is QuickBooks and no part of it."""
    own = [path for path in tracked("quicksync/*.py") if not {"migrations", "simulator"} & set(path.parts)]
    return {str(path.relative_to(ROOT / "quicksync")): ast.parse(path.read_text(encoding="utf-8")) for path in own}


def nodes(without: set[str] = frozenset()) -> Iterator[ast.AST]:
    for name, tree in trees().items():
        if name not in without:
            yield from ast.walk(tree)


def texts(without: set[str], but: set[str] = frozenset()) -> set[str]:
    """Every string that stands in the code, but for what is assigned to these names."""
    left = {
        id(part)
        for node in nodes(without)
        if isinstance(node, ast.Assign) and but & {last(target) for target in node.targets}
        for part in ast.walk(node)
    }
    strings = (node for node in nodes(without) if isinstance(node, ast.Constant) and id(node) not in left)
    return {node.value for node in strings if isinstance(node.value, str)}


def last(node: ast.AST) -> str:
    """`company` of `look.case.company` and of `company`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def read_of(receivers: set[str] | None = None) -> set[str]:
    """Names of attributes that are read, of whatever or of what is called so."""
    return {
        node.attr
        for node in nodes()
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
        and (receivers is None or last(node.value) in receivers)
    }  # fmt: skip


def given() -> dict[str, set[str]]:
    """Called name -> the keywords with which it is called."""
    found: dict[str, set[str]] = {}
    for node in nodes():
        if isinstance(node, ast.Call):
            found.setdefault(last(node.func), set()).update(word.arg for word in node.keywords if word.arg)
    return found


@pytest.mark.parametrize("struct", RECEIVERS, ids=lambda struct: struct.__name__)
def test_each_fact_and_option_is_filled_and_read(struct):
    fields = set(struct.__struct_fields__)
    assert not fields - read_of(RECEIVERS[struct]), "nobody reads them"
    assert not fields - given()[struct.__name__] - given()["replace"], "nobody fills them: they always say the same"


def test_each_feature_of_a_company_is_asked_for():
    assert not set(online_company._FEATURES.values()) - texts(DEFINED["features"])


def test_each_role_of_an_account_is_asked_for():
    assert not ACCOUNT_ROLES.keys() - texts(DEFINED["roles"])


def test_each_setting_is_read():
    tree = trees()["conf.py"]
    named = {
        function.name: {node.value for node in ast.walk(function) if isinstance(node, ast.Constant)}
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and isinstance(getattr(Settings, function.name, None), property)
    }
    read = {name for property_, names in named.items() if property_ in read_of({"settings", "conf"}) for name in names}
    assert not DEFAULTS.keys() - read - texts({"conf.py"})


@pytest.mark.parametrize("model", [Category, Connection, EntityMapping, Operation, SyncRun, WebhookDelivery])
def test_each_column_is_used(model):
    used = read_of() | texts({f"models/{model.__module__.rpartition('.')[2]}.py"}) | set().union(*given().values())
    pages = "\n".join(Path(page).read_text(encoding="utf-8") for page in tracked("*.html"))
    columns = {field.name for field in model._meta.concrete_fields}
    assert not {name for name in columns - used if f".{name}" not in pages}


def test_each_permission_is_asked_for():
    codes = {code for code, _ in Connection._meta.permissions}
    asked = texts({"models/connection.py", "management/commands/quicksync_groups.py"})
    assert not {code for code in codes if not {code, code.removesuffix("_connection"), f"quicksync.{code}"} & asked}


def test_each_reason_is_given():
    assert not ROWS.keys() - texts(DEFINED["reasons"], SORTED)
