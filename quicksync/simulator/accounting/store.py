"""One company's books in SQLite: a row is ready JSON text beside the columns for filters."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.jsontext import Doc, dumps, loads_doc
from quicksync.simulator.accounting.money import dec

# `total` and `balance` are for the conditions and the order of queries only: amounts are read from
# `body`, exact.
SCHEMA = """
CREATE TABLE IF NOT EXISTS entity(
  type TEXT NOT NULL, id INTEGER NOT NULL, token INTEGER NOT NULL, active INTEGER NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL,
  name TEXT COLLATE NOCASE, number TEXT COLLATE NOCASE, day TEXT, due TEXT, party INTEGER,
  parent INTEGER,
  total REAL, balance REAL, body TEXT NOT NULL, UNIQUE(type, id));
CREATE INDEX IF NOT EXISTS entity_name ON entity(type, name, id, active);
CREATE INDEX IF NOT EXISTS entity_live ON entity(type, active, name, id);
CREATE INDEX IF NOT EXISTS entity_full ON entity(
  active, json_extract(body, '$.FullyQualifiedName') COLLATE NOCASE, id) WHERE type='Customer';
CREATE INDEX IF NOT EXISTS entity_number ON entity(type, number);
CREATE INDEX IF NOT EXISTS entity_updated ON entity(type, updated, id, active);
CREATE INDEX IF NOT EXISTS entity_party ON entity(type, party, balance);
CREATE INDEX IF NOT EXISTS entity_owner ON entity(party) WHERE party IS NOT NULL;
CREATE INDEX IF NOT EXISTS entity_day ON entity(type, day, id);
CREATE INDEX IF NOT EXISTS entity_parent ON entity(type, parent) WHERE parent IS NOT NULL;
CREATE TABLE IF NOT EXISTS gone(type TEXT, id INTEGER, updated INTEGER, PRIMARY KEY(type, id));
CREATE TABLE IF NOT EXISTS sequence(name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS answer(request TEXT PRIMARY KEY, asked TEXT, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS setting(name TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS file(id INTEGER PRIMARY KEY, type TEXT, content BLOB);
CREATE TABLE IF NOT EXISTS charge(id INTEGER PRIMARY KEY, source_type TEXT, source_id INTEGER,
  line TEXT);
CREATE INDEX IF NOT EXISTS charge_source ON charge(source_type, source_id);
CREATE TABLE IF NOT EXISTS link(
  from_type TEXT, from_id INTEGER, from_line TEXT, to_type TEXT, to_id INTEGER, to_line TEXT,
  amount INTEGER);
CREATE INDEX IF NOT EXISTS link_from ON link(from_type, from_id);
CREATE INDEX IF NOT EXISTS link_to ON link(to_type, to_id);
CREATE TABLE IF NOT EXISTS posting(
  txn_type TEXT NOT NULL, txn_id INTEGER NOT NULL, part TEXT NOT NULL, day TEXT NOT NULL,
  account INTEGER NOT NULL,
  home INTEGER NOT NULL, fx INTEGER NOT NULL, control INTEGER NOT NULL, name_type TEXT,
  name_id INTEGER,
  item INTEGER, class INTEGER, department INTEGER, memo TEXT);
CREATE INDEX IF NOT EXISTS posting_txn ON posting(txn_type, txn_id);
CREATE INDEX IF NOT EXISTS posting_account ON posting(account, day, home);
CREATE INDEX IF NOT EXISTS posting_day ON posting(day, account, home);
CREATE TABLE IF NOT EXISTS total(
  kind TEXT NOT NULL, id INTEGER NOT NULL, home INTEGER NOT NULL, fx INTEGER NOT NULL,
  PRIMARY KEY(kind, id));
CREATE TRIGGER IF NOT EXISTS posted AFTER INSERT ON posting BEGIN
  INSERT INTO total VALUES('Account', new.account, new.home, new.fx)
    ON CONFLICT DO UPDATE SET home = home + new.home, fx = fx + new.fx;
  INSERT INTO total SELECT new.name_type, new.name_id, new.home, new.fx
    WHERE new.control AND new.name_id IS NOT NULL
    ON CONFLICT DO UPDATE SET home = home + new.home, fx = fx + new.fx;
END;
CREATE TRIGGER IF NOT EXISTS unposted AFTER DELETE ON posting BEGIN
  UPDATE total SET home = home - old.home, fx = fx - old.fx
    WHERE kind = 'Account' AND id = old.account;
  UPDATE total SET home = home - old.home, fx = fx - old.fx
    WHERE old.control AND kind = old.name_type AND id = old.name_id;
END;
CREATE TABLE IF NOT EXISTS stock(
  txn_type TEXT NOT NULL, txn_id INTEGER NOT NULL, line TEXT NOT NULL, item INTEGER NOT NULL,
  day TEXT NOT NULL,
  qty REAL NOT NULL, cost INTEGER NOT NULL, offset_account INTEGER);
CREATE INDEX IF NOT EXISTS stock_item ON stock(item, day);
CREATE INDEX IF NOT EXISTS stock_txn ON stock(txn_type, txn_id);
"""
_PARTY = ("CustomerRef", "VendorRef")
_NUMBER = {"Payment": "PaymentRefNum", "Item": "Sku", "Account": "AcctNum"}


@dataclass(frozen=True, slots=True)
class Row:
    """A stored object: its token and its text."""

    type: str
    id: str
    token: int
    active: bool
    created: int
    updated: int
    body: str

    def doc(self) -> Doc:
        """The object itself."""
        return loads_doc(self.body)


def property_columns(name: str) -> dict[str, str]:
    """Which properties of an entity stand in a column of their own."""
    entity = entities()[name]
    columns = {
        "Id": "id",
        "SyncToken": "token",
        "Active": "active",
        "MetaData.CreateTime": "created",
        "MetaData.LastUpdatedTime": "updated",
        "TxnDate": "day",
        "DueDate": "due",
        "CustomerRef": "party",
        "VendorRef": "party",
        "ParentRef": "parent",
        "TotalAmt": "total",
        "Balance": "balance",
        _NUMBER.get(name, "DocNumber"): "number",
    }
    if entity.group != "txn":
        columns[entity.name_field] = "name"
    if name == "RecurringTransaction":
        columns |= {"Type": "number", "Name": "name", "RecurType": "number", "RecurDataRef": "id"}
    if name == "TimeActivity":
        del columns["VendorRef"]
    return columns


class Store:
    """The SQLite file or memory behind one company; one writer at a time."""

    def __init__(self, path: str = ":memory:") -> None:
        self.path = path
        self.lock = threading.RLock()
        self.db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        self.db.execute(
            "PRAGMA journal_mode=WAL" if path != ":memory:" else "PRAGMA journal_mode=MEMORY"
        )
        self.db.execute("PRAGMA synchronous=OFF")
        self.db.execute("PRAGMA cache_size=-32000")
        self.db.executescript(SCHEMA)
        self._depth = 0

    def close(self) -> None:
        """Let go of the file."""
        with self.lock:
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One write at a time; everything inside happens or nothing does. May be nested: only the
        outer one commits.
        """
        with self.lock:
            if self._depth:
                yield
                return
            self.db.execute("BEGIN IMMEDIATE")
            self._depth = 1
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            else:
                self.db.execute("COMMIT")
            finally:
                self._depth = 0

    def all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a statement."""
        with self.lock:
            return self.db.execute(sql, values).fetchall()

    def one(self, sql: str, *values: object) -> Any:
        """The first column of the first row, or None."""
        with self.lock:
            row = self.db.execute(sql, values).fetchone()
        return row[0] if row else None

    def run(self, sql: str, *values: object) -> None:
        """A statement whose answer does not matter."""
        with self.lock:
            self.db.execute(sql, values)

    def row(self, name: str, id_: object) -> Row | None:
        """One object, active or not."""
        found = self.all(
            "SELECT type, id, token, active, created, updated, body FROM entity WHERE type=? AND"
            " id=?",
            name,
            id_,
        )
        return (
            Row(found[0][0], str(found[0][1]), found[0][2], bool(found[0][3]), *found[0][4:])
            if found
            else None
        )

    def next_id(self, sequence: str, start: int = 1) -> str:
        """The next number of a sequence."""
        value = self.one(
            "INSERT INTO sequence VALUES(?, ?) ON CONFLICT DO UPDATE SET value = value + 1"
            " RETURNING value",
            sequence,
            start,
        )
        return str(value)

    def put(self, name: str, doc: Doc, *, token: int, created: int, updated: int) -> None:
        """Write an object with its columns."""
        entity = entities()[name]
        party = next(
            (doc[ref].get("value") for ref in _PARTY if isinstance(doc.get(ref), dict)), None
        )
        named = doc.get(entity.name_field) if entity.group != "txn" else None
        balance = doc.get("UnappliedAmt") if name == "Payment" else doc.get("Balance")
        parent = (doc.get("ParentRef") or {}).get("value")
        self.run(
            "INSERT OR REPLACE INTO entity VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            name,
            doc["Id"],
            token,
            int(doc.get("Active", True) is not False),
            created,
            updated,
            named,
            doc.get(_NUMBER.get(name, "DocNumber")),
            doc.get("TxnDate"),
            doc.get("DueDate"),
            party,
            parent,
            None if doc.get("TotalAmt") is None else float(dec(doc["TotalAmt"])),
            None if balance is None else float(dec(balance)),
            dumps(doc),
        )

    def remove(self, name: str, id_: str, updated: int) -> None:
        """Delete an object for good and keep the stub that change data tells of."""
        self.run("DELETE FROM entity WHERE type=? AND id=?", name, id_)
        self.run("INSERT OR REPLACE INTO gone VALUES(?,?,?)", name, id_, updated)

    def setting(self, name: str) -> str | None:
        """A stored setting of the simulator."""
        value: str | None = self.one("SELECT value FROM setting WHERE name=?", name)
        return value

    def set_setting(self, name: str, value: str) -> None:
        """Keep a setting of the simulator."""
        self.run("INSERT OR REPLACE INTO setting VALUES(?,?)", name, value)
