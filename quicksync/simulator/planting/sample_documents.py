"""What the sample company sold, bought and moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.accounting.money import cents, dec
from quicksync.simulator.planting.planter import Planter
from quicksync.simulator.planting.sample_tables import (
    BILLS,
    INVOICES,
    OPENINGS,
    OTHER_SALES,
    PURCHASES,
)
from quicksync.simulator.rules import recurring


def plant_documents(planter: Planter, country: str) -> None:
    """All documents of the sample, dated back from today."""
    codes = _codes(planter, country)
    _sales(planter, codes)
    _more_sales(planter, codes)
    _costs(planter, codes)
    _banking(planter)
    _templates(planter, codes)
    _note(planter)


def day(planter: Planter, ago: object) -> str:
    """The date so many days ago."""
    return (planter.book.today() - timedelta(days=int(str(ago)))).isoformat()


def _codes(planter: Planter, country: str) -> dict[str, str]:
    """Which code a taxed and an untaxed line gets, and the form's own code."""
    if country == "US":
        return {
            "taxed": "TAX",
            "free": "NON",
            "form": next(
                id_
                for id_, code in planter.book.rows("TaxCode").items()
                if code["Name"] == "California"
            ),
        }
    ids = list(planter.book.rows("TaxCode"))
    return {"taxed": ids[0], "free": ids[2], "form": ""}


def _full_items(planter: Planter) -> dict[str, str]:
    rows = planter.book.store.all("SELECT name, body FROM entity WHERE type='Item'")
    return {name: body.split('"FullyQualifiedName":"')[1].split('"')[0] for name, body in rows}


def _lines(planter: Planter, text: str, codes: dict[str, str], names: dict[str, str]) -> list[Doc]:
    lines = []
    for part in text.split(";"):
        item, _, rest = part.strip().partition(" x ")
        quantity, _, price = rest.partition(" @ ")
        found = planter.book.need("Item", planter.ref("Item", names[item])["value"])
        taxed = found.get("Taxable", found.get("Type") != "Service")
        lines.append(
            planter.sale_line(names[item], quantity, price, codes["taxed" if taxed else "free"])
        )
    return lines


def _form(codes: dict[str, str]) -> Doc:
    return {"TxnTaxDetail": {"TxnTaxCodeRef": {"value": codes["form"]}}} if codes["form"] else {}


def _customer(planter: Planter, name: str) -> Doc:
    found = planter.book.store.one("SELECT id FROM entity WHERE type='Customer' AND name=?", name)
    return {"value": str(found)}


def _sales(planter: Planter, codes: dict[str, str]) -> None:
    names = _full_items(planter)
    for number, line in enumerate(INVOICES.strip().splitlines()):
        ago, customer, text, share = line.split("|")
        reference = _customer(planter, customer)
        invoice = planter.add(
            "Invoice",
            CustomerRef=reference,
            TxnDate=day(planter, ago),
            Line=_lines(planter, text, codes, names),
            **_form(codes),
        )
        paid = cents(dec(invoice["TotalAmt"]) * dec(share))
        if paid:
            link = [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
            values: Doc = (
                {"DepositToAccountRef": planter.ref("Account", "Checking")} if number % 3 else {}
            )
            planter.add(
                "Payment",
                CustomerRef=reference,
                TotalAmt=paid,
                TxnDate=day(planter, max(0, int(ago) - 12)),
                PaymentMethodRef=planter.ref("PaymentMethod", "Check"),
                PaymentRefNum=str(4000 + number),
                Line=[{"Amount": paid, "LinkedTxn": link}],
                **values,
            )


def _sale(
    planter: Planter,
    name: str,
    ago: int,
    customer: str,
    text: str,
    codes: dict[str, str],
    **more: Any,
) -> None:
    lines = _lines(planter, text, codes, _full_items(planter))
    reference = _customer(planter, customer)
    planter.add(
        name, CustomerRef=reference, TxnDate=day(planter, ago), Line=lines, **_form(codes), **more
    )


def _more_sales(planter: Planter, codes: dict[str, str]) -> None:
    planter.add(
        "Payment",
        CustomerRef=_customer(planter, "Diego Rodriguez"),
        TotalAmt="25",
        TxnDate=day(planter, 18),
    )
    for line in OTHER_SALES.strip().splitlines():
        name, ago, customer, text = line.split("|")
        more: Doc = {}
        if name == "RefundReceipt":
            more = {
                "DepositToAccountRef": planter.ref("Account", "Checking"),
                "PaymentType": "Cash",
            }
        _sale(planter, name, int(ago), customer, text, codes, **more)
    planter.add(
        "TimeActivity",
        NameOf="Employee",
        EmployeeRef=planter.ref("Employee", "Emily Platt"),
        Hours=5,
        Minutes=30,
        TxnDate=day(planter, 10),
        CustomerRef=_customer(planter, "Cool Cars"),
        BillableStatus="Billable",
        HourlyRate=30,
        ItemRef=planter.ref("Item", "Hours"),
    )


def _costs(planter: Planter, codes: dict[str, str]) -> None:
    code = "" if codes["form"] else codes["taxed"]
    for number, line in enumerate(BILLS.strip().splitlines()):
        _bill(planter, number, line, code)
    for line in PURCHASES.strip().splitlines():
        ago, payee, account, amount, how, source = line.split("|")
        entity = {**planter.ref("Vendor", payee), "type": "Vendor"}
        lines = [planter.cost_line(account, amount, code)]
        account_ref = planter.ref("Account", source)
        planter.add(
            "Purchase",
            PaymentType=how,
            AccountRef=account_ref,
            EntityRef=entity,
            Line=lines,
            TxnDate=day(planter, ago),
        )
    for name, vendor, ago, amount in (
        ("VendorCredit", "Hicks Hardware", "22", "35"),
        ("PurchaseOrder", "Tania's Nursery", "6", "125"),
    ):
        lines = [planter.cost_line("Job Expenses:Job Materials", amount, code)]
        planter.add(
            name, VendorRef=planter.ref("Vendor", vendor), TxnDate=day(planter, ago), Line=lines
        )


def _bill(planter: Planter, number: int, line: str, code: str) -> None:
    ago, vendor, account, amount, share = line.split("|")
    reference = planter.ref("Vendor", vendor)
    bill = planter.add(
        "Bill",
        VendorRef=reference,
        TxnDate=day(planter, ago),
        DocNumber=f"B{700 + number}",
        Line=[planter.cost_line(account, amount, code)],
    )
    paid = cents(dec(bill["TotalAmt"]) * dec(share))
    if not paid:
        return
    planter.add(
        "BillPayment",
        VendorRef=reference,
        TotalAmt=paid,
        PayType="Check",
        TxnDate=day(planter, max(0, int(ago) - 9)),
        DocNumber=str(10 + number),
        CheckPayment={"BankAccountRef": planter.ref("Account", "Checking")},
        Line=[{"Amount": paid, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
    )


def _side(planter: Planter, kind: str, account: str, amount: str) -> Doc:
    return {
        "Amount": amount,
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {
            "PostingType": kind,
            "AccountRef": planter.ref("Account", account),
        },
    }


def _banking(planter: Planter) -> None:
    for debit, credit, amount in OPENINGS:
        lines = [_side(planter, "Debit", debit, amount), _side(planter, "Credit", credit, amount)]
        planter.add(
            "JournalEntry", TxnDate=day(planter, 200), PrivateNote="Opening balance", Line=lines
        )
    checking = planter.ref("Account", "Checking")
    planter.add(
        "Transfer",
        FromAccountRef=checking,
        ToAccountRef=planter.ref("Account", "Savings"),
        Amount="200",
        TxnDate=day(planter, 44),
    )
    planter.add(
        "CreditCardPaymentTxn",
        BankAccountRef=checking,
        Amount="150",
        TxnDate=day(planter, 27),
        CreditCardAccountRef=planter.ref("Account", "Mastercard"),
    )
    detail = {"AccountRef": planter.ref("Account", "Interest Earned")}
    line = {
        "Amount": "218.75",
        "DetailType": "DepositLineDetail",
        "Description": "Interest",
        "DepositLineDetail": detail,
    }
    planter.add("Deposit", DepositToAccountRef=checking, TxnDate=day(planter, 19), Line=[line])


def _template(planter: Planter, name: str, interval: str, start: int, **schedule: Any) -> Doc:
    return {
        "Name": name,
        "RecurType": "Automated",
        "Active": True,
        "ScheduleInfo": {
            "StartDate": day(planter, start),
            "IntervalType": interval,
            "NumInterval": 1,
            "DaysBefore": 0,
            **schedule,
        },
    }


def _templates(planter: Planter, codes: dict[str, str]) -> None:
    """A bill for the rent and an invoice for the round, both made anew by QuickBooks when their day
    comes.
    """
    rent: Doc = {
        "VendorRef": planter.ref("Vendor", "Hall Properties"),
        "Line": [
            planter.cost_line("Rent or Lease", "900", "" if codes["form"] else codes["taxed"])
        ],
        "RecurringInfo": _template(planter, "Monthly building lease", "Monthly", 80, DayOfMonth=1),
    }
    lines = _lines(planter, "Gardening x 2 @ 55", codes, _full_items(planter))
    weekly: Doc = {
        "CustomerRef": _customer(planter, "Kate Whelan"),
        "Line": lines,
        "RecurringInfo": _template(
            planter, "Weekly garden round", "Weekly", 30, DayOfWeek="Monday"
        ),
        **_form(codes),
    }
    recurring.save(planter.book, {"Bill": rent})
    recurring.save(planter.book, {"Invoice": weekly})


def _note(planter: Planter) -> None:
    vendor = {**planter.ref("Vendor", "Norton Lumber and Building Materials"), "type": "Vendor"}
    planter.add(
        "Attachable", Note="Ask for the contractor's price.", AttachableRef=[{"EntityRef": vendor}]
    )
