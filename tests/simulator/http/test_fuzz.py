"""Nonsense in, a clear refusal out: never an error of the simulator's own, never a write that
breaks the books.
"""

from __future__ import annotations

import json
import random
import string
from copy import deepcopy

from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.ledger import is_balanced
from quicksync.simulator.accounting.messages import Request
from quicksync.simulator.accounting.shapes import shapes
from quicksync.simulator.http.gateway import company_api
from quicksync.simulator.site.site import Options, Site

REQUESTS = 10_000
ODD = [
    None,
    "",
    " ",
    "0",
    "-1",
    "x" * 5000,
    "é漢😀",
    "\x00",
    0,
    -1,
    1e30,
    0.005,
    True,
    [],
    {},
    [[]],
    {"value": "1"},
    {"value": {}},
    "2026-02-30",
    "2026-01-01",
    "null",
    10**30,
    "\ud800",
]


class Nonsense:
    """Random bodies, half after the shapes, half beside them."""

    def __init__(self, seed):
        self.dice = random.Random(seed)

    def value(self, type_, depth=0):
        dice = self.dice
        if dice.random() < 0.12:
            return deepcopy(dice.choice(ODD))
        if type_ in shapes().enums:
            return dice.choice(sorted(shapes().enums[type_]))
        if type_ in ("str", "time", "any"):
            return "".join(dice.choices(string.printable, k=dice.randrange(12)))
        if type_ == "date":
            return (
                f"20{dice.randrange(100):02}-{dice.randrange(1, 14):02}-{dice.randrange(1, 32):02}"
            )
        simple = {
            "id": lambda: str(dice.randrange(120)),
            "bool": lambda: dice.random() < 0.5,
            "dec": lambda: dice.choice([0, 1, 9.99, -5, 100, 0.1, 1e9]),
            "int": lambda: dice.randrange(-2, 400),
        }
        if type_ in simple:
            return simple[type_]()
        return {} if depth > 3 else self.fields(type_, depth + 1)

    def fields(self, type_, depth=0):
        known = shapes().of(type_)
        chosen = {name for name in known if self.dice.random() < (0.35 if depth else 0.2)} | (
            {name for name in known if name in LIKELY and self.dice.random() < 0.9}
        )
        found = {}
        for name in sorted(chosen):
            field = known[name]
            inner = (
                [self.value(field.type, depth) for _ in range(self.dice.randrange(1, 3))]
                if field.many
                else None
            )
            found[name] = inner if field.many else self.value(field.type, depth)
        if self.dice.random() < 0.05:
            found["Bogus"] = 1
        return found

    def mutated(self, company):
        """An object that exists, sent again with a few things spoilt."""
        rows = company.store.all(
            "SELECT type, body FROM entity WHERE type NOT IN ('RecurringTransaction')"
        )
        name, body = self.dice.choice(rows)
        doc = json.loads(body)
        if self.dice.random() < 0.6:
            doc.pop("Id")
        if self.dice.random() < 0.3:
            doc["sparse"] = True
        for key in ("DisplayName", "Name"):
            if key in doc and self.dice.random() < 0.7:
                doc[key] += str(self.dice.random())
        for _ in range(self.dice.randrange(3)):
            self.spoil(doc)
        return name, doc

    def spoil(self, value):
        """Change one leaf somewhere inside."""
        while True:
            if not value:
                return
            key = (
                self.dice.choice(list(value))
                if isinstance(value, dict)
                else self.dice.randrange(len(value))
            )
            if isinstance(value[key], dict | list) and self.dice.random() < 0.8:
                value = value[key]
            elif self.dice.random() < 0.3:
                del value[key]
                return
            else:
                choices = [
                    *ODD,
                    7,
                    12.34,
                    str(self.dice.randrange(99)),
                    "TAX",
                    "Debit",
                    "Invoice",
                    "Bill",
                ]
                value[key] = deepcopy(self.dice.choice(choices))
                return

    def request(self, company):
        dice, path = self.dice, f"/v3/company/{company.realm}/"
        kind = dice.random()
        if kind < 0.15:
            words = (
                "where",
                "Id",
                "=",
                "'1'",
                "and",
                "orderby",
                "Name",
                "like",
                "'%'",
                "in",
                "(",
                ")",
                ",",
            )
            text = " ".join(
                ("select * from", dice.choice(list(entities())), *dice.choices(words, k=6))
            )
            return Request(
                "POST", path + "query", "", {"accept": "application/json"}, text.encode()
            )
        entity = entities()[dice.choice([name for name in entities() if name in shapes().entities])]
        query = dice.choice(
            [
                "",
                "",
                "",
                "operation=delete",
                "operation=void",
                "include=void",
                "operation=sing",
                "requestid=%00",
            ]
        )
        if dice.random() < 0.75:
            name, body = self.mutated(company)
            entity, query = entities()[name], query if dice.random() < 0.4 else ""
        else:
            body = self.fields(entity.name)
        if kind > 0.9:
            body = {
                "BatchItemRequest": [
                    {
                        "bId": str(dice.choice(ODD)),
                        "operation": dice.choice(["create", "update", 5]),
                        entity.name: body,
                    }
                ]
            }
            path += "batch"
        else:
            path += entity.path
        raw = json.dumps(body).encode()
        if dice.random() < 0.03:
            raw = bytes(dice.randrange(256) for _ in range(30))
        return Request("POST", path, query, {"accept": "application/json"}, raw)


LIKELY = frozenset(
    (
        "Line",
        "CustomerRef",
        "VendorRef",
        "Amount",
        "DetailType",
        "DisplayName",
        "Name",
        "TotalAmt",
        "value",
        "SalesItemLineDetail",
        "AccountBasedExpenseLineDetail",
        "ItemRef",
        "AccountRef",
    )
)


def test_fuzzed_requests_never_break_it():
    site = Site(Options(company="sample"))
    company = next(iter(site.companies.values()))
    token = site.status()["companies"][0]["access_token"]
    nonsense, statuses = Nonsense(11), {}
    for number in range(REQUESTS):
        request = nonsense.request(company)
        request.headers["authorization"] = f"Bearer {token}"
        before = state(company)
        response = company_api(site, request)
        statuses[response.status] = statuses.get(response.status, 0) + 1
        answer = json.loads(response.body)
        assert response.status < 500, (number, request, answer)
        if "Fault" in answer:
            assert state(company) == before, (number, request, answer)
        elif number % 25 == 0:
            assert is_balanced(company.book), (number, request)
    assert is_balanced(company.book)
    assert statuses[200] > REQUESTS / 10
    assert set(statuses) <= {200, 400, 415}
    site.close()


def state(company):
    return company.store.all(
        "SELECT count(*), sum(home), max(rowid) FROM posting"
    ), company.store.all("SELECT count(*), sum(token), max(rowid) FROM entity")
