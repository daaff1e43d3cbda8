"""What a bookkeeper does in QuickBooks, for tests of what comes from there."""

from __future__ import annotations


def new(company, type_name, **values):
    """A record that a bookkeeper makes in QuickBooks."""
    company.sim.api("POST", type_name, values)


def customers(company, *names):
    for name in names:
        new(company, "customer", DisplayName=name)


def ids(company, type_name="Customer", field="DisplayName"):
    return {one[field]: one["Id"] for one in company.there(type_name)}


def invoice(company, customer, number, *, path="invoice"):
    item = {"ItemRef": {"value": ids(company, "Item", "Name")["Hours"]}, "Qty": 1, "UnitPrice": 30}
    line = {"DetailType": "SalesItemLineDetail", "Amount": 30, "SalesItemLineDetail": item}
    body = {"CustomerRef": {"value": customer}, "DocNumber": number, "Line": [line]}
    new(company, path, **body)


def a_day(company):
    """A company whose bookkeeper has worked for a day, with everything that wants a decision."""
    company.enable("account", direction="pull")
    customers(company, "Ada", "Bob", "Cleo", "Miller and Sons", "Twin", "Former", "Skipped", "Odd")
    known = ids(company)
    new(company, "customer", DisplayName="Part", ParentRef={"value": known["Ada"]}, Job=True)
    part = {"value": ids(company)["Part"]}
    new(company, "customer", DisplayName="Part of a part", ParentRef=part, Job=True)
    for number, name in enumerate(("Ada", "Bob", "Bob", "Odd", "Former"), 1):
        invoice(company, known[name], f"N-{number}")
    invoice(company, known["Bob"], "N-1")
    invoice(company, known["Cleo"], "N-9")
    invoice(company, known["Cleo"], "N-9", path="invoice?include=allowduplicatedocnum")
    company.sim.edit("update", "Customer", known["Former"], values={"Active": False})
    return company
