"""What is kept is read, and what can be said is said: no option, fact, column or reason that
nothing uses.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest
from django.db.models import Model

from quicksync.conf import DEFAULTS, Settings
from quicksync.models import (
    Category,
    Connection,
    ConnectionAccess,
    ConnectionClock,
    EntityMapping,
    Operation,
    SyncRun,
    WebhookDelivery,
)
from quicksync.planning.policy import Company, Policy
from quicksync.planning.reasons.table import ROWS
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online import company_facts as online_company
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
    "features": {"quickbooks/online/company_facts.py"},
    "roles": {
        "quickbooks/online/company_facts.py",
        "records/roles.py",
        "options/company.py",
        "sync/company/known.py",
    },
    "reasons": {"planning/reasons/table.py", "planning/reasons/sending.py"},
}
# Tables that only sort reasons: to stand in one is not to be given.
SORTED = {"WAITED", "OWN_ECHO"}
# Who shows reasons gives none; what QuickBooks refuses has its reason in one table.
SHOWING = ("admin/", "management/", "web/")
FAULTS = "quickbooks/online/transport/faults.py"
# Model -> what its rows are called where they are read.
ROWS_OF: dict[type[Model], set[str]] = {
    Category: {"category"},
    Connection: {"connection"},
    ConnectionAccess: {"row"},
    ConnectionClock: {"clock", "told"},
    EntityMapping: {"mapping", "m"},
    Operation: {"operation"},
    SyncRun: {"run"},
    WebhookDelivery: {"delivery"},
}
# Columns that only queries, forms and pages name, or that are read of a row that is called
# otherwise.
ONLY_NAMED: dict[type[Model], set[str]] = {
    Category: {"direction", "needs_scan"},
    ConnectionAccess: {"lease_until", "reconnect_by", "refresh_expires_at"},
    ConnectionClock: {"connection"},
    EntityMapping: {"keyed"},
    Operation: {
        "mapping_version",
        "partner_touched_at",
        "partner_version",
        "put_off",
        "rank",
        "retry_at",
        "sent_at",
        "touched_at",
    },
    SyncRun: {"approved_by"},
    WebhookDelivery: {"events", "trace_id", "unread"},
}
# Who asks for a permission by its short word, and where permissions are defined.
ASKS = {"may", "require", "perform", "_start"}
PERMITTED = {"models/connection.py", "management/commands/quicksync_groups.py"}


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the package, without migrations and the simulator, which is QuickBooks and no
    part of it.
    """
    own = [
        path
        for path in tracked("quicksync/*.py")
        if not {"migrations", "simulator"} & set(path.parts)
    ]
    return {
        str(path.relative_to(ROOT / "quicksync")): ast.parse(path.read_text(encoding="utf-8"))
        for path in own
    }


@cache
def walked() -> dict[str, list[ast.AST]]:
    """The nodes of every module: nearly each test looks at all of them, often more than once."""
    return {name: list(ast.walk(tree)) for name, tree in trees().items()}


def nodes(without: set[str] = frozenset()) -> Iterator[ast.AST]:
    for name, found in walked().items():
        if name not in without:
            yield from found


def texts(without: set[str], but: set[str] = frozenset()) -> set[str]:
    """Every string that stands in the code, but for what is assigned to these names."""
    left = {
        id(part)
        for node in nodes(without)
        if isinstance(node, ast.Assign) and but & {last(target) for target in node.targets}
        for part in ast.walk(node)
    }
    strings = (
        node for node in nodes(without) if isinstance(node, ast.Constant) and id(node) not in left
    )
    return {node.value for node in strings if isinstance(node.value, str)}


def last(node: ast.AST) -> str:
    """`company` of `look.case.company` and of `company`."""
    return (
        node.attr
        if isinstance(node, ast.Attribute)
        else node.id
        if isinstance(node, ast.Name)
        else ""
    )


def read_of(receivers: set[str] | None = None) -> set[str]:
    """Names of attributes that are read, of whatever or of what is called so."""
    return {
        node.attr
        for node in nodes()
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
        and (receivers is None or last(node.value) in receivers)
    }  # fmt: skip


def read_by_methods(struct: type, called: set[str]) -> set[str]:
    """What the struct's own methods read of it, those that somebody calls."""
    methods = [
        part
        for node in nodes()
        if isinstance(node, ast.ClassDef) and node.name == struct.__name__
        for part in node.body
        if isinstance(part, ast.FunctionDef) and part.name in called
    ]
    return {
        node.attr
        for method in methods
        for node in ast.walk(method)
        if isinstance(node, ast.Attribute) and last(node.value) == "self"
    }


def given() -> dict[str, set[str]]:
    """Called name -> the keywords with which it is called."""
    found: dict[str, set[str]] = {}
    for node in nodes():
        if isinstance(node, ast.Call):
            found.setdefault(last(node.func), set()).update(
                word.arg for word in node.keywords if word.arg
            )
    return found


@pytest.mark.parametrize("struct", RECEIVERS, ids=lambda struct: struct.__name__)
def test_each_fact_and_option_is_filled_and_read(struct):
    fields = set(struct.__struct_fields__)
    read = read_of(RECEIVERS[struct])
    assert not fields - read - read_by_methods(struct, read), "nobody reads them"
    assert not fields - given()[struct.__name__] - given()["replace"], (
        "nobody fills them: they always say the same"
    )


def test_each_feature_of_a_company_is_asked_for():
    assert not set(online_company._FEATURES.values()) - texts(DEFINED["features"])


def test_each_role_of_an_account_is_asked_for():
    assert not ACCOUNT_ROLES.keys() - texts(DEFINED["roles"])


def test_each_setting_is_read():
    tree = trees()["conf.py"]
    named = {
        function.name: {node.value for node in ast.walk(function) if isinstance(node, ast.Constant)}
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        and isinstance(getattr(Settings, function.name, None), property)
    }
    read = {
        name
        for property_, names in named.items()
        if property_ in read_of({"settings", "conf"})
        for name in names
    }
    assert not DEFAULTS.keys() - read - texts({"conf.py"})


@pytest.mark.parametrize("model", ROWS_OF, ids=lambda model: model.__name__)
def test_each_column_is_used(model):
    columns = {field.name for field in model._meta.concrete_fields} - {"id"}
    read, only_named = read_of(ROWS_OF[model]), ONLY_NAMED.get(model, set())
    assert columns - read == only_named, (
        "nobody reads them of a row of this model, or the table is out of date"
    )
    # Other models and classes may have something of that name: who names one of these looked
    # whether it is this one.
    named = texts({f"models/{model.__module__.rpartition('.')[2]}.py"}) | set().union(
        *given().values()
    )
    pages = "\n".join(Path(page).read_text(encoding="utf-8") for page in tracked("*.html"))
    assert not {name for name in only_named - named if f".{name}" not in pages}


def test_each_permission_is_asked_for():
    codes = {code for code, _ in Connection._meta.permissions}
    asked = permissions()
    assert not {
        code
        for code in codes
        if not {code.removesuffix("_connection"), f"quicksync.{code}"} & asked
    }
    # The words are common ones: to stand somewhere is not to be asked for.
    assert not {"connection", "draft", "start", "queued"} & asked


def permissions() -> set[str]:
    """What is asked for: the words given to those who ask, and whole names such as
    "quicksync.run_connection".
    """
    calls = [node for node in nodes() if isinstance(node, ast.Call)]
    parts = [
        part
        for call in calls
        if last(call.func) in ASKS
        for part in call.args
        if isinstance(part, ast.Constant)
    ]
    parts += [word.value for call in calls for word in call.keywords if word.arg == "permissions"]
    words = {
        node.value for part in parts for node in ast.walk(part) if isinstance(node, ast.Constant)
    }
    comprehended = {
        node.value
        for whole in nodes()
        if isinstance(whole, ast.DictComp) and last(getattr(whole.value, "func", whole)) in ASKS
        for node in ast.walk(whole)
        if isinstance(node, ast.Constant)
    }
    whole = {text for text in texts(PERMITTED) if text.startswith("quicksync.")}
    return {word for word in words | comprehended | whole if isinstance(word, str)}


def test_each_reason_is_given():
    assert not ROWS.keys() - reasons()
    # To be shown, sorted or compared with is not to be given, nor is a word that has other uses as
    # well.
    assert not {"nobody-gives-it", "held", "name", "approved", "total"} & reasons()


def reasons() -> set[str]:
    """The codes that are given as a reason: a word with a hyphen wherever it does not only sort or
    show, and any word where reasons are made.
    """
    apart = {
        id(part)
        for node in nodes()
        for place in _aside(node)
        for part in ast.walk(place)
    }  # fmt: skip
    found = set()
    for name, tree in trees().items():
        if name in DEFINED["reasons"] or name.startswith(SHOWING):
            continue
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in apart
            ):
                found |= {node.value} if "-" in node.value or name == FAULTS else set()
            if isinstance(node, ast.Call) and last(node.func) in {"why", "Reason"}:
                found |= {
                    part.value for part in ast.walk(node.args[0]) if isinstance(part, ast.Constant)
                }
    return found


def _aside(node: ast.AST) -> list[ast.AST]:
    """The parts of a piece of code whose words are only looked at."""
    if isinstance(node, ast.Compare):
        return [node]
    if isinstance(node, ast.Assign) and SORTED & {last(target) for target in node.targets}:
        return [node.value]
    return [key for key in node.keys if key is not None] if isinstance(node, ast.Dict) else []
