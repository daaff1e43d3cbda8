"""The sample company: a landscaper with customers, suppliers, stock and half a year's documents."""

from __future__ import annotations

from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.planting import chart
from quicksync.simulator.planting.planter import Planter
from quicksync.simulator.planting.sample_documents import day, plant_documents
from quicksync.simulator.planting.sample_tables import CUSTOMERS, EMPLOYEES, ITEMS, KIT, VENDORS


def plant_sample(planter: Planter, country: str) -> None:
    """Everything of the sample, dated back from today."""
    for row in chart.accounts(chart.LANDSCAPING, ""):
        planter.account(*row)
    _people(planter)
    _lists(planter)
    _items(planter, country)
    plant_documents(planter, country)


def _people(planter: Planter) -> None:
    for line in CUSTOMERS.strip().splitlines():
        name, given, family, street, city, region, postal, parent = (
            part.strip() for part in line.split("|")
        )
        mail = f"{given}.{family}@example.com".replace("'", "")
        values: Doc = {
            "DisplayName": name,
            "GivenName": given,
            "FamilyName": family,
            "PrimaryEmailAddr": {"Address": mail},
            "PrimaryPhone": {"FreeFormNumber": "(650) 555-0100"},
        }
        if not name.startswith(given):
            values["CompanyName"] = name
        if street:
            address = _address(street, city, region, postal)
            values |= {"BillAddr": address, "ShipAddr": dict(address)}
        if parent:
            values |= {"Job": True, "ParentRef": planter.ref("Customer", parent)}
        planter.add("Customer", **values)
    for line in VENDORS.strip().splitlines():
        name, street, city, region, postal = line.split("|")
        place = {"BillAddr": _address(street, city, region, postal)} if street else {}
        planter.add("Vendor", DisplayName=name, CompanyName=name, **place)
    for given, family in EMPLOYEES:
        planter.add("Employee", GivenName=given, FamilyName=family, DisplayName=f"{given} {family}")


def _address(street: str, city: str, region: str, postal: str) -> Doc:
    return {"Line1": street, "City": city, "CountrySubDivisionCode": region, "PostalCode": postal}


def _lists(planter: Planter) -> None:
    planter.add("Class", Name="Design")
    planter.add("Class", Name="Maintenance")
    planter.add("Class", Name="Installation")
    planter.add("Department", Name="Bayshore")
    planter.add("Department", Name="Menlo Park")
    planter.add("CustomerType", Name="Residential")
    planter.add("CustomerType", Name="Business")


def _items(planter: Planter, country: str) -> None:
    for line in ITEMS.strip().splitlines():
        name, kind, price, cost, income, taxable, text = line.split("|")
        values: Doc = {
            "Name": name,
            "Type": kind,
            "UnitPrice": price,
            "PurchaseCost": cost,
            "Description": text,
            "IncomeAccountRef": planter.ref("Account", income),
        }
        if dec(cost):
            values["ExpenseAccountRef"] = planter.ref("Account", "Cost of Goods Sold")
        if country == "US":
            values["Taxable"] = bool(taxable)
        if kind == "Inventory":
            values |= {
                "TrackQtyOnHand": True,
                "QtyOnHand": 60,
                "InvStartDate": day(planter, 200),
                "AssetAccountRef": planter.ref("Account", "Inventory Asset"),
            }
        planter.add("Item", **values)
    parts = [{"ItemRef": planter.ref("Item", name), "Qty": quantity} for name, quantity in KIT]
    planter.add(
        "Item",
        Name="Sprinkler Kit",
        Type="Group",
        ItemGroupDetail={"ItemGroupLine": parts},
        PrintGroupedItems=True,
    )
