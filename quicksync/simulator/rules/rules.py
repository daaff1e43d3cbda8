"""One table: how each entity is completed before it is written, and what it links to."""

from __future__ import annotations

from collections.abc import Callable

from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.links import Link
from quicksync.simulator.rules import attachments, settings, timing
from quicksync.simulator.rules.documents import banking, payments, purchases, sales
from quicksync.simulator.rules.lists import accounts, lists, names
from quicksync.simulator.rules.work import Work

PREPARE: dict[str, Callable[[Work], None]] = {
    "Account": accounts.prepare_account,
    "Attachable": attachments.prepare_attachable,
    "Bill": purchases.prepare_bill,
    "BillPayment": payments.prepare_bill_payment,
    "Budget": settings.prepare_budget,
    "Class": lists.prepare_class,
    "CompanyCurrency": lists.prepare_currency,
    "CompanyInfo": settings.prepare_company_info,
    "CreditCardPaymentTxn": banking.prepare_card_payment,
    "CreditMemo": sales.prepare_sale,
    "Customer": names.prepare_customer,
    "CustomerType": lists.prepare_customer_type,
    "Department": lists.prepare_department,
    "Deposit": banking.prepare_deposit,
    "Employee": names.prepare_employee,
    "Estimate": sales.prepare_sale,
    "ExchangeRate": settings.prepare_rate,
    "InventoryAdjustment": timing.prepare_adjustment,
    "Invoice": sales.prepare_sale,
    "Item": lists.prepare_item,
    "JournalCode": lists.prepare_journal_code,
    "JournalEntry": banking.prepare_journal,
    "Payment": payments.prepare_payment,
    "PaymentMethod": lists.prepare_payment_method,
    "Preferences": settings.prepare_preferences,
    "Purchase": purchases.prepare_purchase,
    "PurchaseOrder": purchases.prepare_purchase_order,
    "RefundReceipt": sales.prepare_sale,
    "SalesReceipt": sales.prepare_sale,
    "TaxAgency": lists.prepare_agency,
    "TaxRate": lists.prepare_tax_rate,
    "Term": lists.prepare_term,
    "TimeActivity": timing.prepare_time,
    "Transfer": banking.prepare_transfer,
    "Vendor": names.prepare_vendor,
    "VendorCredit": purchases.prepare_bill,
}


def links_of(name: str, doc: Doc) -> list[Link]:
    """What a transaction points at."""
    if name in ("Payment", "BillPayment"):
        return payments.payment_links(doc)
    if name == "Deposit":
        return banking.deposit_links(doc)
    if name in ("Bill", "Invoice"):
        return purchases.document_links(doc)
    return []
