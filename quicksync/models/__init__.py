"""The tables of quicksync: what people set, what is known of both sides, what is owed and what was
done.
"""

from __future__ import annotations

from quicksync.models.access import ConnectionAccess
from quicksync.models.alert import Alert
from quicksync.models.appkeys import StoredKeys
from quicksync.models.attempt import Attempt
from quicksync.models.bookmark import Bookmark
from quicksync.models.category import Category, FieldRule
from quicksync.models.code_mapping import CodeMapping
from quicksync.models.connection import Connection
from quicksync.models.connection_clock import ConnectionClock
from quicksync.models.mapping import EntityMapping, SkippedRecord
from quicksync.models.operation import Operation
from quicksync.models.reconciliation import Reconciliation
from quicksync.models.remote import RemoteRecord
from quicksync.models.routine import Routine
from quicksync.models.run import Counted, SyncRun
from quicksync.models.webhook_delivery import WebhookDelivery, WebhookEvent

__all__ = [
    "Alert",
    "Attempt",
    "Bookmark",
    "Category",
    "CodeMapping",
    "Connection",
    "ConnectionAccess",
    "ConnectionClock",
    "Counted",
    "EntityMapping",
    "FieldRule",
    "Operation",
    "Reconciliation",
    "RemoteRecord",
    "Routine",
    "SkippedRecord",
    "StoredKeys",
    "SyncRun",
    "WebhookDelivery",
    "WebhookEvent",
]
