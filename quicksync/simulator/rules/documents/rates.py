"""Exchange rates: read by day, written one at a time, never named by an id."""

from __future__ import annotations

from copy import deepcopy

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.clock import parse_day, stamp
from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.errors import ApiError, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.rules.currencies import check_currency
from quicksync.simulator.rules.documents.forms import rate_on
from quicksync.simulator.rules.settings import prepare_rate
from quicksync.simulator.rules.validate import checked
from quicksync.simulator.rules.work import Work


def read(book: Book, query: dict[str, str]) -> Doc:
    """The rate of a currency on a day; the home currency's is 1."""
    asked = {key.lower(): value for key, value in query.items()}
    code = asked.get("sourcecurrencycode", "").upper()
    if not code:
        raise missing("sourcecurrencycode")
    check_currency(book, code, "sourcecurrencycode")
    day = asked.get("asofdate") or book.today().isoformat()
    if parse_day(day) is None:
        raise ApiError(2070, f"Invalid Date. Supplied value:{day}", element="asofdate")
    rate = dec(1) if code == book.home else rate_on(book, code, day)
    return {
        "domain": "QBO",
        "sparse": False,
        "MetaData": {"LastUpdatedTime": stamp(since(book, code, day))},
        "AsOfDate": day,
        "SourceCurrencyCode": code,
        "Rate": rate,
        "TargetCurrencyCode": book.home,
    }


def since(book: Book, code: str, day: str) -> float:
    """When a currency's rate of a day was told last; built-in ones are as old as the company."""
    told = book.store.one(
        "SELECT updated FROM entity WHERE type='ExchangeRate' AND name=? AND day<=? ORDER BY day"
        " DESC LIMIT 1",
        code,
        day,
    )
    if told is None:
        told = book.store.one("SELECT created FROM entity WHERE type='CompanyInfo'")
    return float(told)


def write(book: Book, sent: Doc) -> Doc:
    """Set the rate of a currency from a day on."""
    entity = entities()["ExchangeRate"]
    clean = checked("ExchangeRate", sent, ignore=entity.computed)
    work = Work(
        book, entity, {k: v for k, v in clean.items() if k not in ("sparse", "Id")}, deepcopy(clean)
    )
    prepare_rate(work)
    doc = work.doc
    known = book.store.one(
        "SELECT id FROM entity WHERE type='ExchangeRate' AND name=? AND day=?",
        doc["SourceCurrencyCode"],
        doc["AsOfDate"],
    )
    doc["Id"] = str(known) if known else book.new_id("ExchangeRate")
    stored = book.save("ExchangeRate", doc)
    book.store.run(
        "UPDATE entity SET name=?, day=?, body=json_remove(body, '$.Id') WHERE type='ExchangeRate'"
        " AND id=?",
        doc["SourceCurrencyCode"],
        doc["AsOfDate"],
        doc["Id"],
    )
    return {key: value for key, value in stored.items() if key != "Id"}
