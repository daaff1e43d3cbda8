"""Guards against what QuickBooks would refuse of a bill, or book as another total."""

from __future__ import annotations

from decimal import Decimal

import pytest

from quicksync.records import Bill, PurchaseLine, Ref
from tests.planning.sides import DAY, here, invoice, linked
from tests.planning.test_guards import CUSTOMER, goes, held

MILL = (Ref("vendor", "m"), Ref("vendor", "M"))


def bill(**fields) -> Bill:
    part = PurchaseLine(amount=Decimal(50), description="Paper")
    return Bill(**{"number": "7", "vendor": MILL[0], "issued_on": DAY, "lines": (part,)} | fields)


@pytest.mark.parametrize("taxes", ["us", "ast", "none"])
def test_a_bill_that_states_tax_is_held_where_bills_have_none_f14(taxes):
    """Fact sheet: no purchase tax in the United States; its total would be lower there."""
    known = linked(MILL, tax_kind=taxes)
    stated = here(bill(tax=Decimal("4.25")))
    assert held(stated, known) == ["tax-not-taken"]
    assert goes(here(bill(tax=Decimal(0))), known)
    assert goes(here(bill()), known)
    inclusive = bill(tax=Decimal("4.25"), prices_include_tax=True)
    assert goes(here(inclusive), known), "the amounts of its lines are what it comes to"
    assert goes(stated, linked(MILL, tax_kind="global"))


def test_a_sale_that_states_tax_is_held_where_the_company_has_none_f14():
    stated = here(invoice(tax=Decimal("4.25")))
    assert held(stated, linked(CUSTOMER, tax_kind="none")) == ["tax-not-taken"]
    assert goes(stated, linked(CUSTOMER, tax_kind="us"))


def test_a_billable_line_says_to_whom_e3():
    """QuickBooks' fault 6310."""
    known = linked(MILL, CUSTOMER)
    charged = PurchaseLine(amount=Decimal(50), description="Paper", billable=True)
    assert held(here(bill(lines=(charged,))), known) == ["billable-without-customer"]
    named = PurchaseLine(
        amount=Decimal(50), description="Paper", billable=True, customer=CUSTOMER[0]
    )
    assert goes(here(bill(lines=(named,))), known)
