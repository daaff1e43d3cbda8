"""Presets: a new connection's settings in one step, each a way of working that people know (I17).

The kinds that a preset does not name are switched off; records that others need still travel with
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from quicksync.exceptions import BadValue, NotAllowed
from quicksync.models import Connection
from quicksync.options.category import CategoryOptions
from quicksync.options.company import CompanyOptions
from quicksync.options.row import of_kind, table
from quicksync.quickbooks.loading import edition_for
from quicksync.records import KINDS, kind_info
from quicksync.sync.actions import connect
from quicksync.sync.company import currencies

Settings = Mapping[str, Any]

BOTH: Settings = {"direction": "both"}
PUSH: Settings = {"direction": "push"}
PULL: Settings = {"direction": "pull"}
# Lists that are chosen from here and kept in QuickBooks.
LISTS: dict[str, Settings] = {
    "account": PULL,
    "tax_code": PULL,
    "term": PULL,
    "payment_method": PULL,
}
# Where the company keeps classes and locations (E4, E6); a company without them has nothing to
# switch on.
GROUPS: dict[str, Settings] = {"class": BOTH, "location": BOTH}
GROUPS_READ: dict[str, Settings] = {"class": PULL, "location": PULL}
KEPT_THERE: Settings = {"direction": "pull", "authority": "quickbooks"}
# What QuickBooks cannot void is deleted there instead.
DELETES: Settings = {"on_delete_here": "delete"}
NO_DELETES: Settings = {"on_delete_here": "nothing"}
# The start date is the day on which the preset is chosen.
FROM_NOW: Settings = {"start_date": "today"}
DATED_FROM_NOW: Settings = {"start_date": "today", "start_basis": "document"}


@dataclass(frozen=True)
class Chosen:
    """What a preset makes of one category: its columns, and its options, so that nothing of an
    earlier choice stays.
    """

    columns: Mapping[str, Any]
    options: CategoryOptions

    @property
    def enabled(self) -> bool:
        return bool(self.columns["enabled"])


@dataclass(frozen=True)
class Preset:
    """One way of working. `categories` names the kinds that are on, with a direction, a start date
    and options; `everywhere` are options for all of these that have them, `company` those of the
    company that are part of it: without it they are as at first.
    """

    name: str
    title: str
    text: str
    categories: Mapping[str, Settings]
    everywhere: Settings = field(default_factory=dict)
    company: Settings = field(default_factory=dict)
    automatic: bool = True
    live: bool = True

    def of(self, kind: str) -> Chosen:
        """All settings of a kind's category. Raises BadValue for an option that the kind does not
        have.
        """
        own = self.categories.get(kind)
        if own is None:
            return Chosen({"enabled": False, "start_date": None}, CategoryOptions())
        known = of_kind(CategoryOptions, kind)
        general = {name: value for name, value in self.everywhere.items() if name in known}
        options = {**general, **own}
        columns = {"enabled": True, "direction": options.pop("direction"), "start_date": None}
        if options.pop("start_date", "") == "today":
            columns["start_date"] = timezone.localdate()
        if strangers := options.keys() - known.keys():
            raise BadValue(
                f"{KINDS[kind].plural.capitalize()} have no option {', '.join(sorted(strangers))}."
            )
        return Chosen(columns, CategoryOptions().replace(**options))


PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "recommended",
            gettext_noop("Recommended"),
            gettext_noop(
                "Everything is synced both ways, field by field; only refunds go to QuickBooks"
                " alone. Nothing is overwritten without asking, and a deletion here becomes a void"
                " in QuickBooks. Estimates, credit notes, refunds and bills, which it cannot void,"
                " stay there."
            ),
            {
                **LISTS,
                **GROUPS,
                "customer": BOTH,
                "vendor": BOTH,
                "employee": BOTH,
                "item_category": BOTH,
                "item": BOTH,
                "estimate": BOTH,
                "invoice": BOTH,
                "credit_note": BOTH,
                "sales_receipt": BOTH,
                "refund": PUSH,
                "bill": BOTH,
                "payment": BOTH,
            },
            everywhere={"wins": "ask"},
        ),
        Preset(
            "field-service",
            gettext_noop("Field service"),
            gettext_noop(
                "Customers are synced both ways. Invoices and payments from today on go to"
                " QuickBooks and are edited here only. All their lines go on one product there,"
                " with their own text; products stay here. Each tax code must be mapped to one in"
                " QuickBooks. Deletions are not carried over."
            ),
            {
                "account": PULL,
                "term": PULL,
                "payment_method": PULL,
                "customer": BOTH,
                "invoice": {**PUSH, **FROM_NOW, "authority": "here"},
                "payment": {**PUSH, **FROM_NOW, "authority": "here"},
            },
            everywhere=NO_DELETES,
            company={"all_on_one_product": True},
        ),
        Preset(
            "agency",
            gettext_noop("Agency"),
            gettext_noop(
                "Customers, vendors, products, invoices, credit notes and bills go to QuickBooks,"
                " an invoice until it has a payment; payments from customers come from there."
                " A vendor who is a customer as well gets “(v)” behind the name there."
                " Accounts and tax codes are kept in QuickBooks and only read here."
            ),
            {
                **LISTS,
                **GROUPS_READ,
                "account": KEPT_THERE,
                "tax_code": KEPT_THERE,
                "customer": PUSH,
                "vendor": {**PUSH, "name_suffix": "(v)"},
                "item": PUSH,
                "invoice": {**PUSH, **FROM_NOW, "until_paid": True},
                "credit_note": {**PUSH, **FROM_NOW},
                "bill": {**PUSH, **FROM_NOW},
                "payment": {**PULL, **FROM_NOW},
            },
            everywhere=NO_DELETES,
        ),
        Preset(
            "it-services",
            gettext_noop("IT services"),
            gettext_noop(
                "Invoices, credit notes, payments and bills go to QuickBooks with their customers"
                " and vendors, even if the total is zero; later changes of a customer or vendor go"
                " with the next document. Products that are new or changed from today on go as"
                " well. A void or deletion here is carried over. QuickBooks cannot void credit"
                " notes and bills: they are deleted there when you delete them here."
            ),
            {
                **LISTS,
                "item": {**PUSH, **FROM_NOW},
                "invoice": {**PUSH, "zero_totals": True},
                "credit_note": {**PUSH, **DELETES, "zero_totals": True},
                "bill": {**PUSH, **DELETES, "zero_totals": True},
                "payment": PUSH,
            },
        ),
        Preset(
            "payables",
            gettext_noop("Payables"),
            gettext_noop(
                "Nothing is synced until you ask. Customers, vendors and accounts are synced both"
                " ways. Invoices are too, but once they are in QuickBooks they are edited only"
                " there. Products come from QuickBooks. Payments from customers and bills go to"
                " it, and bills are edited here only. Payments of bills and credits from vendors"
                " are not included yet."
            ),
            {
                **GROUPS,
                "account": BOTH,
                "term": PULL,
                "payment_method": PULL,
                "customer": BOTH,
                "vendor": BOTH,
                "item": PULL,
                "invoice": {**BOTH, "authority": "quickbooks"},
                "bill": {**PUSH, "authority": "here"},
                "payment": PUSH,
            },
            everywhere=NO_DELETES,
            automatic=False,
            live=False,
        ),
        Preset(
            "engineering",
            gettext_noop("Engineering"),
            gettext_noop(
                "Nothing is synced until you ask: look at a preview first. Invoices, credit"
                " notes, bills and payments dated today or later go to QuickBooks with their"
                " customers, vendors and products; accounts and tax codes are matched by their"
                " codes."
            ),
            {
                **LISTS,
                "invoice": {**PUSH, **DATED_FROM_NOW},
                "credit_note": {**PUSH, **DATED_FROM_NOW},
                "bill": {**PUSH, **DATED_FROM_NOW},
                "payment": {**PUSH, **DATED_FROM_NOW},
            },
            everywhere=NO_DELETES,
            automatic=False,
            live=False,
        ),
    )
}


@dataclass(frozen=True)
class Applied:
    """What was done: kinds that are on now, and those that stay off with the reason."""

    preset: Preset
    on: tuple[str, ...]
    refused: Mapping[str, str]


# The options of the company that some preset chooses, as they are where none does.
_OWN: Settings = {
    name: row.default
    for name, row in table(CompanyOptions).items()
    if any(name in preset.company for preset in PRESETS.values())
}


def may_apply(connection: Connection) -> bool:
    """Only before the first synchronization: later it would overturn what people rely on."""
    return not connection.categories.filter(first_synced_at__isnull=False).exists()


def apply(connection: Connection, name: str, *, user: Any = None) -> Applied:
    """Set the connection and all its categories; each change is in the audit with the user and the
    preset's name.

    Raises NotAllowed for a name that does not exist, and once a category has been synchronized.
    """
    preset = PRESETS.get(name)
    if preset is None:
        raise NotAllowed(
            _("There is no preset %(name)s. Choose one of: %(names)s.")
            % {"name": f"{name!r}", "names": ", ".join(PRESETS)}
        )
    if not may_apply(connection):
        raise NotAllowed(
            _(
                "Presets are only for new connections, and a category has already been"
                " synchronized. Change its settings by hand."
            )
        )
    on, refused = [], {}
    able = edition_for(connection.edition).can.takes_back
    with transaction.atomic():
        _set_connection(connection, preset, user)
        connection.categories.update(approved_at=None)  # what was approved were other settings
        for category in connect.categories(connection):
            chosen = preset.of(category.kind)
            wanted = chosen.options.fitting(able(category.kind))
            values = {**chosen.columns, "options": category.options.taking(wanted)}
            if chosen.enabled and (why := refusal(connection, category.kind)):
                refused[category.kind], values["enabled"] = why, False
            if values["enabled"]:
                on.append(category.kind)
            _save(category, values, preset, user)
    return Applied(preset, tuple(on), refused)


def refusal(connection: Connection, kind: str) -> str:
    """Why a kind cannot be kept in step with this company; "" when it can."""
    features = connection.facts.get("features")
    info = kind_info(kind)
    if features is not None and info.features and not info.features & set(features):
        return _(
            "%(feature)s is switched off in QuickBooks, or not part of the company's plan. Switch"
            " it on there, press “Read again” on the connection, then switch this on."
        ) % {"feature": info.feature_words.capitalize()}
    return currencies.refusal(connection, kind)


def _set_connection(connection: Connection, preset: Preset, user: Any) -> None:
    kinds = Connection.SyncType
    values = {
        "sync_type": kinds.AUTOMATIC if preset.automatic else kinds.MANUAL,
        "live": preset.live,
        "options": connection.options.replace(**{**_OWN, **preset.company}),
    }
    _save(connection, values, preset, user)


def _save(row: Any, values: Settings, preset: Preset, user: Any) -> None:
    """Only what differs is written, so that the audit shows no change that is none."""
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return
    for name in changed:
        setattr(row, name, values[name])
    row._history_user, row._change_reason = user, f"Preset {preset.title}"
    row.save(update_fields=changed)
