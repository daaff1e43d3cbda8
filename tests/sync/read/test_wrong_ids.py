"""An answer gives a new record the id of none: nothing twice, nothing lost, and no pair that is
none (invariants 1 and 4).
"""

from __future__ import annotations

import json

import msgspec
import pytest

from quicksync.models import EntityMapping
from quicksync.quickbooks.online.transport.client import OnlineClient as Transport
from quicksync.sync.actions import single_records
from quicksync.sync.read import inbox
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    with connected() as found:
        found.enable("customer", "item", "invoice", on_delete_there="void")
        found.sync()
        yield found


def misnamed(monkeypatch, entity):
    """The next new record of a type is answered under an id that no record has."""
    left, send = [entity], Transport.send

    def answered(self, request):
        reply = send(self, request)
        if left and b'"BatchItemResponse"' in reply.body:
            tree = json.loads(reply.body)
            for part in tree["BatchItemResponse"]:
                if left and left[0] in part:
                    part[left.pop()]["Id"] = "999999"
            return msgspec.structs.replace(reply, body=json.dumps(tree).encode())
        return reply

    monkeypatch.setattr(Transport, "send", answered)


def written_again(company, there):
    """A bookkeeper writes another invoice of the same number."""
    values = {
        "DocNumber": there["DocNumber"],
        "CustomerRef": there["CustomerRef"],
        "Line": [one for one in there["Line"] if one["DetailType"] != "SubTotalLineDetail"],
    }
    company.sim.edit("create", "Invoice", values=values, realm=company.connection.realm_id)


def fetched(company, obj):
    """A person gets this record from QuickBooks."""
    (run,) = single_records.send(obj._meta.label_lower, [str(obj.pk)], user=None, direction="pull")
    return company.work(run)


def notified(company, remote_id):
    """QuickBooks tells that it has deleted an invoice."""
    event = {
        "id": "d",
        "type": "qbo.invoice.deleted.v1",
        "intuitentityid": remote_id,
        "intuitaccountid": company.connection.realm_id,
        "time": "2026-03-01T10:00:00Z",
        "data": {},
    }
    assert inbox.take(json.dumps([event]).encode()).state == "used"


@pytest.mark.parametrize("entity", ["Customer", "Invoice"])
def test_the_record_is_found_by_its_name_and_stands_once_on_each_side(company, monkeypatch, entity):
    obj = ada = company.client()
    if entity == "Invoice":
        obj = company.invoice(ada, 100)
    misnamed(monkeypatch, entity)
    for _ in range(3):
        assert_adds_up(company.sync())
    (there,) = company.there(entity)
    assert company.mapping(obj).remote_id == there["Id"]
    assert company.mapping(obj).state == "in_sync"
    assert not EntityMapping.objects.filter(remote_id="999999").exists()
    assert type(obj).objects.count() == 1
    obj.refresh_from_db()
    assert obj.active if entity == "Customer" else not obj.voided


def test_a_new_customer_is_not_taken_for_deleted_when_its_first_invoice_is_refused(
    company, monkeypatch
):
    ada = company.client()
    made = company.invoice(ada, 100)
    misnamed(monkeypatch, "Customer")
    for _ in range(4):
        assert_adds_up(company.sync())
    (there,) = company.there("Customer")
    (document,) = company.there("Invoice")
    assert company.mapping(ada).remote_id == there["Id"]
    assert company.mapping(made).remote_id == document["Id"]
    assert document["CustomerRef"]["value"] == there["Id"]
    assert {company.mapping(one).state for one in (ada, made)} == {"in_sync"}
    ada.refresh_from_db()
    made.refresh_from_db()
    assert ada.active
    assert not made.voided


@pytest.mark.parametrize("told", ["feed", "notice"])
def test_what_was_made_and_deleted_at_once_is_followed_as_soon_as_quickbooks_tells_of_it(
    company, told
):
    made = company.invoice(company.client(), 100)
    company.sync()
    there = company.partner(made)
    company.sim.edit("delete", "Invoice", there["Id"], realm=company.connection.realm_id)
    fetched(company, made)
    assert company.mapping(made).state == "in_sync", "its id alone could be the wrong one"
    if told == "notice":
        notified(company, there["Id"])
        fetched(company, made)
    else:
        company.sync()
    assert company.mapping(made).remote_id == there["Id"]
    made.refresh_from_db()
    assert made.voided


def test_another_record_of_the_same_number_leaves_the_pair_as_it_is(company):
    made = company.invoice(company.client(), 100)
    company.sync()
    there = company.partner(made)
    written_again(company, there)
    for _ in range(2):
        company.sync()
    assert company.mapping(made).remote_id == there["Id"]
    assert company.mapping(made).state == "in_sync"


def test_an_invoice_that_was_deleted_and_written_anew_is_not_taken_for_one_that_never_was(company):
    made = company.invoice(company.client(), 100)
    company.sync()
    there = company.partner(made)
    company.sim.edit("delete", "Invoice", there["Id"], realm=company.connection.realm_id)
    written_again(company, there)
    company.sync()
    assert company.mapping(made).remote_id == there["Id"], "its loss is followed as one"
