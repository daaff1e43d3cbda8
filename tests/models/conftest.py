"""The tables as they were."""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.db.migrations.executor import MigrationExecutor


@pytest.fixture
def at():
    """Gives the models as they were at a migration, and brings the database to the newest again at
    the end.
    """

    def go(name):
        executor = MigrationExecutor(database)
        executor.migrate([("quicksync", name)])
        return MigrationExecutor(database).loader.project_state([("quicksync", name)]).apps

    yield go
    executor = MigrationExecutor(database)
    executor.migrate(executor.loader.graph.leaf_nodes())
