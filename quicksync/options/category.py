"""The options of a category: what people decide about one kind of record in one company.

What a query filters or joins on is a column of `Category` instead: whether it is on, its kind,
direction, start date and bookmark, and the engine's own marks. The rest is policy, on which
planning acts, one record at a time. (A host's page asks by one query whether the object that it
shows may be edited: a key in JSON serves for that.)

All kinds share one struct, and an option says which of them have it (`belongs`). So planning and
presets, which know no kind from another, read and set any category alike; an option that a kind
does not have is on no form and keeps its default.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Annotated

from quicksync.options.choices import Authority, OnDelete, StartBasis, SubCustomers, Wins
from quicksync.options.row import Option, Options
from quicksync.records.kinds import KindInfo
from quicksync.records.limits import refused_suffix


def documents(info: KindInfo) -> bool:
    """What has a date and an amount."""
    return info.is_document


def paid_later(info: KindInfo) -> bool:
    """Documents that are due some day, and to which payments are attached."""
    return "due_on" in info.record.__struct_fields__


def made_inactive(info: KindInfo) -> bool:
    """What can be active or inactive."""
    return "active" in info.record.__struct_fields__


def known_by_name(info: KindInfo) -> bool:
    """What people spell as they like: neither documents with numbers nor lists with codes."""
    return not info.is_document and not info.is_list


def below_one_another(info: KindInfo) -> bool:
    """Contacts that may stand below another one of their kind."""
    return info.shares_names and info.record.kind in info.record.references.get("parent", ())


def shares_names(info: KindInfo) -> bool:
    """What QuickBooks keeps in its one list of names."""
    return info.shares_names


class CategoryOptions(Options, frozen=True, kw_only=True):
    """One field, one option. The order is that of the form."""

    start_basis: Annotated[
        StartBasis,
        Option(
            "Start date means",
            "Which date of a record counts: the day on which it was last changed, or the date"
            " written on it.",
            readers=("quicksync.planning.scope:before_start",),
            belongs=documents,
        ),
    ] = StartBasis.MODIFIED
    wins: Annotated[
        Wins,
        Option(
            "If both sides changed the same field",
            "A change on one side only is carried over without asking. If both sides changed the"
            " same field, this decides which value both of them keep.",
            readers=("quicksync.planning.merge:_by_winner",),
        ),
    ] = Wins.NEWEST
    first_sync: Annotated[
        Wins,
        Option(
            "If the two differ when first paired",
            "A record that already exists on both sides is paired, not created again. If the two"
            " differ, this decides which values both of them keep.",
            readers=("quicksync.planning.merge:_at_first",),
        ),
    ] = Wins.ASK
    authority: Annotated[
        Authority,
        Option(
            "Edited where",
            "Edits made on the other side are shown to you and not carried over. What is edited in"
            " QuickBooks only is locked here.",
            readers=(
                "quicksync.planning.merge:_by_authority",
                "quicksync.planning.lost:_blocked_here",
                "quicksync.planning.lost:_blocked_there",
                "quicksync.admin.record.timeline:_edited_there",
            ),
        ),
    ] = Authority.BOTH
    on_delete_here: Annotated[
        OnDelete,
        Option(
            "Deleted or voided here → in QuickBooks",
            "What happens to the record in QuickBooks when you delete or void it here.",
            readers=(
                "quicksync.planning.lost:_blocked_here",
                "quicksync.planning.lost:_carry_over",
            ),
        ),
    ] = OnDelete.VOID
    on_delete_there: Annotated[
        OnDelete,
        Option(
            "Deleted or voided in QuickBooks → here",
            "What happens to the record here when it is deleted or voided in QuickBooks. If it is "
            "left alone, the difference is shown to you.",
            readers=(
                "quicksync.planning.lost:_blocked_there",
                "quicksync.planning.lost:_carry_over",
            ),
        ),
    ] = OnDelete.NOTHING
    active_only: Annotated[
        bool,
        Option(
            "Only active ones",
            "A record that is inactive when it is first seen is not created on the other side.",
            readers=("quicksync.planning.scope:_by_settings",),
            belongs=made_inactive,
        ),
    ] = True
    sub_customers: Annotated[
        SubCustomers,
        Option(
            "Customers below another one",
            "QuickBooks calls them sub-customers or jobs. Left out, such a customer is created on"
            " neither side, unless a document that is synced is for it.",
            readers=("quicksync.planning.scope:_by_settings",),
            belongs=below_one_another,
        ),
    ] = SubCustomers.CUSTOMERS
    zero_totals: Annotated[
        bool,
        Option(
            "Include totals of zero",
            "If you switch this off, documents with a total of zero are left out.",
            readers=("quicksync.planning.guards:comes_to_nothing",),
            belongs=documents,
        ),
    ] = True
    until_paid: Annotated[
        bool,
        Option(
            "Stop updating once a payment is attached",
            "Later changes made here are held for you to look at, and the document in QuickBooks"
            " stays as it was.",
            readers=("quicksync.planning.guards:sent_until_paid",),
            belongs=paid_later,
        ),
    ] = False
    hold_near_matches: Annotated[
        bool,
        Option(
            "Ask about likely duplicates",
            "A record that looks like one on the other side waits for your answer. If you switch"
            " this off, it is created there as a separate record.",
            readers=("quicksync.planning.build:_Kind.steps",),
            belongs=known_by_name,
        ),
    ] = True

    name_suffix: Annotated[
        str,
        Option(
            "Suffix for names that are taken",
            "QuickBooks allows each name only once across customers, vendors and employees. With a"
            " suffix such as (v), the vendor Acme is sent as “Acme (v)” if a customer has the name"
            " there, and stays Acme here; a vendor “Acme (v)” in QuickBooks counts as Acme. Without"
            " one, such a record waits for you to rename it.",
            readers=("quicksync.planning.names_there:tail_by",),
            belongs=shares_names,
            refuses=refused_suffix,
        ),
    ] = ""

    def fitting(self, takes_back: AbstractSet[str]) -> CategoryOptions:
        """As far as QuickBooks can do it with these records: what it can neither void nor make
        inactive is left alone there, and never deleted unless a person says so.
        """
        if self.on_delete_here is OnDelete.VOID and not takes_back & {"void", "inactive"}:
            return self.replace(on_delete_here=OnDelete.NOTHING)
        return self
