"""Batches: up to thirty operations in one request, each with its own answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from quicksync.exceptions import BadValue, TryLater
from quicksync.quickbooks.messages import (
    Facts,
    Fate,
    Fault,
    Outcome,
    Purpose,
    Remote,
    WireReply,
    WireRequest,
    WriteItem,
)
from quicksync.quickbooks.online.documents.line_match import OurLines, lines_after
from quicksync.quickbooks.online.entities import remote_of
from quicksync.quickbooks.online.payloads import exact_json
from quicksync.quickbooks.online.transport import faults
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.online.wired import DELETE, INACTIVE, VOID, Wired
from quicksync.quickbooks.wire_table import Tree, Writing

MOST = 30
REQUEST_ID_LENGTH = 36
ITEM_ID_LENGTH = 10
MINOR_VERSION = ("minorversion", "75")


def item_id(key: str) -> str:
    """The id of an operation inside its batch: at most ten characters, the same for ever."""
    if len(key) <= ITEM_ID_LENGTH:
        return key
    return hashlib.blake2b(key.encode(), digest_size=5).hexdigest()


# --- Out ------------------------------------------------------------------------------------------


def body(item: WriteItem, facts: Facts) -> str:
    """The operation's text in a batch. Raises BadValue, with a sentence, when the record cannot be
    said there.
    """
    wired = _wired(item)
    operation, options, tree = _operation(item, wired, facts)
    whole: Tree = {"bId": item_id(item.key), "operation": operation}
    if options:
        whole["optionsData"] = options
    return exact_json.write(whole | {wired.type: tree})


def _wired(item: WriteItem) -> Wired:
    """As what the record stands in QuickBooks, or will be made there."""
    if item.action == "create":
        return WIRED.new(item.record)
    if item.remote is None:
        # Whatever has no record there would be made a second time.
        raise BadValue(
            "QuickBooks' record is not known here any more: get it from QuickBooks first."
        )
    return WIRED.one(item.kind, item.remote.type)


def _operation(item: WriteItem, wired: Wired, facts: Facts) -> tuple[str, str, Tree]:
    remote = item.remote
    if item.action == "create" or remote is None:
        return "create", wired.create_options, _written(item, wired, facts)
    named: Tree = {"Id": remote.id, "SyncToken": remote.token}
    match item.action:
        case "void" if VOID in wired.takes_back:
            return "update", "void", named | {"sparse": True}
        case "delete" if DELETE in wired.takes_back:
            return "delete", "", named
        case "void" | "delete" if INACTIVE in wired.takes_back:
            return "update", "", named | {"sparse": True, "Active": False}
        case "void" | "delete":
            raise BadValue(
                f"QuickBooks has no way to {item.action} a {item.kind.replace('_', ' ')}."
            )
        case _:
            return "update", wired.options, named | {"sparse": True} | _written(item, wired, facts)


def _written(item: WriteItem, wired: Wired, facts: Facts) -> Tree:
    return wired.table.encode(
        Writing(item=item, facts=facts, fields=item.fields, there=payload_of(item.remote))
    )


def payload_of(remote: Remote | None) -> Tree:
    """The payload of a remote as plain values; empty where there is none."""
    tree: Tree = exact_json.read(remote.payload) if remote is not None and remote.payload else {}
    return tree


def request(request_id: str, bodies: Sequence[str], purpose: Purpose) -> WireRequest:
    """The batch's request: the same bodies under the same id are the same bytes."""
    return WireRequest(
        id=request_id,
        purpose=purpose,
        path="batch",
        params=(("requestid", request_id[:REQUEST_ID_LENGTH]), MINOR_VERSION),
        body=f'{{"BatchItemRequest":[{",".join(bodies)}]}}'.encode(),
        weight=1,
    )


# --- Back -----------------------------------------------------------------------------------------


class _Answer(msgspec.Struct):
    BatchItemResponse: list[msgspec.Raw] | None = None


Part = dict[str, msgspec.Raw]
_answer = msgspec.json.Decoder(_Answer)
_part = msgspec.json.Decoder(Part)
_text = msgspec.json.Decoder(str)


def _unclear(words: str) -> Fault:
    return Fault("", Fate.UNKNOWN, "outcome-unknown", words)


UNANSWERED = _unclear("QuickBooks answered the batch, but said nothing of this record.")
UNREADABLE = _unclear("QuickBooks' answer about this record cannot be read.")


def outcomes(items: Sequence[WriteItem], reply: WireReply) -> tuple[Outcome, ...]:
    """One outcome for each item. Raises ConnectionTrouble when the whole batch got no answer."""
    faults.check(reply)
    if reply.status != 200:
        return _refused(items, reply)
    try:
        answer = _answer.decode(reply.body)
        if answer.BatchItemResponse is None:
            raise ValueError("no BatchItemResponse in the answer")
    except (msgspec.DecodeError, ValueError) as error:
        raise TryLater(
            "QuickBooks' answer to a batch cannot be read, so what became of it is not known.",
            sent=True,
            detail=str(error),
            trace_id=reply.trace_id,
        ) from error
    parts = _by_key(answer.BatchItemResponse)
    return tuple(_outcome(item, parts.get(item_id(item.key), ())) for item in items)


def _by_key(pieces: Sequence[msgspec.Raw]) -> dict[str, list[Part]]:
    """What was said under each key. A piece that cannot be read speaks of nobody, and spoils nobody
    else's.
    """
    parts: dict[str, list[Part]] = {}
    for piece in pieces:
        try:
            part = _part.decode(piece)
            parts.setdefault(_text.decode(part["bId"]), []).append(part)
        except (msgspec.DecodeError, ValueError, KeyError):
            continue
    return parts


def _refused(items: Sequence[WriteItem], reply: WireReply) -> tuple[Outcome, ...]:
    """The batch itself was refused and nothing of it done: every item says why."""
    trouble = next(iter(faults.troubles_of(reply)), faults.Trouble(""))
    fault = msgspec.structs.replace(faults.fault_of(trouble), whole=True)
    return tuple(Outcome(key=item.key, fault=fault) for item in items)


def _outcome(item: WriteItem, said: Sequence[Part]) -> Outcome:
    """What was said of an item. Whatever does not plainly say that it was done, or refused, leaves
    it unknown.
    """
    if len(said) != 1:
        return Outcome(key=item.key, fault=UNANSWERED)
    (part,) = said
    told = [name for name in WIRED.types(item.kind) if name in part]
    if len(told) + ("Fault" in part) != 1:
        return Outcome(key=item.key, fault=UNANSWERED)
    try:
        if "Fault" in part:
            troubles = faults.troubles_in(exact_json.read(bytes(part["Fault"]))) or (
                faults.Trouble(""),
            )
            return Outcome(
                key=item.key, fault=faults.fault_of(troubles[0], updating=item.action != "create")
            )
        remote = msgspec.structs.replace(remote_of(told[0], part[told[0]]), kind=item.kind)
    except (msgspec.DecodeError, ValueError):
        return Outcome(key=item.key, fault=UNREADABLE)
    # Each record has both: without the one nobody knows which it is, without the other it can never
    # be changed.
    if not remote.id or not (remote.token or remote.deleted):
        return Outcome(key=item.key, fault=UNREADABLE)
    line_ids, foreign = _lines(item, remote)
    return Outcome(key=item.key, remote=remote, line_ids=line_ids, foreign_lines=foreign)


def _lines(item: WriteItem, remote: Remote) -> tuple[Mapping[str, str], frozenset[str]]:
    """Our line ids -> QuickBooks', and the ids there of the lines that are none of ours."""
    form = WIRED.one(item.kind, remote.type).lines
    if form is None or remote.deleted:
        return {}, frozenset()
    if item.action not in {"create", "update"}:
        return item.line_ids, frozenset()
    return lines_after(OurLines.of(item, form), payload_of(remote))
