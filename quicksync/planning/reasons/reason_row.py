"""The shape of a reason in the table: how serious it is, its words, and where it is mended."""

from __future__ import annotations

import enum

import msgspec


class Severity(enum.StrEnum):
    """How serious a reason is."""

    INFO = "info"  # as the settings or a person want it
    WARNING = "warning"  # goes on, or passes by itself
    ERROR = "error"  # a person has to do something


class Place(enum.StrEnum):
    """Where a reason is mended; admin pages turn it into a button."""

    NOWHERE = ""  # nothing to do, or it passes by itself
    RECORD = "record"  # the record's own page here
    QUICKBOOKS = "quickbooks"  # the record in QuickBooks
    CATEGORY = "category"  # the category's settings
    CODES = "codes"  # the code mappings
    MATCH = "match"  # the match wizard
    CONFLICT = "conflict"  # the conflict page
    CONNECTION = "connection"  # the connection's page
    SETUP = "setup"  # the set-up page
    SKIPPED = "skipped"  # the list of skipped records, to add it back
    RUN = "run"  # the run: approve, plan again


class Row(msgspec.Struct, frozen=True):
    """One reason. The texts are templates; their names are the reason's values, `{field}` its field
    in words.
    """

    code: str
    severity: Severity
    sentence: str
    cause: str
    fix: str
    place: Place = Place.NOWHERE
