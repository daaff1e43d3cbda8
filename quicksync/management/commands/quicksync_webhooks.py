"""`quicksync_webhooks list|replay`: what QuickBooks notified us of, and using it once more."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, QuerySet
from django.utils import timezone

from quicksync.management import table_check
from quicksync.models import WebhookDelivery
from quicksync.sync.read import inbox

State = WebhookDelivery.State


class Command(BaseCommand):
    """Deliveries of QuickBooks' webhooks."""

    help = (
        "`list` counts the stored deliveries by what became of them. `replay` uses them again:"
        " their companies read what changed. It does no harm, since what is known already stays as"
        " it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("list", "replay"))
        parser.add_argument(
            "--hours",
            type=int,
            default=24,
            help="Deliveries of the last so many hours; default 24.",
        )
        parser.add_argument(
            "--delivery", type=int, help="Only the delivery of this number, however old it is."
        )
        parser.add_argument(
            "--strange",
            action="store_true",
            help="Only those that could not be read, after an update that can.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        table_check.require()
        chosen = self._chosen(options)
        if options["what"] == "list":
            self._list(chosen)
            return
        result = inbox.replay(chosen.order_by("pk").iterator())
        self.stdout.write(
            f"{result.used} deliveries processed again, {result.woken} companies will read what"
            " changed."
        )
        if result.strange:
            raise CommandError(
                f"{result.strange} deliveries cannot be read by this version of quicksync."
            )

    @staticmethod
    def _chosen(options: dict[str, Any]) -> QuerySet[WebhookDelivery]:
        if options["delivery"]:
            found = WebhookDelivery.objects.filter(pk=options["delivery"])
            if not found.exists():
                raise CommandError(f"There is no delivery {options['delivery']}.", returncode=2)
            return found
        found = WebhookDelivery.objects.filter(
            received_at__gte=timezone.now() - dt.timedelta(hours=options["hours"])
        )
        return found.filter(WebhookDelivery.puzzling()) if options["strange"] else found

    def _list(self, chosen: QuerySet[WebhookDelivery]) -> None:
        counts = dict(chosen.order_by().values_list("state").annotate(number=Count("pk")))
        for state in State:
            if counts.get(state.value):
                self.stdout.write(f"{state.label}: {counts[state.value]:,}")
        if not counts:
            self.stdout.write("No deliveries.")
