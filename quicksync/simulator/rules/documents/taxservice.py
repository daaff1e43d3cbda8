"""The tax service: the only way codes and rates are made."""

from __future__ import annotations

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.errors import ApiError, missing
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import dec
from quicksync.simulator.rules.validate import checked


def create_code(book: Book, sent: Doc) -> Doc:
    """A tax code with its rates; the answer has no envelope."""
    clean = checked("TaxService", sent)
    name = str(clean.get("TaxCode") or "").strip()
    details = clean.get("TaxRateDetails") or []
    if not name:
        raise missing("TaxCode")
    if not details:
        raise missing("TaxRateDetails")
    if any(str(code["Name"]).lower() == name.lower() for code in book.rows("TaxCode").values()):
        raise ApiError(6240, f"The name supplied already exists. : {name}")
    lists: dict[str, list[Doc]] = {"Sales": [], "Purchase": []}
    answers = []
    for order, detail in enumerate(details):
        rate = _rate(book, detail)
        side = str(detail.get("TaxApplicableOn") or "Sales")
        lists["Purchase" if side == "Purchase" else "Sales"].append(
            {
                "TaxRateRef": {"value": str(rate["Id"]), "name": rate["Name"]},
                "TaxTypeApplicable": "TaxOnAmount",
                "TaxOrder": order,
            }
        )
        answers.append(
            {
                "TaxRateName": rate["Name"],
                "TaxRateId": str(rate["Id"]),
                "RateValue": rate["RateValue"],
                "TaxAgencyId": rate["AgencyRef"]["value"],
                "TaxApplicableOn": side,
            }
        )
    code = book.save(
        "TaxCode",
        {
            "Id": book.new_id("TaxCode"),
            "Name": name,
            "Description": name,
            "Active": True,
            "Hidden": False,
            "Taxable": True,
            "TaxGroup": True,
            "SalesTaxRateList": {"TaxRateDetail": lists["Sales"]},
            "PurchaseTaxRateList": {"TaxRateDetail": lists["Purchase"]},
        },
        operation="Create",
    )
    return {"TaxCode": name, "TaxCodeId": str(code["Id"]), "TaxRateDetails": answers}


def _rate(book: Book, detail: Doc) -> Doc:
    if detail.get("TaxRateId"):
        return book.need("TaxRate", detail["TaxRateId"], "TaxRateId")
    name = str(detail.get("TaxRateName") or "").strip()
    if not name:
        raise missing("TaxRateName")
    percent = dec(detail.get("RateValue"))
    if not 0 <= percent <= 100:
        raise ApiError(2150, f"Invalid Percent. Supplied value:{percent}", element="RateValue")
    if any(str(rate["Name"]).lower() == name.lower() for rate in book.rows("TaxRate").values()):
        raise ApiError(6240, f"Another tax rate is already using this \nname: {name}")
    agency = str(detail.get("TaxAgencyId") or "")
    book.need("TaxAgency", agency, "TaxAgencyId")
    return book.save(
        "TaxRate",
        {
            "Id": book.new_id("TaxRate"),
            "Name": name,
            "Description": name,
            "Active": True,
            "RateValue": percent,
            "AgencyRef": {"value": agency},
            "SpecialTaxType": "NONE",
            "DisplayType": "ReadOnly",
            "EffectiveTaxRate": [
                {
                    "RateValue": percent,
                    "EffectiveDate": f"{book.today().isoformat()}T00:00:00-08:00",
                }
            ],
        },
        operation="Create",
    )
