"""Django's setting `TASKS`: which of its backends is ours, and whether that one keeps tasks."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from django.conf import settings as django_settings

# Django's Tasks framework (6.0), and the package that has it for older versions of Django.
LIBRARIES = ("django.tasks", "django_tasks")
# A backend, and a queue, of this name are taken before the default ones.
OWN = "quicksync"
DEFAULT = "default"
# They keep nothing: one runs a task in the request that saved, the other never.
FLEETING = ("ImmediateBackend", "DummyBackend")


def library() -> str:
    """The module that has Tasks here; "" when there is none."""
    return next((name for name in LIBRARIES if find_spec(name)), "")


def alias() -> str:
    """The backend of `TASKS` that takes our tasks."""
    return OWN if OWN in _backends() else DEFAULT


def queue() -> str:
    """The queue of that backend."""
    return OWN if OWN in _backend().get("QUEUES", ()) else DEFAULT


def path() -> str:
    """The dotted path of that backend; "" when `TASKS` does not name it."""
    return str(_backend().get("BACKEND", ""))


def is_durable() -> bool:
    """Whether tasks wait there for a worker."""
    return bool(library() and path()) and path().rpartition(".")[2] not in FLEETING


def _backends() -> Mapping[str, Mapping[str, Any]]:
    return getattr(django_settings, "TASKS", None) or {}


def _backend() -> Mapping[str, Any]:
    return _backends().get(alias(), {})
