"""`quicksync_groups`: ready groups of permissions, for the office and for the operator (I18)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q

from quicksync.management import table_check

# Model -> what may be done with it. The office works with what goes on; the operator sets it up as
# well.
OFFICE: dict[str, tuple[str, ...]] = {
    "connection": ("view", "preview", "run", "resolve"),
    "syncrun": ("view",),
    "operation": ("view",),
    "entitymapping": ("view",),
    "skippedrecord": ("view",),
    "codemapping": ("view", "add", "change"),
    "bookmark": ("view", "add", "change"),
    "alert": ("view",),
}
OPERATOR: dict[str, tuple[str, ...]] = {
    **OFFICE,
    "connection": (
        "view",
        "add",
        "change",
        "delete",
        "connect",
        "preview",
        "run",
        "resolve",
        "payloads",
        "history",
    ),
    "codemapping": ("view", "add", "change", "delete"),
    "bookmark": ("view", "add", "change", "delete"),
    "attempt": ("view",),
    "webhookdelivery": ("view",),
}
GROUPS = {"QuickBooks office": OFFICE, "QuickBooks operator": OPERATOR}


class Command(BaseCommand):
    """Makes the groups, or puts their permissions right; what a group has of other apps stays."""

    help = (
        "Make the groups “QuickBooks office” (preview, synchronize, resolve) and “QuickBooks"
        " operator” (also connect, configure, see payloads), or put their permissions right again."
        " Put staff users into one of them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="Only say what the groups would have."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        table_check.require()
        for name, wanted in GROUPS.items():
            rows = permissions(wanted)
            if not options["dry_run"]:
                group, _ = Group.objects.get_or_create(name=name)
                others = group.permissions.exclude(content_type__app_label="quicksync")
                group.permissions.set([*others, *rows])
            self.stdout.write(f"{name}: {', '.join(sorted(row.codename for row in rows))}")


def permissions(wanted: dict[str, tuple[str, ...]]) -> list[Permission]:
    """The rows of the permissions; those of a model have its name after the act."""
    found = Q()
    for model, acts in wanted.items():
        found |= Q(content_type__model=model, codename__in=[f"{act}_{model}" for act in acts])
    return list(Permission.objects.filter(found, content_type__app_label="quicksync"))
