"""Whatever is posted, the books balance and every balance is the sum of its parts."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from quicksync.simulator.accounting.clock import Clock
from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.errors import ApiError
from quicksync.simulator.accounting.jsontext import loads
from quicksync.simulator.accounting.ledger import is_balanced, total
from quicksync.simulator.accounting.links import unapplied
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.accounting.store import Store
from quicksync.simulator.company.company import Company
from quicksync.simulator.planting.seeding import Spec, plant
from tests.simulator.wire import cost, sale, settles

AMOUNTS = st.integers(0, 50_000).map(lambda hundredths: hundredths / 100)
PICK = st.integers(0, 1000)


class Books(RuleBasedStateMachine):
    """A company that gets random documents; refused ones must leave it as it was."""

    @initialize(country=st.sampled_from(["US", "GB"]), foreign=st.booleans())
    def open(self, country, foreign):
        self.company = Company(Store(), Clock(), "1")
        plant(
            self.company,
            Spec(company="empty", country=country, preferences={"multicurrency": foreign}),
        )
        self.code = None if country == "US" else "1"
        self.docs = []
        money = {"CurrencyRef": {"value": "EUR"}} if foreign else {}
        self.customers = [
            self.write("Customer", DisplayName=f"C{n}", **(money if n else {})) for n in range(2)
        ]
        child = {"Job": True, "ParentRef": {"value": self.customers[0]["Id"]}}
        self.customers.append(self.write("Customer", DisplayName="Child", **child))
        self.vendors = [
            self.write("Vendor", DisplayName=f"V{n}", **(money if n else {})) for n in range(2)
        ]
        self.widget = self.write(
            "Item",
            Name="W",
            Type="Inventory",
            TrackQtyOnHand=True,
            QtyOnHand=5,
            InvStartDate="2020-01-01",
            PurchaseCost=3,
            IncomeAccountRef={"value": "79"},
            ExpenseAccountRef={"value": "80"},
            AssetAccountRef={"value": "81"},
        )

    def write(self, name, params=None, **values):
        before = self.picture()
        try:
            answer = loads(self.company.write(entities()[name], values, params or {}))[name]
        except ApiError:
            assert self.picture() == before
            return None
        if name not in ("Customer", "Vendor", "Item") and answer.get("status") != "Deleted":
            self.docs.append((name, answer["Id"]))
        return answer

    def picture(self):
        store = self.company.store
        return (
            store.all("SELECT * FROM posting ORDER BY rowid"),
            store.all("SELECT * FROM link ORDER BY rowid"),
            store.all("SELECT type, id, token, body FROM entity ORDER BY rowid"),
            store.all("SELECT * FROM stock"),
        )

    def any_of(self, pick, *names):
        found = [(name, id_) for name, id_ in self.docs if not names or name in names]
        return found[pick % len(found)] if found else (None, None)

    @rule(
        name=st.sampled_from(["Invoice", "CreditMemo", "SalesReceipt", "Estimate"]),
        pick=PICK,
        amount=AMOUNTS,
        qty=st.integers(0, 8),
        percent=st.integers(0, 100),
        rate=st.sampled_from([0.9, 1.2345]),
    )
    def sell(self, name, pick, amount, qty, percent, rate):
        lines = [sale(amount, code=self.code)]
        if qty:
            lines.append(sale(item=self.widget["Id"], qty=qty, price=amount, code=self.code))
        if percent % 3 == 0:
            detail = {"PercentBased": True, "DiscountPercent": percent}
            lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
        customer = self.customers[pick % 3]
        more = {"ExchangeRate": rate} if pick % 3 == 1 else {}
        self.write(
            name,
            CustomerRef={"value": customer["Id"]},
            Line=lines,
            TxnDate=f"2026-0{pick % 9 + 1}-01",
            **more,
        )

    @rule(
        name=st.sampled_from(["Bill", "VendorCredit"]),
        pick=PICK,
        amount=AMOUNTS,
        qty=st.integers(0, 5),
    )
    def buy(self, name, pick, amount, qty):
        lines = [cost("30", amount, self.code)]
        if qty:
            detail = {"ItemRef": {"value": self.widget["Id"]}, "Qty": qty, "UnitPrice": amount}
            if self.code:
                detail["TaxCodeRef"] = {"value": self.code}
            lines.append(
                {"DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
            )
        vendor = self.vendors[pick % 2]
        self.write(
            name, VendorRef={"value": vendor["Id"]}, Line=lines, TxnDate=f"2026-0{pick % 9 + 1}-02"
        )

    @rule(pick=PICK, total_=AMOUNTS, share=AMOUNTS, rate=st.sampled_from([0.8, 1.5]))
    def receive(self, pick, total_, share, rate):
        name, id_ = self.any_of(pick, "Invoice", "CreditMemo")
        lines = [settles({"Id": id_}, share, name)] if id_ else []
        more = {"ExchangeRate": rate} if pick % 2 else {}
        self.write(
            "Payment",
            CustomerRef={"value": self.customers[pick % 2]["Id"]},
            TotalAmt=total_,
            Line=lines,
            **more,
        )

    @rule(pick=PICK, share=AMOUNTS)
    def settle_bill(self, pick, share):
        name, id_ = self.any_of(pick, "Bill", "VendorCredit")
        if id_:
            self.write(
                "BillPayment",
                VendorRef={"value": self.vendors[pick % 2]["Id"]},
                TotalAmt=share,
                PayType="Check",
                CheckPayment={"BankAccountRef": {"value": "35"}},
                Line=[settles({"Id": id_}, share, name)],
            )

    @rule(pick=PICK)
    def bring_to_the_bank(self, pick):
        name, id_ = self.any_of(pick, "Payment", "SalesReceipt")
        if id_:
            line = {"Amount": 1, "LinkedTxn": [{"TxnId": id_, "TxnType": name, "TxnLineId": "0"}]}
            self.write("Deposit", DepositToAccountRef={"value": "35"}, Line=[line])

    @rule(pick=PICK, how=st.sampled_from(["delete", "void"]))
    def undo(self, pick, how):
        name, id_ = self.any_of(pick)
        row = self.company.store.row(name, id_) if id_ else None
        if row:
            self.write(name, {"operation": how}, Id=id_, SyncToken=str(row.token))

    @rule(pick=PICK, amount=AMOUNTS)
    def change(self, pick, amount):
        name, id_ = self.any_of(pick, "Invoice", "Bill")
        row = self.company.store.row(name, id_) if id_ else None
        if row:
            line = (
                sale(amount, code=self.code) if name == "Invoice" else cost("30", amount, self.code)
            )
            self.write(name, Id=id_, SyncToken=str(row.token), sparse=True, Line=[line])

    @invariant()
    def debits_equal_credits(self):
        assert is_balanced(self.company.book)
        assert (self.company.store.one("SELECT sum(home) FROM posting") or 0) == 0

    @invariant()
    def every_balance_is_its_parts(self):
        book = self.company.book
        for customer in self.customers:
            parts = sum(
                (
                    self.left(name, customer, sign)
                    for name, sign in (("Invoice", 1), ("CreditMemo", -1), ("Payment", -1))
                ),
                Decimal(0),
            )
            balance = dec(book.get("Customer", customer["Id"])["Balance"])
            assert balance == parts == total(book, "Customer", customer["Id"])[1]
        for vendor in self.vendors:
            owed = (
                self.left("Bill", vendor, 1)
                + self.left("VendorCredit", vendor, -1)
                - self.overpaid(vendor)
            )
            assert dec(book.get("Vendor", vendor["Id"])["Balance"]) == owed

    def left(self, name, party, sign):
        rows = self.company.store.all(
            "SELECT body FROM entity WHERE type=? AND party=?", name, party["Id"]
        )
        field = "UnappliedAmt" if name == "Payment" else "Balance"
        return sum((dec(loads(body).get(field)) for (body,) in rows), Decimal(0)) * sign

    def overpaid(self, vendor):
        rows = self.company.store.all(
            "SELECT body FROM entity WHERE type='BillPayment' AND party=?", vendor["Id"]
        )
        return sum((unapplied(loads(body)) for (body,) in rows), Decimal(0))

    @invariant()
    def accounts_and_stock_show_the_ledger(self):
        store = self.company.store
        for id_, account in self.company.book.rows("Account").items():
            if account["Classification"] in ("Asset", "Liability", "Equity"):
                assert dec(account["CurrentBalance"]) == total(self.company.book, "Account", id_)[1]
        value = store.one("SELECT sum(cost) FROM stock") or 0
        assert total(self.company.book, "Account", "81")[0] * 100 == value
        quantity = dec(store.one("SELECT sum(qty) FROM stock"))
        assert dec(self.company.book.get("Item", self.widget["Id"])["QtyOnHand"]) == quantity


Books.TestCase.settings = settings(max_examples=25, stateful_step_count=18, deadline=None)
TestBooks = Books.TestCase
