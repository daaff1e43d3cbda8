"""Records become operations in a batch."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import msgspec
import pytest

from quicksync.exceptions import BadValue
from quicksync.quickbooks.messages import Facts
from quicksync.quickbooks.online.batch import item_id
from quicksync.quickbooks.online.documents import lines
from quicksync.records import (
    Account,
    Address,
    Allocation,
    Class,
    Customer,
    Item,
    ItemCategory,
    Location,
    PaymentMethod,
    Ref,
    TaxCode,
    Term,
)
from tests.quickbooks.online.make import (
    EDITION,
    GB,
    US,
    body,
    golden,
    invoice,
    item,
    line,
    payment,
    remote,
)


def test_a_new_customer_carries_what_is_filled_and_nothing_else():
    record = Customer(
        name="  Müller: Söhne\t& Co ",
        email="info@example.org",
        phone="030 123",
        parent=Ref("customer", "4"),
        billing=Address("Hof 3\nBlock B", "Köln", "NW", "50667", "Germany"),
        term=Ref("term", "3"),
        balance=Decimal(5),
        currency="EUR",
    )
    golden("customer-create", EDITION.body(item(record), US))


def test_a_currency_travels_only_to_companies_that_have_several_c16():
    record = Customer(name="Ann", currency="EUR")
    assert "CurrencyRef" not in body(record)["Customer"]
    assert body(record, Facts(multicurrency=True))["Customer"]["CurrencyRef"] == {"value": "EUR"}


def test_an_update_is_sparse_and_clears_what_was_emptied():
    there = remote(
        "Customer", {"Id": "58", "SyncToken": "0", "Notes": "x", "ParentRef": {"value": "4"}}
    )
    record = Customer(name="Ann", email="new@example.org")
    found = body(
        record, action="update", remote=there, fields={"email", "notes", "parent", "billing"}
    )
    assert found["Customer"] == {
        "Id": "58",
        "SyncToken": "0",
        "sparse": True,
        "PrimaryEmailAddr": {"Address": "new@example.org"},
        "Notes": "",
        "ParentRef": {"value": ""},
        "Job": False,
        "BillAddr": {"Line1": ""},
    }


def test_long_streets_fit_into_five_lines():
    record = Customer(name="Ann", billing=Address("1\n2\n\n3\n4\n5\n6"))
    assert body(record)["Customer"]["BillAddr"]["Line5"] == "5, 6"


def test_a_new_product_gets_the_connections_accounts_d10():
    found = body(Item(name="Rose", unit_price=Decimal("1.2345")))["Item"]
    assert found == {
        "Name": "Rose",
        "Type": "Service",
        "UnitPrice": Decimal("1.2345"),
        "Taxable": True,
        "Active": True,
        "IncomeAccountRef": {"value": "79"},
    }


def test_a_bought_product_gets_an_expense_account_too_d11():
    found = body(Item(name="Rose", type="non_inventory", purchase_cost=Decimal(1)))["Item"]
    assert (found["Type"], found["ExpenseAccountRef"]) == ("NonInventory", {"value": "80"})
    own = body(Item(name="Rose", income_account=Ref("account", "7")))["Item"]
    assert own["IncomeAccountRef"] == {"value": "7"}


def test_a_stocked_product_starts_before_any_document():
    found = body(Item(name="Pot", type="inventory"))["Item"]
    assert (found["TrackQtyOnHand"], found["QtyOnHand"], found["InvStartDate"]) == (
        True,
        0,
        "2000-01-01",
    )
    assert (found["ExpenseAccountRef"], found["AssetAccountRef"]) == (
        {"value": "81"},
        {"value": "82"},
    )


def test_an_updated_product_keeps_its_accounts():
    there = remote("Item", {"Id": "5", "SyncToken": "2"})
    found = body(
        Item(name="Rose", unit_price=Decimal(3)),
        action="update",
        remote=there,
        fields={"unit_price"},
    )
    assert found["Item"] == {"Id": "5", "SyncToken": "2", "sparse": True, "UnitPrice": 3}


CATEGORIES = msgspec.structs.replace(US, features=frozenset({"item-categories"}))


def test_a_category_in_another_one_is_written_whole_d9():
    record = ItemCategory(name="Novels", parent=Ref("item", "7"))
    golden("item-category-create", EDITION.body(item(record), CATEGORIES))


def test_a_category_leaves_the_one_above_it_and_nothing_says_what_it_is_again_d9():
    there = remote("Item", {"Id": "5", "SyncToken": "2", "Type": "Category"})
    changed = {"action": "update", "remote": there, "fields": {"parent", "name"}}
    found = body(ItemCategory(name="Maps", active=False), CATEGORIES, **changed)["Item"]
    assert found == {
        "Id": "5",
        "SyncToken": "2",
        "sparse": True,
        "Name": "Maps",
        "ParentRef": {"value": ""},
        "SubItem": False,
    }


def test_a_product_names_its_category_where_the_company_has_them_d9():
    rose = Item(name="Rose", category=Ref("item", "7"))
    found = body(rose, CATEGORIES)["Item"]
    assert (found["SubItem"], found["ParentRef"]) == (True, {"value": "7"})
    assert not {"SubItem", "ParentRef"} & body(rose)["Item"].keys()


def account_of(name):
    return Account(name=name, type="Income", parent=Ref("account", "3"))


def test_lists():
    assert body(Term(name="Net 30", due_days=30))["Term"] == {
        "Name": "Net 30",
        "DueDays": 30,
        "Active": True,
    }
    assert body(PaymentMethod(name="Visa", is_card=True))["PaymentMethod"]["Type"] == "CREDIT_CARD"
    account = body(account_of("Sales"))["Account"]
    assert (account["ParentRef"], account["SubAccount"]) == ({"value": "3"}, True)
    renamed = body(
        account_of("New"), action="update", remote=remote("Account", {"Id": "9"}), fields={"name"}
    )
    assert "SubAccount" not in renamed["Account"]
    assert EDITION.fields("tax_code") == frozenset()
    below = body(Class(name="Roses", full_name="Garden:Roses", parent=Ref("class", "3")))["Class"]
    assert below == {"Name": "Roses", "ParentRef": {"value": "3"}, "SubClass": True, "Active": True}
    below = body(Location(name="Leeds", parent=Ref("location", "3")))["Department"]
    assert below == {"Name": "Leeds", "ParentRef": {"value": "3"}, "Active": True}
    assert body(TaxCode(name="VAT"))["TaxCode"] == {}


def test_a_new_invoice_f1():
    record = invoice(
        line(
            "70.00",
            line_id="a",
            quantity=Decimal(2),
            unit_price=Decimal(35),
            tax_code="3",
            description="Roses",
        ),
        line("30.00", line_id="b", service_on=dt.date(2026, 3, 1)),
        line("0", item_id=None, description="Thank you"),
        due_on=dt.date(2026, 4, 13),
        term=Ref("term", "3"),
        email="a@b.c",
        memo="Thanks",
        private_note="call",
        discount_percent=Decimal(10),
        tax=Decimal("5.36"),
        total=Decimal("95.36"),
        balance=Decimal("95.36"),
    )
    golden("invoice-create", EDITION.body(item(record), US))


# --- 6070: quantity, price and amount ---


@pytest.mark.parametrize(
    ("amount", "quantity", "price", "expected"),
    [
        ("70.00", "2", "35", ("2", "35")),
        ("100.00", "3", "33.33", ("3", "33.333")),  # the host's price gives 99.99
        ("270.00", "3", "100", ("3", "90.00")),  # a discounted line shows its discounted price
        ("0.01", "1000", None, ("1000", "0.00001")),
        ("10.00", None, "10", None),
        ("5.00", "0", "1", None),
        ("0.00", "0", "1", ("0", "1")),
        ("0.00", "0", None, None),
        ("-20.00", "-2", "10", ("-2", "10")),
        ("0.01", "3000000000", None, None),  # no price of seven decimals gives a cent
    ],
)
def test_quantity_and_price_always_give_the_amount_f15(amount, quantity, price, expected):
    given = [None if text is None else Decimal(text) for text in (quantity, price)]
    found = lines.fitting_price(Decimal(amount), *given)
    assert found == (None if expected is None else tuple(map(Decimal, expected)))


def test_an_amount_without_a_fitting_price_travels_alone():
    found = body(invoice(line("0.01", quantity=Decimal(3_000_000_000))))["Invoice"]["Line"][0]
    assert found["Amount"] == Decimal("0.01")
    assert "Qty" not in found["SalesItemLineDetail"]


def test_a_line_without_a_product_goes_on_the_default_item_d6():
    found = body(invoice(line("5.00", item_id=None)))["Invoice"]["Line"][0]
    assert found["SalesItemLineDetail"]["ItemRef"] == {"value": "1"}


def test_without_a_default_item_such_a_line_is_refused_with_a_sentence():
    record = invoice(line("5.00", item_id=None, description="Work"))
    with pytest.raises(BadValue, match='line "Work" names no product'):
        body(record, msgspec.structs.replace(US, defaults={}))


# --- Lines of an update: F17 ---

THERE = {
    "Id": "130",
    "SyncToken": "4",
    "CustomerRef": {"value": "58"},
    "TotalAmt": 115,
    "Line": [
        {"Id": "9", "LineNum": 1, "DetailType": "DescriptionOnly", "Description": "Theirs, on top"},
        {
            "Id": "1",
            "LineNum": 2,
            "Amount": 70.0,
            "Description": "Roses",
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {
                "ItemRef": {"value": "5"},
                "Qty": 2,
                "UnitPrice": 35,
                "ClassRef": {"value": "77"},
                "TaxCodeRef": {"value": "NON"},
            },
        },
        {
            "Id": "7",
            "LineNum": 3,
            "Amount": 15.0,
            "Description": "Theirs",
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "6"}, "TaxCodeRef": {"value": "NON"}},
        },
        {
            "Id": "2",
            "LineNum": 4,
            "Amount": 30.0,
            "DetailType": "SalesItemLineDetail",
            "SalesItemLineDetail": {"ItemRef": {"value": "8"}},
        },
        {"Amount": 115.0, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        {
            "Id": "3",
            "Amount": 5.0,
            "DetailType": "DiscountLineDetail",
            "DiscountLineDetail": {"PercentBased": False, "DiscountAccountRef": {"value": "99"}},
        },
    ],
}
KNOWN = {"a": "1", "b": "2"}


def update(
    record, fields=frozenset({"lines"}), line_ids=KNOWN, there=THERE, facts=US, agreed_lines=None
):
    return body(
        record,
        facts,
        action="update",
        remote=remote("Invoice", there),
        line_ids=line_ids,
        agreed_lines=agreed_lines,
        fields=fields,
    )["Invoice"]


def test_a_bookkeepers_lines_and_fields_survive_an_update_f17():
    record = invoice(
        line(
            "105.00",
            line_id="a",
            quantity=Decimal(3),
            unit_price=Decimal(35),
            description="Red roses",
        ),
        line("12.00", line_id="c", item_id="6", description="New"),
        discount=Decimal(5),
    )
    found = update(record)
    assert [(each.get("Id"), each.get("Description")) for each in found["Line"]] == [
        ("9", "Theirs, on top"), ("1", "Red roses"), ("7", "Theirs"), (None, "New"), ("3", None),
    ]  # fmt: skip
    mine = found["Line"][1]
    assert mine["Amount"] == Decimal("105.00")
    assert mine["SalesItemLineDetail"]["ClassRef"] == {"value": "77"}
    assert mine["SalesItemLineDetail"]["Qty"] == 3
    assert not any("LineNum" in each for each in found["Line"])


@pytest.mark.parametrize(
    ("there", "sent"), [(THERE, False), ({**THERE, "Line": THERE["Line"][1:2]}, True)]
)
def test_this_sides_tax_is_that_of_all_lines_or_quickbooks_works_it_out_f14(there, sent):
    """A bookkeeper's priced line may be taxed as well: our amount would leave its tax out."""
    record = invoice(
        line("105.00", line_id="a", tax_code=Ref("tax_code", "2")), tax=Decimal("8.40")
    )
    detail = update(record, there=there).get("TxnTaxDetail", {})
    assert ("TotalTax" in detail) is sent


def test_lines_that_are_not_sent_leave_the_document_alone():
    found = update(invoice(line("1.00"), memo="Hi"), {"memo"})
    assert found == {"Id": "130", "SyncToken": "4", "sparse": True, "CustomerMemo": {"value": "Hi"}}


def test_a_discount_alone_keeps_the_lines_as_they_are():
    found = update(invoice(line("70.00", line_id="a"), discount=Decimal(7)), {"discount"})
    assert [each["Id"] for each in found["Line"]] == ["9", "1", "7", "2", "3"]
    detail = found["Line"][-1]
    assert (detail["Amount"], detail["DiscountLineDetail"]["DiscountAccountRef"]) == (
        7,
        {"value": "99"},
    )


def test_a_discount_taken_away_goes_away():
    found = update(invoice(line("70.00", line_id="a")), {"discount"})
    assert all(each["DetailType"] != "DiscountLineDetail" for each in found["Line"])


def test_lines_without_known_ids_are_matched_by_content_and_replace_ours():
    record = invoice(
        line("71.00", description="Roses"),  # the same item and text, another amount
        line("30.00", item_id="8"),
    )
    found = update(record, line_ids={})
    assert [each.get("Id") for each in found["Line"]] == ["1", "2", "3"]


def test_lines_without_known_ids_replace_what_was_agreed_on_and_nothing_else_f17():
    """A bookkeeper's line stays although it says what ours says, and comes first."""
    theirs = {**THERE["Line"][1], "Id": "6", "Amount": 70.0}
    there = {**THERE, "Line": [theirs, *THERE["Line"]]}
    record = invoice(line("71.00", description="Roses"))
    found = update(record, line_ids={}, there=there, agreed_lines=frozenset({"1", "2"}))
    ids = [each.get("Id") for each in found["Line"]]
    assert ids == ["6", "9", "1", "7", "3"]
    assert [each["Amount"] for each in found["Line"] if each.get("Id") in {"6", "1"}] == [70, 71]


def test_a_line_of_ours_whose_id_nobody_learnt_is_not_doubled():
    """An answer was lost for good, and both sides say the same since; now it has another price."""
    record = invoice(line("70.00", line_id="a"), line("31.00", line_id="x", item_id="8"))
    found = update(record, line_ids={"a": "1"}, agreed_lines=frozenset({"1", "2"}))
    assert [each.get("Id") for each in found["Line"]] == ["9", "1", "7", "2", "3"]


def test_a_pulled_line_whose_id_is_new_here_is_not_doubled():
    found = update(
        invoice(
            line("70.00", line_id="a"),
            line("15.00", line_id="x", item_id="6", description="Theirs"),
        )
    )
    assert [each.get("Id") for each in found["Line"]] == ["9", "1", "7", "3"]


def test_a_discount_percentage_that_gives_another_amount_travels_as_an_amount():
    found = update(
        invoice(line("70.00", line_id="a"), discount=Decimal(8), discount_percent=Decimal(10)),
        {"discount"},
    )
    assert found["Line"][-1]["Amount"] == 8
    assert found["Line"][-1]["DiscountLineDetail"] == {
        "PercentBased": False,
        "DiscountAccountRef": {"value": "99"},
    }


def test_bundles_are_sent_back_untouched():
    group = {
        "Id": "1",
        "DetailType": "GroupLineDetail",
        "GroupLineDetail": {"GroupItemRef": {"value": "5"}, "Line": []},
    }
    found = update(invoice(line("9.00", line_id="a")), there=THERE | {"Line": [group]})
    assert found["Line"] == [group]


def test_a_line_may_become_a_remark_and_a_quantity_may_go():
    found = update(
        invoice(
            line("0", line_id="a", item_id=None, description="Gift"),
            line("30.00", line_id="b", item_id="8"),
        )
    )
    assert found["Line"][1] == {
        "Id": "1",
        "DetailType": "DescriptionOnly",
        "Description": "Gift",
        "DescriptionLineDetail": {},
    }
    kept = update(invoice(line("70.00", line_id="a")))["Line"][1]["SalesItemLineDetail"]
    assert (kept["Qty"], kept["UnitPrice"]) == (2, 35)
    gone = update(invoice(line("71.00", line_id="a")))["Line"][1]["SalesItemLineDetail"]
    assert "Qty" not in gone


# --- Payments ---


def test_a_new_payment_g1_g5():
    record = payment(
        reference="cheque 7",
        method=Ref("payment_method", "2"),
        account=Ref("account", "4"),
        note="by post",
        allocations=(
            Allocation(document=Ref("invoice", "130"), amount=Decimal("60.00")),
            Allocation(document=Ref("invoice", "131"), amount=Decimal("25.00")),
        ),
    )
    golden("payment-create", EDITION.body(item(record), US))


def test_an_unapplied_payment_has_no_lines_g3():
    assert "Line" not in body(payment())["Payment"]


def test_a_payment_without_an_account_goes_to_the_connections_own_g8():
    facts = msgspec.structs.replace(US, defaults={"deposit": "4"})
    assert body(payment(), facts)["Payment"]["DepositToAccountRef"] == {"value": "4"}
    assert body(payment(account=Ref("account", "35")), facts)["Payment"]["DepositToAccountRef"] == {
        "value": "35"
    }
    there = remote("Payment", PAID)
    update = body(payment(note="x"), facts, action="update", remote=there, fields={"note"})
    assert "DepositToAccountRef" not in update["Payment"]


PAID = {
    "Id": "7",
    "SyncToken": "1",
    "CustomerRef": {"value": "58"},
    "TotalAmt": 100,
    "Line": [
        {
            "Amount": 60.0,
            "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}],
            "LineEx": {"any": []},
        },
        {"Amount": 5.0, "LinkedTxn": [{"TxnId": "9", "TxnType": "CreditMemo"}]},
    ],
}


def test_an_updated_payment_says_everything_again_g7_g9():
    there = remote("Payment", PAID)
    moved = payment(allocations=(Allocation(document=Ref("invoice", "200"), amount=Decimal(60)),))
    found = body(moved, action="update", remote=there, fields={"allocations"})["Payment"]
    assert (found["CustomerRef"], found["TotalAmt"]) == ({"value": "58"}, 100)
    assert [each["LinkedTxn"][0]["TxnId"] for each in found["Line"]] == ["200", "9"]
    noted = body(payment(note="x"), action="update", remote=there, fields={"note"})["Payment"]
    assert noted["Line"] == PAID["Line"]


# --- Void, delete, ids ---


def test_a_void_is_an_update_with_an_option_f4():
    found = body(invoice(), action="void", remote=remote("Invoice", THERE))
    assert found == {
        "bId": "op1", "operation": "update", "optionsData": "void",
        "Invoice": {"Id": "130", "SyncToken": "4", "sparse": True},
    }  # fmt: skip


def test_documents_are_deleted_lists_switched_off():
    found = body(invoice(), action="delete", remote=remote("Invoice", THERE))
    assert (found["operation"], found["Invoice"]) == ("delete", {"Id": "130", "SyncToken": "4"})
    found = body(
        Customer(name="A"),
        action="delete",
        remote=remote("Customer", {"Id": "5", "SyncToken": "1"}),
    )
    assert (found["operation"], found["Customer"]["Active"]) == ("update", False)


def test_ids_in_a_batch_are_short_and_stable():
    assert item_id("op1") == "op1"
    assert len(item_id("1f0c" * 8)) == 10
    assert item_id("1f0c" * 8) == item_id("1f0c" * 8) != item_id("1f0d" * 8)


def test_the_same_input_gives_the_same_bytes():
    bodies = [EDITION.body(item(invoice(line("1.00")), key=str(number)), GB) for number in range(2)]
    one, two = (EDITION.write_request("a" * 32, bodies) for _ in range(2))
    assert one == two
    assert one.body == EDITION.recover_request("a" * 32, bodies).body
    assert dict(one.params) == {"requestid": "a" * 32, "minorversion": "75"}
    assert [each["bId"] for each in json.loads(one.body)["BatchItemRequest"]] == ["0", "1"]
    assert (one.path, one.weight, one.method) == ("batch", 1, "POST")


def test_money_never_becomes_a_float():
    text = EDITION.body(
        item(invoice(line("0.10", quantity=Decimal("1E+1"), unit_price=Decimal("0.01")))), US
    )
    assert '"Amount":0.10' in text
    assert '"Qty":10' in text
