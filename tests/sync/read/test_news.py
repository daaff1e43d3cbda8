"""The same version of a record in another form is no news (fidelity 1.15, 1.20): nobody looks at
its pair for it.
"""

from __future__ import annotations

import json

import pytest

from quicksync.models import EntityMapping, RemoteRecord
from quicksync.quickbooks.loading import edition_for
from quicksync.sync.pairs.sides import as_remote
from quicksync.sync.read import remote_records

EDITION = edition_for("online")


@pytest.fixture
def pushed(company):
    """A client, an invoice and a payment that were just written to QuickBooks."""
    ada = company.client()
    invoice = company.invoice(ada, 50)
    receipt = company.receipt(ada, {invoice: 20})
    company.sync()
    # Payments touch invoices: that is read once.
    company.sync()
    return company, (ada, invoice, receipt)


def told(company, obj, **values):
    """A pair's record as QuickBooks told it last, with other properties."""
    mapping = company.mapping(obj)
    row = RemoteRecord.objects.get(type=mapping.remote_type, remote_id=mapping.remote_id)
    remote = as_remote(row)
    return type(remote)(
        **{name: getattr(remote, name) for name in remote.__struct_fields__}
        | {"payload": json.dumps({**json.loads(row.payload), **values})}
    )


def wanted(company):
    return list(EntityMapping.objects.exclude(touched_at=None).values_list("kind", flat=True))


def test_what_was_written_comes_back_with_the_feed_and_is_planned_no_more(pushed):
    """A single answer has a tax code and rates that rows of many have not."""
    company, objects = pushed
    ada = objects[0]
    ada.phone = "5"
    ada.save()
    company.sync()
    run = company.sync()
    assert not any(run.counts.values()), run.counts


@pytest.mark.django_db
def test_another_form_of_the_same_version_touches_nothing_and_is_stored(pushed):
    company, objects = pushed
    for obj in objects:
        remote = told(company, obj, V4IDPseudonym="0020981", CustomExtensions=[])
        assert remote_records.absorb(company.connection, EDITION, [remote]) == 0
        mapping = company.mapping(obj)
        row = RemoteRecord.objects.get(type=mapping.remote_type, remote_id=mapping.remote_id)
        assert row.payload == remote.payload
    assert wanted(company) == []


@pytest.mark.django_db
def test_what_moves_without_a_new_version_is_news(pushed):
    """A customer's balance, and the deposit that a payment lies in, come without a new token."""
    company, (ada, _, receipt) = pushed
    balance = told(company, ada, Balance=999)
    deposit = told(company, receipt, LinkedTxn=[{"TxnId": "99", "TxnType": "Deposit"}])
    assert remote_records.absorb(company.connection, EDITION, [balance, deposit]) == 2
    assert sorted(wanted(company)) == ["customer", "payment"]


@pytest.mark.django_db
def test_what_cannot_be_read_and_what_is_not_in_use_any_more_is_news(pushed):
    company, (ada, invoice, _) = pushed
    strange = told(company, invoice, TotalAmt="much")
    inactive = told(company, ada, Active=False)
    inactive = type(inactive)(
        **{n: getattr(inactive, n) for n in inactive.__struct_fields__} | {"active": False}
    )
    assert remote_records.absorb(company.connection, EDITION, [strange, inactive]) == 2
