"""What is deleted here is voided, deleted or made inactive in QuickBooks, by what it can do with
such a record (F4).
"""

from __future__ import annotations

import pytest

from quicksync.quickbooks.loading import edition_for
from quicksync.records import KINDS
from tests.company import assert_adds_up

pytestmark = pytest.mark.django_db

ALL = "Active IN (true, false)"


@pytest.mark.parametrize("how", ["void", "delete"])
@pytest.mark.parametrize("kind", ["customer", "item"])
def test_a_deleted_customer_or_product_is_made_inactive(company, kind, how):
    """The default setting, and the one that asks for more than QuickBooks can do."""
    obj, type_, name = {
        "customer": lambda: (company.client(), "Customer", "DisplayName"),
        "item": lambda: (company.product(), "Item", "Name"),
    }[kind]()
    company.sync()
    there = company.partner(obj)
    company.enable(kind, on_delete_here=how)
    mapping = company.mapping(obj)
    obj.delete()
    run = company.sync()
    assert_adds_up(run)
    assert run.counts[kind]["push"] == {"updated": 1}
    [gone] = [one for one in company.there(type_, ALL) if one["Id"] == there["Id"]]
    assert gone["Active"] is False
    assert gone[name] == f"{there[name]} (deleted)"
    mapping.refresh_from_db()
    assert mapping.state == "gone"
    assert_adds_up(company.sync())


def test_every_kind_that_is_written_can_be_taken_back():
    """A kind that joins the table says what becomes of its records."""
    can = edition_for("online").can
    written = can.kinds - {"tax_code"}
    # Categories of products are removed on QuickBooks' own pages alone (D9).
    assert {kind for kind in written if not can.takes_back(kind)} == {"item_category"}
    documents = {kind for kind in written if KINDS[kind].is_document}
    assert documents == can.delete_kinds, "of lists nothing is deleted there"
    assert can.void_kinds == {"invoice", "sales_receipt", "payment"}, "others have no way"


def test_a_change_of_a_product_leaves_what_is_booked_alone(company):
    """Pain 36: without the word, a changed account rewrites years."""
    product = company.product()
    company.sync()
    product.unit_price = 120
    product.save()
    company.sync()
    assert '"optionsData":"donotupdateaccountontxns"' in company.writes()[-1]["body"]
    assert company.partner(product)["UnitPrice"] == 120
