"""Vendors, bills and credit notes both ways, kept by a host of its own (C17, D5, D11, F12, F13, H1,
H5, H7): the three kinds came as rows of the tables, and everything else is as for any other.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from quicksync.models import ConnectionClock, EntityMapping, RemoteRecord
from quicksync.sync.monitor import reconcile
from tests.company import assert_adds_up, connected
from tests.host.fixtures import shop, shop_tables
from tests.host.models import Credit, CreditRow, Debt, DebtRow, Patron, Supplier, Ware

__all__ = ["shop", "shop_tables"]

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.date(2026, 3, 14)
KINDS = ("customer", "vendor", "item", "credit_note", "bill")


@pytest.fixture
def company(shop):
    with connected(kinds=KINDS) as found:
        yield found


def look(company):
    """A run that looks at all of this side: nothing watches the shop's models."""
    company.enable(*KINDS)
    return company.sync()


def gone(company, obj):
    """Somebody deletes it here, and this side has noticed."""
    mapping = company.mapping(obj)
    obj.delete()
    EntityMapping.objects.filter(pk=mapping.pk).update(touched_at=timezone.now())
    return mapping


def supplier(name="Paper Mill", **fields):
    return Supplier.objects.create(title=name, **fields)


def debt(owner, *rows, number="B-1", **fields):
    """A bill; each row is what `DebtRow` takes."""
    made = Debt.objects.create(supplier=owner, their_number=number, day=DAY, **fields)
    for place, row in enumerate(rows, 1):
        DebtRow.objects.create(debt=made, place=place, **row)
    made.refresh_from_db()
    return made


def credit(patron, *amounts, ref="C-1"):
    made = Credit.objects.create(ref=ref, patron=patron, day=DAY)
    ware = Ware.objects.first() or Ware.objects.create(title="Poster", price=10)
    for place, amount in enumerate(amounts or (40,), 1):
        CreditRow.objects.create(credit=made, ware=ware, text="back", price=amount, place=place)
    made.refresh_from_db()
    return made


OFFICE = {"booked_on": "Office Supplies", "text": "Paper", "amount": Decimal("50.25")}


# --- Vendors --------------------------------------------------------------------------------------


def test_a_vendor_goes_there_and_its_changes_both_ways_c17(company):
    mill = supplier(mail="a@mill.test", our_number="4711", tax_number="12-3456789")
    assert_adds_up(look(company))
    there = company.partner(mill)
    assert there["DisplayName"] == "Paper Mill"
    assert there["AcctNum"] == "4711"
    assert there["TaxIdentifier"].endswith("6789"), "QuickBooks shows the end only"
    company.sim.edit("update", "Vendor", there["Id"], values={"DisplayName": "Paper Mill Ltd"})
    assert_adds_up(look(company))
    mill.refresh_from_db()
    assert (mill.title, mill.tax_number) == ("Paper Mill Ltd", "12-3456789")
    mill.our_number = "4712"
    mill.save()
    assert_adds_up(look(company))
    assert company.partner(mill)["AcctNum"] == "4712"
    assert_adds_up(again := look(company))
    assert not again.operations.exists()


def test_a_vendor_of_quickbooks_comes_here_c17(company):
    company.sim.api("POST", "vendor", {"DisplayName": "Ink & Co", "AcctNum": "9"})
    assert_adds_up(look(company))
    assert Supplier.objects.get().title == "Ink & Co"


def test_vendors_that_an_earlier_version_knew_by_name_only_come_here_as_well(company):
    company.sim.api("POST", "vendor", {"DisplayName": "Ink & Co"})
    look(company)
    Supplier.objects.all().delete()
    EntityMapping.objects.filter(kind="vendor").delete()
    RemoteRecord.objects.filter(type="Vendor").update(kind="")
    ConnectionClock.objects.update(read_kinds=["customer", "item"])
    assert_adds_up(look(company))
    assert Supplier.objects.get().title == "Ink & Co"


def test_customers_and_vendors_share_their_names_c14(company):
    Patron.objects.create(full_name="Ada")
    look(company)
    twin = supplier("Ada")
    run = look(company)
    held = company.mapping(twin)
    assert (held.state, held.reason) == ("held", "name-taken")
    assert_adds_up(run)


# --- Bills ----------------------------------------------------------------------------------------


def test_a_bill_takes_its_vendor_and_customer_along_and_says_what_each_line_is_h5_e3(company):
    patron = Patron.objects.create(full_name="Grace")
    paper = Ware.objects.create(title="Paper", price=3)
    owed = debt(
        supplier(),
        OFFICE | {"for_whom": patron, "charged": True},
        {"ware": paper, "text": "Reams", "qty": 4, "price": Decimal("2.50"), "amount": 10},
        {"text": "Sundries", "amount": Decimal("7.10")},
        note="ours",
        due=dt.date(2026, 4, 1),
    )
    assert_adds_up(look(company))
    there = company.partner(owed)
    first, second, third = (line for line in there["Line"] if line["DetailType"] != "SubTotal")
    office = company.one("Account", "Name = 'Office Supplies'")
    account = first["AccountBasedExpenseLineDetail"]
    assert account["AccountRef"]["value"] == office["Id"]
    assert account["CustomerRef"]["value"] == company.partner(patron)["Id"]
    assert account["BillableStatus"] == "Billable"
    item = second["ItemBasedExpenseLineDetail"]
    assert item["ItemRef"]["value"] == company.partner(paper)["Id"]
    assert (item["Qty"], item["UnitPrice"], second["Amount"]) == (4, 2.5, 10)
    default = company.connection.facts["defaults"]["expense"]
    assert third["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == default, "D11"
    assert there["VendorRef"]["value"] == company.partner(owed.supplier)["Id"]
    assert (there["TotalAmt"], there["DueDate"]) == (Decimal("67.35"), "2026-04-01")
    assert (there["DocNumber"], there["PrivateNote"]) == ("B-1", "ours")
    assert_adds_up(again := look(company))
    assert not again.operations.exists()


def test_a_changed_line_stays_the_line_it_is_and_a_bookkeepers_stays_h7(company):
    owed = debt(supplier(), OFFICE)
    look(company)
    there = company.partner(owed)
    extra = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": 5,
        "Description": "Fee",
        "AccountBasedExpenseLineDetail": {
            "AccountRef": {"value": company.one("Account", "Name = 'Bank Charges'")["Id"]}
        },
    }
    company.sim.edit("update", "Bill", there["Id"], values={"Line": [*there["Line"], extra]})
    row = owed.rows.get()
    row.amount = Decimal("60.00")
    row.save()
    owed.save()
    assert_adds_up(look(company))
    lines = company.partner(owed)["Line"]
    assert [line["Amount"] for line in lines] == [60, 5]
    assert lines[0]["Id"] == there["Line"][0]["Id"]


def test_a_line_that_becomes_a_ware_loses_its_account(company):
    owed = debt(supplier(), OFFICE)
    look(company)
    row = owed.rows.get()
    row.ware, row.booked_on = Ware.objects.create(title="Paper", price=3), ""
    row.qty, row.price, row.amount = 2, 3, 6
    row.save()
    owed.save()
    assert_adds_up(look(company))
    (line,) = company.partner(owed)["Line"]
    assert line["DetailType"] == "ItemBasedExpenseLineDetail"
    assert "AccountBasedExpenseLineDetail" not in line


def test_two_vendors_may_use_one_number_one_vendor_may_not_f16(company):
    mill, ink = supplier(), supplier("Ink & Co")
    debt(mill, OFFICE, number="17")
    debt(ink, OFFICE, number="17")
    assert_adds_up(look(company))
    assert {bill["VendorRef"]["name"] for bill in company.there("Bill")} == {
        "Paper Mill",
        "Ink & Co",
    }
    second = debt(mill, OFFICE | {"amount": 9}, number="17")
    look(company)
    held = company.mapping(second)
    assert (held.state, held.reason) == ("held", "duplicate-here") or held.reason == "number-taken"


def test_bills_pair_by_vendor_and_number_and_never_by_the_number_alone(company):
    mill = supplier()
    look(company)
    ink = company.sim.api("POST", "vendor", {"DisplayName": "Ink & Co"})["Vendor"]["Id"]
    account = company.one("Account", "Name = 'Office Supplies'")["Id"]
    for owner in (company.partner(mill)["Id"], ink):
        company.sim.api(
            "POST",
            "bill?include=allowduplicatedocnum",
            {
                "VendorRef": {"value": owner},
                "DocNumber": "17",
                "TxnDate": DAY.isoformat(),
                "Line": [
                    {
                        "DetailType": "AccountBasedExpenseLineDetail",
                        "Amount": 50.25,
                        "Description": "Paper",
                        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
                    }
                ],
            },
        )
    mine = debt(mill, OFFICE, number="17")
    assert_adds_up(look(company))
    assert company.partner(mine)["VendorRef"]["value"] == company.partner(mill)["Id"]
    assert Debt.objects.count() == 2, "the other vendor's bill is another one"


def test_a_bill_of_quickbooks_comes_here_with_its_vendor_h5(company):
    vendor = company.sim.api("POST", "vendor", {"DisplayName": "Ink & Co"})["Vendor"]["Id"]
    account = company.one("Account", "Name = 'Office Supplies'")["Id"]
    company.sim.api(
        "POST",
        "bill",
        {
            "VendorRef": {"value": vendor},
            "DocNumber": "A9",
            "Line": [
                {
                    "DetailType": "AccountBasedExpenseLineDetail",
                    "Amount": 12.5,
                    "Description": "Ink",
                    "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
                }
            ],
        },
    )
    debt(supplier(), OFFICE)  # from it the code of the account is known
    assert_adds_up(look(company))
    came = Debt.objects.get(their_number="A9")
    assert came.supplier.title == "Ink & Co"
    assert [(row.text, row.amount, row.booked_on) for row in came.rows.all()] == [
        ("Ink", Decimal("12.50"), "Office Supplies")
    ]


def test_a_bill_is_deleted_there_and_never_voided(company):
    owed, kept = debt(supplier(), OFFICE), debt(supplier("Ink & Co"), OFFICE)
    look(company)
    company.enable("bill", on_delete_here="delete")
    gone(company, owed)
    assert_adds_up(look(company))
    assert [bill["VendorRef"]["name"] for bill in company.there("Bill")] == ["Ink & Co"]
    company.enable("bill", on_delete_here="void")
    mapping = gone(company, kept)
    assert_adds_up(look(company))
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("gone", "no-way-to-remove")
    assert len(company.there("Bill")) == 1


# --- Credit notes ---------------------------------------------------------------------------------


def test_a_credit_note_goes_there_f12(company):
    note = credit(Patron.objects.create(full_name="Grace"), 40, "2.50")
    assert_adds_up(look(company))
    there = company.partner(note)
    assert (there["TotalAmt"], there["Balance"], there["DocNumber"]) == (42.5, 42.5, "C-1")
    assert company.one("CreditMemo")["CustomerRef"]["name"] == "Grace"
    assert_adds_up(again := look(company))
    assert not again.operations.exists()


def test_a_credit_note_of_quickbooks_comes_here_and_its_void_is_shown_f13(company):
    patron = Patron.objects.create(full_name="Grace")
    look(company)
    item = company.one("Item", "Name = 'Services'")["Id"]
    made = company.sim.api(
        "POST",
        "creditmemo",
        {
            "CustomerRef": {"value": company.partner(patron)["Id"]},
            "Line": [
                {
                    "DetailType": "SalesItemLineDetail",
                    "Amount": 15,
                    "SalesItemLineDetail": {"ItemRef": {"value": item}},
                }
            ],
        },
    )["CreditMemo"]
    assert_adds_up(look(company))
    came = Credit.objects.get()
    assert came.patron == patron
    assert [row.price for row in came.rows.all()] == [15]
    mapping = EntityMapping.objects.get(kind="credit_note")
    assert (mapping.remote_type, mapping.remote_id) == ("CreditMemo", made["Id"])


# --- All of them ----------------------------------------------------------------------------------


def test_a_preview_says_what_will_happen_to_each_and_does_nothing(company):
    debt(supplier(), OFFICE)
    credit(Patron.objects.create(full_name="Grace"))
    run = company.preview()
    planned = set(run.operations.values_list("kind", "action", "state"))
    assert {("vendor", "create", "draft"), ("bill", "create", "draft")} <= planned
    assert ("credit_note", "create", "draft") in planned
    assert not company.there("Bill")
    assert_adds_up(company.approve(run))
    assert len(company.there("Bill")) == len(company.there("CreditMemo")) == 1


def test_both_sides_are_reconciled_to_the_cent_i12(company):
    debt(supplier(), OFFICE)
    credit(Patron.objects.create(full_name="Grace"))
    look(company)
    lines = {line.kind: line for line in reconcile.reconcile(company.connection)}
    assert lines["bill"].here_total == lines["bill"].there_total == Decimal("50.25")
    assert lines["credit_note"].here_total == lines["credit_note"].there_total == 40
    assert lines["bill"].agrees
    assert lines["credit_note"].agrees
    assert lines["vendor"].agrees
