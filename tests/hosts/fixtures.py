"""Fixtures: the tables of a host's app beside the project's own, and its adapters in an otherwise
empty registry.
"""

import importlib
import sys

import pytest
from django.apps import AppConfig, apps
from django.db import connection

from quicksync.local.registry import registry


@pytest.fixture(scope="session")
def yard_tables(django_db_setup, django_db_blocker):
    """Made once, as the print shop's are, however many folders of tests ask for them."""
    if "yard" in apps.app_configs:
        yield
        return
    config = AppConfig.create("tests.hosts.yard.apps.YardConfig")
    config.apps = apps
    apps.app_configs[config.label] = config
    config.import_models()
    apps.clear_cache()
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in config.get_models():
            editor.create_model(model)
    yield
    del apps.app_configs[config.label]
    apps.clear_cache()


@pytest.fixture
def yard(yard_tables, db):
    """The yard's adapters, and only these."""
    with registry.snapshot(empty=True):
        sys.modules.pop("tests.hosts.yard.quicksync_adapters", None)
        importlib.import_module("tests.hosts.yard.quicksync_adapters")
        yield registry
