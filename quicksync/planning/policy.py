"""What the user decided: per category which way, since when, who wins; and what is known of the
company.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import msgspec

from quicksync.options.category import CategoryOptions
from quicksync.records import Record, Ref
from quicksync.records.limits import FieldLimit


class FieldRule(msgspec.Struct, frozen=True):
    """A field that is left alone, or that always gets a fixed value (F10)."""

    leave_alone: bool = False
    fixed: Any = None


class Carried(msgspec.Struct, frozen=True):
    """What one of the host's models and the edition's wire table both carry: see `Policy.fields`,
    `Policy.taken`, `Policy.parts` and `Policy.shown`.
    """

    fields: frozenset[str]
    taken: frozenset[str] = frozenset()
    parts: Mapping[str, frozenset[str]] = {}
    shown: Mapping[str, frozenset[str]] = {}


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """One category's settings. `fields` are those that both the host's adapter and the edition's
    wire table carry. `taken` are fields that QuickBooks works out by itself, such as a balance, and
    that the host wants to have: they come here and are never sent. Of the lines of a field, `parts`
    are what the host has a place for, and `shown` what it shows; all of them where it is not named.
    `models` says all that for each of the host's models of this kind, where a record is known to be
    in one of them. `absent` are fields that neither side is told of, since what they name is not
    synced: each keeps its own.

    `takes_back` is what QuickBooks can do with a record that is not wanted any more: "void",
    "delete", "inactive".
    """

    kind: str
    enabled: bool = True
    push: bool = True
    pull: bool = True
    start_date: dt.date | None = None
    options: CategoryOptions = CategoryOptions()
    takes_back: frozenset[str] = frozenset({"void", "delete"})
    fields: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()
    parts: Mapping[str, frozenset[str]] = {}
    shown: Mapping[str, frozenset[str]] = {}
    models: Mapping[str, Carried] = {}
    rules: Mapping[str, FieldRule] = {}
    absent: frozenset[str] = frozenset()

    def of(self, model: str) -> Policy:
        """The settings for what is in one of the host's models."""
        carried = self.models.get(model)
        if carried is None:
            return self
        return msgspec.structs.replace(
            self,
            fields=carried.fields,
            taken=carried.taken,
            parts=carried.parts,
            shown=carried.shown,
        )


class NameEntry(msgspec.Struct, frozen=True):
    """One name taken in QuickBooks' shared list of customers, vendors and employees, or by an item
    or a document.
    """

    kind: str
    id: str
    name: str
    active: bool = True


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """What planning must know of the QuickBooks company and of what is there already.

    `names` maps a folded name (`names.fold`) to every record there that holds it, inactive ones
    included, for kinds that share the name list, and for other kinds under the kind that QuickBooks
    names them as + ":" + folded name ("item:widget", whether it is a product or a category).
    `numbers` maps (kind, folded document number) to remote ids. `features` holds the words of the
    features that are switched on ("inventory"); `unserved` the roles of default accounts that none
    serves ("income"). `inactive` and `missing` are references of there that
    cannot be used. `links` maps a reference of there to the same record's reference here;
    `links_back` the reverse (code mappings included). `outdated` are list references here whose
    partner's rate has changed (A12). `paid` are documents there with money applied. Large plans are
    built chunk by chunk: `coming` are references of here that other chunks (or open operations)
    create there, `arriving` references of there that others create here: both count as created by
    this plan. `refused` maps a reference of here, and `refused_there` one of there, to the label of
    a record that is held, skipped or excluded. `entries` are the names of list entries there that
    have no partner here. `claimed` are the claims that other chunks and open operations make, with
    the keys of those who make them. `joining` maps references of there to those of here that other
    chunks join, `joining_back` the reverse: invoices are matched by their customers even before
    those are a pair. `loosely` are the records there that loose references of here lead to.
    """

    home_currency: str = ""
    multicurrency: bool = False
    currencies: frozenset[str] = frozenset()
    closing_date: dt.date | None = None
    tax_kind: str = "us"
    features: frozenset[str] = frozenset()
    names: Mapping[str, tuple[NameEntry, ...]] = {}
    numbers: Mapping[tuple[str, str], tuple[str, ...]] = {}
    inactive: frozenset[Ref] = frozenset()
    missing: frozenset[Ref] = frozenset()
    links: Mapping[Ref, Ref] = {}
    links_back: Mapping[Ref, Ref] = {}
    outdated: frozenset[Ref] = frozenset()
    paid: frozenset[str] = frozenset()
    receivable_accounts: frozenset[Ref] = frozenset()
    limits: Mapping[tuple[str, str], FieldLimit] = {}
    unserved: frozenset[str] = frozenset()
    coming: AbstractSet[Ref] = frozenset()
    arriving: AbstractSet[Ref] = frozenset()
    refused: Mapping[Ref, str] = {}
    refused_there: Mapping[Ref, str] = {}
    entries: Mapping[Ref, str] = {}
    joining: Mapping[Ref, Ref] = {}
    joining_back: Mapping[Ref, Ref] = {}
    claimed: Mapping[str, int] = {}
    loosely: Mapping[Ref, Record] = {}
