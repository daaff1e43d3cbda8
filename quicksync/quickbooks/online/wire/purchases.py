"""Purchase documents as QuickBooks Online JSON."""

from __future__ import annotations

from quicksync.quickbooks.online.documents.line_forms import PURCHASE
from quicksync.quickbooks.online.documents.lines import lines_as
from quicksync.quickbooks.online.documents.voids import on_read
from quicksync.quickbooks.online.payloads.values import reference
from quicksync.quickbooks.online.wire.rows import document_rows, due_rows, left_row
from quicksync.quickbooks.online.wired import DELETE, Wired
from quicksync.quickbooks.wire_table import Row, Table, Tree, Writing
from quicksync.records import Bill

# A number that another vendor has used as well is no duplicate: planning looks at each vendor's.
TWICE = "allowduplicatedocnum"
_write_lines = lines_as(PURCHASE)


def _whose(tree: Tree, writing: Writing) -> None:
    """The lines; and the vendor, whom QuickBooks wants to be told with every change."""
    _write_lines(tree, writing)
    if "VendorRef" not in tree and "VendorRef" in writing.there:
        tree["VendorRef"] = writing.there["VendorRef"]


BILL = Wired(
    table=Table(
        Bill,
        "Bill",
        (
            *document_rows(PURCHASE),
            *due_rows(),
            left_row(),
            Row(field="vendor", path="VendorRef", codec=reference("vendor")),
            Row(field="account", path="APAccountRef", codec=reference("account")),
        ),
        left_out={"voided"},
        on_write=_whose,
        on_read=on_read("total", "tax", "balance"),
    ),
    names=("DocNumber",),
    page=("bill", "txnId"),
    takes_back=frozenset({DELETE}),
    options=TWICE,
    create_options=TWICE,
    lines=PURCHASE,
)
