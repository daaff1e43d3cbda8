"""QuickBooks' own record types: which kind each is, how it is queried, what is seen of one without
decoding it.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from quicksync.quickbooks.messages import NAMELESS, Remote, moment
from quicksync.quickbooks.online.payloads import exact_json
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.online.wired import Head, Wired


class Entity(msgspec.Struct, frozen=True):
    """One type: the kinds that its records may be, and how it is queried (see `Wired`)."""

    type: str
    kinds: tuple[Wired, ...] = ()
    names: tuple[str, ...] = ()
    switched: bool = False
    in_changes: bool = True
    withheld: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The kind of its records; "" where they are none, or of several kinds."""
        return self.kinds[0].kind if len(self.kinds) == 1 else ""

    def kind_of(self, head: Head) -> str:
        """The kind of one of its records; "" where it is none of ours, or gone without a trace."""
        if head.status == GONE:
            return self.kind
        mine = (wired for wired in self.kinds if wired.where is None or wired.where(head))
        return next((wired.kind for wired in mine), "")


# The status of a record that is told to be deleted; nothing else is told of it.
GONE = "Deleted"
SET_UP = ("CompanyInfo", "Preferences")
CURRENCY = "CompanyCurrency"
_OTHERS = (
    Entity("CompanyInfo", names=("CompanyName",), in_changes=False),
    Entity("Preferences", in_changes=False),
    # Companies with one currency refuse to be asked for it: it is read after the preferences have
    # told (A9).
    Entity(CURRENCY, names=("Code", "Name"), switched=True, in_changes=False),
    Entity("TaxRate", names=("Name",), switched=True, in_changes=False),
)


def of_kinds() -> dict[str, Entity]:
    """The types of our kinds, parents first, each with its companions behind it; then others."""
    every = {entity.type: entity for entity in _OTHERS}
    for name, group in WIRED.of_type.items():
        first = group[0]
        withheld = frozenset[str]().union(*(wired.withheld for wired in group))
        every[name] = Entity(name, group, first.names, first.switched, first.in_changes, withheld)
    order = [name for wired in WIRED.all for name in (wired.type, *wired.companions)]
    return {name: every[name] for name in dict.fromkeys([*SET_UP, *order, *every])}


ENTITIES: dict[str, Entity] = of_kinds()


def types_of(kinds: Sequence[str]) -> tuple[str, ...]:
    """The types to read for these kinds, companions included, in the table's order."""
    mine = [wired for kind in kinds for wired in WIRED.of_kind[kind]]
    wanted = {name for wired in mine for name in (wired.type, *wired.companions)}
    return tuple(name for name in ENTITIES if name in wanted)


_head = msgspec.json.Decoder(Head)
GONE_SUFFIX = " (deleted)"
# Characters of an id and of a token; longer ones are none of QuickBooks'.
LONGEST_ID = 40


def remote_of(type_name: str, raw: bytes | memoryview) -> Remote:
    """The remote record that a piece of an answer shows, whatever stands in it (invariant 5).

    Properties of the wrong type are read as far as they can be; the id of a piece without a usable
    one is "".
    """
    entity = ENTITIES[type_name]
    text = bytes(raw)
    try:
        head = _head.decode(text)
    except (ValueError, RecursionError):
        head = _leniently(text)
    return Remote(
        type=type_name,
        id=_short(head.Id),
        kind=entity.kind_of(head),
        token=_short(head.SyncToken),
        payload=_payload(_without(text, entity.withheld)),
        name=_name(entity, head),
        active=head.Active,
        deleted=head.status == GONE,
        modified=_time(head),
    )


def named(remote: Remote) -> Remote:
    """The record under an id by which it can be kept; one that came without is known by what it
    looks like.
    """
    if remote.id:
        return remote
    looks = hashlib.blake2b(remote.payload.encode(), digest_size=12).hexdigest()
    return msgspec.structs.replace(remote, id=f"{NAMELESS}{looks}")


def _payload(text: bytes) -> str:
    """Answers are compact already; a reformatted one (a proxy, a test server) is brought back to
    that.
    """
    if b"\n" in text:
        with contextlib.suppress(ValueError, RecursionError):
            text = msgspec.json.format(text, indent=-1)
    return text.decode("utf-8", "replace").replace("\0", "")


UNREADABLE = b'"withheld"'


def _without(text: bytes, withheld: frozenset[str]) -> bytes:
    """A record without the properties that nobody here may see; what cannot be taken apart is not
    kept at all, and counts as a record that cannot be read.
    """
    if not any(name.encode() in text for name in withheld):
        return text
    try:
        parts = exact_json.pieces(text)
    except ValueError:
        return UNREADABLE
    if not isinstance(parts, dict):
        return UNREADABLE
    kept = (
        msgspec.json.encode(name) + b":" + part
        for name, part in parts.items()
        if name not in withheld
    )
    return b"{" + b",".join(kept) + b"}"


def _leniently(text: bytes) -> Head:
    """The head of a record that has something of the wrong type in it; properties that say nothing
    are left out.
    """
    tree: object
    try:
        tree = exact_json.read(text)
    except ValueError:
        tree = _flat(text)
    if not isinstance(tree, dict):
        return Head()
    texts = {
        name: _plain(tree.get(name))
        for name in Head.__struct_fields__
        if name not in {"Active", "MetaData"}
    }
    meta = tree.get("MetaData")
    time = meta.get("LastUpdatedTime") if isinstance(meta, dict) else None
    found: dict[str, Any] = {name: value for name, value in texts.items() if value}
    head = Head(Active=str(tree.get("Active")).lower() != "false", **found)
    if isinstance(time, str):
        head.told_at(time)
    return head


def _flat(text: bytes) -> dict[str, object]:
    """The properties that can be read of a record that cannot be read as a whole."""
    found: dict[str, object] = {}
    with contextlib.suppress(ValueError):
        parts = exact_json.pieces(text)
        for name, part in parts.items() if isinstance(parts, dict) else ():
            with contextlib.suppress(ValueError):
                found[name] = exact_json.read(part)
    return found


def _plain(value: object) -> str:
    """A text, or the number that stands where one belongs; "" for anything else."""
    return (
        str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""
    )


def _short(value: str | int) -> str:
    text = str(value).strip()
    return text if text.isprintable() and len(text) <= LONGEST_ID else ""


def _time(head: Head) -> str:
    """When QuickBooks changed it last; "" for a time that cannot be."""
    told = (head.MetaData.LastUpdatedTime or "") if head.MetaData is not None else ""
    return told if moment(told) else ""


def _name(entity: Entity, head: Head) -> str:
    for attribute in entity.names:
        if name := getattr(head, attribute):
            return without_suffix(str(name).replace("\0", ""), active=head.Active)
    return ""


def without_suffix(name: str, *, active: bool) -> str:
    """A name as people know it: QuickBooks marks those of inactive list records with a suffix."""
    return name if active else name.removesuffix(GONE_SUFFIX)


def gone(type_name: str, remote_id: str) -> Remote:
    """A record that QuickBooks does not have any more; of which kind it was, the engine knows."""
    return Remote(type=type_name, id=remote_id, kind=ENTITIES[type_name].kind, deleted=True)
