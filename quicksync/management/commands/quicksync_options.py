"""`quicksync_options`: show and choose the options of a company or of one of its categories."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from quicksync.exceptions import QuicksyncError
from quicksync.management import which_connection
from quicksync.models import Category, Connection
from quicksync.records import KINDS
from quicksync.sync.actions import choose


class Command(BaseCommand):
    """The same options as on the pages in the admin, for many companies or a script."""

    help = (
        "Show the options of a company or, with --kind, of one of its categories. NAME=VALUE"
        " chooses: yes or no, one of the words shown, or the id of an entry in QuickBooks. Either"
        " all of them are chosen or none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        which_connection.add_option(parser)
        parser.add_argument("--kind", choices=tuple(KINDS), help="The category's kind.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument("choices", nargs="*", metavar="NAME=VALUE")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = _owner(which_connection.chosen(options["connection"]), options["kind"])
        texts = dict(_pair(text) for text in options["choices"])
        if texts:
            try:
                choose.choose(owner, texts)
            except QuicksyncError as error:
                raise CommandError(error.sentence) from error
            owner.refresh_from_db()
        self._show(owner, as_json=options["json"])

    def _show(self, owner: Category | Connection, *, as_json: bool) -> None:
        rows = choose.rows_of(owner)
        values = {name: msgspec.to_builtins(getattr(owner.options, name)) for name in rows}
        if as_json:
            self.stdout.write(json.dumps(values))
            return
        for name, row in rows.items():
            words = f"  ({'|'.join(row.words)})" if row.words else ""
            self.stdout.write(f"{name}={row.text_of(values[name])}{words}")


def _owner(connection: Connection, kind: str | None) -> Category | Connection:
    if kind is None:
        return connection
    category = connection.categories.filter(kind=kind).first()
    if category is None:
        raise CommandError(
            f"{connection} has no category of that kind: no model of this site has an adapter"
            " for it."
        )
    return category


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise CommandError(f"{text!r} is not NAME=VALUE.", returncode=2)
    return name.strip(), value.strip()
