"""Code mappings: what this side's codes mean in QuickBooks' lists. Proposed, confirmed, chosen,
outdated (A12, A13).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from quicksync.exceptions import NotAllowed
from quicksync.local.registry import registry
from quicksync.models import CodeMapping, Connection, EntityMapping, RemoteRecord
from quicksync.planning.matching.proposals import SURE, Entry, Guess, guesses
from quicksync.quickbooks.messages import Facts
from quicksync.records import KINDS, Record, Ref, kinds_where, record_class
from quicksync.records.kinds import UNMAPPED
from quicksync.sync.pairs import state
from quicksync.sync.pairs.at_hand import AtHand
from quicksync.sync.pairs.sides import stored

Origin = CodeMapping.Origin
RATED_KINDS = kinds_where(lambda info: info.is_rated)
# A list with more codes is no list that people map one by one.
MOST_CODES = 2_000
# Reasons that a code mapping mends: the records that wait for one are looked at as soon as it
# changes.
CODE_REASONS = (
    *UNMAPPED,
    "entry-unmapped",
    "tax-code-outdated",
    "receivable-account-on-line",
    "inactive-reference",
    "missing-reference",
)


def codes_here(connection: Connection, kind: str) -> list[Entry]:
    """This side's codes of a list: the entries of the host's own list, and the codes that its
    records name.
    """
    known: dict[str, Record] = {}
    for adapter in registry.for_kind(kind):
        keys = [seen.key for seen in islice(adapter.seen(connection), MOST_CODES)]
        known |= {key: found.record for key, found in adapter.find(connection, keys).items()}
    for adapter in registry.all():
        for code in islice(adapter.codes(connection, kind), MOST_CODES):
            known.setdefault(code, record_class(kind)())
    return [Entry(code, record) for code, record in known.items()]


def entries_there(company: AtHand, kind: str) -> list[Entry]:
    """The active entries of a list of QuickBooks."""
    rows = RemoteRecord.objects.filter(connection=company.connection, kind=kind)
    rows = rows.filter(active=True, deleted=False).order_by("id")
    found = ((remote.id, company.decode(remote)) for remote in stored(rows))
    return [Entry(remote_id, record) for remote_id, record in found if isinstance(record, Record)]


def propose_all(company: AtHand) -> int:
    """Propose partners for every code here that has none yet (A13). Returns how many were found."""
    can, of = company.edition.can, company.connection
    lists = [kind for kind, info in KINDS.items() if info.is_list and kind in can.kinds]
    made = sum(_propose(company, kind, codes_here(of, kind)) for kind in lists)
    _note_rates(of, company.facts)
    return made


def propose(company: AtHand, refs: Iterable[Ref]) -> int:
    """The same for the codes that records name just now."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for ref in refs:
        if KINDS[ref.kind].is_list:
            wanted[ref.kind].append(ref.id)
    return sum(
        _propose(company, kind, _named(company.connection, kind, codes))
        for kind, codes in wanted.items()
    )


def _named(connection: Connection, kind: str, codes: Sequence[str]) -> list[Entry]:
    known: dict[str, Record] = {}
    for adapter in registry.for_kind(kind):
        known |= {key: found.record for key, found in adapter.find(connection, codes).items()}
    return [Entry(code, known.get(code) or record_class(kind)()) for code in codes]


def _propose(company: AtHand, kind: str, here: Sequence[Entry]) -> int:
    """A guess that a person has not confirmed gives way to a better one; what a person chose never
    does.
    """
    connection = company.connection
    mine = CodeMapping.objects.filter(connection=connection, kind=kind)
    settled = dict(
        mine.filter(code__in=[entry.id for entry in here]).values_list("code", "confidence")
    )
    chosen = set(mine.filter(origin=Origin.CHOSEN).values_list("code", flat=True))
    done = chosen | pairs(connection, kind).keys()
    open_ = [entry for entry in here if entry.id not in done and settled.get(entry.id, 0) < SURE]
    if not open_:
        return 0
    found = guesses(open_, entries_there(company, kind))
    made = [
        CodeMapping(
            connection=connection,
            kind=kind,
            code=code[:120],
            remote_id=best[0].id,
            confidence=best[0].confidence,
            origin=Origin.PROPOSED,
            rate=rate_there(company.facts, kind, best[0].id),
        )
        for code, best in found.items()
        if best and _alone(best) and best[0].confidence > settled.get(code, 0)
    ]
    if made:
        _keep(connection, kind, made)
    return len(made)


def _keep(connection: Connection, kind: str, made: Sequence[CodeMapping]) -> None:
    """Store guesses, with their trace in the audit: a person's later choice shows what stood there
    before (I1).
    """
    mine = CodeMapping.objects.filter(
        connection=connection, kind=kind, code__in=[row.code for row in made]
    )
    with transaction.atomic():
        known = set(mine.values_list("code", flat=True))
        CodeMapping.objects.bulk_create(
            made, update_conflicts=True, unique_fields=["connection", "kind", "code"],
            update_fields=["remote_id", "confidence", "origin", "rate"],
        )  # fmt: skip
        rows = list(mine)
        history: Any = CodeMapping.history
        for changed in (False, True):
            told = [row for row in rows if (row.code in known) is changed]
            history.bulk_history_create(
                told, update=changed, default_change_reason="Found by name or number"
            )


def pairs(connection: Connection, kind: str) -> dict[str, str]:
    """Code -> entry, where the host's own entry is kept in step with QuickBooks': a pair says more
    than a guess.
    """
    labels = {adapter.label_lower: adapter for adapter in registry.for_kind(kind)}
    rows = EntityMapping.objects.filter(
        connection=connection,
        kind=kind,
        model_label__in=labels,
        object_key__isnull=False,
        remote_id__isnull=False,
    )
    found = rows.values_list("model_label", "object_key", "remote_id")
    return {registry.ref(labels[label], str(key)).id: str(entry) for label, key, entry in found}


def _alone(best: Sequence[Guess]) -> bool:
    """Two that fit as well are a question, not an answer."""
    return len(best) == 1 or best[0].confidence > best[1].confidence


# --- What people say ------------------------------------------------------------------------------


def choose(
    connection: Connection, kind: str, code: str, remote_id: str, facts: Facts, *, user: Any = None
) -> None:
    """A person says which entry a code means; what waited for it is looked at again.

    Raises NotAllowed for an entry that QuickBooks does not have.
    """
    entry = RemoteRecord.objects.filter(
        connection=connection, kind=kind, remote_id=remote_id, deleted=False
    )
    if kind not in KINDS or not KINDS[kind].is_list or not code or not entry.exists():
        raise NotAllowed(_("QuickBooks no longer has this entry. Choose another one."))
    with transaction.atomic():
        row: Any = CodeMapping.objects.filter(connection=connection, kind=kind, code=code).first()
        row = row or CodeMapping(connection=connection, kind=kind, code=code)
        row.remote_id, row.rate = remote_id, rate_there(facts, kind, remote_id)
        row.origin, row.confidence = Origin.CHOSEN, 100
        row._history_user = user
        row.save()
        release(connection)


def confirm_sure(connection: Connection, *, user: Any = None) -> int:
    """A person has looked at the sure guesses and takes them all. Returns how many."""
    rows: Any = CodeMapping.objects.filter(
        connection=connection, origin=Origin.PROPOSED, confidence__gte=SURE
    )
    number = 0
    with transaction.atomic():
        for row in rows:
            row.origin, row._history_user = Origin.CHOSEN, user
            row._change_reason = _("Confirmed, suggested with %(confidence)s %%") % {
                "confidence": row.confidence
            }
            row.save(update_fields=["origin"])
            number += 1
    return number


def release(connection: Connection) -> int:
    """Look again at the records that wait for a code: they go on by themselves (A12, H10). Returns
    how many.
    """
    held = EntityMapping.objects.filter(
        connection=connection,
        state=EntityMapping.State.HELD,
        reason__in=CODE_REASONS,
        touched_at=None,
    )
    return state.touch(held)


# --- Tax rates ------------------------------------------------------------------------------------


def as_rate(text: str) -> Decimal:
    """A rate in percent as a code mapping keeps it."""
    return Decimal(text).quantize(Decimal("0.0001"))


def rate_there(facts: Facts, kind: str, remote_id: str) -> Decimal | None:
    """The rate of a tax code in QuickBooks now; None where QuickBooks works it out by itself."""
    text = facts.tax_codes.get(remote_id, "") if KINDS[kind].is_rated else ""
    return as_rate(text) if text else None


def outdated(connection: Connection, facts: Facts) -> dict[Ref, Decimal]:
    """Tax codes whose rate in QuickBooks is neither the one they were joined with nor the one they
    have here (A12).

    Reference of this side -> the rate in QuickBooks now.
    """
    moved = _moved(connection, facts)
    here = _rates_here(connection, moved)
    return {ref: rate for ref, rate in moved.items() if here.get(ref) != rate}


def _moved(connection: Connection, facts: Facts) -> dict[Ref, Decimal]:
    joined = CodeMapping.objects.filter(
        connection=connection, kind__in=RATED_KINDS, rate__isnull=False
    )
    now = {
        Ref(row.kind, row.code): (row.rate, rate_there(facts, row.kind, row.remote_id))
        for row in joined
    }
    return {ref: rate for ref, (before, rate) in now.items() if rate is not None and rate != before}


def _rates_here(connection: Connection, moved: Mapping[Ref, Decimal]) -> dict[Ref, Decimal]:
    found: dict[Ref, Decimal] = {}
    for kind in sorted({ref.kind for ref in moved}):
        codes = [ref.id for ref in moved if ref.kind == kind]
        for adapter in registry.for_kind(kind):
            for key, one in adapter.find(connection, codes).items():
                rate = getattr(one.record, "rate", None)
                if rate is not None:
                    found[Ref(kind, key)] = as_rate(str(rate))
    return found


def _note_rates(connection: Connection, facts: Facts) -> None:
    """A rate that both sides have changed to is the one they are joined with from now on."""
    moved = _moved(connection, facts)
    here = _rates_here(connection, moved)
    for ref, rate in moved.items():
        if here.get(ref) == rate:
            CodeMapping.objects.filter(connection=connection, kind=ref.kind, code=ref.id).update(
                rate=rate
            )
