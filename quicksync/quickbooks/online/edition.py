"""QuickBooks Online as an edition: requests made and replies read, nothing sent, nothing kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from quicksync.exceptions import BadValue
from quicksync.quickbooks.messages import (
    NAMELESS,
    Delivery,
    Facts,
    NotReceived,
    Outcome,
    Purpose,
    Read,
    ReadResult,
    Remote,
    WireReply,
    WireRequest,
    WriteItem,
)
from quicksync.quickbooks.online import batch, changes, company_facts, webhook_events
from quicksync.quickbooks.online.entities import without_suffix
from quicksync.quickbooks.online.payloads import exact_json
from quicksync.quickbooks.online.transport import addresses, oauth
from quicksync.quickbooks.online.transport.client import OnlineClient
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.online.wired import DELETE, INACTIVE, VOID
from quicksync.quickbooks.port import Account, AppKeys, Capabilities, Tokens, Wire
from quicksync.quickbooks.wire_table import UNREADABLE, misplaced, sentence_of
from quicksync.records import Record, kind_info, record_class
from quicksync.records.limits import FieldLimit

_NAMES = ("DisplayName", "Name", "FullyQualifiedName")


def _capabilities() -> Capabilities:
    return Capabilities(
        title="QuickBooks Online",
        parcel=batch.MOST,
        in_flight=4,
        polled=False,
        signs_in=True,
        notifies=True,
        metered=True,
        # Intuit does not say for how long it keeps answers: after these hours nothing rests on it.
        remembers=8,
        untouched="0",
        kinds=frozenset(WIRED.of_kind),
        void_kinds=WIRED.able(VOID),
        delete_kinds=WIRED.able(DELETE),
        inactive_kinds=WIRED.able(INACTIVE),
        name_types=frozenset(
            name
            for wired in WIRED.all
            for name in wired.companions
            if kind_info(wired.kind).shares_names
        ),
        deposit_kinds=frozenset(
            wired.kind for wired in WIRED.all if "deposited" in wired.table.told
        ),
    )


class OnlineEdition:
    """QuickBooks Online; it has all parts of `quicksync.quickbooks.port`."""

    name = "online"
    set_up = frozenset({"CompanyInfo", "Preferences", "TaxRate", "CompanyCurrency"})

    def __init__(self) -> None:
        self.can = _capabilities()
        kinds = WIRED.of_kind
        self._fields = {kind: WIRED.fields(kind) - record_class(kind).computed for kind in kinds}
        self._told = {kind: WIRED.told(kind) for kind in kinds}
        self._pages = {wired.type: wired.page for wired in WIRED.all if wired.page}
        self._limits = {
            (kind, field): limit for kind in kinds for field, limit in WIRED.limits(kind).items()
        }

    def fields(self, kind: str) -> frozenset[str]:
        """The record fields that travel both ways."""
        return self._fields[kind]

    def told(self, kind: str) -> frozenset[str]:
        """The record fields that QuickBooks tells, those that it works out by itself included."""
        return self._told[kind]

    def limits(self) -> Mapping[tuple[str, str], FieldLimit]:
        """(kind, field) -> longest text and refused characters."""
        return self._limits

    def link(
        self, realm: str, remote_type: str, remote_id: str, *, environment: str = "production"
    ) -> str:
        """The record's page; "" for types without one. It opens in the company that the browser is
        signed in to.
        """
        if remote_type not in self._pages or remote_id.startswith(NAMELESS):
            return ""
        page, argument = self._pages[remote_type]
        return addresses.page(f"{page}?{urlencode({argument: remote_id})}", environment)

    def remote_types(self, kind: str) -> tuple[str, ...]:
        """QuickBooks' words for a kind."""
        return WIRED.types(kind)

    # --- Reading ---

    def reads(self, kinds: Sequence[str], cursor: str) -> tuple[Read, ...]:
        """Everything, page by page, without a cursor; with one a single read of the change feed.

        The change feed lacks tax codes, rates and preferences: `reads_daily` has those. Keep the
        cursor of a result only when all reads of its cycle, those in `more` included, are done.
        """
        return changes.since(kinds, cursor) if cursor else changes.everything(kinds)

    def reads_daily(self, kinds: Sequence[str]) -> tuple[Read, ...]:
        """What the change feed does not tell: company, preferences, tax codes and rates."""
        return changes.daily(kinds)

    def read_again(self, remote_type: str, remote_ids: Sequence[str]) -> tuple[Read, ...]:
        """Single records, a hundred to a call; those not found come back as deleted."""
        return changes.by_id(remote_type, remote_ids)

    def read_whole(self, remote_type: str) -> tuple[Read, ...]:
        """All records of a type once more, page by page."""
        return changes.whole(remote_type)

    def read_request(self, read: Read, request_id: str) -> WireRequest:
        """The request of a read."""
        return changes.request(read, request_id)

    def read_reply(self, read: Read, reply: WireReply) -> ReadResult:
        """What a read brought. Raises ConnectionTrouble."""
        return changes.result(read, reply)

    # --- Writing ---

    def body(self, item: WriteItem, facts: Facts) -> str:
        """One operation's JSON inside a batch. Raises BadValue when QuickBooks has no way to say
        the record.
        """
        try:
            return batch.body(item, facts)
        except BadValue:
            raise
        except UNREADABLE as error:
            sentence = (
                f"What QuickBooks shows of this record cannot be built upon: {sentence_of(error)}."
            )
            raise BadValue(sentence) from error

    def write_request(self, request_id: str, bodies: Sequence[str]) -> WireRequest:
        """The batch; at most 30 bodies, and a request id of at most 36 characters."""
        return batch.request(request_id, bodies, Purpose.WRITE)

    def write_reply(self, items: Sequence[WriteItem], reply: WireReply) -> tuple[Outcome, ...]:
        """One outcome for each item. Raises ConnectionTrouble when the batch got no answer."""
        return batch.outcomes(items, reply)

    def recover_request(self, request_id: str, bodies: Sequence[str]) -> WireRequest:
        """The very same batch: QuickBooks replays its answer to a request id that it has seen."""
        return batch.request(request_id, bodies, Purpose.RECOVER)

    def recover_reply(
        self, items: Sequence[WriteItem], reply: WireReply
    ) -> tuple[Outcome, ...] | NotReceived:
        """The replayed answer, or that of the batch done only now; it never is NotReceived."""
        return batch.outcomes(items, reply)

    # --- Values ---

    def decode(self, remote: Remote, facts: Facts) -> Record | None:
        """The record that a remote shows; None for types and items that are no kind of ours, and
        for deleted ones.

        Raises BadValue, with the reason in words, for one that cannot be read.
        """
        if not remote.kind or not remote.payload or remote.deleted:
            return None
        if remote.id.startswith(NAMELESS):
            raise BadValue("QuickBooks sent it without an Id")
        tree = exact_json.read(remote.payload)
        if not isinstance(tree, dict):
            raise misplaced(tree, "a record")
        if not remote.active:
            names = {name: tree[name] for name in _NAMES if isinstance(tree.get(name), str)}
            tree |= {name: without_suffix(text, active=False) for name, text in names.items()}
        record: Record = WIRED.one(remote.kind, remote.type).table.decode(tree, facts)
        return record

    def company_facts(
        self, payloads: Mapping[str, Sequence[Mapping[str, object]]]
    ) -> Mapping[str, object]:
        """Facts of the company from its set-up records; see `online.company_facts`."""
        return company_facts.facts(payloads)

    def open(self, account: Account) -> Wire:
        """A wire to the company of the account."""
        return OnlineClient.to(account)

    # --- Access ---

    def refresh(self, refresh_token: str, keys: AppKeys) -> Tokens:
        """Fresh tokens from Intuit."""
        return oauth.refresh(refresh_token, keys)

    def revoke(self, token: str, keys: AppKeys) -> None:
        """Give the access back to Intuit."""
        oauth.revoke(token, keys)

    def notices(self, body: bytes) -> Delivery:
        """The events of a webhook delivery, in either of Intuit's shapes."""
        return webhook_events.parse(body)
