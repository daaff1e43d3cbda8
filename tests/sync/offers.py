"""What the tests of estimates share."""

from __future__ import annotations

import datetime as dt

from quicksync.books.models import Client
from tests.company import assert_adds_up
from tests.sync.settled import entered_there, quiet

LISTS = ("account", "tax_code", "term", "payment_method")
KINDS = (*LISTS, "customer", "item", "estimate", "invoice")
DAY = dt.date(2026, 3, 7)


def settled(company):
    """What QuickBooks worked out by itself is read, and then there is nothing to do."""
    assert_adds_up(company.sync())
    quiet(company)


def edit(company, name, obj_or_id, **values):
    """What a bookkeeper changes in QuickBooks."""
    remote = obj_or_id if isinstance(obj_or_id, str) else company.mapping(obj_or_id).remote_id
    realm = company.connection.realm_id
    return company.sim.edit("update", name, remote, values=values, realm=realm)


def offered_there(company, *amounts, **values):
    """An estimate that the bookkeeper enters in QuickBooks for the client."""
    company.sync()
    customer = {"value": company.partner(Client.objects.get())["Id"]}
    return entered_there(company, "Estimate", *amounts, CustomerRef=customer, **values)


def link_to(estimate):
    return [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]


def links_of(invoice):
    return [one for one in invoice["LinkedTxn"] if one["TxnType"] == "Estimate"]
