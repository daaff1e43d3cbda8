"""The options of a company: what people decide about one connection, whatever the kind of record.

When a connection runs (by itself or not, live, how often, paused) is a column of `Connection`: the
schedule finds by it which companies are due. What is booked where is policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from quicksync.options.row import Option, Options

ACCOUNTS = ("quicksync.sync.company.known:chosen_defaults",)
FACTS = ("quicksync.sync.company.known:facts_of",)


class CompanyOptions(Options, frozen=True, kw_only=True):
    """One field, one option, in the order of the form. Most are the id of an entry of a QuickBooks
    list, or map entries to ids; "" means that quicksync chooses one that fits, where there is one.
    """

    income_account: Annotated[
        str,
        Option(
            "Income account",
            "Products without an income account of their own are created in QuickBooks with "
            "this one, so their sales are booked to it.",
            readers=ACCOUNTS,
            entries="account",
            role="income",
        ),
    ] = ""
    expense_account: Annotated[
        str,
        Option(
            "Expense account",
            "Products that you buy and that have no expense account are created with this one, "
            "so their purchases are booked to it.",
            readers=ACCOUNTS,
            entries="account",
            role="expense",
        ),
    ] = ""
    cost_account: Annotated[
        str,
        Option(
            "Cost account",
            "Stock products are created with this one: the cost of the stock is booked to it "
            "once it is sold.",
            readers=ACCOUNTS,
            entries="account",
            role="cost",
        ),
    ] = ""
    stock_account: Annotated[
        str,
        Option(
            "Stock account",
            "Stock products are created with this one: it holds the value of the stock.",
            readers=ACCOUNTS,
            entries="account",
            role="stock",
        ),
    ] = ""
    deposit_account: Annotated[
        str,
        Option(
            "Deposit to",
            "Payments and sales receipts without an account go to this one: a bank account, or"
            " Undeposited Funds.",
            readers=ACCOUNTS,
            entries="account",
            role="deposit",
        ),
    ] = ""
    method_accounts: Annotated[
        Mapping[str, str],
        Option(
            "Deposit to, by payment method",
            "Money that is received this way goes to the account beside it. Ways without one, and"
            " money of which nobody says how it was paid, go to “Deposit to”.",
            readers=FACTS,
            entries="account",
            role="deposit",
            each="payment_method",
        ),
    ] = {}
    refund_account: Annotated[
        str,
        Option(
            "Refund from",
            "Refunds without an account are paid from this one: a bank account, or Undeposited"
            " Funds.",
            readers=ACCOUNTS,
            entries="account",
            role="payout",
        ),
    ] = ""
    discount_account: Annotated[
        str,
        Option(
            "Discount account",
            "Discounts on invoices are booked to this account.",
            readers=ACCOUNTS,
            entries="account",
            role="discount",
        ),
    ] = ""
    line_product: Annotated[
        str,
        Option(
            "Product for other lines",
            "Lines without a product are sent with this one; they keep their own description "
            "and amount.",
            readers=ACCOUNTS,
            entries="item",
            role="item",
        ),
    ] = ""
    all_on_one_product: Annotated[
        bool,
        Option(
            "All lines on one product",
            "Whatever product a line of a sale has here, it is sent with the “Product for other"
            " lines”, its own text and its amount; without a text, it says what its product is"
            " called. No products are created in QuickBooks for documents. Lines that come from"
            " there have no product here; those that have one keep it. Choose this before documents"
            " are synced: lines that are in QuickBooks already keep their product there.",
            readers=("quicksync.sync.pairs.one_product:_concerns",),
        ),
    ] = False
