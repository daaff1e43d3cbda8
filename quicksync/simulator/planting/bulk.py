"""Companies of any size: one object of a kind goes through the rules, thousands follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from quicksync.simulator.accounting import ledger
from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.errors import ControlError
from quicksync.simulator.accounting.jsontext import Doc, dumps
from quicksync.simulator.accounting.money import major
from quicksync.simulator.company.company import Company
from quicksync.simulator.planting.planter import Planter

KINDS = ("customers", "invoices", "payments")
_GIVEN = (
    "Ada",
    "Ben",
    "Chloé",
    "Dmitri",
    "Elena",
    "Farid",
    "Grace",
    "Hiro",
    "Ines",
    "Jürgen",
    "Kofi",
    "Lena",
    "Mei",
    "Nils",
    "Olga",
    "Priya",
    "Quinn",
    "Rosa",
    "Søren",
    "Tomás",
)
_FAMILY = (
    "Adler",
    "Brown",
    "Costa",
    "Díaz",
    "Evans",
    "Fischer",
    "Garcia",
    "Hansen",
    "Ito",
    "Jones",
    "Kowalski",
    "Lee",
    "Martin",
    "Nguyen",
    "O'Brien",
    "Patel",
    "Rossi",
    "Smith",
    "Tanaka",
    "Weber",
)
_ENTITY = "INSERT INTO entity VALUES(?,?,0,1,?,?,?,?,?,?,?,NULL,?,?,?)"
_POSTING = "INSERT INTO posting VALUES(?,?,'doc',?,?,?,?,?,?,?,?,NULL,NULL,NULL)"


@dataclass(frozen=True)
class _Pattern:
    """What the many are copied from."""

    customer: Doc
    invoice: Doc
    payment: Doc
    now: int


class _Sizes:
    """How many of each, and where their ids begin."""

    def __init__(self, company: Company, size: dict[str, int]) -> None:
        self.customers = max(1, size.get("customers", 0))
        self.invoices = size.get("invoices", 0)
        self.payments = min(size.get("payments", 0), self.invoices)
        store = company.store
        self.first_customer = int(store.next_id(entities()["Customer"].sequence))
        self.first_txn = int(store.next_id(entities()["Invoice"].sequence))
        self.first_number = int(store.next_id("number:Invoice", 1001))
        for name, used in (
            ("name", self.customers),
            ("txn", self.invoices + self.payments),
            ("number:Invoice", self.invoices),
        ):
            store.run("UPDATE sequence SET value=value+? WHERE name=?", used, name)

    def customer_of(self, number: int) -> int:
        """Who gets an invoice."""
        return self.first_customer + number % self.customers


def grow(company: Company, planter: Planter, size: dict[str, int], seed: int) -> None:
    """Add so many customers, invoices and payments; a payment settles one invoice."""
    unknown = set(size) - set(KINDS)
    if unknown or any(count < 0 for count in size.values()):
        raise ControlError(f"size knows {', '.join(KINDS)}, none below zero.")
    pattern = _pattern(company, planter)
    sizes = _Sizes(company, size)
    # A fixed walk through amounts between 5.00 and 2,500.00: the same seed, the same company.
    amounts = [
        500 + (seed + number) * 7919 % 249_500
        for number in range(max(1, min(sizes.invoices, 9973)))
    ]
    db = company.store.db
    db.executemany(_ENTITY, _invoices(company, pattern, sizes, amounts))
    db.executemany(_POSTING, _postings(company, pattern, sizes, amounts))
    db.executemany(_ENTITY, _payments(company, pattern, sizes, amounts))
    db.executemany(
        "INSERT INTO link VALUES('Payment',?,'','Invoice',?,'',?)",
        (
            (
                sizes.first_txn + sizes.invoices + number,
                sizes.first_txn + number,
                amounts[number % len(amounts)],
            )
            for number in range(sizes.payments)
        ),
    )
    owed = dict(company.store.all("SELECT id, fx FROM total WHERE kind='Customer'"))
    db.executemany(_ENTITY, _customers(pattern, sizes, owed))
    ledger.refresh(company.book, {("Account", account) for account in _accounts(company, pattern)})


def _pattern(company: Company, planter: Planter) -> _Pattern:
    """One of each, written by the rules and taken back."""
    address = {
        "Line1": "1 Main St",
        "City": "Springfield",
        "CountrySubDivisionCode": "CA",
        "PostalCode": "94000",
    }
    customer = planter.add(
        "Customer",
        DisplayName="Pattern",
        GivenName="P",
        FamilyName="P",
        CompanyName="Pattern",
        PrimaryEmailAddr={"Address": "p@example.com"},
        BillAddr=address,
        PrimaryPhone={"FreeFormNumber": "(555) 0100"},
    )
    code = "" if company.book.country == "US" else list(company.book.rows("TaxCode"))[2]
    line = planter.sale_line("Services", 1, 100, code)
    invoice = planter.add("Invoice", CustomerRef={"value": customer["Id"]}, Line=[line])
    link = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    payment = planter.add("Payment", CustomerRef={"value": customer["Id"]}, TotalAmt=100,
                          Line=[{"Amount": 100, "LinkedTxn": link}])  # fmt: skip
    now = int(company.book.clock.now())
    for name, doc in (("Payment", payment), ("Invoice", invoice), ("Customer", customer)):
        company.store.run("DELETE FROM entity WHERE type=? AND id=?", name, doc["Id"])
        company.store.run("DELETE FROM posting WHERE txn_type=? AND txn_id=?", name, doc["Id"])
        company.store.run("DELETE FROM link WHERE from_type=? AND from_id=?", name, doc["Id"])
    company.store.run("DELETE FROM total WHERE kind='Customer' AND id=?", customer["Id"])
    return _Pattern(customer, invoice, payment, now)


def _title(sizes: _Sizes, customer: int) -> str:
    number = customer - sizes.first_customer
    return f"{_GIVEN[number % 20]} {_FAMILY[number // 20 % 20]} {number + 1:06d}"


def _accounts(company: Company, pattern: _Pattern) -> tuple[str, str, str]:
    """Receivable, income and where payments go."""
    receivable = str(company.book.account("Accounts Receivable")["Id"])
    income = pattern.invoice["Line"][0]["SalesItemLineDetail"]["ItemAccountRef"]["value"]
    return receivable, str(income), str(pattern.payment["DepositToAccountRef"]["value"])


def _customers(pattern: _Pattern, sizes: _Sizes, owed: dict[int, int]) -> Iterator[Any]:
    doc = dict(pattern.customer)
    for number in range(sizes.customers):
        id_ = sizes.first_customer + number
        name = _title(sizes, id_)
        given, family = _GIVEN[number % 20], _FAMILY[number // 20 % 20]
        balance = major(owed.get(id_, 0))
        doc |= {
            "Id": str(id_),
            "DisplayName": name,
            "FullyQualifiedName": name,
            "PrintOnCheckName": name,
            "GivenName": given,
            "FamilyName": family,
            "CompanyName": f"{family} & Co {number + 1}",
            "PrimaryEmailAddr": {"Address": f"customer{number + 1}@example.com"},
            "Balance": balance,
            "BalanceWithJobs": balance,
        }
        yield (
            "Customer",
            id_,
            pattern.now,
            pattern.now,
            name,
            None,
            None,
            None,
            None,
            None,
            float(balance),
            dumps(doc),
        )


def _invoices(
    company: Company, pattern: _Pattern, sizes: _Sizes, amounts: list[int]
) -> Iterator[Any]:
    doc, today = dict(pattern.invoice), company.book.today()
    days = [
        ((today - timedelta(days=ago)).isoformat(), (today - timedelta(days=ago - 30)).isoformat())
        for ago in range(365)
    ]
    for number in range(sizes.invoices):
        id_, total = sizes.first_txn + number, major(amounts[number % len(amounts)])
        owner, (day, due) = sizes.customer_of(number), days[number % 365]
        paid = number < sizes.payments
        payment = sizes.first_txn + sizes.invoices + number
        balance = Decimal("0.00") if paid else total
        reference = {"value": str(owner), "name": _title(sizes, owner)}
        doc |= {
            "Id": str(id_),
            "DocNumber": str(sizes.first_number + number),
            "TxnDate": day,
            "DueDate": due,
            "CustomerRef": reference,
            "TotalAmt": total,
            "Balance": balance,
            "Line": _lines(pattern, total),
            "LinkedTxn": [{"TxnId": str(payment), "TxnType": "Payment"}] if paid else [],
        }
        yield (
            "Invoice",
            id_,
            pattern.now,
            pattern.now,
            None,
            doc["DocNumber"],
            day,
            due,
            owner,
            float(total),
            float(balance),
            dumps(doc),
        )


def _lines(pattern: _Pattern, total: Decimal) -> list[Doc]:
    first, last = pattern.invoice["Line"]
    detail = {**first["SalesItemLineDetail"], "UnitPrice": total}
    return [{**first, "Amount": total, "SalesItemLineDetail": detail}, {**last, "Amount": total}]


def _payments(
    company: Company, pattern: _Pattern, sizes: _Sizes, amounts: list[int]
) -> Iterator[Any]:
    doc, day = dict(pattern.payment), company.book.today().isoformat()
    for number in range(sizes.payments):
        id_, total = (
            sizes.first_txn + sizes.invoices + number,
            major(amounts[number % len(amounts)]),
        )
        owner = sizes.customer_of(number)
        link = [{"TxnId": str(sizes.first_txn + number), "TxnType": "Invoice"}]
        doc |= {
            "Id": str(id_),
            "CustomerRef": {"value": str(owner), "name": _title(sizes, owner)},
            "TotalAmt": total,
            "TxnDate": day,
            "UnappliedAmt": Decimal(0),
            "Line": [{"Amount": total, "LinkedTxn": link}],
        }
        yield (
            "Payment",
            id_,
            pattern.now,
            pattern.now,
            None,
            None,
            day,
            None,
            owner,
            float(total),
            0.0,
            dumps(doc),
        )


def _postings(
    company: Company, pattern: _Pattern, sizes: _Sizes, amounts: list[int]
) -> Iterator[Any]:
    receivable, income, bank = _accounts(company, pattern)
    item = pattern.invoice["Line"][0]["SalesItemLineDetail"]["ItemRef"]["value"]
    today = company.book.today()
    days = [(today - timedelta(days=ago)).isoformat() for ago in range(365)]
    for number in range(sizes.invoices):
        cents, day, id_ = (
            amounts[number % len(amounts)],
            days[number % 365],
            sizes.first_txn + number,
        )
        owner = sizes.customer_of(number)
        yield ("Invoice", id_, day, receivable, cents, cents, 1, "Customer", owner, None)
        yield ("Invoice", id_, day, income, -cents, -cents, 0, None, None, item)
        if number < sizes.payments:
            yield (
                "Payment",
                id_ + sizes.invoices,
                days[0],
                bank,
                cents,
                cents,
                0,
                None,
                None,
                None,
            )
            yield (
                "Payment",
                id_ + sizes.invoices,
                days[0],
                receivable,
                -cents,
                -cents,
                1,
                "Customer",
                owner,
                None,
            )
