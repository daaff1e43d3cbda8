"""Fixtures: the print shop's tables beside the project's own, and its adapters in an otherwise
empty registry.
"""

import importlib
import sys

import pytest
from django.apps import AppConfig, apps
from django.db import connection

from quicksync.local.registry import registry
from tests.host import models

TABLES = (
    models.Patron,
    models.Firm,
    models.Partner,
    models.Levy,
    models.Ware,
    models.Bill,
    models.BillRow,
    models.Takings,
    models.Share,
    models.Supplier,
    models.Hand,
    models.Debt,
    models.DebtRow,
    models.Credit,
    models.CreditRow,
)


@pytest.fixture(scope="session")
def shop_tables(django_db_setup, django_db_blocker):
    """Made once, however many folders and files of tests ask for them.

    The shop joins the installed apps late, as they are: starting the site anew would start it
    twice.
    """
    if "shop" in apps.app_configs:
        yield
        return
    config = AppConfig.create("tests.host.apps.HostConfig")
    config.apps = apps
    apps.app_configs[config.label] = config
    config.import_models()
    apps.clear_cache()
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        for model in TABLES:
            editor.create_model(model)
    yield
    del apps.app_configs[config.label]
    apps.clear_cache()


@pytest.fixture
def shop(shop_tables, db):
    """The shop's adapters, and only these."""
    with registry.snapshot(empty=True):
        sys.modules.pop("tests.host.quicksync_adapters", None)
        importlib.import_module("tests.host.quicksync_adapters")
        yield registry
