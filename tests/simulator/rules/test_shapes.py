"""Every answer has the published shape, and every list of shapes is whole."""

from __future__ import annotations

import json

import pytest

from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.shapes import shapes

PLAIN = {
    "str": str,
    "id": str,
    "date": str,
    "time": str,
    "bool": bool,
    "dec": (int, float),
    "int": int,
}


def wrong(type_, value, path):
    """Where a value leaves the shape of its type."""
    if type_ == "any":
        return
    if type_ in PLAIN:
        if not isinstance(value, PLAIN[type_]) or (
            type_ in ("dec", "int") and isinstance(value, bool)
        ):
            yield f"{path}: {value!r} is no {type_}"
    elif type_ in shapes().enums:
        if value not in shapes().enums[type_]:
            yield f"{path}: {value!r} is not in {type_}"
    else:
        yield from wrong_object(type_, value, path)


def wrong_object(type_, value, path):
    if not isinstance(value, dict):
        yield f"{path}: {value!r} is no {type_}"
        return
    fields = shapes().of(type_)
    for key, inner in value.items():
        field = fields.get(key)
        if field is None:
            yield f"{path}.{key}: unknown"
        elif field.many != isinstance(inner, list):
            yield f"{path}.{key}: list or not"
        else:
            for entry in inner if field.many else [inner]:
                yield from wrong(field.type, entry, f"{path}.{key}")


@pytest.mark.parametrize("country", ["US", "GB", "CA", "AU", "FR"])
def test_every_object_of_the_sample_has_its_shape(company, country):
    books = company(company="sample", country=country, multicurrency=country == "GB")
    found, kinds = [], set()
    for name, entity in entities().items():
        if not entity.allows("Q") or name not in shapes().entities:
            continue
        for row in books.rows(f"select * from {name} maxresults 1000"):
            kinds.add(name)
            found += wrong(name, row, name)
    assert found == []
    assert len(kinds) >= 28


def test_every_entity_of_the_matrix_answers_or_refuses_by_the_matrix(sample):
    for name, entity in entities().items():
        status, _, body = sample.raw("GET", f"query?query=select%20*%20from%20{name}")
        assert status == (200 if entity.allows("Q") or name == "InventoryAdjustment" else 400), name
        if not entity.allows("C") and name not in ("ExchangeRate", "Preferences", "CompanyInfo"):
            assert sample.raw("POST", entity.path, {})[0] == 400, name
        assert json.loads(body)


def test_every_reference_points_at_a_known_type():
    table = shapes()
    for fields in [*table.entities.values(), *table.types.values()]:
        for field in fields.values():
            assert field.type in {*PLAIN, "any"} | set(table.types) | set(table.enums) | set(
                table.entities
            )


def test_what_the_sample_has_none_of_has_its_shape(sample):
    """Entities without a row in the sample: made here, so that every answer is looked at."""
    account = sample.rows("select * from Account where AccountType = 'Expense'")[0]["Id"]
    stock = sample.rows("select * from Item where Type = 'Inventory'")[0]["Id"]
    customer = sample.rows("select * from Customer")[0]["Id"]
    bank = sample.rows("select * from Account where AccountType = 'Bank'")[0]["Id"]
    agency = sample.create("TaxAgency", DisplayName="Shapes")["Id"]
    detail = {"BudgetDate": "2026-01-01", "Amount": 10, "AccountRef": {"value": account}}
    budget = {
        "Name": "Plan",
        "StartDate": "2026-01-01",
        "EndDate": "2026-12-31",
        "BudgetType": "ProfitAndLoss",
        "BudgetEntryType": "Monthly",
        "BudgetDetail": [detail],
    }
    change = {"DetailType": "ItemAdjustmentLineDetail",
              "ItemAdjustmentLineDetail": {"ItemRef": {"value": stock}, "QtyDiff": 1}}  # fmt: skip
    adjustment = {"AdjustAccountRef": {"value": account}, "Line": [change]}
    billable = {
        "AccountRef": {"value": account},
        "CustomerRef": {"value": customer},
        "BillableStatus": "Billable",
    }
    kind = "AccountBasedExpenseLineDetail"
    expense = {"Amount": 5, "DetailType": kind, kind: billable}
    made = {
        "Budget": sample.create("Budget", **budget),
        "InventoryAdjustment": sample.create("InventoryAdjustment", **adjustment),
        "Purchase": sample.create(
            "Purchase", PaymentType="Cash", AccountRef={"value": bank}, Line=[expense]
        ),
    }
    made["ReimburseCharge"] = sample.rows("select * from ReimburseCharge")[0]
    assert [line for name, row in made.items() for line in wrong(name, row, name)] == []
    rate = {
        "TaxRateName": "Shape",
        "RateValue": "3",
        "TaxAgencyId": agency,
        "TaxApplicableOn": "Sales",
    }
    status, _, body = sample.raw(
        "POST", "taxservice/taxcode", {"TaxCode": "Shape", "TaxRateDetails": [rate]}
    )
    assert status == 200
    assert [*wrong("TaxService", json.loads(body), "TaxService")] == []
