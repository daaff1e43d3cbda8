"""A kind that only tests have, from the record to the host, as docs/add-a-kind.md says: slips,
which QuickBooks keeps as two types.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from django.apps import AppConfig
from django.db import models

import quicksync
from quicksync.local.adapter import ModelAdapter
from quicksync.quickbooks.online.documents.line_forms import SALE
from quicksync.quickbooks.online.documents.lines import lines_as
from quicksync.quickbooks.online.documents.voids import on_read
from quicksync.quickbooks.online.payloads.values import reference
from quicksync.quickbooks.online.wire.rows import document_rows
from quicksync.quickbooks.online.wired import DELETE, VOID, Wired
from quicksync.quickbooks.wire_table import Row, Table
from quicksync.records.kinds import KindInfo
from quicksync.records.sales import Sale
from tests.host.models import Patron, Ware

# --- Records --------------------------------------------------------------------------------------


class Slip(Sale, frozen=True, kw_only=True, omit_defaults=True):
    """A slip of a till: what was paid at once, or given back at once."""

    kind: ClassVar[str] = "slip"
    order: ClassVar[tuple[str, ...]] = (*Sale.order, "returned")
    create_only: ClassVar[frozenset[str]] = Sale.create_only | {"returned"}

    returned: bool = False

    def identity(self, party):
        found = super().identity(party)
        return found and (found, self.returned)

    def number_key(self, party):
        return f"{super().number_key(party)}|{self.returned}" if self.number else ""


# --- Rows of the tables ---------------------------------------------------------------------------


def _receipt(tree, writing):
    lines_as(SALE)(tree, writing)
    if writing.creating:
        tree["DepositToAccountRef"] = {"value": writing.facts.defaults["deposit"]}


def slips(type_name, takes_back, *, returned):
    said = ("customer", "returned")
    rows = [row for row in document_rows(SALE) if row.field not in {"location", "balance"}]
    return Wired(
        table=Table(
            Slip,
            type_name,
            (*rows, Row(field="customer", path="CustomerRef", codec=reference("customer"))),
            said={"returned": returned},
            left_out=set(Slip.__struct_fields__) - {*(row.field for row in rows), *said},
            on_write=_receipt,
            on_read=on_read("total", "tax"),
        ),
        names=("DocNumber",),
        page=(type_name.lower(), "txnId"),
        takes_back=takes_back,
        lines=SALE,
    )


SLIPS = (
    slips("SalesReceipt", frozenset({VOID, DELETE}), returned=False),
    slips("RefundReceipt", frozenset({DELETE}), returned=True),
)
KINDS = (KindInfo(record=Slip, rank=48, singular="slip", plural="slips", is_document=True),)


# --- The host -------------------------------------------------------------------------------------


class TillConfig(AppConfig):
    """The app of these models: installed, and with tables, only while their tests run."""

    name = __name__
    label = "till"
    path = str(Path(__file__).parent)


class SlipOfTill(models.Model):
    """A slip as the host keeps it."""

    ref = models.CharField(max_length=20, blank=True)
    patron = models.ForeignKey(Patron, models.PROTECT)
    day = models.DateField()
    came_back = models.BooleanField(default=False)
    note = models.CharField(max_length=80, blank=True)

    class Meta:
        app_label = "till"

    def __str__(self):
        return self.ref


class SlipRow(models.Model):
    """One line of it."""

    slip = models.ForeignKey(SlipOfTill, models.CASCADE, related_name="rows")
    ware = models.ForeignKey(Ware, models.PROTECT)
    text = models.CharField(max_length=80, blank=True)
    qty = models.DecimalField(max_digits=10, decimal_places=2, default=1)
    price = models.DecimalField(max_digits=12, decimal_places=4)
    place = models.IntegerField(default=0)

    class Meta:
        app_label = "till"

    def __str__(self):
        return self.text


class SlipAdapter(ModelAdapter):
    """Slips."""

    kind = "slip"
    fields: ClassVar[Mapping[str, str]] = {
        "number": "ref",
        "customer": "patron",
        "issued_on": "day",
        "returned": "came_back",
        "private_note": "note",
    }
    lines = quicksync.Lines("rows", item="ware", order="place")
