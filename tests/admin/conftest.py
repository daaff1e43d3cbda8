"""A connection that is never asked anything, people with one permission, and rows to look at."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from quicksync.models import EntityMapping, Operation, RemoteRecord, SyncRun
from quicksync.sync.actions import connect
from tests.models import make


@pytest.fixture
def connection(db):
    """A connected company; nothing of these tests reaches it."""
    connection = make.bare(
        name="Main",
        status="connected",
        realm_id="1234",
        company_name="Sandbox",
        country="US",
        home_currency="USD",
        connected_at=timezone.now(),
        access_token="secret-access",
        previous_refresh_token="secret-refresh",
    )
    connect.categories(connection)
    return connection


@pytest.fixture
def staff(client, db):
    """Logs a person in who has just these permissions."""

    def log_in(*codenames):
        user = User.objects.create_user(f"user{User.objects.count()}", password="x", is_staff=True)
        permissions = Permission.objects.filter(content_type__app_label__in=("quicksync", "books"))
        user.user_permissions.set(permissions.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return log_in


class Rows:
    """Makes rows of one connection."""

    def __init__(self, connection):
        self.connection = connection
        self.number = 0

    def run(self, **values):
        """A run that somebody asked for."""
        return SyncRun.objects.create(
            **{"connection": self.connection, "trigger": "preview"} | values
        )

    def draft(self, **values):
        """A preview that waits for approval."""
        return self.run(
            **{"state": "draft", "preview": True, "planned_from": timezone.now()} | values
        )

    def mapping(self, **values):
        """A half that is here, of an invoice that no table holds."""
        self.number += 1
        usual = {
            "connection": self.connection, "kind": "invoice", "model_label": "books.invoice",
            "object_key": f"none-{self.number}", "label": f"Invoice {self.number}",
        }  # fmt: skip
        return EntityMapping.objects.create(**usual | values)

    def operation(self, run, **values):
        """A proposed invoice of 12.50, with a mapping of its own."""
        mapping = values.pop("mapping", None) or self.mapping(kind=values.get("kind", "invoice"))
        usual = {
            "connection": self.connection,
            "run": run,
            "mapping": mapping,
            "kind": mapping.kind,
            "state": "draft",
            "action": "create",
            "direction": "push",
            "label": mapping.label,
            "amount": Decimal("12.50"),
            "currency": "USD",
        }
        return Operation.objects.create(**usual | values)

    def held(self, run, code="tax-code-unmapped", **values):
        """An operation that a reason holds back."""
        usual = {
            "state": "skipped",
            "action": "hold",
            "direction": "",
            "reason": code,
            "reason_values": {"other": "VAT20"},
        }
        return self.operation(run, **usual | values)

    def remote(self, **values):
        """A record of QuickBooks, an account unless told otherwise."""
        self.number += 1
        usual = {
            "connection": self.connection,
            "type": "Account",
            "kind": "account",
            "remote_id": str(self.number),
        }
        return RemoteRecord.objects.create(**usual | values)


@pytest.fixture
def rows(connection):
    """The factory of rows."""
    return Rows(connection)
