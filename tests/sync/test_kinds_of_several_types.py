"""A kind that QuickBooks keeps as two types is a row of the tables like any other. Two kinds of one
type are the product categories and the products (`test_product_categories`).
"""

from __future__ import annotations

import datetime as dt
import json
import sys

import pytest
from django.apps import apps
from django.db import connection as database
from django.utils import timezone

import quicksync
from quicksync.exceptions import BadValue
from quicksync.models import EntityMapping, Operation, RemoteRecord
from quicksync.quickbooks.loading import edition_for
from quicksync.quickbooks.messages import Outcome, Remote, WriteItem
from quicksync.quickbooks.online.payloads.values import active_row, by_hand, name_row
from quicksync.quickbooks.online.wire import WIRED
from quicksync.quickbooks.online.wired import DELETE, Wiring
from quicksync.quickbooks.wire_table import Row, Table
from quicksync.records import ItemCategory
from quicksync.sync.actions import single_records
from quicksync.sync.exchange import believed
from quicksync.sync.monitor import reconcile
from quicksync.sync.read import inbox
from tests import new_kinds
from tests.company import assert_adds_up, connected
from tests.host.fixtures import shop, shop_tables
from tests.host.models import Patron, Ware
from tests.sync.slips import (
    KINDS,
    SLIPS,
    Slip,
    SlipAdapter,
    SlipOfTill,
    SlipRow,
    TillConfig,
    slips,
)

__all__ = ["shop", "shop_tables"]

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.date(2026, 3, 14)


@pytest.fixture
def kinds(shop):
    tables = (SlipOfTill, SlipRow)
    config = TillConfig(TillConfig.name, sys.modules[TillConfig.name])
    config.apps = apps
    apps.app_configs[config.label] = config
    config.import_models()
    apps.clear_cache()
    with database.schema_editor() as editor:
        for model in tables:
            editor.create_model(model)
    try:
        with new_kinds.added(KINDS, SLIPS):
            quicksync.register(SlipOfTill)(SlipAdapter)
            yield
    finally:
        with database.schema_editor() as editor:
            for model in reversed(tables):
                editor.delete_model(model)
        del apps.app_configs[config.label]
        apps.clear_cache()


@pytest.fixture
def company(kinds):
    with connected(kinds=("customer", "item", "slip")) as found:
        yield found


def look(company):
    company.enable("customer", "item", "slip")
    run = company.sync()
    assert_adds_up(run)
    return run


def slip(ref="1", *, back=False, price=10, **fields):
    patron = Patron.objects.first() or Patron.objects.create(full_name="Grace")
    ware = Ware.objects.first() or Ware.objects.create(title="Poster", price=10)
    made = SlipOfTill.objects.create(ref=ref, patron=patron, day=DAY, came_back=back, **fields)
    SlipRow.objects.create(slip=made, ware=ware, text="Poster", price=price)
    return made


def made_there(company, type_name, number, price=10):
    """A bookkeeper's receipt, as ours are but for what is asked for."""
    mapping = EntityMapping.objects.filter(kind="customer", remote_id__isnull=False).first()
    item = company.one("Item", "Name = 'Poster'")["Id"]
    account = company.one("Account", "Name = 'Checking'")["Id"]
    detail = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": price}
    line = {"DetailType": "SalesItemLineDetail", "Amount": price, "Description": "Poster"}
    body = {
        "CustomerRef": {"value": mapping.remote_id},
        "DocNumber": number,
        "TxnDate": DAY.isoformat(),
        "DepositToAccountRef": {"value": account},
        "Line": [line | {"SalesItemLineDetail": detail}],
    }
    return company.sim.api("POST", type_name.lower(), body)[type_name]


def types(company):
    return {name: len(company.there(name)) for name in ("SalesReceipt", "RefundReceipt")}


# --- One kind, two types --------------------------------------------------------------------------


def test_a_new_record_is_made_as_the_type_that_it_is_of(company):
    paid, back = slip("1"), slip("2", back=True)
    look(company)
    assert types(company) == {"SalesReceipt": 1, "RefundReceipt": 1}
    assert company.mapping(paid).remote_type == "SalesReceipt"
    assert company.mapping(back).remote_type == "RefundReceipt"
    assert company.partner(back)["TotalAmt"] == 10
    assert not look(company).operations.exists()


def test_records_of_both_types_come_here_as_what_they_are(company):
    slip("1")
    look(company)
    made_there(company, "SalesReceipt", "S")
    made_there(company, "RefundReceipt", "R")
    look(company)
    found = dict(SlipOfTill.objects.values_list("ref", "came_back"))
    assert found == {"1": False, "S": False, "R": True}
    assert not look(company).operations.exists()


def test_records_of_before_are_matched_with_those_of_their_own_type(company):
    slip("0")
    look(company)
    for type_name in ("SalesReceipt", "RefundReceipt"):
        made_there(company, type_name, "7")
    paid, back = slip("7"), slip("7", back=True)
    look(company)
    assert types(company) == {"SalesReceipt": 2, "RefundReceipt": 1}
    assert company.mapping(paid).remote_type == "SalesReceipt"
    assert company.mapping(back).remote_type == "RefundReceipt"


@pytest.mark.parametrize("back", [False, True], ids=["sale", "refund"])
def test_changes_go_both_ways(company, back):
    made = slip(back=back)
    look(company)
    row = made.rows.get()
    row.price = 12
    row.save()
    made.save()
    look(company)
    there = company.partner(made)
    assert there["TotalAmt"] == 12
    mapping = company.mapping(made)
    values = {"PrivateNote": "Checked by Bob"}
    company.sim.edit("update", mapping.remote_type, there["Id"], values=values)
    look(company)
    made.refresh_from_db()
    assert made.note == "Checked by Bob"


@pytest.mark.parametrize("back", [False, True], ids=["sale", "refund"])
def test_deletions_go_both_ways(company, back):
    here, there = slip("1", back=back), slip("2", back=back)
    look(company)
    company.enable("slip", on_delete_here="delete", on_delete_there="delete")
    theirs, mine = company.mapping(there), company.mapping(here)
    here.delete()
    EntityMapping.objects.filter(pk=mine.pk).update(touched_at=timezone.now())
    look(company)
    company.sim.edit("delete", theirs.remote_type, theirs.remote_id)
    look(company)
    assert types(company) == {"SalesReceipt": 0, "RefundReceipt": 0}
    assert not SlipOfTill.objects.exists()
    assert set(RemoteRecord.objects.filter(deleted=True).values_list("kind", flat=True)) == {"slip"}


def test_what_no_type_of_it_can_do_is_not_promised(company):
    """A refund receipt has no documented void."""
    can = edition_for("online").can
    assert can.takes_back("slip") == {DELETE}
    made = slip(back=True)
    look(company)
    company.enable("slip", on_delete_here="void")
    mapping = company.mapping(made)
    made.delete()
    EntityMapping.objects.filter(pk=mapping.pk).update(touched_at=timezone.now())
    look(company)
    mapping.refresh_from_db()
    assert (mapping.state, mapping.reason) == ("gone", "no-way-to-remove")


def test_a_record_never_becomes_one_of_the_other_type(company):
    made = slip()
    look(company)
    made.came_back = True
    made.save()
    look(company)
    mapping = company.mapping(made)
    assert (mapping.remote_type, mapping.reason) == ("SalesReceipt", "fixed-after-create")
    assert types(company) == {"SalesReceipt": 1, "RefundReceipt": 0}


def test_get_from_quickbooks_reads_the_record_of_its_own_type(company):
    made = slip(back=True)
    look(company)
    there = company.partner(made)
    company.sim.edit("update", "RefundReceipt", there["Id"], values={"PrivateNote": "Bob"})
    (run,) = single_records.send("till.slipoftill", [str(made.pk)], user=None, direction="pull")
    company.work(run)
    made.refresh_from_db()
    assert made.note == "Bob"
    assert not RemoteRecord.objects.filter(type="SalesReceipt").exists()


def test_a_notice_of_either_type_wakes_the_company(company):
    made = slip(back=True)
    look(company)
    mapping = company.mapping(made)
    event = {
        "id": "a",
        "type": "qbo.refundreceipt.updated.v1",
        "intuitentityid": mapping.remote_id,
        "intuitaccountid": company.connection.realm_id,
        "time": "2026-03-01T10:00:00Z",
        "data": {},
    }
    assert inbox.take(json.dumps([event]).encode()).state == "used"


def test_what_was_made_without_an_answer_is_found_by_its_type(company):
    made = slip(back=True)
    look(company)
    again = slip("2", back=True)
    company.sim.fault(path="/batch$", times=1, drop_after_commit=True)
    company.enable("slip")
    run = company.sync()
    past = timezone.now() - dt.timedelta(days=1)
    lost = Operation.objects.filter(state="unknown")
    lost.update(sent_at=past, retry_at=None)
    run.refresh_from_db()
    run.resume_at = None
    run.save(update_fields=["resume_at"])
    company.work(run)
    lost.update(retry_at=None)
    assert_adds_up(company.work(run))
    assert types(company)["RefundReceipt"] == 2
    assert company.mapping(made).remote_type == "RefundReceipt"
    assert company.mapping(again).remote_type == "RefundReceipt"


def test_each_has_the_page_of_its_type(kinds):
    edition = edition_for("online")
    assert "refundreceipt?txnId=5" in edition.link("1", "RefundReceipt", "5")
    assert "salesreceipt?txnId=5" in edition.link("1", "SalesReceipt", "5")


def test_both_sides_are_reconciled_whatever_the_type_i12(company):
    slip("1"), slip("2", back=True)
    look(company)
    line = next(one for one in reconcile.reconcile(company.connection) if one.kind == "slip")
    assert (line.here_total, line.there_total, line.agrees) == (20, 20, True)


def test_an_answer_about_a_record_of_the_other_type_is_not_believed(company):
    made = slip()
    look(company)
    mapping = company.mapping(made)
    operation = mapping.operations.order_by("-pk").first()
    operation.action = "update"
    told = told_of(mapping.remote_id, "RefundReceipt")
    assert believed.believed(operation, told) is believed.UNBELIEVED
    told = told_of(mapping.remote_id, "SalesReceipt")
    assert believed.believed(operation, told) is told


def told_of(remote_id, type_name):
    remote = Remote(type=type_name, id=remote_id, kind="slip", token="1")
    return Outcome(key="1", remote=remote)


# --- What the tables refuse -----------------------------------------------------------------------


def test_types_of_one_kind_carry_the_same_and_say_what_tells_them_apart(kinds):
    loose = slips("SalesReceipt", frozenset(), returned=False)
    with pytest.raises(ValueError, match="say something that no other says"):
        Wiring([*WIRED.all, loose, loose])


def test_what_the_type_says_can_never_change():
    with pytest.raises(ValueError, match="must be in create_only of ItemCategory"):
        Table(ItemCategory, "Item", (name_row(), active_row()), said={"parent": None})
    with pytest.raises(ValueError, match="two rows for one field"):
        Table(
            Slip,
            "SalesReceipt",
            [Row(field="returned", path="", codec=by_hand(bool))],
            said={"returned": True},
        )


def test_a_record_of_none_of_its_types_cannot_be_made(kinds):
    item = WriteItem(key="1", action="create", kind="slip", record=Slip(returned=None))
    with pytest.raises(BadValue, match="no place"):
        edition_for("online").body(item, None)
