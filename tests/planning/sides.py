"""Small factories: records, candidates, settings and companies for planning tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from quicksync.options.category import CategoryOptions
from quicksync.options.row import table
from quicksync.planning.build import build
from quicksync.planning.policy import Company, Policy
from quicksync.planning.reasons.words import explain
from quicksync.planning.steps import Agreed, Candidate, Direction, Plan, Step
from quicksync.records import Customer, Invoice, Item, Payment, Record, Ref, SalesLine, record_class

DAY = dt.date(2026, 5, 4)
OLDER = dt.datetime(2026, 5, 1, 9, 0, tzinfo=dt.UTC)
NEWER = dt.datetime(2026, 5, 2, 9, 0, tzinfo=dt.UTC)

PUSH, PULL = Direction.PUSH, Direction.PULL
COMPANY = Company(home_currency="USD")


def policy(kind: str = "customer", **settings: Any) -> Policy:
    """Settings, options among them, with every field that is not computed."""
    record = record_class(kind)
    fields = frozenset(record.__struct_fields__) - record.computed
    chosen = {name: settings.pop(name) for name in table(CategoryOptions) if name in settings}
    options = CategoryOptions().replace(**chosen)
    return Policy(**{"kind": kind, "fields": fields, "options": options, **settings})


def client(name: str = "Acme", **values: Any) -> Customer:
    return Customer(name=name, **values)


def product(name: str = "Hammer", **values: Any) -> Item:
    return Item(name=name, **values)


def line(amount: str = "10.00", **values: Any) -> SalesLine:
    return SalesLine(**{"description": "Work", "amount": Decimal(amount), **values})


def invoice(number: str = "1001", customer: Ref | None = None, **values: Any) -> Invoice:
    defaults = {"issued_on": DAY, "lines": (line(),), "total": Decimal("10.00")}
    return Invoice(
        number=number, customer=customer or Ref("customer", "c"), **{**defaults, **values}
    )


def payment(total: str = "10.00", customer: Ref | None = None, **values: Any) -> Payment:
    customer = customer or Ref("customer", "c")
    return Payment(**{"total": Decimal(total), "customer": customer, "paid_on": DAY, **values})


def refs(kind: str, key: int) -> tuple[Ref, Ref]:
    """How a pair is named here and in QuickBooks."""
    return Ref(kind, f"h{key}"), Ref(kind, f"q{key}")


def here(record: Record, key: int = 1, **values: Any) -> Candidate:
    """A half on this side."""
    return Candidate(
        **{
            "key": key,
            "kind": record.kind,
            "here": record,
            "here_ref": refs(record.kind, key)[0],
            **values,
        }
    )


def there(record: Record, key: int = 2, **values: Any) -> Candidate:
    """A half in QuickBooks."""
    one = {"key": key, "kind": record.kind, "there": record, "there_ref": refs(record.kind, key)[1]}
    return Candidate(**{**one, **values})


def pair(
    mine: Record | None,
    theirs: Record | None,
    agreed: Record | None = None,
    key: int = 1,
    **values: Any,
) -> Candidate:
    """A pair; `agreed` is what both sides showed when they last agreed, as if the wire lost
    nothing.
    """
    known = mine or theirs or agreed
    kind = known.kind if known else "customer"
    one = {
        "key": key,
        "kind": kind,
        "here": mine,
        "there": theirs,
        "here_ref": refs(kind, key)[0],
        "there_ref": refs(kind, key)[1],
        "here_gone": mine is None,
        "there_gone": theirs is None,
        "paired": True,
        "agreed": Agreed(agreed, agreed) if agreed else None,
    }
    return Candidate(**{**one, **values})


def plan(*candidates: Candidate, company: Company = COMPANY, **settings: Any) -> Plan:
    """The plan of some candidates, all kinds with the same settings."""
    return build(
        candidates, {one.kind: policy(one.kind, **settings) for one in candidates}, company
    )


def steps(*candidates: Candidate, company: Company = COMPANY, **settings: Any) -> list[Step]:
    """The steps of the plan of some candidates."""
    return list(plan(*candidates, company=company, **settings).steps)


def only(*candidates: Candidate, company: Company = COMPANY, **settings: Any) -> Step:
    """The one step of the first candidate."""
    (found,) = [
        step
        for step in steps(*candidates, company=company, **settings)
        if step.key == candidates[0].key
    ]
    return found


def shape(step: Step) -> tuple[str, ...]:
    """A step as short text: what, where to, which fields."""
    return (step.action.value, step.direction.value, *(change.name for change in step.changes))


def codes(step: Step) -> list[str]:
    """Why, as codes; each reason can be put into words."""
    for reason in (*step.reasons, *step.warnings):
        words = explain(reason, step.kind)
        assert "…" not in words.sentence + words.cause + words.fix, words
    return [reason.code for reason in step.reasons]


def linked(*pairs: tuple[Ref, Ref], **values: Any) -> Company:
    """A company in which these references (here, there) are known to be the same."""
    links = {theirs: mine for mine, theirs in pairs}
    back = dict(pairs)
    return Company(**{"home_currency": "USD", "links": links, "links_back": back, **values})


LINKED = linked((Ref("customer", "c"), Ref("customer", "C")))


def explained(step: Step) -> tuple[str, str, str]:
    """The words of a step's first reason: sentence, cause, fix."""
    words = explain(step.reasons[0], step.kind)
    return words.sentence, words.cause, words.fix
