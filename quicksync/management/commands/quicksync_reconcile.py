"""`quicksync_reconcile`: do both sides agree to the cent? Exit code 1 when anything differs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.exceptions import ConfigurationError, UnreadableOptions
from quicksync.management import which_connection
from quicksync.records import KINDS
from quicksync.sync.monitor.comparison import Line, agree, explained, untold
from quicksync.sync.monitor.reconcile import reconcile

WHERE = {"here": "only here", "there": "only in QuickBooks", "both": "on both sides"}
SIDE = {"here": "here", "there": "in QuickBooks"}
NOT_TOLD = {"total": "totals", "open": "open amounts"}
# Records of one reason that are named.
NAMED = 5


class Command(BaseCommand):
    """Counts, totals and open balances of both sides by kind and month, with every difference and
    its reason.
    """

    help = (
        "Compare both sides by kind and month: counts, totals, open balances, and each difference"
        " with its reason. QuickBooks is not asked: its side is what the last run read. Exit code 1"
        " when they differ without a reason."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which_connection.add_option(parser)
        parser.add_argument("--json", action="store_true", help="Print the lines as JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            lines = reconcile(which_connection.chosen(options["connection"]))
        except (ConfigurationError, UnreadableOptions) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(as_json(lines))
        else:
            for line in lines:
                self._show(line)
        if not explained(lines):
            number = sum(line.unexplained for line in lines)
            raise CommandError(
                f"The two sides do not agree: {number} differences without an explanation."
            )
        if not options["json"]:
            self._conclude(lines)

    def _conclude(self, lines: Sequence[Line]) -> None:
        """Cents are claimed only for what both sides tell."""
        missing = untold(lines)
        if not agree(lines):
            self.stdout.write(
                self.style.WARNING("The figures differ, and every difference is explained above.")
            )
        elif not missing:
            self.stdout.write(self.style.SUCCESS("Both sides agree to the cent."))
        else:
            self.stdout.write(self.style.WARNING("Everything that both sides know agrees."))
        if missing:
            self.stdout.write("Not compared:")
        for kind, what, side in missing:
            self.stdout.write(f"  {NOT_TOLD[what]} of {KINDS[kind].plural}: not known {SIDE[side]}")

    def _show(self, line: Line) -> None:
        head = f"{KINDS[line.kind].plural} {line.month}".strip()
        sides = f"{line.here_count} here, {line.there_count} in QuickBooks, {line.paired} on both"
        money = ""
        if line.currency:
            money = (
                f"; total {_money(line.here_total)} | {_money(line.there_total)} {line.currency}"
                f", open {_money(line.here_open)} | {_money(line.there_open)}"
            )
        self.stdout.write(f"{head}: {sides}{money}")
        for text in _differences(line):
            self.stdout.write(text)
        if line.unlisted:
            self.stdout.write(f"    and {line.unlisted} more")


def _money(amount: Decimal | None) -> str:
    return "not known" if amount is None else f"{amount:,.2f}"


def _differences(line: Line) -> Iterator[str]:
    """What has no explanation one by one; the others together, by their reason."""
    alike: dict[tuple[str, str], list[str]] = defaultdict(list)
    for one in line.differences:
        if one.explained:
            alike[one.where, one.sentence].append(one.label)
        else:
            yield f"  ! {one.label} ({WHERE[one.where]}): {one.sentence}"
    for (where, sentence), labels in alike.items():
        more = f" and {len(labels) - NAMED} more" if len(labels) > NAMED else ""
        yield f"    {len(labels)} {WHERE[where]}: {sentence} ({', '.join(labels[:NAMED])}{more})"


def as_json(lines: Sequence[Line]) -> str:
    """The lines as a JSON list; amounts are texts, so that no reader makes floats of them."""
    said = ("agrees", "explained", "untold")
    rows = [
        msgspec.to_builtins(line) | {name: getattr(line, name) for name in said} for line in lines
    ]
    return msgspec.json.encode(rows).decode()
