"""The double-entry ledger: one table behind all documents, and every balance that follows."""

from __future__ import annotations

from decimal import Decimal

from quicksync.simulator.accounting import links
from quicksync.simulator.accounting.account_types import is_balance_sheet
from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, cents, dec, major, minor
from quicksync.simulator.accounting.postings import POSTS, Posting

_NAMES = frozenset(("Customer", "Vendor"))


def post(book: Book, name: str, doc: Doc) -> None:
    """Replace what a document posted by what it posts now, and refresh the balances it touches."""
    touched = touched_by(book, name, doc["Id"])
    book.store.run(
        "DELETE FROM posting WHERE txn_type=? AND txn_id=? AND part='doc'", name, doc["Id"]
    )
    entries = [entry for entry in POSTS[name](book, doc) if entry.amount or entry.home]
    write(book, name, doc, entries, "doc")
    refresh(book, touched | touched_by(book, name, doc["Id"]))


def unpost(book: Book, name: str, id_: str) -> None:
    """Take a document out of the ledger."""
    touched = touched_by(book, name, id_)
    book.store.run("DELETE FROM posting WHERE txn_type=? AND txn_id=?", name, id_)
    refresh(book, touched)


def write(book: Book, name: str, doc: Doc, entries: list[Posting], part: str) -> None:
    """Write entries in home and account currency; what rounding leaves is exchange gain or loss."""
    rate = dec(doc.get("ExchangeRate") or 1)
    home_code = book.home
    foreign = doc.get("CurrencyRef", {}).get("value", home_code) != home_code
    homes = [_home(book, name, doc, entry, rate, foreign=foreign) for entry in entries]
    gap = -sum(homes)
    if gap and not foreign:
        raise AssertionError(f"{name} {doc['Id']} does not balance by {gap}")
    if gap:
        account = book.account("Other Expense", subtype="ExchangeGainOrLoss")
        entries = [*entries, Posting(str(account["Id"]), ZERO, memo="Exchange gain or loss")]
        homes.append(gap)
    for entry, home in zip(entries, homes, strict=True):
        account = book.need("Account", entry.account)
        own = account["CurrencyRef"]["value"]
        fx = minor(entry.amount) if foreign and own != home_code else home
        named = bool(entry.name_id)
        book.store.run(
            "INSERT INTO posting VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            name,
            doc["Id"],
            part,
            doc["TxnDate"],
            entry.account,
            home,
            fx,
            int(entry.control),
            entry.name_type if named else None,
            entry.name_id if named else None,
            entry.item or None,
            entry.class_ or None,
            entry.department or (doc.get("DepartmentRef") or {}).get("value"),
            entry.memo,
        )


def _home(book: Book, name: str, doc: Doc, entry: Posting, rate: Decimal, *, foreign: bool) -> int:
    if entry.home is not None:
        return minor(entry.home)
    # Also at a rate of one: what is paid came in at another.
    if foreign and entry.control and name in ("Payment", "BillPayment"):
        return _settled_home(book, name, doc, entry, rate)
    return minor(entry.amount * rate)


def _settled_home(book: Book, name: str, doc: Doc, entry: Posting, rate: Decimal) -> int:
    """What a payment settles leaves the books at the rate it came in with; the rest is realised
    gain or loss.
    """
    sign = -1 if entry.amount < 0 else 1
    rest, home = abs(entry.amount), ZERO
    for line in doc.get("Line", []):
        link = line["LinkedTxn"][0]
        target = book.get(links.entity_of(str(link["TxnType"])), link["TxnId"]) or {}
        party = target.get("CustomerRef") or target.get("VendorRef") or {}
        if str(party.get("value", entry.name_id)) != entry.name_id:
            continue
        amount = dec(line["Amount"]) * (-1 if str(link["TxnType"]) in links.CREDITS else 1)
        rest -= amount
        home += cents(amount * dec(target.get("ExchangeRate") or rate))
    return minor((home + cents(rest * rate)) * sign)


Touched = set[tuple[str, str]]


def touched_by(book: Book, name: str, id_: object) -> Touched:
    """Accounts and names a document's postings concern."""
    rows = book.store.all(
        "SELECT account, control, name_type, name_id FROM posting WHERE txn_type=? AND txn_id=?",
        name,
        id_,
    )
    touched = {("Account", str(row[0])) for row in rows}
    return touched | {(row[2], str(row[3])) for row in rows if row[1] and row[2] in _NAMES}


def refresh(book: Book, touched: Touched) -> None:
    """Bring balances of accounts and names in line with the ledger."""
    for kind, id_ in sorted(touched):
        if kind == "Account":
            _refresh_account(book, id_)
        else:
            _refresh_name(book, kind, id_)


def total(book: Book, kind: str, id_: object) -> tuple[Decimal, Decimal]:
    """Home and own-currency total of an account or a name; debits are positive."""
    rows = book.store.all("SELECT home, fx FROM total WHERE kind=? AND id=?", kind, id_)
    return (major(rows[0][0]), major(rows[0][1])) if rows else (ZERO, ZERO)


def _refresh_account(book: Book, id_: str) -> None:
    doc = book.get("Account", id_)
    if doc is None or not is_balance_sheet(doc):
        return
    balance = total(book, "Account", id_)[1]
    if dec(doc.get("CurrentBalance")) == balance and "CurrentBalance" in doc:
        return
    doc["CurrentBalance"] = balance
    book.amend("Account", doc)
    while doc is not None:
        children = [
            c
            for c in book.rows("Account").values()
            if (c.get("ParentRef") or {}).get("value") == doc["Id"]
        ]
        below = sum((dec(child.get("CurrentBalanceWithSubAccounts")) for child in children), ZERO)
        doc["CurrentBalanceWithSubAccounts"] = dec(doc["CurrentBalance"]) + below
        book.amend("Account", doc)
        doc = book.get("Account", (doc.get("ParentRef") or {}).get("value"))


def _refresh_name(book: Book, kind: str, id_: str) -> None:
    doc = book.get(kind, id_)
    if doc is None:
        return
    balance = total(book, kind, id_)[1] * (1 if kind == "Customer" else -1)
    if dec(doc.get("Balance")) == balance:
        return
    doc["Balance"] = balance
    if kind == "Customer":
        doc["BalanceWithJobs"] = balance + _below(book, id_)
    # A balance moves the time of last change, never the token.
    book.save(kind, doc, bump=False)
    above = (doc.get("ParentRef") or {}).get("value")
    if kind == "Customer" and above:
        refresh_parents(book, above)


def refresh_parents(book: Book, id_: str) -> None:
    """Sum sub-customers up to the top."""
    doc = book.get("Customer", id_)
    if doc is None:
        return
    doc["BalanceWithJobs"] = dec(doc.get("Balance")) + _below(book, id_)
    book.save("Customer", doc, bump=False)
    above = (doc.get("ParentRef") or {}).get("value")
    if above:
        refresh_parents(book, above)


def _below(book: Book, id_: str) -> Decimal:
    rows = book.store.all(
        "SELECT json_extract(body, '$.BalanceWithJobs') FROM entity WHERE type='Customer' AND"
        " parent=?",
        id_,
    )
    return sum((dec(value) for (value,) in rows), ZERO)


def trial_balance(book: Book) -> list[Doc]:
    """Every account with a balance: debit or credit in home currency, with two decimals."""
    rows = []
    for id_, doc in book.rows("Account").items():
        home = total(book, "Account", id_)[0]
        if home:
            rows.append(
                {
                    "account_id": id_,
                    "account": doc["FullyQualifiedName"],
                    "type": doc["AccountType"],
                    "debit": max(home, ZERO),
                    "credit": max(-home, ZERO),
                }
            )
    return rows


def is_balanced(book: Book) -> bool:
    """Whether every document's debits equal its credits."""
    return not book.store.all(
        "SELECT 1 FROM posting GROUP BY txn_type, txn_id, part HAVING sum(home) <> 0 LIMIT 1"
    )
