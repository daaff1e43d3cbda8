"""What the tests of recorded answers make: a company whose clock they may move, deposits, one
document of each kind.
"""

from __future__ import annotations

from tests.simulator.wire import cost, sale, settles, side

DISCOUNT = {
    "DetailType": "DiscountLineDetail",
    "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10},
}
ESTIMATE = "Estimate"


def income(books, amount):
    """A line of a deposit that earns so much by services."""
    detail = {"AccountRef": books.account("Services")}
    return {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}


def deposited(books, *documents):
    """A deposit of payments and sales, given as pairs of kind and document."""
    lines = [
        {
            "LinkedTxn": [{"TxnId": doc["Id"], "TxnType": kind, "TxnLineId": "0"}],
            "Amount": doc["TotalAmt"],
        }
        for kind, doc in documents
    ]
    return books.create("Deposit", DepositToAccountRef=books.account("Checking"), Line=lines)


def stamp(doc):
    """The token and the moment of an object's last change."""
    return doc["SyncToken"], doc["MetaData"]["LastUpdatedTime"]


def one_of_each(books):
    """One document of every kind, each read again: name -> document."""
    customer, vendor = books.customer(ShipAddr={"Line1": "1 Road"}), books.vendor()
    checking, office = books.account("Checking"), books.account("Office Supplies")
    who, whom = {"CustomerRef": {"value": customer["Id"]}}, {"VendorRef": {"value": vendor["Id"]}}
    invoice, bill = books.invoice(customer, Line=[sale(100), DISCOUNT]), books.bill(vendor)
    line, check = (
        [cost(office["value"], 5)],
        {"PayType": "Check", "CheckPayment": {"BankAccountRef": checking}},
    )
    found = {
        "Invoice": invoice,
        "Bill": bill,
        "Estimate": books.create(ESTIMATE, Line=[sale(10)], **who),
        "CreditMemo": books.create("CreditMemo", Line=[sale(10)], **who),
        "SalesReceipt": books.create("SalesReceipt", Line=[sale(10)], **who),
        "RefundReceipt": books.create(
            "RefundReceipt", Line=[sale(10)], DepositToAccountRef=checking, **who
        ),
        "Payment": books.pay(customer, 20, (invoice, 20)),
        "BillPayment": books.create(
            "BillPayment", TotalAmt=20, Line=[settles(bill, 20, "Bill")], **check, **whom
        ),
        "VendorCredit": books.create("VendorCredit", Line=line, **whom),
        "Purchase": books.create("Purchase", PaymentType="Cash", AccountRef=checking, Line=line),
        "PurchaseOrder": books.create("PurchaseOrder", Line=line, **whom),
        "JournalEntry": books.create(
            "JournalEntry", Line=[side("Debit", office, 5), side("Credit", checking, 5)]
        ),
        "Deposit": books.create("Deposit", DepositToAccountRef=checking, Line=[income(books, 5)]),
        "Transfer": books.create(
            "Transfer", Amount=5, FromAccountRef=checking, ToAccountRef={"value": "4"}
        ),
    }
    return {name: books.read(name, doc["Id"]) for name, doc in found.items()}
