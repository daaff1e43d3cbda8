"""One kind as QuickBooks Online has it: its wire table, and what can be done with its records."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from quicksync.quickbooks.online.documents.line_forms import LineForm
from quicksync.quickbooks.wire_table import Table

VOID, DELETE, INACTIVE = "void", "delete", "inactive"


class _Meta(msgspec.Struct):
    LastUpdatedTime: str | None = None


class Head(msgspec.Struct):
    """The few properties that the engine needs of every record; the rest of the payload is skipped
    over.
    """

    Id: str | int = ""
    SyncToken: str | int = ""
    status: str | None = None
    Active: bool = True
    Type: str | None = None
    MetaData: _Meta | None = None
    DisplayName: str | None = None
    Name: str | None = None
    Code: str | None = None
    FullyQualifiedName: str | None = None
    DocNumber: str | None = None
    CompanyName: str | None = None

    def told_at(self, time: str) -> None:
        """Set when QuickBooks changed the record last."""
        self.MetaData = _Meta(time)


class Wired(msgspec.Struct, frozen=True, kw_only=True):
    """A kind's wire table and its ways.

    `names` are the properties that people know a record by, the first filled one wins. `switched`
    lists have inactive records, which queries leave out unless asked; `in_changes` tells whether
    the change feed has the type. `takes_back` says what can be done with a record that is not
    wanted any more: VOID, DELETE, INACTIVE. `page` is QuickBooks' own page of a record, and the
    name under which it takes the id. `companions` are types that must be known with the kind: they
    share its names (C14), or hold a part of it. `options` go with each change of a record, and
    `create_options` with a new one. `lines` is how those of a document are said. Where several
    kinds share a type, or not all of it is ours, `where` tells which records are its own.
    """

    table: Table
    names: tuple[str, ...] = ()
    switched: bool = False
    in_changes: bool = True
    takes_back: frozenset[str] = frozenset()
    page: tuple[str, str] | None = None
    companions: tuple[str, ...] = ()
    options: str = ""
    create_options: str = ""
    lines: LineForm | None = None
    where: Callable[[Head], bool] | None = None

    @property
    def kind(self) -> str:
        """The word for it on our side."""
        return self.table.kind

    @property
    def type(self) -> str:
        """QuickBooks' word for it."""
        return self.table.remote_type
