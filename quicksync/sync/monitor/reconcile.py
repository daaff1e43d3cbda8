"""Reconciliation: both sides' counts, totals and open balances by kind and month, every difference
with its why (I12).

Nothing is asked of QuickBooks: its side is what the last cycle read. Pairs are compared record by
record; what stands on one side only is listed with the reason that it has.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from quicksync.local.messages import Found
from quicksync.local.registry import registry
from quicksync.models import Category, Connection, EntityMapping, RemoteRecord, SyncRun
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import Explanation, explain, why
from quicksync.planning.scope import is_voided
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Remote
from quicksync.records import KINDS, Record, record_class
from quicksync.sync.company.known import at_hand
from quicksync.sync.monitor.comparison import (
    ALLOCATIONS,
    ZERO,
    Amounts,
    Difference,
    Line,
    amounts_of,
    differs,
    in_terms_of_here,
    in_words,
    paid_by,
)
from quicksync.sync.monitor.sheet import Sheet, Sum
from quicksync.sync.pairs.links import here_ref, there_ref
from quicksync.sync.pairs.sides import Both, stored
from quicksync.sync.plan.gather import Gather

CHUNK = 500
KNOWN, HERE, THERE = "known", "here", "there"


def reconcile(connection: Connection) -> list[Line]:
    """The lines of every category that is on, parents before children, months in order."""
    sheet = Sheet(kinds_of(connection))
    comparison = Comparison(connection, sheet)
    while comparison.piece():
        pass
    return sheet.lines()


def kinds_of(connection: Connection) -> list[str]:
    """What is compared. Payments first: those that stand alone explain what is open on
    invoices.
    """
    enabled = Category.objects.filter(connection=connection, enabled=True).values_list(
        "kind", flat=True
    )
    return sorted(enabled, key=lambda kind: (-KINDS[kind].rank, kind))


def comparable(connection: Connection) -> None:
    """Raises ConfigurationError or UnreadableOptions where nothing can be compared."""
    edition_for(connection.edition)
    connection.options.check_readable(str(connection))
    for category in Category.objects.filter(connection=connection, enabled=True):
        category.options.check_readable(KINDS[category.kind].plural)


class Comparison:
    """Both sides, compared piece by piece into a sheet."""

    def __init__(self, connection: Connection, sheet: Sheet) -> None:
        self.connection = connection
        self.sheet = sheet
        self.company = at_hand(connection)
        # The planner's own reading of both sides, for a run that is never saved.
        self.gather = Gather(SyncRun(connection=connection), self.company)
        # The fields that both sides of a kind tell.
        self.carried = {kind: policy.fields for kind, policy in self.gather.policies.items()}

    def piece(self) -> bool:
        """Compare the next few records: of each kind what is known as pair or half, then what
        nobody has looked at yet. Whether there were any left.
        """
        place = self.sheet.place
        if not place.kinds:
            return False
        kind = place.kinds[0]
        if place.stage == KNOWN:
            self._known(kind)
        elif place.stage == HERE and place.models:
            self._unknown_here(kind, place.models[0])
        elif place.stage == HERE:
            place.stage = THERE
        else:
            self._unknown_there(kind)
        return True

    def _known(self, kind: str) -> None:
        place = self.sheet.place
        rows = EntityMapping.objects.filter(connection=self.connection, kind=kind)
        mappings = list(rows.filter(pk__gt=place.after or 0).order_by("pk")[:CHUNK])
        if not mappings:
            models = [adapter.label_lower for adapter in registry.for_kind(kind)]
            place.stage, place.after, place.models = HERE, "", models
            return
        place.after, place.done = str(mappings[-1].pk), place.done + len(mappings)
        sides = self.gather.both(mappings, set())
        self._look_up(sides)
        for side in sides:
            self._take(kind, side)
        self.gather.links.trim()

    def _look_up(self, sides: Sequence[Both]) -> None:
        """Which documents of QuickBooks those are that payments of here pay."""
        self.gather.links.ask_here(
            ref for side in sides if side.found for ref in paid_by(side.found.record)
        )

    def _take(self, kind: str, side: Both) -> None:
        if side.found and side.there:
            self._pair(side.mapping, side.found, side.there)
        elif _is_unreadable(side):
            self._unread(kind, str(side.mapping), side.trouble, side.found, side.mapping)
        elif side.found or side.there:
            self._alone(kind, side.found, side.there, side.mapping)

    def _take_unknown(self, kind: str, remote: Remote, there: Record | str | None) -> None:
        if isinstance(there, Record):
            self._alone(kind, None, there, None)
        elif there is not None:
            label = remote.name or f"{KINDS[kind].singular.capitalize()} {remote.id}"
            self._unread(kind, label, why("unreadable-there", label=label, message=there))

    # --- Records ----------------------------------------------------------------------------------

    def _sum(self, kind: str, record: Record) -> Sum:
        day = record.booked_on()
        money = KINDS[kind].is_document
        currency = (
            (getattr(record, "currency", "") or self.connection.home_currency) if money else ""
        )
        return self.sheet.sum(kind, f"{day:%Y-%m}" if day and money else "", currency)

    def _pair(self, mapping: EntityMapping, found: Found, there: Record) -> None:
        here = found.record
        mine, carried = self._amounts_here(found), self.carried[here.kind]
        theirs = in_terms_of_here(there, mine, carried, amounts=amounts_of(there))
        sides = {"here": mine, "there": theirs}
        line = self._sum(mapping.kind, here)
        line.paired += 1
        line.add("here", sides["here"])
        other = self._sum(mapping.kind, there)
        other.add("there", sides["there"])
        what = differs(sides["here"], sides["there"])
        if self._pays_others(found, there):
            what += (ALLOCATIONS,)
        if what or found.error:
            self.sheet.note(line, self._pair_difference(mapping, found, sides, what))
            self._pays("here", here)
            self._pays("there", there)
        elif other is not line:
            self.sheet.note(line, _elsewhere(mapping, found, sides["here"], sides["there"]))

    def _pays_others(self, found: Found, there: Record) -> bool:
        """Whether a payment of the same amount pays other documents on either side: their open
        balances differ.
        """
        carried = self.carried[found.record.kind]
        if found.error or not carried & found.record.applied.keys():
            return False
        partners = self.gather.links.to_there
        paid = paid_by(found.record, carried)
        return {partners.get(ref): amount for ref, amount in paid.items()} != paid_by(
            there, carried
        )

    def _amounts_here(self, found: Found) -> Amounts:
        """Nothing is known of an object that cannot be read."""
        return (
            Amounts() if found.error else amounts_of(found.record, self.carried[found.record.kind])
        )

    def _pair_difference(
        self, mapping: EntityMapping, found: Found, sides: dict[str, Amounts], what: tuple[str, ...]
    ) -> Difference:
        here, there = sides["here"], sides["there"]
        late = what == ("open",) and self._open_but_for_payments(mapping, here, there)
        left = what == ("open",) and not found.error and self._leaves_open(mapping.kind)
        meant = bool(mapping.reason) and mapping.state in _MEANT and not found.error
        reason = (
            explain(Reason(mapping.reason, mapping.reason_values), mapping.kind, say=_)
            if mapping.reason
            else None
        )
        # Such as a line that a bookkeeper added and that the next run takes over.
        waits = reason is None and mapping.touched_at is not None and not found.error
        sentence = in_words(here, there, what) if what else found.error
        if "total" in what and getattr(found.record, "total", None) is None:
            sentence += f" {_(_WORKED_OUT)}"
        if late:
            sentence += (
                " The difference is a payment that is not the same on both sides; it is listed by"
                " itself."
            )
        elif left:
            sentence += f" {_(_LEFT_OPEN)}"
        elif reason:
            sentence += f" {reason.sentence}"
        elif waits:
            sentence += f" {_(_CHANGED_SINCE)}"
        return Difference(
            where="both",
            label=found.label,
            here=here,
            there=there,
            what=what,
            code=mapping.reason,
            sentence=sentence,
            fix=_fix(what, late=late, left=left, waits=waits, reason=reason),
            mapping=mapping.pk,
            explained=late or left or meant,
        )

    def _leaves_open(self, kind: str) -> bool:
        """Whether this side would take over what QuickBooks says is open, and its category only
        sends.
        """
        policy = self.gather.policies.get(kind)
        return policy is not None and "balance" in policy.taken and not policy.pull

    def _open_but_for_payments(self, mapping: EntityMapping, here: Amounts, there: Amounts) -> bool:
        mine, theirs = here_ref(mapping), there_ref(mapping)
        if mine is None or theirs is None or here.open is None or there.open is None:
            return False
        paid_here, paid_there = (
            self.sheet.paid.get(("here", mine), ZERO),
            self.sheet.paid.get(("there", theirs), ZERO),
        )
        return here.open + paid_here == there.open + paid_there

    def _pays(self, side: str, record: Record) -> None:
        """Payments come first: what those pay that are listed themselves explains what is open on
        invoices.
        """
        for document, amount in paid_by(record).items():
            self.sheet.paid[side, document] += amount

    def _alone(
        self, kind: str, found: Found | None, there: Record | None, mapping: EntityMapping | None
    ) -> None:
        record = found.record if found else there
        if record is None:
            return
        amounts, where = (
            (self._amounts_here(found), "here") if found else (amounts_of(record), "there")
        )
        self._pays(where, record)
        line = self._sum(kind, record)
        line.add(where, amounts)
        code, values = (mapping.reason, mapping.reason_values) if mapping else ("", {})
        if mapping and not code and mapping.state == EntityMapping.State.GONE:
            code, values = _gone(where, record), {"label": mapping.label or record.label()}
        reason = explain(Reason(code, values), kind, say=_) if code else None
        label = (mapping.label if mapping else "") or (found.label if found else record.label())
        self.sheet.note(
            line,
            Difference(
                where=where,
                label=label,
                here=amounts if found else None,
                there=amounts if there else None,
                code=reason.code if reason else "",
                sentence=reason.sentence if reason else _(_UNSEEN),
                fix=reason.fix if reason else _(_COMPARE_AGAIN),
                mapping=mapping.pk if mapping else None,
                explained=reason is not None and code != GONE_ON_ONE_SIDE,
            ),
        )

    def _unread(
        self,
        kind: str,
        label: str,
        trouble: Reason | None,
        found: Found | None = None,
        mapping: EntityMapping | None = None,
    ) -> None:
        """QuickBooks has it, and nobody can say what it comes to: it counts there, and the sums
        there are not known.
        """
        here = self._amounts_here(found) if found else None
        line = self._sum(kind, found.record if found else record_class(kind)())
        line.add("there", Amounts())
        if found and here:
            line.paired += 1
            line.add("here", here)
            self._pays("here", found.record)
        reason = explain(trouble, kind, say=_) if trouble else None
        self.sheet.note(
            line,
            Difference(
                where="both" if found else "there",
                label=label,
                here=here,
                code=trouble.code if trouble else "",
                sentence=reason.sentence if reason else _(_UNSEEN),
                fix=reason.fix if reason else "",
                mapping=mapping.pk if mapping else None,
            ),
        )

    # --- What nobody has looked at ----------------------------------------------------------------

    def _unknown_here(self, kind: str, label: str) -> None:
        place, adapter = self.sheet.place, registry.for_label(label, kind)
        objects = adapter.queryset(self.connection).order_by("pk") if adapter else None
        if objects is not None and place.after:
            objects = objects.filter(pk__gt=place.after)
        chunk = (
            list(objects.values_list("pk", adapter.key_field)[:CHUNK])
            if adapter is not None and objects is not None
            else []
        )
        if adapter is None or not chunk:
            place.models, place.after = place.models[1:], ""
            return
        place.after = str(chunk[-1][0])
        keys = [str(key) for _, key in chunk]
        mapped = EntityMapping.objects.filter(
            connection=self.connection, kind=kind, model_label=label, object_key__in=keys
        )
        known = set(mapped.values_list("object_key", flat=True))
        unmapped = [key for key in keys if key not in known]
        for found in adapter.find(self.connection, unmapped).values() if unmapped else ():
            self._alone(kind, found, None, None)

    def _unknown_there(self, kind: str) -> None:
        place = self.sheet.place
        mapped = EntityMapping.objects.filter(
            connection=self.connection,
            remote_type=OuterRef("type"),
            remote_id=OuterRef("remote_id"),
        )
        rows = RemoteRecord.objects.filter(
            ~Exists(mapped), connection=self.connection, kind=kind, deleted=False
        )
        unmapped = rows.filter(pk__gt=place.after or 0).order_by("pk").values_list("pk", flat=True)
        keys = list(unmapped[:CHUNK])
        if not keys:
            place.kinds, place.stage, place.after = place.kinds[1:], KNOWN, ""
            return
        place.after = str(keys[-1])
        for remote in stored(RemoteRecord.objects.filter(pk__in=keys).order_by("pk")):
            self._take_unknown(kind, remote, self.company.decode(remote))


# States in which a pair is meant to differ: as a person or the settings want it.
_MEANT = frozenset(
    {EntityMapping.State.EXCLUDED, EntityMapping.State.OUTSIDE, EntityMapping.State.DRIFTED}
)
GONE_ON_ONE_SIDE = "gone-on-one-side"
_COMPARE_AGAIN = gettext_noop("Synchronize, then compare again.")
_UNSEEN = gettext_noop("This record has not been compared yet.")
_CHANGED_SINCE = gettext_noop("It has changed since the two sides were last compared.")
_PAID_SINCE = gettext_noop(
    "A payment may have been sent after this balance was read: synchronize again,"
    " then compare again."
)
_LEFT_OPEN = gettext_noop(
    "QuickBooks works out what is open, and this side would take that over, but its category"
    " only sends."
)
_TAKE_TOO = gettext_noop(
    "If it shall be taken, set the direction of this category to both ways: it comes with the next"
    " change of the record."
)
_WORKED_OUT = gettext_noop(
    "There is no total here: this is the sum of the lines. If more was billed,"
    " the adapter must provide the tax."
)


def _is_unreadable(side: Both) -> bool:
    return side.there is None and side.there_row is not None and not side.there_row.deleted


def _gone(where: str, record: Record) -> str:
    """Why what was a pair stands on one side only: its loss was followed there, or has no reason at
    all.
    """
    if is_voided(record) or not getattr(record, "active", True):
        return "deletion-followed-there" if where == "there" else "deletion-followed-here"
    return GONE_ON_ONE_SIDE


def _fix(
    what: tuple[str, ...], *, late: bool, left: bool, waits: bool, reason: Explanation | None
) -> str:
    """What to do about a pair that differs so."""
    if left and not late:
        return _(_TAKE_TOO)
    if reason or late:
        return reason.fix if reason else ""
    if what == ("open",):
        return _(_PAID_SINCE)
    return _(_COMPARE_AGAIN) if waits or ALLOCATIONS in what else ""


def _elsewhere(mapping: EntityMapping, found: Found, here: Amounts, there: Amounts) -> Difference:
    """The two halves of a pair are added up in different lines, for their months or currencies are
    not the same.
    """
    return Difference(
        where="both",
        label=found.label,
        here=here,
        there=there,
        what=("line",),
        mapping=mapping.pk,
        explained=True,
        sentence=(
            _(
                "Its date or currency differs between the sides: each side counts it in"
                " another line."
            )
        ),
    )
