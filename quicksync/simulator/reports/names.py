"""Reports by customer, vendor and item: balances, ages, sales, lists of transactions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from quicksync.simulator.book import Book
from quicksync.simulator.clock import parse_day
from quicksync.simulator.jsontext import Doc, loads_doc
from quicksync.simulator.money import ZERO, dec, major
from quicksync.simulator.reports.frame import amount, cells, frame, period, row, section, summary

_AGES = ("Current", "1 - 30", "31 - 60", "61 - 90", "91 and over")
_WORDS = {"BillPayment": "Bill Payment", "CreditMemo": "Credit Memo", "SalesReceipt": "Sales Receipt",
          "RefundReceipt": "Refund", "VendorCredit": "Vendor Credit", "JournalEntry": "Journal Entry",
          "Purchase": "Expense", "CreditCardPaymentTxn": "Credit Card Payment"}  # fmt: skip
# Kind of name: the documents that leave something open, and the sign they count with.
_OPEN = {
    "Customer": {"Invoice": 1, "CreditMemo": -1, "Payment": -1},
    "Vendor": {"Bill": 1, "VendorCredit": -1},
}


def _open_documents(book: Book, kind: str) -> list[tuple[str, Doc, Decimal]]:
    found = []
    for name, sign in _OPEN[kind].items():
        for (body,) in book.store.all("SELECT body FROM entity WHERE type=? AND balance<>0 ORDER BY day, id", name):
            doc = loads_doc(body)
            rate = dec(doc.get("ExchangeRate") or 1)
            left = dec(doc.get("UnappliedAmt") if name == "Payment" else doc.get("Balance")) * rate * sign
            found.append((name, doc, left.quantize(Decimal("0.01"))))
    return found


def _party(doc: Doc) -> Doc:
    reference: Doc = doc.get("CustomerRef") or doc.get("VendorRef") or {"value": "", "name": ""}
    return reference


def balances(book: Book, name: str, query: dict[str, str]) -> Doc:
    """What every customer or vendor owes or is owed."""
    kind = "Customer" if name.startswith("Customer") else "Vendor"
    sign = 1 if kind == "Customer" else -1
    rows, total = list[Doc](), ZERO
    for id_, body, home in book.store.all(
        "SELECT e.id, e.name, t.home FROM total t JOIN entity e ON e.type=t.kind AND e.id=t.id "
        "WHERE t.kind=? AND t.home<>0 ORDER BY e.name",
        kind,
    ):
        value = major(home) * sign
        total += value
        rows.append(row((body, str(id_)), amount(value)))
    rows.append(summary("TOTAL", total, group="GrandTotal"))
    return frame(book, name, [("", kind), ("Total", "Money")], rows, period(book, query), query)


def _age(doc: Doc, day: date) -> int:
    due = parse_day(doc.get("DueDate") or doc.get("TxnDate") or "") or day
    late = (day - due).days
    return 0 if late <= 0 else min(4, (late - 1) // 30 + 1)


def aged(book: Book, name: str, query: dict[str, str]) -> Doc:
    """What is open per name, by how late it is."""
    kind = "Customer" if "Receivable" in name or "Customer" in name else "Vendor"
    day = parse_day(query.get("report_date", "")) or book.today()
    table: dict[tuple[str, str], list[Decimal]] = {}
    for _type, doc, left in _open_documents(book, kind):
        party = _party(doc)
        ages = table.setdefault((str(party.get("name")), str(party["value"])), [ZERO] * 5)
        ages[_age(doc, day)] += left
    rows = [
        row(key, *(amount(value) for value in ages), amount(sum(ages, ZERO))) for key, ages in sorted(table.items())
    ]
    sums = [sum((ages[i] for ages in table.values()), ZERO) for i in range(5)]
    rows.append(summary("TOTAL", *sums, sum(sums, ZERO), group="GrandTotal"))
    columns = [("", kind), *((age, "Money") for age in _AGES), ("Total", "Money")]
    return frame(book, name, columns, rows, period(book, query), query)


def aged_detail(book: Book, name: str, query: dict[str, str]) -> Doc:
    """Every open document, by how late it is."""
    kind = "Customer" if "Receivable" in name or "Customer" in name else "Vendor"
    day = parse_day(query.get("report_date", "")) or book.today()
    groups: dict[int, list[Doc]] = {}
    sums: dict[int, Decimal] = {}
    for type_, doc, left in _open_documents(book, kind):
        party, age = _party(doc), _age(doc, day)
        sums[age] = sums.get(age, ZERO) + left
        groups.setdefault(age, []).append(
            row(str(doc["TxnDate"]), (_WORDS.get(type_, type_), str(doc["Id"])), str(doc.get("DocNumber") or ""),
                (str(party.get("name")), str(party["value"])), str(doc.get("DueDate") or ""),
                amount(dec(doc["TotalAmt"])), amount(left)))  # fmt: skip
    rows = [section(_AGES[age], groups[age], cells(f"Total for {_AGES[age]}", "", "", "", "", "", f"{sums[age]:.2f}"))
            for age in sorted(groups)]  # fmt: skip
    columns = [("Date", "Date"), ("Transaction Type", "String"), ("Num", "String"), (kind, "String"),
               ("Due Date", "Date"), ("Amount", "Money"), ("Open Balance", "Money")]  # fmt: skip
    return frame(book, name, columns, rows, period(book, query), query)


def transactions(book: Book, name: str, query: dict[str, str]) -> Doc:
    """All transactions of a period, one line each."""
    span = period(book, query)
    rows = []
    for type_, body in book.store.all(
        "SELECT type, body FROM entity WHERE day>=? AND day<=? AND type NOT IN ('TimeActivity', 'ReimburseCharge', "
        "'ExchangeRate', 'Estimate', 'PurchaseOrder') ORDER BY day, id",
        *span.words,
    ):
        doc = loads_doc(body)
        party = _party(doc)
        rows.append(row(str(doc["TxnDate"]), (_WORDS.get(type_, type_), str(doc["Id"])),
                        str(doc.get("DocNumber") or ""),
                        "Yes", (str(party.get("name") or ""), str(party["value"])), str(doc.get("PrivateNote") or ""),
                        amount(dec(doc.get("TotalAmt") or doc.get("Amount")))))  # fmt: skip
    columns = [("Date", "Date"), ("Transaction Type", "String"), ("Num", "String"), ("Posting", "String"),
               ("Name", "String"), ("Memo/Description", "String"), ("Amount", "Money")]  # fmt: skip
    return frame(book, name, columns, rows, span, query)


def general_ledger(book: Book, name: str, query: dict[str, str]) -> Doc:
    """Every posting, account by account, with a running balance."""
    span = period(book, query)
    rows = []
    for id_, doc in book.rows("Account").items():
        opening = book.store.one("SELECT sum(home) FROM posting WHERE account=? AND day<?", id_, span.words[0]) or 0
        inner, running = list[Doc](), major(opening)
        for type_, txn, day, home, memo, number in book.store.all(
            "SELECT p.txn_type, p.txn_id, p.day, p.home, p.memo, e.number FROM posting p LEFT JOIN entity e "
            "ON e.type=p.txn_type AND e.id=p.txn_id WHERE p.account=? AND p.day>=? AND p.day<=? "
            "ORDER BY p.day, p.rowid",
            id_,
            *span.words,
        ):
            running += major(home)
            inner.append(row(day, (_WORDS.get(type_, type_), str(txn)), str(number or ""), str(memo or ""),
                             amount(major(home)), f"{running:.2f}"))  # fmt: skip
        if inner or opening:
            first = row("Beginning Balance", "", "", "", "", f"{major(opening):.2f}")
            title = str(doc["FullyQualifiedName"])
            moved = running - major(opening)
            rows.append(section(title, [first, *inner], cells(f"Total for {title}", "", "", "", f"{moved:.2f}", ""),
                                id_=id_))  # fmt: skip
    columns = [("Date", "Date"), ("Transaction Type", "String"), ("Num", "String"), ("Memo/Description", "String"),
               ("Amount", "Money"), ("Balance", "Money")]  # fmt: skip
    return frame(book, name, columns, rows, span, query)


def sales_by(book: Book, name: str, query: dict[str, str]) -> Doc:
    """Income by customer, item, class or location, or expenses by vendor."""
    span = period(book, query)
    key, table, signs = {
        "CustomerSales": ("name_id", "Customer", -1), "CustomerIncome": ("name_id", "Customer", -1),
        "ItemSales": ("item", "Item", -1), "ClassSales": ("class", "Class", -1),
        "DepartmentSales": ("department", "Department", -1), "VendorExpenses": ("name_id", "Vendor", 1),
    }[name]  # fmt: skip
    kinds = (
        ("Expense",)
        if name == "VendorExpenses"
        else ("Revenue", "Expense")
        if name == "CustomerIncome"
        else ("Revenue",)
    )
    accounts = {id_ for id_, doc in book.rows("Account").items() if doc["Classification"] in kinds}
    sums: dict[str, Decimal] = {}
    for type_, txn, account, home, value in book.store.all(
        "SELECT txn_type, txn_id, account, home, CASE ? WHEN 'item' THEN item WHEN 'class' THEN class "
        "WHEN 'department' THEN department END FROM posting WHERE day>=? AND day<=?",
        key,
        *span.words,
    ):
        if str(account) in accounts:
            owner = str(value or "") if key != "name_id" else _owner(book, type_, txn, table)
            sums[owner] = sums.get(owner, ZERO) + major(home) * signs
    rows = []
    for id_, total in sorted(sums.items()):
        title = book.store.one("SELECT name FROM entity WHERE type=? AND id=?", table, id_) if id_ else None
        rows.append(row((str(title or "Not Specified"), id_), amount(total)))
    rows.append(summary("TOTAL", sum(sums.values(), ZERO), group="GrandTotal"))
    return frame(book, name, [("", table), ("Total", "Money")], rows, span, query)


def _owner(book: Book, type_: str, txn: int, table: str) -> str:
    found = book.store.all("SELECT party FROM entity WHERE type=? AND id=?", type_, txn)
    sells = type_ in ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Payment", "Estimate")
    return str(found[0][0] or "") if found and sells == (table == "Customer") else ""


def inventory(book: Book, name: str, query: dict[str, str]) -> Doc:
    """Quantity and value of every stock item."""
    rows, total = list[Doc](), ZERO
    for id_, title, quantity, cost in book.store.all(
        "SELECT s.item, e.name, sum(s.qty), sum(s.cost) FROM stock s JOIN entity e ON e.type='Item' AND e.id=s.item "
        "GROUP BY s.item ORDER BY e.name"
    ):
        value = major(cost)
        total += value
        each = value / dec(quantity) if quantity else ZERO
        rows.append(row((title, str(id_)), f"{quantity:g}", amount(value), amount(each)))
    rows.append(
        {"Summary": {"ColData": cells("TOTAL", "", f"{total:.2f}", "")}, "type": "Section", "group": "GrandTotal"}
    )
    columns = [("", "Item"), ("Qty", "Numeric"), ("Asset Value", "Money"), ("Avg Cost", "Money")]
    return frame(book, name, columns, rows, period(book, query), query)


def tax_summary(book: Book, name: str, query: dict[str, str]) -> Doc:
    """Tax owed per rate."""
    span = period(book, query)
    taxed: dict[str, list[Decimal]] = {}
    for type_, body in book.store.all(
        "SELECT type, body FROM entity WHERE day>=? AND day<=? AND type IN ('Invoice', 'SalesReceipt', 'CreditMemo', "
        "'RefundReceipt')",
        *span.words,
    ):
        sign = 1 if type_ in ("Invoice", "SalesReceipt") else -1
        for line in (loads_doc(body).get("TxnTaxDetail") or {}).get("TaxLine", []):
            sums = taxed.setdefault(str(line["TaxLineDetail"]["TaxRateRef"]["value"]), [ZERO, ZERO])
            sums[0] += dec(line["TaxLineDetail"].get("NetAmountTaxable")) * sign
            sums[1] += dec(line["Amount"]) * sign
    rates = book.rows("TaxRate")
    rows = [
        row((str(rates[id_]["Name"]), id_), amount(net), amount(tax))
        for id_, (net, tax) in taxed.items()
        if id_ in rates
    ]
    return frame(book, name, [("", "TaxRate"), ("Net", "Money"), ("Tax", "Money")], rows, span, query)
