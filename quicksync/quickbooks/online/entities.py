"""QuickBooks' own record types: which kind each is, how it is queried, what is seen of one without decoding it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from quicksync.quickbooks.wire import Remote


class Entity(msgspec.Struct, frozen=True):
    """One type.

    `switched` lists have inactive records, which queries leave out unless asked; `in_changes` tells whether the change
    feed has it; `names` are the properties that people know a record by, the first filled one wins.
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
    # Companies with one currency refuse to be asked for it: it is read after the preferences have told (A9).
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
# Items that are no products: folders of the product list, and bundles, which the interface cannot write.
NO_PRODUCTS = frozenset({"Category", "Group"})


def types_of(kinds: Sequence[str]) -> tuple[str, ...]:
    """The types to read for these kinds, companions included, in the table's order."""
    wanted = {BY_KIND[kind].type for kind in kinds}
    wanted.update(companion for kind in kinds for companion in COMPANIONS.get(kind, ()))
    return tuple(entity.type for entity in _ALL if entity.type in wanted)


class _Meta(msgspec.Struct):
    LastUpdatedTime: str | None = None


class _Head(msgspec.Struct):
    """The few properties that the engine needs of every record; the rest of the payload is skipped over."""

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


def remote_of(type_name: str, raw: bytes | memoryview) -> Remote:
    """The remote record that a piece of an answer shows.

    Raises msgspec.DecodeError when the piece is no record.
    """
    entity = ENTITIES[type_name]
    head = _head.decode(raw)
    text = bytes(raw)
    # Answers are compact already; a reformatted one (a proxy, a test server) is brought back to that.
    payload = (msgspec.json.format(text, indent=-1) if b"\n" in text else text).decode()
    kind = "" if head.Type in NO_PRODUCTS and type_name == "Item" else entity.kind
    return Remote(
        type=type_name,
        id=str(head.Id),
        kind=kind,
        token=str(head.SyncToken),
        payload=payload,
        name=_name(entity, head),
        active=head.Active,
        deleted=head.status == "Deleted",
        modified=(head.MetaData.LastUpdatedTime or "") if head.MetaData else "",
    )


def _name(entity: Entity, head: _Head) -> str:
    for attribute in entity.names:
        if name := getattr(head, attribute):
            return without_suffix(str(name), active=head.Active)
    return ""


def without_suffix(name: str, *, active: bool) -> str:
    """A name as people know it: QuickBooks marks those of inactive list records with a suffix."""
    return name if active else name.removesuffix(GONE_SUFFIX)


def gone(type_name: str, remote_id: str) -> Remote:
    """A record that QuickBooks does not have any more."""
    return Remote(type=type_name, id=remote_id, kind=ENTITIES[type_name].kind, deleted=True)
