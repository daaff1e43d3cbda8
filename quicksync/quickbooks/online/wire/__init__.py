"""The kinds as QuickBooks Online has them, one wire table each."""

from __future__ import annotations

from quicksync.quickbooks.online.wire.contacts import CUSTOMER, VENDOR
from quicksync.quickbooks.online.wire.lists import (
    ACCOUNT,
    CLASS,
    LOCATION,
    PAYMENT_METHOD,
    TAX_CODE,
    TERM,
)
from quicksync.quickbooks.online.wire.payments import PAYMENT
from quicksync.quickbooks.online.wire.products import ITEM
from quicksync.quickbooks.online.wire.purchases import BILL
from quicksync.quickbooks.online.wire.sales import CREDIT_NOTE, INVOICE
from quicksync.quickbooks.online.wired import Wired
from quicksync.quickbooks.wire_table import Table
from quicksync.records import kind_info

_ALL = (
    *(ACCOUNT, TAX_CODE, TERM, PAYMENT_METHOD, CLASS, LOCATION),
    *(CUSTOMER, VENDOR, ITEM),
    *(INVOICE, CREDIT_NOTE, BILL, PAYMENT),
)
WIRED: dict[str, Wired] = {
    wired.kind: wired for wired in sorted(_ALL, key=lambda wired: kind_info(wired.kind).rank)
}
TABLES: dict[str, Table] = {kind: wired.table for kind, wired in WIRED.items()}

__all__ = ["TABLES", "WIRED"]
