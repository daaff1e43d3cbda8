"""History as files for a spreadsheet, streamed row by row."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from quicksync.admin.parts import present
from quicksync.admin.parts.base import with_connection
from quicksync.models import Operation, SyncRun
from quicksync.sync.worker.counts import OUTCOMES, sums

# A cell that begins so would be taken for a formula by a spreadsheet.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class _Echo:
    """A file whose write gives the text back."""

    def write(self, text: str) -> str:
        return text


def history(runs: QuerySet[SyncRun]) -> StreamingHttpResponse:
    """One line for each run."""
    heading = [
        _("Started"),
        _("Finished"),
        _("Connection"),
        _("Started by"),
        _("Who"),
        _("State"),
        *present.outcome_words(),
        _("API calls"),
        _("Reason"),
    ]
    chosen = runs.select_related("connection", "user").order_by("-id")
    return _file(
        "quicksync-history.csv",
        heading,
        (_history_line(run) for run in chosen.iterator(chunk_size=500)),
    )


def _history_line(run: SyncRun) -> list[Any]:
    reason = present.run_reason(run)
    numbers = sums(run.counts)
    return [
        run.started_at.isoformat(),
        run.finished_at.isoformat() if run.finished_at else "",
        run.connection,
        run.get_trigger_display(),
        present.who(run),
        run.get_state_display(),
        *(numbers[outcome] for outcome in OUTCOMES),
        run.calls,
        reason.sentence if reason else "",
    ]


def operations(run: SyncRun) -> StreamingHttpResponse:
    """One line for each operation of a run."""
    heading = [
        _("Kind"),
        _("Record"),
        _("What"),
        _("State"),
        _("Amount"),
        _("Currency"),
        _("Reason"),
        _("Cause"),
        _("Fix"),
        _("When"),
    ]
    rows = with_connection(Operation.objects.filter(run=run).select_related("mapping")).defer(
        "body"
    )
    operations = rows.order_by("id").iterator(chunk_size=500)
    return _file(f"quicksync-run-{run.pk}.csv", heading, _operation_lines(operations))


def _operation_lines(operations: Iterator[Operation]) -> Iterator[list[Any]]:
    while chunk := list(islice(operations, 500)):
        for operation, row in zip(chunk, present.rows(chunk), strict=True):
            yield _operation_line(operation, row)


def _operation_line(operation: Operation, row: present.Row) -> list[Any]:
    why = (row.why.sentence, row.why.cause, row.why.fix) if row.why else ("", "", "")
    when = row.when.isoformat() if row.when else ""
    amount = "" if operation.amount is None else operation.amount
    kind = operation.get_kind_display()
    return [kind, row.label, row.what, row.pill.text, amount, operation.currency, *why, when]


def _file(name: str, heading: list[str], lines: Iterable[list[Any]]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(
        _written(heading, lines), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _written(heading: list[str], lines: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Spreadsheets take a file for UTF-8 only by this mark.
    yield "\ufeff" + str(writer.writerow(heading))
    for line in lines:
        yield str(writer.writerow([_safe(cell) for cell in line]))


def _safe(cell: Any) -> Any:
    text = str(cell)
    return f"'{text}" if isinstance(cell, str) and text.startswith(_FORMULA_STARTS) else text
