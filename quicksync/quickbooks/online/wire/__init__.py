"""The kinds as QuickBooks Online has them, a wire table for each type of their records."""

from __future__ import annotations

from quicksync.quickbooks.online.wire.contacts import CUSTOMER, EMPLOYEE, VENDOR
from quicksync.quickbooks.online.wire.lists import (
    ACCOUNT,
    CLASS,
    LOCATION,
    PAYMENT_METHOD,
    TAX_CODE,
    TERM,
)
from quicksync.quickbooks.online.wire.payments import PAYMENT
from quicksync.quickbooks.online.wire.products import ITEM, ITEM_CATEGORY
from quicksync.quickbooks.online.wire.purchases import BILL
from quicksync.quickbooks.online.wire.sales import (
    CREDIT_NOTE,
    ESTIMATE,
    INVOICE,
    REFUND,
    SALES_RECEIPT,
)
from quicksync.quickbooks.online.wired import Wiring

_ALL = (
    *(ACCOUNT, TAX_CODE, TERM, PAYMENT_METHOD, CLASS, LOCATION),
    *(CUSTOMER, VENDOR, EMPLOYEE, ITEM_CATEGORY, ITEM),
    *(ESTIMATE, INVOICE, CREDIT_NOTE, SALES_RECEIPT, REFUND, BILL, PAYMENT),
)
WIRED = Wiring(_ALL)

__all__ = ["WIRED"]
