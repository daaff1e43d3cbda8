"""One table: what an object says in answers beyond what was sent, and what it leaves out.

From recorded traffic of 2013 to May 2026; where recordings differ, the later ones count.
"""

from __future__ import annotations

import hashlib
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from quicksync.simulator.accounting.jsontext import Doc, dumps


class Links(StrEnum):
    """When a document tells what it is linked to."""

    ALWAYS = "always"  # an empty list where there is nothing
    LINKED = "linked"
    NEVER = "never"


class Telling(StrEnum):
    """The kinds of answers."""

    ROWS = "rows"  # queries and the change feed
    READ = "read"
    CREATED = "created"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a document: the id of the first one, whether they are numbered, the lists that
    every line has.
    """

    first: int = 1
    numbered: bool = True
    lists: tuple[str, ...] = ("CustomExtensions",)


@dataclass(frozen=True, slots=True)
class Answer:
    """One entity. `nameless` are references that carry no name, as paths; `editor` tells who
    changed it last.
    """

    links: Links = Links.LINKED
    lines: Lines = field(default_factory=Lines)
    always: Doc = field(default_factory=dict)
    never: tuple[str, ...] = ()
    nameless: tuple[str, ...] = ()
    editor: bool = False
    free_form: bool = False  # FreeFormAddress and, on what the interface writes, ShipFromAddr
    pseudonym: bool = False
    counted: bool = False  # totalCount stands beside the rows of a query
    # what only answers about one object say, unless it has a value
    single: Doc = field(default_factory=dict)
    untold: dict[Telling, tuple[str, ...]] = field(default_factory=dict)


_PLAIN = Answer()
_NO_LISTS = Lines(lists=())
ANSWERS = {
    "Account": Answer(untold={Telling.CREATED: ("MetaData.LastUpdatedTime",)}),
    "Bill": Answer(
        lines=Lines(lists=("LinkedTxn", "CustomExtensions")),
        nameless=("SalesTermRef",),
        editor=True,
        counted=True,
    ),
    "BillPayment": Answer(Links.NEVER, _NO_LISTS, counted=True),
    "CreditMemo": Answer(Links.NEVER, free_form=True),
    "Customer": Answer(
        always={"ClientEntityId": "0"},
        nameless=("DefaultTaxCodeRef", "ParentRef"),
        pseudonym=True,
        untold={
            Telling.ROWS: ("DefaultTaxCodeRef",),
            Telling.READ: ("ClientEntityId",),
            Telling.CREATED: ("ClientEntityId", "V4IDPseudonym"),
            Telling.UPDATED: ("ClientEntityId", "V4IDPseudonym"),
        },
    ),
    "CustomerType": Answer(never=("FullyQualifiedName",)),
    "Deposit": Answer(
        Links.NEVER,
        always={"TxnTaxDetail": {}},
        nameless=("Line.DepositLineDetail.PaymentMethodRef",),
        counted=True,
    ),
    "Estimate": Answer(free_form=True),
    "ExchangeRate": Answer(never=("SyncToken",)),
    "Invoice": Answer(Links.ALWAYS, editor=True, free_form=True, counted=True),
    "Item": Answer(single={"DeferredRevenue": False}),
    "JournalEntry": Answer(
        Links.NEVER, Lines(first=0, numbered=False), always={"TxnTaxDetail": {}}, counted=True
    ),
    "Payment": Answer(lines=_NO_LISTS, nameless=("DepositToAccountRef", "PaymentMethodRef")),
    "Purchase": Answer(Links.NEVER, Lines(numbered=False)),
    "PurchaseOrder": Answer(Links.ALWAYS, never=("PrintStatus",), editor=True, counted=True),
    "RefundReceipt": Answer(never=("RemainingCredit",)),
    "ReimburseCharge": Answer(lines=_NO_LISTS),
    "SalesReceipt": Answer(free_form=True),
    "TaxCode": Answer(never=("Hidden",)),
    "TimeActivity": Answer(Links.NEVER),
    "Vendor": Answer(nameless=("TermRef",), pseudonym=True, single={"BillRate": 0, "CostRate": 0}),
    "VendorCredit": Answer(lines=Lines(numbered=False)),
}
# The person under whose consent the app writes; a bookkeeper of the simulator is nobody else.
_EDITOR = "9341450000000032"
_WITHOUT_ID = frozenset(("DiscountLineDetail", "SubTotalLineDetail"))


def answer_of(name: str) -> Answer:
    """How objects of an entity are told."""
    return ANSWERS.get(name, _PLAIN)


def is_nameless_line(name: str, line: Doc) -> bool:
    """Whether a line has neither id nor number: discounts, subtotals, and what a deposit takes from
    elsewhere.
    """
    return line.get("DetailType") in _WITHOUT_ID or (
        name == "Deposit" and bool(line.get("LinkedTxn"))
    )


def complete(realm: str, name: str, doc: Doc) -> None:
    """Bring an object into the form in which it is kept; doing it twice changes nothing more."""
    answer = answer_of(name)
    for key in answer.never:
        doc.pop(key, None)
    for key, value in answer.always.items():
        doc.setdefault(key, deepcopy(value))
    for path in answer.nameless:
        _drop_name(doc, path.split("."))
    if answer.links is Links.NEVER or (answer.links is Links.LINKED and not doc.get("LinkedTxn")):
        doc.pop("LinkedTxn", None)
    elif answer.links is Links.ALWAYS:
        doc.setdefault("LinkedTxn", [])
    if answer.pseudonym:
        doc["V4IDPseudonym"] = _pseudonym(realm, name, str(doc["Id"]))
    for line in doc.get("Line") or []:
        _complete_line(name, answer.lines, line)


def _complete_line(name: str, lines: Lines, line: Doc) -> None:
    if is_nameless_line(name, line):
        for key in ("Id", "LineNum", *lines.lists):
            line.pop(key, None)
        return
    if not lines.numbered:
        line.pop("LineNum", None)
    for key in lines.lists:
        line.setdefault(key, [])


def _drop_name(holder: Any, path: list[str]) -> None:
    for entry in holder if isinstance(holder, list) else [holder]:
        found = (entry or {}).get(path[0])
        if len(path) > 1:
            _drop_name(found, path[1:])
        elif isinstance(found, dict):
            found.pop("name", None)


def _pseudonym(realm: str, name: str, id_: str) -> str:
    return "002098" + hashlib.blake2b(f"{realm}:{name}:{id_}".encode(), digest_size=16).hexdigest()


def meta(name: str, created: str, updated: str) -> Doc:
    """The MetaData of an object."""
    told: Doc = {"CreateTime": created}
    if answer_of(name).editor:
        told["LastModifiedByRef"] = {"value": _EDITOR}
    return told | {"LastUpdatedTime": updated}


@cache
def telling(name: str, how: Telling) -> str:
    """The SQL expression of an object's text as a kind of answer tells it, from its kept `body`."""
    answer = answer_of(name)
    text = "body"
    if answer.single and how is not Telling.ROWS:
        text = f"json_patch('{dumps(answer.single)}', body)"
    paths = ", ".join(f"'$.{path}'" for path in answer.untold.get(how, ()))
    return f"json_remove({text}, {paths})" if paths else text
