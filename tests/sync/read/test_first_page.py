"""A13: connect, choose the recommended preset, and a preview runs without further work, in three
worlds of tax.
"""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from quicksync.books.models import Account, Client, Invoice, Product, TaxCode
from quicksync.books.sample import EXAMPLES, FILES, load_examples
from quicksync.models import CodeMapping, EntityMapping
from quicksync.sync.actions import presets
from quicksync.sync.company import code_states
from quicksync.sync.company.known import at_hand
from tests.company import assert_adds_up, connected_to

pytestmark = pytest.mark.django_db

# Country -> currency, and for each code of the example files: the code in that country, its rate,
# its parts. Rates are never lower than in the files, so that no payment there is larger than its
# invoice.
WORLDS = {
    "US": ("USD", {}),
    "GB": (
        "GBP",
        {
            "California": ("20.0% S", "20", ""),
            "Tucson": ("20.0% S", "20", ""),
            "NON": ("No VAT", "0", ""),
        },
    ),
    "CA": (
        "CAD",
        {
            "California": ("HST ON", "13", ""),
            "Tucson": ("GST/PST BC", "12", "5 + 7"),
            "NON": ("Exempt", "0", ""),
        },
    ),
}


def example_books(country, folder):
    """The example files as a company of that country would have written them."""
    currency, codes = WORLDS[country]
    if country == "US":
        load_examples()
        return
    TaxCode.objects.bulk_create(
        TaxCode(code=code, rate=Decimal(rate), parts=parts)
        for code, rate, parts in dict.fromkeys(codes.values())
    )
    words = {old: new for old, (new, _, _) in codes.items()}
    for name in FILES.values():
        with (EXAMPLES / name).open(encoding="utf-8", newline="") as source:
            rows = list(csv.DictReader(source))
        for row in rows:
            row.update({column: currency for column in ("currency",) if row.get(column)})
            row.update(
                {"tax_code": words.get(row["tax_code"], row["tax_code"])}
                if "tax_code" in row
                else {}
            )
            row.pop("total", None)
        with (folder / name).open("w", encoding="utf-8", newline="") as target:
            writer = csv.DictWriter(target, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    load_examples(folder)
    TaxCode.objects.filter(code__in=("California", "Tucson", "NON")).delete()


@pytest.fixture(params=WORLDS)
def company(request, tmp_path):
    example_books(request.param, tmp_path)
    with connected_to(company="sample", country=request.param) as company:
        yield company


LACKS_SET_UP = (
    "account-unmapped",
    "tax-code-unmapped",
    "term-unmapped",
    "method-unmapped",
    "class-unmapped",
    "location-unmapped",
    "entry-unmapped",
    "currency-mismatch",
    "feature-off",
    "receivable-account-on-line",
    "tax-code-outdated",
    "unreadable-here",
    "inactive-reference",
    "missing-reference",
)


def test_a_preview_runs_without_further_work_a13_h9(company):
    """Nothing is held for lack of set-up: codes, tax groups, accounts and the product for other
    lines are found.
    """
    done = presets.apply(company.connection, "recommended")
    assert done.refused == {}
    run = company.preview()
    assert run.state == "draft", run.reason_values
    held = run.operations.filter(action="hold").values_list(
        "kind", "label", "reason", "reason_values"
    )
    assert [row for row in held if row[2] in LACKS_SET_UP] == []
    new = run.operations.filter(direction="push", action="create")
    assert new.filter(kind="invoice").count() == Invoice.objects.exclude(status="void").count()


def test_every_code_that_the_books_use_has_a_sure_partner_a13(company):
    used = set(TaxCode.objects.filter(invoiceline__isnull=False).values_list("code", flat=True))
    used |= set(
        Account.objects.filter(pk__in=Product.objects.values("income_account")).values_list(
            "code", flat=True
        )
    )
    used |= set(Client.objects.exclude(term=None).values_list("term__code", flat=True))
    rows = CodeMapping.objects.filter(connection=company.connection)
    sure = {row.code for row in rows if row.confidence >= 90}
    assert used - sure == set()
    assert {row.origin for row in rows} == {"proposed"}
    assert not EntityMapping.objects.exists(), "the first look switches nothing on"


def test_every_role_has_an_account_of_a_fitting_type_a13(company):
    company.preview()
    found = company.connection.facts["defaults"]
    assert {"income", "expense", "cost", "stock", "deposit", "discount", "item"} <= found.keys()
    account = {one["Id"]: one["AccountType"] for one in company.there("Account")}
    types = {
        role: account[found[role]] for role in ("income", "expense", "cost", "stock", "deposit")
    }
    assert types == {
        "income": "Income",
        "expense": "Expense",
        "cost": "Cost of Goods Sold",
        "stock": "Other Current Asset",
        "deposit": "Other Current Asset",
    }


def test_what_was_proposed_is_sent_and_taken(company):
    """The proof of a proposal is that QuickBooks takes what is booked by it."""
    presets.apply(company.connection, "recommended")
    run = company.approve(company.preview())
    assert_adds_up(run)
    failed = list(
        run.operations.filter(state="failed").values_list(
            "kind", "label", "reason", "reason_values"
        )
    )
    assert failed == []
    book = {book.kind: book for book in code_states.books(at_hand(company.connection))}
    assert [line.code for line in book["tax_code"].care] == []
