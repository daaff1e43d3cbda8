"""The proof: reconciliation of both sides, and the company's own double-entry ledger as a witness
that is not ours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from quicksync.demo.show import table
from quicksync.demo.simulated import Company
from quicksync.local.registry import registry
from quicksync.models import Connection, EntityMapping
from quicksync.records import KINDS, Invoice
from quicksync.sync.monitor.comparison import Difference, Line, agree, explained, untold
from quicksync.sync.monitor.reconcile import reconcile

Say = Callable[[str], None]
ZERO = Decimal(0)


def show(connection: Connection, company: Company, say: Say) -> bool:
    """Print both; True when everything agrees to the cent."""
    lines = reconcile(connection)
    say(f"\nBoth sides compared, {connection.home_currency}")
    say(_by_kind(lines))
    for text in _reasons(lines):
        say(text)
    say("")
    agreed = explained(lines) and not untold(lines) and _witness(connection, company, lines, say)
    but = "" if agree(lines) else ", but for what is listed above with its reason"
    say(f"Both sides agree to the cent{but}." if agreed else "The two sides do NOT agree.")
    return agreed


def _by_kind(lines: Sequence[Line]) -> str:
    kinds: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        kinds[line.kind].append(line)
    rows = [
        [
            KINDS[kind].plural,
            sum(one.here_count for one in own),
            sum(one.there_count for one in own),
            sum(one.paired for one in own),
            *_amounts(kind, own),
            "yes" if agree(own) else "but for reasons" if explained(own) else "NO",
        ]
        for kind, own in kinds.items()
    ]
    head = [
        "",
        "here",
        "QuickBooks",
        "paired",
        "total here",
        "QuickBooks",
        "open here",
        "QuickBooks",
        "agrees",
    ]
    return table(head, rows)


def _amounts(kind: str, lines: Sequence[Line]) -> list[Decimal | None]:
    """Totals and open balances of both sides; lists and contacts have none."""
    if not KINDS[kind].is_document:
        return [None] * 4
    columns = ((one.here_total, one.there_total, one.here_open, one.there_open) for one in lines)
    return [
        None if None in column else sum(filter(None, column), ZERO)
        for column in zip(*columns, strict=True)
    ]


def _reasons(lines: Sequence[Line]) -> Iterator[str]:
    """Why the numbers differ: the reasons with an example of each, what has none spelt out."""
    known: Counter[tuple[str, str, str]] = Counter()
    examples: dict[tuple[str, str, str], Difference] = {}
    for line in lines:
        for difference in line.differences:
            if difference.explained:
                key = (line.kind, difference.where, difference.code)
                known[key] += 1
                examples.setdefault(key, difference)
            else:
                yield f"  ! {KINDS[line.kind].singular} {difference.label}: {difference.sentence}"
    sides = {"here": "only here", "there": "only in QuickBooks", "both": "on both sides"}
    for (kind, where, code), number in known.items():
        words = KINDS[kind].plural if number > 1 else KINDS[kind].singular
        such = ", for example" if number > 1 else ""
        yield f"  {number} {words} {sides[where]}{such}: {examples[kind, where, code].sentence}"


def _witness(connection: Connection, company: Company, lines: Sequence[Line], say: Say) -> bool:
    """Open balances of the books against QuickBooks' ledger, invoice by invoice."""
    ledger = company.open_invoices()
    told = [one for line in lines for one in line.differences if one.explained]
    excused = {one.mapping for one in told}
    # A pair may have lost a half since: what QuickBooks has no more stands in no ledger.
    lost = {one.mapping for one in told if one.where != "both"}
    books: dict[str, Decimal] = {}
    wrong = []
    for mapping, invoice in _paired_invoices(connection):
        if mapping.pk in lost:
            continue
        remote_id = str(mapping.remote_id)
        books[remote_id] = invoice.balance or ZERO
        if mapping.pk not in excused and books[remote_id] != ledger.get(remote_id, ZERO):
            wrong.append(
                f"  ! {mapping.label}: {books[remote_id]} here, {ledger.get(remote_id, ZERO)} in"
                " the ledger"
            )
    for text in wrong:
        say(text)
    shared = [amount for remote_id, amount in ledger.items() if remote_id in books]
    say(
        f"The company's own ledger: {sum(shared, ZERO):,.2f} receivable on {len(shared)} open"
        f" invoices; the books say {sum(books.values(), ZERO):,.2f} on"
        f" {sum(1 for amount in books.values() if amount)}."
    )
    return not wrong


def _paired_invoices(connection: Connection) -> Iterator[tuple[EntityMapping, Invoice]]:
    """Straight from the host's tables, by another road than the planner's."""
    for adapter in registry.for_kind("invoice"):
        pairs = EntityMapping.objects.filter(
            connection=connection,
            kind="invoice",
            model_label=adapter.label_lower,
            remote_id__isnull=False,
        )
        by_key = {mapping.object_key or "": mapping for mapping in pairs}
        for key, found in adapter.find(connection, list(by_key)).items():
            if isinstance(found.record, Invoice):
                yield by_key[key], found.record
