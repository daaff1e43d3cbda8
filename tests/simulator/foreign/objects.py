"""What python-quickbooks is told to make: one object of every class that it can write."""

from __future__ import annotations

import itertools

from quickbooks.objects import (
    Account,
    Attachable,
    Bill,
    BillPayment,
    Class,
    CreditMemo,
    Customer,
    Department,
    Deposit,
    Employee,
    Estimate,
    Invoice,
    Item,
    JournalEntry,
    Payment,
    PaymentMethod,
    Purchase,
    PurchaseOrder,
    RefundReceipt,
    SalesReceipt,
    TaxAgency,
    Term,
    TimeActivity,
    Transfer,
    Vendor,
    VendorCredit,
)
from quickbooks.objects.companycurrency import CompanyCurrency
from quickbooks.objects.creditcardpayment_entity import CreditCardPayment

CODES = ["JPY", "CHF", "SEK", "NOK"]
CHECKING, SAVINGS, MASTERCARD, RENT, DESIGN = (
    {"value": id_} for id_ in ("35", "36", "41", "17", "82")
)
CUSTOMER, VENDOR, ITEM = {"value": "1"}, {"value": "30"}, {"value": "1"}
SALE = {
    "Amount": 40,
    "DetailType": "SalesItemLineDetail",
    "SalesItemLineDetail": {"ItemRef": ITEM, "Qty": 2, "UnitPrice": 20},
}
COST = {
    "Amount": 30,
    "DetailType": "AccountBasedExpenseLineDetail",
    "AccountBasedExpenseLineDetail": {"AccountRef": RENT},
}
STOCK = {
    "Amount": 30,
    "DetailType": "ItemBasedExpenseLineDetail",
    "ItemBasedExpenseLineDetail": {"ItemRef": ITEM, "Qty": 1, "UnitPrice": 30},
}


def _side(kind, account):
    detail = {"PostingType": kind, "AccountRef": account}
    return {
        "Amount": 12.5,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": detail,
    }


# class: (what it is made of, the field that is changed afterwards)
WRITABLE = {
    Account: (
        {"Name": "Petty cash", "AccountType": "Bank", "AccountSubType": "CashOnHand"},
        "Name",
    ),
    Attachable: ({"Note": "Call before delivery"}, "Note"),
    Bill: ({"VendorRef": VENDOR, "Line": [COST]}, "PrivateNote"),
    BillPayment: (
        {
            "VendorRef": VENDOR,
            "TotalAmt": 30,
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": CHECKING},
        },
        "PrivateNote",
    ),
    Class: ({"Name": "North"}, "Name"),
    CompanyCurrency: ({"Code": ""}, ""),
    CreditCardPayment: (
        {"BankAccountRef": CHECKING, "CreditCardAccountRef": MASTERCARD, "Amount": 15},
        "PrivateNote",
    ),
    CreditMemo: ({"CustomerRef": CUSTOMER, "Line": [SALE]}, "PrivateNote"),
    Customer: ({"DisplayName": "Corner shop"}, "DisplayName"),
    Department: ({"Name": "Harbour"}, "Name"),
    Deposit: (
        {
            "DepositToAccountRef": CHECKING,
            "Line": [
                {
                    "Amount": 9,
                    "DetailType": "DepositLineDetail",
                    "DepositLineDetail": {"AccountRef": DESIGN},
                }
            ],
        },
        "PrivateNote",
    ),
    Employee: ({"GivenName": "Ada", "FamilyName": "North"}, "FamilyName"),
    Estimate: ({"CustomerRef": CUSTOMER, "Line": [SALE]}, "PrivateNote"),
    Invoice: ({"CustomerRef": CUSTOMER, "Line": [SALE]}, "PrivateNote"),
    Item: ({"Name": "Advice", "Type": "Service", "IncomeAccountRef": DESIGN}, "Name"),
    JournalEntry: ({"Line": [_side("Debit", RENT), _side("Credit", CHECKING)]}, "PrivateNote"),
    Payment: ({"CustomerRef": CUSTOMER, "TotalAmt": 5}, "PrivateNote"),
    PaymentMethod: ({"Name": "Voucher", "Type": "NON_CREDIT_CARD"}, "Name"),
    Purchase: ({"PaymentType": "Cash", "AccountRef": CHECKING, "Line": [COST]}, "PrivateNote"),
    PurchaseOrder: ({"VendorRef": VENDOR, "Line": [STOCK]}, "PrivateNote"),
    RefundReceipt: (
        {
            "CustomerRef": CUSTOMER,
            "DepositToAccountRef": CHECKING,
            "PaymentType": "Cash",
            "Line": [SALE],
        },
        "PrivateNote",
    ),
    SalesReceipt: ({"CustomerRef": CUSTOMER, "Line": [SALE]}, "PrivateNote"),
    TaxAgency: ({"DisplayName": "Harbour board"}, ""),
    Term: ({"Name": "Net 45", "DueDays": 45}, "Name"),
    TimeActivity: (
        {
            "NameOf": "Vendor",
            "VendorRef": VENDOR,
            "Hours": 1,
            "Minutes": 30,
            "TxnDate": "2026-01-15",
        },
        "Description",
    ),
    Transfer: ({"FromAccountRef": CHECKING, "ToAccountRef": SAVINGS, "Amount": 11}, "PrivateNote"),
    Vendor: ({"DisplayName": "Stone yard"}, "DisplayName"),
    VendorCredit: ({"VendorRef": VENDOR, "Line": [COST]}, "PrivateNote"),
}


_UNIQUE = ("Name", "DisplayName", "FamilyName")
_numbers = itertools.count(1)


def draft(cls, client):
    """A new object of a class, not yet saved; a payment of a bill brings its bill."""
    values = dict(WRITABLE[cls][0])
    for key in _UNIQUE:
        if key in values:
            values[key] += f" {next(_numbers)}"
    if cls is BillPayment:
        link = draft(Bill, client).save(qb=client).to_linked_txn()
        values["Line"] = [{"Amount": 30, "LinkedTxn": [link.to_dict()]}]
    if cls is CompanyCurrency:
        values["Code"] = CODES.pop()
    return cls.from_json(values)
