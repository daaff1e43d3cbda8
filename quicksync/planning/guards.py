"""Guards: what QuickBooks would refuse, found while planning, before anything is sent (I7, X27).

Each is a small function over one write to QuickBooks; the table at the end says which writes it
looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import msgspec

from quicksync.planning.case import Case
from quicksync.planning.names_there import called, name_as_sent, others
from quicksync.planning.outlook import Outlook
from quicksync.planning.reasons.reason import Reason
from quicksync.planning.reasons.words import why
from quicksync.planning.steps import Action, Step
from quicksync.records import KINDS, Address, Record, Ref, is_empty
from quicksync.records.limits import FieldLimit

# Tax codes of there that mean "not taxed"; they do not count as another tax code on a document.
NOT_TAXED = frozenset({"NON"})
ZERO = Decimal(0)


class Look(msgspec.Struct, frozen=True):
    """One write to QuickBooks as guards see it; `names` are the fields it writes."""

    case: Case
    step: Step
    record: Record
    names: tuple[str, ...]
    outlook: Outlook

    def label(self) -> str:
        return self.record.label()

    def own_id(self) -> str:
        """The record's id in QuickBooks, "" before it has one."""
        ref = self.case.candidate.there_ref
        return ref.id if ref else ""


Check = Callable[[Look], Iterator[Reason]]


def closed_period(look: Look) -> Iterator[Reason]:
    """The document's date, now or as QuickBooks has it, lies in a closed period."""
    closing = look.case.company.closing_date
    shown = [record for record in (look.record, look.case.there) if record is not None]
    days = [day for record in shown if (day := record.booked_on()) is not None]
    if closing is not None and days and min(days) <= closing:
        yield why(
            "closed-period",
            label=look.label(),
            date=min(days).isoformat(),
            closing=closing.isoformat(),
        )


def required_empty(look: Look) -> Iterator[Reason]:
    """QuickBooks does not take the record without these fields."""
    names = look.record.required if look.step.action is Action.CREATE else look.names
    for name in names:
        if name in look.record.required and is_empty(getattr(look.record, name)):
            yield why("required-empty", name, plural=look.case.rules.info.plural)


def rule_impossible(look: Look) -> Iterator[Reason]:
    """A rule fixes a value that the field cannot have: sending it without would not be what the
    person wanted.
    """
    for name, sentence in look.case.rules.impossible.items():
        yield why("rule-impossible", name, message=sentence)


def texts(look: Look) -> Iterator[Reason]:
    """Texts that are too long, or that hold characters that QuickBooks keeps for itself."""
    limits = look.case.company.limits
    for name in look.names:
        for path, text in _texts_in(name, getattr(look.record, name)):
            limit = limits.get((look.step.kind, path))
            if limit is not None and path != "name":
                yield from _text(path, text, limit)


def name_changes(look: Look) -> Iterator[Reason]:
    """A name that QuickBooks will show otherwise goes on, with a warning (X11, C14): documents must
    not wait for a colon, nor for a supplier who is a client too.
    """
    name = getattr(look.record, "name", "") if "name" in look.names else ""
    told = called(look.step) if name else ""
    sent = name_as_sent(look.case, told) if told else ""
    if told != name:
        yield why("name-suffixed", "name", name=sent, plain=name)
    elif sent and sent != name.strip():
        yield why("name-shortened", "name", name=sent)


def name_taken(look: Look) -> Iterator[Reason]:
    """The name is used in QuickBooks' shared list of names, or by a record of the same kind."""
    if "name" not in look.names:
        return
    name = name_as_sent(look.case, called(look.step) or look.record.natural_key())
    for other in others(look.case, name)[:1]:
        whose = (
            f"the {'' if other.active else 'inactive '}{other.kind.replace('_', ' ')} {other.name}"
        )
        yield why(
            "name-taken", "name", name=name, other=whose, other_kind=other.kind, other_id=other.id
        )


def number_taken(look: Look) -> Iterator[Reason]:
    """The document number is used already (F16).

    A company that lets QuickBooks count would take it twice, and then nobody could tell the two
    documents apart.
    """
    number = getattr(look.record, "number", "")
    if not {"number", look.record.party} & {*look.names}:
        return
    key = look.record.number_key(lambda ref: _there(look, ref))
    taken = look.case.company.numbers.get((look.step.kind, key), ()) if key else ()
    if any(one != look.own_id() for one in taken):
        yield why("number-taken", "number", number=number, singular=look.case.rules.info.singular)


def _there(look: Look, ref: Ref) -> str:
    """The id in QuickBooks of a record of this side; no id at all while it is not there."""
    partner = look.case.links.to_there(ref)
    return partner.id if partner is not None else f"here only: {ref.id}"


def currency(look: Look) -> Iterator[Reason]:
    """The record's currency is none of the company's, or not that of the records it belongs to."""
    company = look.case.company
    used = getattr(look.record, "currency", "") or company.home_currency
    allowed = {company.home_currency} | (
        company.currencies if company.multicurrency else frozenset()
    )
    # Which currencies a company with several has may not be known; then QuickBooks is the judge.
    known = bool(company.home_currency) and (bool(company.currencies) or not company.multicurrency)
    if used and known and used not in allowed:
        yield _currency(look, used, ", ".join(sorted(allowed)))
        return
    for ref in look.record.owners():
        owner = look.outlook.record_here(ref)
        expected = (getattr(owner, "currency", "") or company.home_currency) if owner else used
        if used and expected and expected != used:
            yield _currency(look, used, expected)
            return


def fixed_after_create(look: Look) -> Iterator[Reason]:
    """Some fields QuickBooks sets on creation and never changes (C16)."""
    for change in look.step.changes:
        if change.name in look.record.create_only:
            code = "currency-fixed" if change.name == "currency" else "fixed-after-create"
            yield why(
                code, change.name, old=str(change.there or change.agreed), new=str(change.will)
            )


def several_tax_codes(look: Look) -> Iterator[Reason]:
    """A company with one rate of sales tax per document takes one tax code, and lines that are
    taxed or not.
    """
    if look.case.company.tax_kind != "us" or look.record.payable:
        return
    codes = look.record.tax_codes()
    taxed = {
        look.case.links.to_there(code) or code: code for code in codes if not _untaxed(look, code)
    }
    if len(taxed) > 1:
        others = sorted(code.id for code in taxed.values())
        yield why("several-tax-codes", "lines", label=look.label(), others=others)


def tax_not_taken(look: Look) -> Iterator[Reason]:
    """The document states a tax that the company's documents of this sort have no place for: there
    it would come to so much less (F14).
    """
    record, taxes = look.record, look.case.company.tax_kind
    tax = getattr(record, "tax", None)
    if not tax or getattr(record, "prices_include_tax", False) or not _writes_lines(look):
        return
    if taxes == "none" or (record.payable and taxes != "global"):
        plural = look.case.rules.info.plural
        yield why("tax-not-taken", "tax", label=look.label(), tax=str(tax), plural=plural)


def billable_without_customer(look: Look) -> Iterator[Reason]:
    """A line that will be charged says to whom (QuickBooks' fault 6310). One that is changed keeps
    what it says there, where this side has no place for it.
    """
    if not _writes_lines(look):
        return
    shown = look.case.policy.shown.get("lines") if look.step.action is not Action.CREATE else None
    if any(
        getattr(line, field) and is_empty(getattr(line, other))
        for line in getattr(look.record, "lines", ())
        for field, other in line.needs.items()
        if shown is None or other in shown
    ):
        yield why("billable-without-customer", "lines", label=look.label())


def _writes_lines(look: Look) -> bool:
    return look.step.action is Action.CREATE or "lines" in look.names


def over_allocated(look: Look) -> Iterator[Reason]:
    """A payment pays more than it is, and what else QuickBooks counts to it: credits that are none
    of ours, and those that this side does not tell of.
    """
    told = look.record.applied.keys() & look.case.rules.fields
    total, there = look.record.amount(), look.case.there
    if not told or total is None:
        return
    allocated = look.record.charged(told)
    besides = there.besides(told) if there is not None else ZERO
    if allocated > total + max(besides, ZERO):
        values = {"allocated": str(allocated), "total": str(total)}
        yield why("over-allocated", "allocations", label=look.label(), **values)


def feature_off(look: Look) -> Iterator[Reason]:
    """The value needs a feature that the company has not switched on."""
    for name, (value, feature) in look.record.features.items():
        needs_it = name in look.names and getattr(look.record, name) == value
        if needs_it and feature not in look.case.company.features:
            yield why("feature-off", name, feature=feature)
    info = look.case.rules.info
    if (
        info.features
        and look.step.action is Action.CREATE
        and not info.features & look.case.company.features
    ):
        yield why("feature-off", "name", feature=info.feature_words)


def default_account(look: Look) -> Iterator[Reason]:
    """A field for which a default account of the connection stands in says nothing, or nothing any
    more, and there is none (D10).
    """
    new = look.step.action is Action.CREATE
    for name, role in look.record.roles.items():
        empty = getattr(look.record, name) is None and (new or name in look.names)
        if empty and role in look.case.company.unserved:
            (kind,) = look.record.references[name]
            other = f"for the {role} of {look.case.rules.info.plural}"
            yield why(KINDS[kind].unmapped, name, other=other, kind=kind, ref="")


def paid(look: Look) -> Iterator[Reason]:
    """A document with money applied is not voided or deleted (X28)."""
    if look.case.rules.info.is_document and look.own_id() in look.case.company.paid:
        yield why("paid-document", label=look.label())


def deposited(look: Look) -> Iterator[Reason]:
    """What lies in a deposit is neither changed nor taken back before it is taken out (G9)."""
    if getattr(look.case.there, "deposited", False):
        yield why("deposited", label=look.label())


def invoiced(look: Look) -> Iterator[Reason]:
    """What another document in QuickBooks is made of is not taken back before that (F18)."""
    if look.case.there is not None and look.case.there.is_bound():
        yield why("invoiced", label=look.label())


def sent_until_paid(look: Look) -> Iterator[Reason]:
    """The category sends documents only until a payment is attached (F9)."""
    if look.case.options.until_paid:
        yield from paid(look)


def zero_total(look: Look) -> Iterator[Reason]:
    """The category leaves out documents that come to nothing (F3)."""
    if comes_to_nothing(look.case, look.record):
        yield why("zero-total", label=look.label())


def comes_to_nothing(case: Case, record: Record) -> bool:
    """Whether the category leaves the document out because of its total."""
    if case.options.zero_totals or not case.rules.info.is_document:
        return False
    return record.worth() == 0


def _texts_in(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text of a field with its path: "name", "billing.city", "lines.description"."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts_in(path, part)
    elif isinstance(value, msgspec.Struct) and not isinstance(value, Ref):
        inside = "" if isinstance(value, Address) else "id"
        for name in value.__struct_fields__:
            if name != inside:
                yield from _texts_in(f"{path}.{name}", getattr(value, name))


def _text(path: str, text: str, limit: FieldLimit) -> Iterator[Reason]:
    if limit.length is not None and len(text) > limit.length:
        yield why("too-long", path, length=len(text), limit=limit.length)
    found = sorted({letter for letter in text if letter in limit.forbidden})
    if found:
        yield why(
            "bad-characters", path, characters=[_LETTERS.get(letter, letter) for letter in found]
        )


def _currency(look: Look, used: str, expected: str) -> Reason:
    return why(
        "currency-mismatch", "currency", label=look.label(), currency=used, expected=expected
    )


def _untaxed(look: Look, code: Ref) -> bool:
    """Whether a tax code means that no tax is due."""
    partner = look.case.links.to_there(code)
    if partner is not None and partner.id in NOT_TAXED:
        return True
    return getattr(look.outlook.record_here(code), "taxable", True) is False


_LETTERS = {
    "\t": "a tab",
    "\n": "a new line",
    "\r": "a new line",
    ":": "a colon",
    '"': "a quotation mark",
}

_CREATE = frozenset({Action.CREATE})
_UPDATE = frozenset({Action.UPDATE})
_SAVE = _CREATE | _UPDATE
_REMOVE = frozenset({Action.VOID, Action.DELETE})

GUARDS: tuple[tuple[Check, frozenset[Action]], ...] = (
    (closed_period, _SAVE | _REMOVE),
    (required_empty, _SAVE),
    (rule_impossible, _SAVE),
    (texts, _SAVE),
    (name_taken, _SAVE),
    (number_taken, _SAVE),
    (currency, _SAVE),
    (fixed_after_create, _UPDATE),
    (several_tax_codes, _SAVE),
    (tax_not_taken, _SAVE),
    (billable_without_customer, _SAVE),
    (over_allocated, _SAVE),
    (feature_off, _SAVE),
    (default_account, _SAVE),
    (sent_until_paid, _UPDATE),
    (paid, _REMOVE),
    (deposited, _UPDATE | _REMOVE),
    (invoiced, _REMOVE),
)


def objections(look: Look) -> tuple[Reason, ...]:
    """Everything that speaks against a write, so that a person can mend it in one go."""
    return tuple(
        reason for check, actions in GUARDS if look.step.action in actions for reason in check(look)
    )
