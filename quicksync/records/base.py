"""Record: the frozen value of one kind; Part: a value inside of one; Ref: how one record names
another; Address.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Container, Hashable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Self, TypeAlias, get_args

import msgspec

from quicksync.records.spelling import fold


class Ref(msgspec.Struct, frozen=True, order=True):
    """The name of another record: its kind and its identity on the side the record comes from.

    On this side `id` is the host object's key, or the host's code for list kinds such as tax codes;
    on the QuickBooks side it is the QuickBooks id. Planning translates between them; nothing else
    compares the two.
    """

    kind: str
    id: str


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """A postal address; `lines` is the street part, one to five lines joined by newlines."""

    lines: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any((self.lines, self.city, self.region, self.postcode, self.country))


Party: TypeAlias = Callable[[Ref], Hashable]
"""Who a reference is, in terms that are the same for both sides."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value inside a record that has several of them: a line of a document, what a payment pays.

    `references`, `usual` and `order` are as in Record.
    """

    order: ClassVar[tuple[str, ...]] = ()
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def worked_out(self) -> Self:
        """The part with what follows from what it says."""
        return self


class Allocation(Part, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a payment that pays one document, in the payment's currency. `is_credit`: the
    document is a credit that is used, so that more can be paid by so much.
    """

    is_credit: ClassVar[bool] = False
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {"document": ("invoice",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "document": ("invoice", "document"),
        "amount": ("amount",),
    }

    document: Ref
    amount: Decimal


class CreditUse(Allocation, frozen=True, kw_only=True, omit_defaults=True):
    """The part of a credit that a payment uses (F12)."""

    is_credit: ClassVar[bool] = True
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {"document": ("credit_note",)}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "document": ("credit_note", "credit", "document"),
        "amount": ("amount",),
    }


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A typed value of one kind.

    Class attributes: `kind` is its word in the glossary; `required` names the fields without which
    it cannot be created in QuickBooks; `computed` names those that a side works out by itself
    (shown, reconciled, never sent; taken over where the host wants that); `create_only` names those
    that QuickBooks never changes afterwards (C16); `together` are groups of fields that are one
    value to people, merged as one; `choices` are the only values that a field can have; `labels`
    are the words for people. `order` is that in which people read the fields, on pages and in
    files: in the struct itself, those of a base come first.

    `references` are the kinds that a reference may name, by field; `usual` the names under which
    hosts mostly keep a field, the likeliest first. `party` is the field that names whom a document
    belongs to, `dated` the one with the date that it is booked on, and `own_accounts` those with
    the account that all of it is booked on, which no line may name. `numbers_by_party` says that
    two parties' documents may have one number, `payable` that it is what we owe, and not what is
    owed to us. `roles` are fields for which a default account of the connection stands in, with its
    role; `features` are fields of which one value needs a feature of the company: that value and
    the feature's word. `applied` are the fields with what it pays and the credits that it uses, and
    the sort of their allocations.

    `loose` are fields with references that may be left out: the record goes without them where what
    they name is not on the other side and does not come there by its own category's settings, and
    brings none of it along. `arrives` are values of a field at which a side arrives by itself, as
    an estimate is closed by its invoice: they are taken over, and never sent.
    """

    kind: ClassVar[str] = ""
    order: ClassVar[tuple[str, ...]] = ()
    required: ClassVar[tuple[str, ...]] = ()
    computed: ClassVar[frozenset[str]] = frozenset()
    create_only: ClassVar[frozenset[str]] = frozenset()
    together: ClassVar[tuple[tuple[str, ...], ...]] = ()
    choices: ClassVar[dict[str, tuple[str, ...]]] = {}
    labels: ClassVar[dict[str, str]] = {}
    references: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    usual: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    party: ClassVar[str] = ""
    dated: ClassVar[str] = ""
    own_accounts: ClassVar[frozenset[str]] = frozenset()
    numbers_by_party: ClassVar[bool] = False
    payable: ClassVar[bool] = False
    roles: ClassVar[Mapping[str, str]] = {}
    features: ClassVar[Mapping[str, tuple[Any, str]]] = {}
    applied: ClassVar[Mapping[str, type[Allocation]]] = {}
    loose: ClassVar[frozenset[str]] = frozenset()
    arrives: ClassVar[Mapping[str, frozenset[str]]] = {}

    def natural_key(self) -> str:
        """The text by which people tell one record of this kind from another, such as a name or a
        number.
        """
        return ""

    def label(self) -> str:
        """A short text for lists and sentences."""
        return self.natural_key()

    # --- Who it is --------------------------------------------------------------------------------

    def identity(self, party: Party) -> Hashable:
        """By what it is known, or None if by nothing. `party` says who it belongs to, in terms of
        both sides.
        """
        return fold(self.natural_key()) or None

    def number_key(self, party: Party) -> str:
        """Its number, folded, as far as there may be no second one; "" where there may be."""
        return ""

    def identity_left(self, party: Party) -> Hashable:
        """By what it is known where QuickBooks has numbered or dated it; None if by nothing."""
        return None

    def is_named_there(self, *, own_numbers: bool) -> bool:
        """Whether QuickBooks gives it what it is known by; with `own_numbers` documents keep those
        of this side.
        """
        return False

    def block(self) -> str:
        """The text under which its possible partners are found."""
        return fold(self.natural_key())

    def alias(self) -> str:
        """Another text that one record may be known by, such as an address, folded; "" where there
        is none.
        """
        return ""

    def owner(self) -> Ref | None:
        """Whom it belongs to."""
        found: Ref | None = getattr(self, self.party) if self.party else None
        return found

    def owners(self) -> Iterator[Ref]:
        """The records whose currency it shares: whom it belongs to, and what it pays."""
        if (owner := self.owner()) is not None:
            yield owner
        yield from (part.document for part in self.applies_to())

    # --- What it is worth -------------------------------------------------------------------------

    def booked_on(self) -> dt.date | None:
        """The date that a document is booked on; None for other records."""
        found: dt.date | None = getattr(self, self.dated) if self.dated else None
        return found

    def amount(self) -> Decimal | None:
        """The money total shown in previews, in `currency`; None for records that carry none."""
        return None

    def worth(self) -> Decimal | None:
        """The total, or where only a tax rate could tell it, what it comes to without tax."""
        return self.amount()

    def open_amount(self, carried: Container[str] = ()) -> Decimal | None:
        """What is not paid, or not used yet, in `currency`; None where its side does not tell.

        `carried` are the fields that its side is known to tell.
        """
        return None

    def applies_to(self) -> tuple[Allocation, ...]:
        """What it pays, and the credits that it uses."""
        return tuple(part for field in self.applied for part in getattr(self, field))

    def charged(self, fields: Container[str] | None = None) -> Decimal:
        """What it pays, less the credits that it uses for it; as far as these fields tell, if any
        are given.
        """
        told = [field for field in self.applied if fields is None or field in fields]
        parts = [part for field in told for part in getattr(self, field)]
        return sum((-part.amount if part.is_credit else part.amount for part in parts), Decimal(0))

    def besides(self, fields: Container[str]) -> Decimal:
        """What its side counts to it that these fields do not name: credits, and less other
        documents that are paid.
        """
        return Decimal(0)

    def tax_codes(self) -> tuple[Ref, ...]:
        """The tax codes of its lines, each once, in their order."""
        return ()

    # --- As the entry of a list -------------------------------------------------------------------

    def detail(self) -> str:
        """What people ask about an entry of a list, beside its name."""
        return ""

    def has_detail_of(self, other: Record) -> bool:
        """Whether the two say the same of what tells entries of their list apart, whatever they are
        called.
        """
        return False

    def contradicts(self, other: Record) -> bool:
        """Whether the two say different things of what both know: then they are hardly one."""
        return False

    def bars_lines(self) -> bool:
        """Whether no line of a document may name it."""
        return False

    def is_taken(self) -> bool:
        """Whether it belongs to another record, so that no further one can be linked to it."""
        return False

    def is_bound(self) -> bool:
        """Whether another record rests on it, so that it is not to be taken back before that."""
        return False

    # --- Its fields -------------------------------------------------------------------------------

    def refs(self) -> Iterator[tuple[str, Ref]]:
        """Every reference with the name of the top-level field it stands in."""
        for name in naming_fields(type(self)):
            for ref in refs_in(getattr(self, name)):
                yield name, ref

    def brought(self) -> Iterator[Ref]:
        """The references of which it takes along what they name."""
        return (ref for name, ref in self.refs() if name not in self.loose)

    @classmethod
    def field_label(cls, name: str) -> str:
        """The word for people of a field."""
        return cls.labels.get(name, name.replace("_", " ").capitalize())

    @classmethod
    def group(cls, name: str) -> tuple[str, ...]:
        """The fields that are one value with this one, itself among them."""
        return next((names for names in cls.together if name in names), (name,))

    def replace(self, **changes: Any) -> Any:
        """A copy with some fields changed."""
        return msgspec.structs.replace(self, **changes)


@cache
def fields_of(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields in the order in which people read them, as far as the struct says one."""
    places = {name: place for place, name in enumerate(getattr(struct, "order", ()))}
    names = struct.__struct_fields__
    return tuple(sorted(names, key=lambda name: places.get(name, len(places))))


def is_empty(value: object) -> bool:
    """Whether a field says nothing. False and 0 do say something."""
    return value is None or value in ("", ()) or (isinstance(value, Address) and not value)


def refs_in(value: object, parts: Container[str] | None = None) -> Iterator[Ref]:
    """References inside a field's value: the value itself, or those inside its lines, there in
    these `parts` only.
    """
    if isinstance(value, Ref):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from refs_in(part, parts)
    elif isinstance(value, msgspec.Struct):
        for name in naming_fields(type(value)):
            if parts is None or name in parts:
                yield from refs_in(getattr(value, name))


# Types that name nothing.
_PLAIN = frozenset({str, bool, int, Decimal, dt.date, dt.datetime, Address, type(None)})


@cache
def naming_fields(struct: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields of a record or of its lines that references may stand in: those of other than
    plain types.
    """
    types = {field.name: field.type for field in msgspec.structs.fields(struct)}
    return tuple(
        name
        for name in fields_of(struct)
        if not set(get_args(types[name]) or (types[name],)) <= _PLAIN
    )
