"""What each kind of document posts: one function per family, debits positive, credits negative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import ZERO, dec


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of an entry, in the document's currency."""

    account: str
    amount: Decimal
    name_type: str = ""
    name_id: str = ""
    item: str = ""
    class_: str = ""
    department: str = ""
    memo: str = ""
    control: bool = False
    home: Decimal | None = None  # set where the home value does not follow from the document's rate


def _value(holder: Doc, key: str) -> str:
    return str((holder.get(key) or {}).get("value") or "")


def tax_account(book: Book) -> str:
    """Where sales tax is owed."""
    return str(book.account("Other Current Liability", subtype="GlobalTaxPayable")["Id"])


def _sale_lines(book: Book, doc: Doc, sign: int) -> list[Posting]:
    entries = []
    for line in doc.get("Line", []):
        kind = line.get("DetailType")
        if kind == "GroupLineDetail":
            inner = {
                "Line": line["GroupLineDetail"].get("Line", []),
                "ClassRef": doc.get("ClassRef"),
            }
            entries += _sale_lines(book, inner, sign)
        elif kind == "SalesItemLineDetail":
            entries.append(_income(book, doc, line, sign))
        elif kind == "DiscountLineDetail" and dec(line.get("Amount")):
            account = _value(line["DiscountLineDetail"], "DiscountAccountRef")
            entries.append(Posting(account, dec(line["Amount"]) * sign, memo="Discount"))
    return entries


def _income(book: Book, doc: Doc, line: Doc, sign: int) -> Posting:
    detail = line["SalesItemLineDetail"]
    account = _value(detail, "ItemAccountRef")
    if not account:
        account = str(book.account("Income", subtype="SalesOfProductIncome")["Id"])
    return Posting(
        account,
        -dec(line.get("Amount")) * sign,
        item=_value(detail, "ItemRef"),
        class_=_value(detail, "ClassRef") or _value(doc, "ClassRef"),
        memo=str(line.get("Description") or ""),
    )


def _tax(book: Book, doc: Doc, sign: int) -> list[Posting]:
    total = dec((doc.get("TxnTaxDetail") or {}).get("TotalTax"))
    return [Posting(tax_account(book), -total * sign, memo="Tax")] if total else []


def receivable(book: Book, doc: Doc) -> str:
    """The A/R account of the document's currency."""
    chosen = _value(doc, "ARAccountRef")
    return chosen or str(
        book.account("Accounts Receivable", currency=doc["CurrencyRef"]["value"])["Id"]
    )


def payable(book: Book, doc: Doc) -> str:
    """The A/P account of the document's currency."""
    chosen = _value(doc, "APAccountRef")
    return chosen or str(
        book.account("Accounts Payable", currency=doc["CurrencyRef"]["value"])["Id"]
    )


def _sale(sign: int, *, credit: bool) -> Callable[[Book, Doc], list[Posting]]:
    """A sales form: against A/R (on credit) or against the account the money goes to."""

    def entries(book: Book, doc: Doc) -> list[Posting]:
        customer = _value(doc, "CustomerRef")
        rest = dec(doc.get("TotalAmt"))
        found = []
        if credit and dec(doc.get("Deposit")):
            deposit = dec(doc["Deposit"])
            found.append(Posting(_value(doc, "DepositToAccountRef"), deposit * sign))
            rest -= deposit
        account = receivable(book, doc) if credit else _value(doc, "DepositToAccountRef")
        found.append(
            Posting(account, rest * sign, "Customer" if customer else "", customer, control=credit)
        )
        return found + _sale_lines(book, doc, sign) + _tax(book, doc, sign)

    return entries


def _payment(book: Book, doc: Doc) -> list[Posting]:
    total, customer = dec(doc.get("TotalAmt")), _value(doc, "CustomerRef")
    account = receivable(book, doc)
    shares: dict[str, Decimal] = {}
    for line in doc.get("Line", []):
        link = line["LinkedTxn"][0]
        owner = (
            _value(book.get(str(link["TxnType"]), link["TxnId"]) or {}, "CustomerRef") or customer
        )
        amount = dec(line["Amount"]) if link["TxnType"] != "CreditMemo" else -dec(line["Amount"])
        if owner != customer:
            shares[owner] = shares.get(owner, ZERO) + amount
    own = total - sum(shares.values(), ZERO)
    entries = [
        Posting(_value(doc, "DepositToAccountRef"), total),
        Posting(account, -own, "Customer", customer, control=True),
    ]
    entries += [
        Posting(account, -amount, "Customer", owner, control=True)
        for owner, amount in shares.items()
    ]
    return entries


def _expense_lines(doc: Doc, book: Book, sign: int) -> list[Posting]:
    entries = []
    for line in doc.get("Line", []):
        kind = line.get("DetailType")
        if kind == "AccountBasedExpenseLineDetail":
            detail = line[kind]
            entries.append(_cost(_value(detail, "AccountRef"), line, detail, doc, sign))
        elif kind == "ItemBasedExpenseLineDetail":
            detail = line[kind]
            item = book.get("Item", _value(detail, "ItemRef")) or {}
            key = "AssetAccountRef" if item.get("Type") == "Inventory" else "ExpenseAccountRef"
            account = (
                _value(item, key)
                or _value(item, "IncomeAccountRef")
                or str(book.account("Expense")["Id"])
            )
            entries.append(_cost(account, line, detail, doc, sign))
    return entries


def _cost(account: str, line: Doc, detail: Doc, doc: Doc, sign: int) -> Posting:
    customer = _value(detail, "CustomerRef")
    return Posting(
        account,
        dec(line.get("Amount")) * sign,
        "Customer" if customer else "",
        customer,
        item=_value(detail, "ItemRef"),
        class_=_value(detail, "ClassRef") or _value(doc, "ClassRef"),
        memo=str(line.get("Description") or ""),
    )


def _bill(sign: int) -> Callable[[Book, Doc], list[Posting]]:
    def entries(book: Book, doc: Doc) -> list[Posting]:
        owed = Posting(
            payable(book, doc),
            -dec(doc.get("TotalAmt")) * sign,
            "Vendor",
            _value(doc, "VendorRef"),
            control=True,
        )
        return [owed, *_expense_lines(doc, book, sign), *_tax(book, doc, -sign)]

    return entries


def _purchase(book: Book, doc: Doc) -> list[Posting]:
    sign = -1 if doc.get("Credit") else 1
    entity = doc.get("EntityRef") or {}
    paid = Posting(
        _value(doc, "AccountRef"),
        -dec(doc.get("TotalAmt")) * sign,
        str(entity.get("type") or ""),
        str(entity.get("value") or ""),
    )
    return [paid, *_expense_lines(doc, book, sign), *_tax(book, doc, -sign)]


def _bill_payment(book: Book, doc: Doc) -> list[Posting]:
    total = dec(doc.get("TotalAmt"))
    block = (
        doc.get("CheckPayment") if doc.get("PayType") == "Check" else doc.get("CreditCardPayment")
    )
    account = _value(block or {}, "BankAccountRef") or _value(block or {}, "CCAccountRef")
    return [
        Posting(account, -total),
        Posting(payable(book, doc), total, "Vendor", _value(doc, "VendorRef"), control=True),
    ]


def _deposit(book: Book, doc: Doc) -> list[Posting]:
    entries = [Posting(_value(doc, "DepositToAccountRef"), dec(doc.get("TotalAmt")))]
    undeposited = str(book.account("Other Current Asset", subtype="UndepositedFunds")["Id"])
    for line in doc.get("Line", []):
        detail = line.get("DepositLineDetail") or {}
        account = undeposited if line.get("LinkedTxn") else _value(detail, "AccountRef")
        entity = detail.get("Entity") or {}
        kind = str(entity.get("type") or "").title()
        control = book.need("Account", account)["AccountType"] in (
            "Accounts Receivable",
            "Accounts Payable",
        )
        entries.append(
            Posting(
                account,
                -dec(line.get("Amount")),
                kind,
                str(entity.get("value") or ""),
                control=control,
                class_=_value(detail, "ClassRef"),
                memo=str(line.get("Description") or ""),
            )
        )
    cash = doc.get("CashBack") or {}
    if dec(cash.get("Amount")):
        entries.append(
            Posting(
                _value(cash, "AccountRef"), dec(cash["Amount"]), memo=str(cash.get("Memo") or "")
            )
        )
    return entries


def _transfer(book: Book, doc: Doc) -> list[Posting]:
    amount = dec(doc.get("Amount"))
    return [
        Posting(_value(doc, "FromAccountRef"), -amount),
        Posting(_value(doc, "ToAccountRef"), amount),
    ]


def _card_payment(book: Book, doc: Doc) -> list[Posting]:
    amount = dec(doc.get("Amount"))
    return [
        Posting(_value(doc, "BankAccountRef"), -amount),
        Posting(_value(doc, "CreditCardAccountRef"), amount),
    ]


def _journal(book: Book, doc: Doc) -> list[Posting]:
    entries = []
    for line in doc.get("Line", []):
        detail = line.get("JournalEntryLineDetail")
        if not detail:
            continue
        sign = 1 if detail["PostingType"] == "Debit" else -1
        entity = detail.get("Entity") or {}
        account = book.need("Account", _value(detail, "AccountRef"))
        control = account["AccountType"] in ("Accounts Receivable", "Accounts Payable")
        entries.append(
            Posting(
                str(account["Id"]),
                dec(line.get("Amount")) * sign,
                str(entity.get("Type") or ""),
                _value(entity, "EntityRef"),
                class_=_value(detail, "ClassRef"),
                department=_value(detail, "DepartmentRef"),
                control=control,
                memo=str(line.get("Description") or ""),
            )
        )
    return entries


def _nothing(book: Book, doc: Doc) -> list[Posting]:
    return []


POSTS: dict[str, Callable[[Book, Doc], list[Posting]]] = {
    "Invoice": _sale(1, credit=True),
    "CreditMemo": _sale(-1, credit=True),
    "SalesReceipt": _sale(1, credit=False),
    "RefundReceipt": _sale(-1, credit=False),
    "Payment": _payment,
    "Bill": _bill(1),
    "VendorCredit": _bill(-1),
    "Purchase": _purchase,
    "BillPayment": _bill_payment,
    "Deposit": _deposit,
    "Transfer": _transfer,
    "CreditCardPaymentTxn": _card_payment,
    "JournalEntry": _journal,
    "Estimate": _nothing,
    "PurchaseOrder": _nothing,
    "TimeActivity": _nothing,
    "ReimburseCharge": _nothing,
    "InventoryAdjustment": _nothing,
}
