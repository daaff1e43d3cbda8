"""An edition that is polled, for tests: its requests and replies are JSON that `paper.PaperCompany`
understands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from quicksync.exceptions import ConnectionTrouble, TryLater
from quicksync.quickbooks.messages import (
    Facts,
    Fate,
    Fault,
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
from quicksync.quickbooks.port import Capabilities
from quicksync.records import Record, codec, record_class
from quicksync.records.kinds import named_there_as
from quicksync.records.limits import FieldLimit

LISTS = frozenset({"customer", "vendor", "employee", "item_category", "item"})
DOCUMENTS = frozenset(
    {"estimate", "invoice", "credit_note", "sales_receipt", "refund", "bill", "payment"}
)
SET_ID_LENGTH = 23
FATES = {
    "stale-token": Fate.REPLAN,
    "name-taken": Fate.PERSON,
    "missing-reference": Fate.PERSON,
    "trouble": Fate.RETRY,
}
REASONS = {"trouble": "quickbooks-down"}


class PolledEdition:
    """Fulfils `quicksync.quickbooks.port.Edition`, and has no other part of the port."""

    name = "paper"
    set_up = frozenset({"Company"})
    can = Capabilities(
        title="A company on paper",
        parcel=5,
        in_flight=1,
        polled=True,
        kinds=LISTS | DOCUMENTS,
        void_kinds=DOCUMENTS,
        delete_kinds=DOCUMENTS,
        inactive_kinds=LISTS,
    )

    def fields(self, kind: str) -> frozenset[str]:
        """All but what either side works out by itself."""
        record = record_class(kind)
        return frozenset(record.__struct_fields__) - record.computed

    def told(self, kind: str) -> frozenset[str]:
        """All that a record has."""
        return frozenset(record_class(kind).__struct_fields__)

    def limits(self) -> Mapping[tuple[str, str], FieldLimit]:
        """No field has a limit: paper is patient."""
        return {}

    def link(
        self, realm: str, remote_type: str, remote_id: str, *, environment: str = "production"
    ) -> str:
        """No address: the company on paper has no pages."""
        return ""

    def remote_types(self, kind: str) -> tuple[str, ...]:
        """Its own word for a kind."""
        return (kind.capitalize(),)

    # --- Reading ---

    def reads(self, kinds: Sequence[str], cursor: str) -> tuple[Read, ...]:
        """One read for everything, at first and later."""
        return (Read(how="since", kinds=tuple(kinds), since=cursor or "0"),)

    def reads_daily(self, kinds: Sequence[str]) -> tuple[Read, ...]:
        """Nothing: a cycle's read tells everything."""
        return ()

    def read_again(self, remote_type: str, remote_ids: Sequence[str]) -> tuple[Read, ...]:
        """One read for single records of a type."""
        kinds, ids = (remote_type.lower(),), tuple(remote_ids)
        return (Read(how="records", kinds=kinds, since="0", ids=ids),)

    def read_whole(self, remote_type: str) -> tuple[Read, ...]:
        """All records of a type."""
        return (Read(how="since", kinds=(remote_type.lower(),), since="0"),)

    def read_request(self, read: Read, request_id: str) -> WireRequest:
        """The request of a read."""
        wanted = {"since": int(read.since), "ids": [[read.kinds[0], one] for one in read.ids]}
        return WireRequest(
            id=request_id, purpose=Purpose.READ, body=json.dumps({"read": wanted}).encode()
        )

    def read_reply(self, read: Read, reply: WireReply) -> ReadResult:
        """What it brought, and the company's clock."""
        answer = _answer(reply)
        remotes = [_remote(row) for row in answer["rows"]]
        if read.how == "records":
            return ReadResult(remotes=tuple(remotes))
        company = Remote(type="Company", id="1", payload="{}")
        return ReadResult(remotes=(company, *remotes), cursor=str(answer["clock"]))

    # --- Writing ---

    def body(self, item: WriteItem, facts: Facts) -> str:
        """One operation as JSON; on an update only the fields that it names."""
        fields = codec.dump(item.record)["d"]
        if item.remote is not None:
            fields = {name: codec.dump_value(getattr(item.record, name)) for name in item.fields}
        fields.pop("balance", None)
        for line in fields.get("lines", ()):
            line["id"] = item.line_ids.get(line.get("id", ""), "")
        if "lines" in fields:
            fields["lines"] = [*fields["lines"], *_bookkeepers_lines(item)]
        refs = [[named_there_as(ref.kind), ref.id] for _, ref in item.record.refs()]
        return json.dumps(
            {
                "key": item.key,
                "action": item.action,
                "kind": item.kind,
                "fields": fields,
                "refs": refs,
                "id": item.remote.id if item.remote else "",
                "token": item.remote.token if item.remote else "",
            }
        )

    def write_request(self, request_id: str, bodies: Sequence[str]) -> WireRequest:
        """One set of operations."""
        text = f'{{"set": "{request_id[:SET_ID_LENGTH]}", "items": [{",".join(bodies)}]}}'
        return WireRequest(id=request_id, purpose=Purpose.WRITE, body=text.encode())

    def write_reply(self, items: Sequence[WriteItem], reply: WireReply) -> tuple[Outcome, ...]:
        """What became of each."""
        answers = {one["key"]: one for one in _answer(reply)["answers"]}
        return tuple(_outcome(item, answers[item.key]) for item in items)

    def recover_request(self, request_id: str, bodies: Sequence[str]) -> WireRequest:
        """Asks what became of a set."""
        return WireRequest(
            id=request_id,
            purpose=Purpose.RECOVER,
            body=json.dumps({"ask": request_id[:SET_ID_LENGTH]}).encode(),
        )

    def recover_reply(
        self, items: Sequence[WriteItem], reply: WireReply
    ) -> tuple[Outcome, ...] | NotReceived:
        """What became of it, if the company has seen it."""
        return self.write_reply(items, reply) if _answer(reply)["known"] else NotReceived()

    # --- Values ---

    def decode(self, remote: Remote, facts: Facts) -> Record | None:
        """The record that a remote shows."""
        if not remote.kind or remote.deleted:
            return None
        return codec.load({"v": codec.VERSION, "k": remote.kind, "d": json.loads(remote.payload)})

    def company_facts(
        self, payloads: Mapping[str, Sequence[Mapping[str, object]]]
    ) -> Mapping[str, object]:
        """A plain company in the United States."""
        return {
            "company_name": "Paper", "country": "US", "home_currency": "USD", "tax_kind": "none",
            "custom_numbers": True, "defaults": {"income": "1", "payout": "2"},
            "features": ("item-categories",),
        }  # fmt: skip


def _answer(reply: WireReply) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(reply.body or b"{}")
    if "refused" in answer:
        raise ConnectionTrouble("The company file refused to be read.", detail=answer["refused"])
    if not answer or answer.get("busy"):
        raise TryLater("The company file is busy.", sent=False, wait=0)
    return answer


def _remote(row: dict[str, Any]) -> Remote:
    fields = row["fields"]
    name = fields.get("name") or fields.get("number") or ""
    return Remote(
        type=row["kind"].capitalize(),
        id=row["id"],
        kind=row["kind"],
        token=row["token"],
        payload=json.dumps(fields),
        name=name,
        active=fields.get("active", True),
        deleted=row["deleted"],
    )


def _bookkeepers_lines(item: WriteItem) -> list[dict[str, Any]]:
    """The lines there that were never this side's, to be written as they are."""
    if item.remote is None or item.agreed_lines is None or "lines" in item.decided:
        return []
    mine = item.agreed_lines | set(item.line_ids.values())
    lines = json.loads(item.remote.payload).get("lines", ())
    return [line for line in lines if line["id"] not in mine]


def _outcome(item: WriteItem, answer: dict[str, Any]) -> Outcome:
    fault = answer.get("fault")
    if fault:
        return Outcome(
            key=item.key, fault=Fault(fault, FATES[fault], REASONS.get(fault, fault), fault)
        )
    here = [line.id for line in getattr(item.record, "lines", ())]
    there = [line["id"] for line in answer["row"]["fields"].get("lines", ())]
    # Ours come first.
    return Outcome(
        key=item.key,
        remote=_remote(answer["row"]),
        line_ids=dict(zip(here, there, strict=False)),
        foreign_lines=frozenset(there[len(here) :]) if "lines" in item.fields else frozenset(),
    )
