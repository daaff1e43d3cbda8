"""The words of options that offer a choice: a value is stored, its label is what people read."""

from __future__ import annotations

import enum
from typing import Self


class Choice(enum.StrEnum):
    """Base of them all: each member is its stored value and its label."""

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Wins(Choice):
    """Who wins where both sides have a value of their own for the same field."""

    NEWEST = "newest", "The newest change"
    HERE = "here", "This side"
    QUICKBOOKS = "quickbooks", "QuickBooks"
    ASK = "ask", "Ask a person"


class Authority(Choice):
    """Where a record may be edited once it is in step (F8)."""

    BOTH = "both", "On both sides"
    HERE = "here", "Here only"
    QUICKBOOKS = "quickbooks", "In QuickBooks only, once it is there"


class OnDelete(Choice):
    """What a deletion on one side does to the other (F4, G10)."""

    VOID = "void", "Void it (or make it inactive)"
    DELETE = "delete", "Delete it"
    NOTHING = "nothing", "Leave it alone"


class SubCustomers(Choice):
    """What becomes of customers below another customer (C3)."""

    CUSTOMERS = "customers", "They are synced like other customers"
    LEFT_OUT = "left_out", "They are left out"


class StartBasis(Choice):
    """Which date the start date is compared with (B11)."""

    MODIFIED = "modified", "Created or changed since"
    DOCUMENT = "document", "Dated since"
