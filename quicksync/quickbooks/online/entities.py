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


class Entity(msgspec.Struct, frozen=True):
    """One type.

    `switched` lists have inactive records, which queries leave out unless asked; `in_changes` tells
    whether the change feed has it; `names` are the properties that people know a record by, the
    first filled one wins.
    """

    type: str
    kind: str = ""
    names: tuple[str, ...] = ()
    switched: bool = False
    in_changes: bool = True


_ALL = (
    Entity("CompanyInfo", "", ("CompanyName",), in_changes=False),
    Entity("Preferences", in_changes=False),
    Entity("Account", "account", ("FullyQualifiedName", "Name"), switched=True),
    Entity("TaxCode", "tax_code", ("Name",), switched=True, in_changes=False),
    Entity("TaxRate", "", ("Name",), switched=True, in_changes=False),
    Entity("Term", "term", ("Name",), switched=True),
    Entity("PaymentMethod", "payment_method", ("Name",), switched=True),
    Entity("Class", "class", ("FullyQualifiedName", "Name"), switched=True),
    Entity("Department", "location", ("FullyQualifiedName", "Name"), switched=True),
    # Companies with one currency refuse to be asked for it: it is read after the preferences have
    # told (A9).
    Entity("CompanyCurrency", "", ("Code", "Name"), switched=True, in_changes=False),
    Entity("Customer", "customer", ("DisplayName",), switched=True),
    Entity("Vendor", "", ("DisplayName",), switched=True),
    Entity("Employee", "", ("DisplayName",), switched=True),
    Entity("Item", "item", ("Name",), switched=True),
    Entity("Invoice", "invoice", ("DocNumber",)),
    Entity("Payment", "payment"),
)
ENTITIES: dict[str, Entity] = {entity.type: entity for entity in _ALL}
BY_KIND: dict[str, Entity] = {entity.kind: entity for entity in _ALL if entity.kind}

# Types that must be known with a kind: they share its names (C14), or hold a part of it.
COMPANIONS = {"customer": ("Vendor", "Employee"), "tax_code": ("TaxRate",)}
SET_UP = ("CompanyInfo", "Preferences")
CURRENCY = "CompanyCurrency"
# Items that are no products: folders of the product list, and bundles, which the interface cannot
# write.
NO_PRODUCTS = frozenset({"Category", "Group"})


def types_of(kinds: Sequence[str]) -> tuple[str, ...]:
    """The types to read for these kinds, companions included, in the table's order."""
    wanted = {BY_KIND[kind].type for kind in kinds}
    wanted.update(companion for kind in kinds for companion in COMPANIONS.get(kind, ()))
    return tuple(entity.type for entity in _ALL if entity.type in wanted)


class _Meta(msgspec.Struct):
    LastUpdatedTime: str | None = None


class _Head(msgspec.Struct):
    """The few properties that the engine needs of every record; the rest of the payload is skipped
    over.
    """

    Id: str | int = ""
    SyncToken: str | int = ""
    status: str | None = None
    Active: bool = True
    Type: str | None = None
    MetaData: _Meta | None = None
    DisplayName: str | None = None
    Name: str | None = None
    Code: str | None = None
    FullyQualifiedName: str | None = None
    DocNumber: str | None = None
    CompanyName: str | None = None


_head = msgspec.json.Decoder(_Head)
GONE_SUFFIX = " (deleted)"
# Characters of an id and of a token; longer ones are none of QuickBooks'.
LONGEST_ID = 40


def remote_of(type_name: str, raw: bytes | memoryview) -> Remote:
    """The remote record that a piece of an answer shows; whatever stands in it, it is one
    (invariant 5).

    Properties of the wrong type are read as far as they can be; the id of a piece without a usable
    one is "".
    """
    entity = ENTITIES[type_name]
    text = bytes(raw)
    try:
        head = _head.decode(text)
    except (ValueError, RecursionError):
        head = _leniently(text)
    kind = "" if head.Type in NO_PRODUCTS and type_name == "Item" else entity.kind
    return Remote(
        type=type_name,
        id=_short(head.Id),
        kind=kind,
        token=_short(head.SyncToken),
        payload=_payload(text),
        name=_name(entity, head),
        active=head.Active,
        deleted=head.status == "Deleted",
        modified=_time(head.MetaData),
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


def _leniently(text: bytes) -> _Head:
    """The head of a record that has something of the wrong type in it; properties that say nothing
    are left out.
    """
    tree: object
    try:
        tree = exact_json.read(text)
    except ValueError:
        tree = _flat(text)
    if not isinstance(tree, dict):
        return _Head()
    texts = {
        name: _plain(tree.get(name))
        for name in _Head.__struct_fields__
        if name not in {"Active", "MetaData"}
    }
    meta = tree.get("MetaData")
    time = meta.get("LastUpdatedTime") if isinstance(meta, dict) else None
    found: dict[str, Any] = {name: value for name, value in texts.items() if value}
    if isinstance(time, str):
        found["MetaData"] = _Meta(time)
    return _Head(Active=str(tree.get("Active")).lower() != "false", **found)


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


def _time(meta: _Meta | None) -> str:
    """When QuickBooks changed it last; "" for a time that cannot be."""
    told = (meta.LastUpdatedTime or "") if meta is not None else ""
    return told if moment(told) else ""


def _name(entity: Entity, head: _Head) -> str:
    for attribute in entity.names:
        if name := getattr(head, attribute):
            return without_suffix(str(name).replace("\0", ""), active=head.Active)
    return ""


def without_suffix(name: str, *, active: bool) -> str:
    """A name as people know it: QuickBooks marks those of inactive list records with a suffix."""
    return name if active else name.removesuffix(GONE_SUFFIX)


def gone(type_name: str, remote_id: str) -> Remote:
    """A record that QuickBooks does not have any more."""
    return Remote(type=type_name, id=remote_id, kind=ENTITIES[type_name].kind, deleted=True)
