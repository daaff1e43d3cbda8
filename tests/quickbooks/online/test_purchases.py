"""Bills as QuickBooks Online JSON: lines of two sorts, taxes of purchases, classes and locations
where the company has them (E4, E6, H7, H5).
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import msgspec
import pytest

from quicksync.exceptions import BadValue
from quicksync.quickbooks.messages import Facts, Remote, WriteItem
from quicksync.quickbooks.online.company_facts import facts as facts_from
from quicksync.quickbooks.online.edition import OnlineEdition
from quicksync.records import Address, Bill, CreditNote, PurchaseLine, Ref, SalesLine, Vendor
from tests.quickbooks.online.make import golden, item

EDITION = OnlineEdition()
US = Facts(defaults={"expense": "31", "item": "1"})
GB = Facts(
    country="GB",
    home_currency="GBP",
    tax_kind="global",
    defaults={"expense": "31"},
    tax_codes={"6": "20"},
    tax_rates={"6": (("17", "20"),)},
    purchase_codes={"6": "20"},
    purchase_rates={"6": (("18", "20"),)},
)
GROUPED = frozenset({"classes-per-document", "classes-per-line", "locations"})
VENDOR = Ref("vendor", "9")


def line(**values):
    return PurchaseLine(**{"account": Ref("account", "60"), "amount": Decimal(10)} | values)


def bill(*lines, **values):
    return Bill(**{"number": "1", "vendor": VENDOR, "lines": lines or (line(),)} | values)


def written(record, facts, *, there=None, fields=frozenset()):
    remote = None
    if there is not None:
        remote = Remote(type="Bill", id="5", kind="bill", token="1", payload=json.dumps(there))
    action = "create" if remote is None else "update"
    item = WriteItem(
        key="op1", action=action, kind=record.kind, record=record, fields=fields, remote=remote
    )
    whole = json.loads(EDITION.body(item, facts), parse_float=Decimal)
    (name,) = EDITION.remote_types(record.kind)
    return whole, whole[name]


def test_a_new_vendor_carries_what_is_filled_and_nothing_else_c17():
    record = Vendor(
        name="Paper Mill",
        company="Paper Mill Ltd",
        email="info@mill.test",
        billing=Address("1 Mill Lane", "Leeds", "", "LS1 4AP", "England"),
        term=Ref("term", "3"),
        account_number="4711",
        tax_id="12-3456789",
        is_1099=True,
        balance=Decimal(5),
    )
    golden("vendor-create", EDITION.body(item(record), US))


def test_a_new_bill_says_products_and_accounts_h7():
    record = bill(
        PurchaseLine(
            id="a",
            item=Ref("item", "5"),
            description="Paper",
            quantity=Decimal(2),
            unit_price=Decimal("12.50"),
            amount=Decimal("25.00"),
            class_=Ref("class", "4"),
            customer=Ref("customer", "7"),
            billable=True,
        ),
        PurchaseLine(
            id="b", account=Ref("account", "60"), description="Rent", amount=Decimal("17.50")
        ),
        number="B-1",
        issued_on=dt.date(2026, 3, 14),
        due_on=dt.date(2026, 4, 13),
        term=Ref("term", "3"),
        account=Ref("account", "33"),
        location=Ref("location", "3"),
        private_note="call",
        total=Decimal("42.50"),
    )
    golden("bill-create", EDITION.body(item(record), msgspec.structs.replace(US, features=GROUPED)))


def test_a_new_credit_note_is_said_as_an_invoice_is_f12():
    record = CreditNote(
        number="C-1",
        customer=Ref("customer", "7"),
        issued_on=dt.date(2026, 3, 14),
        location=Ref("location", "3"),
        class_=Ref("class", "4"),
        lines=(
            SalesLine(
                id="a",
                item=Ref("item", "5"),
                description="Roses",
                quantity=Decimal(2),
                unit_price=Decimal(20),
                amount=Decimal("40.00"),
            ),
        ),
        discount_percent=Decimal(10),
        email="a@b.c",
        memo="Sorry",
        private_note="call",
        total=Decimal(36),
    )
    facts = msgspec.structs.replace(US, features=GROUPED)
    golden("credit-note-create", EDITION.body(item(record), facts))


def test_a_number_that_another_vendor_uses_is_not_refused_there_f16():
    whole, tree = written(bill(), US)
    assert whole["optionsData"] == "allowduplicatedocnum"
    assert tree["VendorRef"] == {"value": "9"}


def test_every_change_says_whose_the_bill_is():
    there = {"Id": "5", "SyncToken": "1", "VendorRef": {"value": "9"}, "Line": []}
    _, tree = written(bill(private_note="x"), US, there=there, fields=frozenset({"private_note"}))
    assert tree["VendorRef"] == {"value": "9"}
    assert "Line" not in tree


@pytest.mark.parametrize(("features", "said"), [(GROUPED, True), (frozenset(), False)])
def test_classes_and_locations_are_said_where_the_company_has_them_e4_e6(features, said):
    facts = msgspec.structs.replace(US, features=features)
    place, group = Ref("location", "3"), Ref("class", "4")
    _, tree = written(bill(line(class_=group), location=place), facts)
    assert ("DepartmentRef" in tree) is said
    assert ("ClassRef" in tree["Line"][0]["AccountBasedExpenseLineDetail"]) is said
    note = CreditNote(
        customer=Ref("customer", "7"),
        class_=group,
        location=place,
        lines=(SalesLine(item=Ref("item", "1"), amount=Decimal(5), class_=group),),
    )
    _, tree = written(note, facts)
    assert ("ClassRef" in tree, "DepartmentRef" in tree) == (said, said)
    assert ("ClassRef" in tree["Line"][0]["SalesItemLineDetail"]) is said


def test_purchases_have_rates_of_their_own():
    _, tree = written(bill(line(tax_code=Ref("tax_code", "6")), tax=Decimal("2.00")), GB)
    assert tree["GlobalTaxCalculation"] == "TaxExcluded"
    (part,) = tree["TxnTaxDetail"]["TaxLine"]
    assert part["TaxLineDetail"]["TaxRateRef"] == {"value": "18"}


def test_in_the_united_states_a_bill_says_nothing_of_tax():
    _, tree = written(bill(line(tax_code=Ref("tax_code", "TAX")), tax=Decimal(1)), US)
    assert "TxnTaxDetail" not in tree
    assert "TaxCodeRef" not in tree["Line"][0]["AccountBasedExpenseLineDetail"]


def test_what_was_charged_to_a_customer_stays_charged():
    word = "AccountBasedExpenseLineDetail"
    old = {
        "Id": "1",
        "Amount": 10,
        "DetailType": word,
        word: {"AccountRef": {"value": "60"}, "BillableStatus": "HasBeenBilled"},
    }
    there = {"Id": "5", "SyncToken": "1", "VendorRef": {"value": "9"}, "Line": [old]}
    mine = line(customer=Ref("customer", "7"), billable=True)
    _, tree = written(bill(mine), US, there=there, fields=frozenset({"lines"}))
    assert tree["Line"][0][word]["BillableStatus"] == "HasBeenBilled"


def test_a_line_without_product_and_account_needs_the_default_d11():
    with pytest.raises(BadValue, match="default expense account"):
        written(bill(PurchaseLine(amount=Decimal(1), description="x")), Facts())


def test_the_rates_of_purchases_are_read_from_the_tax_codes():
    detail = {"TaxRateDetail": [{"TaxRateRef": {"value": "18"}}]}
    found = facts_from(
        {
            "TaxCode": [{"Id": "6", "PurchaseTaxRateList": detail}],
            "TaxRate": [{"Id": "18", "RateValue": 20}],
        }
    )
    assert found["purchase_rates"] == {"6": (("18", "20"),)}
    assert found["tax_codes"] == {"6": ""}
