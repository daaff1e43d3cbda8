"""A QuickBooks company joined to this site, for tests: simulator, connection, categories, and
records of the books.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from unittest import mock
from urllib.parse import quote

from django.test import override_settings
from django.utils import timezone

from quicksync.books.models import (
    Bill,
    BillLine,
    Client,
    CreditNote,
    CreditNoteLine,
    Employee,
    Estimate,
    EstimateLine,
    Invoice,
    InvoiceLine,
    Product,
    Receipt,
    ReceiptAllocation,
    Refund,
    RefundLine,
    SalesReceipt,
    SalesReceiptLine,
    Vendor,
)
from quicksync.models import Category, Connection, EntityMapping, Operation, SyncRun
from quicksync.options.category import CategoryOptions
from quicksync.options.row import table
from quicksync.quickbooks.online.transport import limiter
from quicksync.quickbooks.port import Tokens
from quicksync.simulator import running
from quicksync.simulator.running import Running
from quicksync.sync.actions import connect
from quicksync.sync.drivers import direct
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from quicksync.sync.runs.ending import Next
from quicksync.sync.worker import lease
from tests import counts

# Most slices that one run of a test may take: more would be a run that never ends.
SLICES = 50


class Company:
    """One company: `sim` is QuickBooks, `connection` is this site's end of it.

    Nothing here needs a cluster: `sync` works a run through all its slices in the caller's thread.
    """

    def __init__(self, sim: Running, connection: Connection) -> None:
        self.sim = sim
        self.connection = connection

    # --- Runs -------------------------------------------------------------------------------------

    def enable(self, *kinds: str, approved: bool = True, **settings: Any) -> None:
        """Switch these categories on, with other settings such as `direction="push"`, and options
        such as `wins="ask"`.

        As if a person had approved their first preview, unless `approved` is False.
        """
        options = {name: settings.pop(name) for name in table(CategoryOptions) if name in settings}
        for category in Category.objects.filter(connection=self.connection, kind__in=kinds):
            category.options = category.options.replace(**options)
            for name, value in {"enabled": True, "needs_scan": True, **settings}.items():
                setattr(category, Category._meta.get_field(name).attname, value)
            category.approved_at = category.approved_at or (timezone.now() if approved else None)
            category.save()

    def approve(self, run: SyncRun) -> SyncRun:
        """A person approves a preview, and the run carries it out."""
        approve.approve(run, user=None)
        return self.work(run)

    def sync(self, *, trigger: str = SyncRun.Trigger.MANUAL, **options: Any) -> SyncRun:
        """One run from start to end, or to where it waits for a person or a time; options are those
        of cycle.start.
        """
        self.connection.refresh_from_db()
        return self.work(starting.start(self.connection, trigger=trigger, **options))

    def preview(self) -> SyncRun:
        """A plan that waits for approval."""
        return self.sync(trigger=SyncRun.Trigger.PREVIEW, preview=True)

    def work(self, run: SyncRun) -> SyncRun:
        """Work on a run until it ends or waits."""
        for _ in range(SLICES):
            verdict = direct.work(run.pk, lease.new_holder())
            if verdict is None or verdict.next is not Next.AGAIN:
                break
        else:
            raise AssertionError(f"{run} is still not done after {SLICES} slices.")
        self.connection.refresh_from_db()
        assert not counts.differences(run), counts.differences(run)
        return SyncRun.objects.get(pk=run.pk)

    # --- What there is ----------------------------------------------------------------------------

    def there(self, entity: str, where: str = "") -> list[dict[str, Any]]:
        """QuickBooks' own records of a type, asked for behind this site's back."""
        condition = f"WHERE {where}" if where else ""
        statement = " ".join(["SELECT * FROM", entity, condition, "MAXRESULTS 1000"])
        answer = self.sim.api(
            "GET", f"query?query={quote(statement)}", realm=self.connection.realm_id
        )
        found: list[dict[str, Any]] = answer["QueryResponse"].get(entity, [])
        return found

    def one(self, entity: str, where: str = "") -> dict[str, Any]:
        """The only record there is."""
        found = self.there(entity, where)
        assert len(found) == 1, f"{len(found)} of {entity} {where}"
        return found[0]

    def partner(self, obj: Any) -> dict[str, Any]:
        """The QuickBooks record that an object of the books is paired with."""
        mapping = self.mapping(obj)
        assert mapping.remote_id, (
            f"{obj} has no partner: {mapping.state} {mapping.reason} {mapping.reason_values}"
        )
        answer = self.sim.api(
            "GET",
            f"{mapping.remote_type.lower()}/{mapping.remote_id}",
            realm=self.connection.realm_id,
        )
        found: dict[str, Any] = answer[mapping.remote_type]
        return found

    def lines(self, invoice: Any) -> list[dict[str, Any]]:
        """The lines with a price that QuickBooks shows on an invoice of the books."""
        shown: list[dict[str, Any]] = self.partner(invoice)["Line"]
        return [line for line in shown if line["DetailType"] == "SalesItemLineDetail"]

    def add_line_there(self, invoice: Any, text: str = "Courier", *, place: int = 1) -> None:
        """A bookkeeper adds a line of 7.00, for the product of the first line, taxed as that is."""
        lines = self.lines(invoice)
        detail = {**lines[0]["SalesItemLineDetail"], "Qty": 1, "UnitPrice": 7}
        added = {"DetailType": lines[0]["DetailType"], "Amount": 7, "Description": text}
        lines.insert(place, added | {"SalesItemLineDetail": detail})
        found = self.mapping(invoice).remote_id
        realm = self.connection.realm_id
        self.sim.edit("update", "Invoice", found, values={"Line": lines}, realm=realm)

    def mapping(self, obj: Any) -> EntityMapping:
        """The mapping of an object of the books."""
        label = obj._meta.label_lower
        return EntityMapping.objects.get(
            connection=self.connection, model_label=label, object_key=self.key_of(obj)
        )

    @staticmethod
    def key_of(obj: Any) -> str:
        """How mappings name an object: by its code if it has one, else by its primary key."""
        return str(getattr(obj, "code", obj.pk))

    def operations(self, run: SyncRun, **where: Any) -> list[Operation]:
        """A run's operations in their order."""
        return list(run.operations.filter(**where).select_related("mapping"))

    def writes(self) -> list[dict[str, Any]]:
        """The batches that reached QuickBooks, in their order."""
        return [request for request in self.sim.requests() if request["path"].endswith("/batch")]

    # --- Records of the books ---------------------------------------------------------------------

    def client(self, name: str = "Ada Lovelace", **fields: Any) -> Client:
        """A client who pays in dollars."""
        return Client.objects.create(name=name, **fields)

    def product(self, name: str = "Consulting", **fields: Any) -> Product:
        """A service at 100 an hour, free of tax."""
        return Product.objects.create(
            **{"name": name, "unit_price": Decimal(100), "taxable": False} | fields
        )

    def invoice(
        self,
        client: Client,
        *amounts: Decimal | int | str,
        number: str = "",
        product: Product | None = None,
        **more: Any,
    ) -> Invoice:
        """An invoice with a line for each amount."""
        number = number or f"T-{Invoice.objects.count() + 1}"
        invoice = Invoice.objects.create(
            client=client, number=number, currency=client.currency, **more
        )
        product = product or Product.objects.first() or self.product()
        for position, amount in enumerate(amounts or (100,)):
            InvoiceLine.objects.create(
                invoice=invoice, product=product, description=f"Work {position + 1}", quantity=1,
                unit_price=Decimal(amount), position=position,
            )  # fmt: skip
        invoice.refresh_from_db()
        return invoice

    def estimate(
        self, client: Client, *amounts: Decimal | int | str, number: str = "", **more: Any
    ) -> Estimate:
        """An estimate with a line for each amount."""
        number = number or f"E-{Estimate.objects.count() + 1}"
        made = Estimate.objects.create(
            client=client, number=number, currency=client.currency, **more
        )
        return self._with_lines(made, EstimateLine, amounts)

    def receipt(
        self, client: Client, pays: Mapping[Invoice, Decimal | int | str], **fields: Any
    ) -> Receipt:
        """A payment of these parts of these invoices."""
        amount = sum((Decimal(part) for part in pays.values()), Decimal(0))
        receipt = Receipt.objects.create(
            **{"client": client, "amount": amount, "currency": client.currency} | fields
        )
        for invoice, part in pays.items():
            ReceiptAllocation.objects.create(receipt=receipt, invoice=invoice, amount=Decimal(part))
        receipt.save()
        return receipt

    def vendor(self, name: str = "Mason", **fields: Any) -> Vendor:
        """A vendor who bills in dollars."""
        return Vendor.objects.create(name=name, **fields)

    def employee(self, name: str = "Emily Platt", **fields: Any) -> Employee:
        """Somebody who works here."""
        return Employee.objects.create(name=name, **fields)

    def bill(self, vendor: Vendor, *costs: Decimal | int | str, number: str = "B-1") -> Bill:
        """A bill with a line for each cost."""
        made = Bill.objects.create(vendor=vendor, number=number, currency=vendor.currency)
        return self._with_lines(made, BillLine, costs, price="unit_cost")

    def credit_note(
        self, client: Client, *amounts: Decimal | int | str, number: str = "C-1"
    ) -> CreditNote:
        """A credit note with a line for each amount."""
        made = CreditNote.objects.create(client=client, number=number, currency=client.currency)
        return self._with_lines(made, CreditNoteLine, amounts)

    def sale(self, *amounts: Decimal | int | str, number: str = "", **fields: Any) -> SalesReceipt:
        """A sales receipt with a line for each amount; over the counter unless it has a client."""
        number = number or f"S-{SalesReceipt.objects.count() + 1}"
        made = SalesReceipt.objects.create(number=number, **fields)
        return self._with_lines(made, SalesReceiptLine, amounts)

    def refund(self, *amounts: Decimal | int | str, number: str = "", **fields: Any) -> Refund:
        """A refund with a line for each amount; over the counter unless it has a client."""
        number = number or f"R-{Refund.objects.count() + 1}"
        made = Refund.objects.create(number=number, **fields)
        return self._with_lines(made, RefundLine, amounts)

    def _with_lines(
        self,
        made: Any,
        line: type[Any],
        amounts: Sequence[Decimal | int | str],
        *,
        price: str = "unit_price",
    ) -> Any:
        """The document with a line of one product for each amount, of 100 where none is given."""
        product = Product.objects.first() or self.product()
        for position, amount in enumerate(amounts or (100,)):
            values = {line.document: made, "product": product, price: Decimal(amount)}
            line.objects.create(**values, quantity=1, position=position)
        made.refresh_from_db()
        return made


def phoned(client: Client, number: str) -> None:
    """Somebody saves another phone number, on a form that was opened just now."""
    mine = Client.objects.get(pk=client.pk)
    mine.phone = number
    mine.save()


def assert_adds_up(run: SyncRun) -> None:
    """Invariant 1: every candidate of a finished run is counted once, and nothing of it is left
    open.
    """
    assert not counts.differences(run), counts.differences(run)
    assert not run.operations.filter(state__in=(*Operation.OPEN, Operation.State.DRAFT)).exists()


def settings_for(sim: Running) -> dict[str, Any]:
    """The QUICKSYNC settings under which this site's QuickBooks is the simulator."""
    status = sim.status()
    return {
        "INTUIT_BASE": sim.base_url,
        "CLIENT_ID": status["client_id"],
        "CLIENT_SECRET": status["client_secret"],
    }


def join(
    sim: Running, *, realm: str = "", name: str = "", kinds: Sequence[str] = (), **category: Any
) -> Company:
    """Connect a company of the simulator as a person's way back from Intuit's pages does, and have
    the first look; the connection is named like the company, or by this name.
    """
    found = next(one for one in sim.status()["companies"] if realm in ("", one["realm_id"]))
    connection = Connection.objects.create(name=name or found["name"])
    tokens = Tokens(access=found["access_token"], refresh=found["refresh_token"])
    run = connect.connected(connection, tokens, found["realm_id"])
    company = Company(sim, connection)
    if run is not None:
        company.work(run)
    company.enable(*kinds, **category)
    return company


def unlimited() -> Any:
    """Tests do not wait for Intuit's limits; those have tests of their own."""
    return mock.patch.multiple(limiter, REQUESTS=10**6, BURST=10**6, BATCHES=10**6)


@contextmanager
def connected_to(**planted: Any) -> Iterator[Company]:
    """A company planted with these words of the simulator (`country`, `multicurrency`, `locations`
    ...), connected.
    """
    with running(company="empty") as sim:
        realm = sim.add_company(**planted)["realm_id"]
        with override_settings(QUICKSYNC=settings_for(sim)), unlimited():
            yield join(sim, realm=realm)


@contextmanager
def connected(
    *,
    company: str = "empty",
    kinds: Sequence[str] = (),
    quicksync: Mapping[str, Any] | None = None,
    **simulator: Any,
) -> Iterator[Company]:
    """A simulator with one company that is connected; `kinds` are switched on, `quicksync` are
    further settings.
    """
    with running(company=company, **simulator) as sim:
        here = override_settings(QUICKSYNC={**settings_for(sim), **(quicksync or {})})
        with here, unlimited():
            yield join(sim, kinds=kinds)
