"""A payment that lies in a deposit is not changed any more; QuickBooks says so, and the record says why (G9)."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)


def test_g9_a_change_to_a_deposited_payment_is_refused_and_explained():
    """A deposit leaves its payments untouched in the books that are read, so only the answer tells of it."""
    kinds = ("account", "tax_code", "term", "payment_method", "customer", "item", "invoice", "payment")
    with connected(kinds=kinds) as company:
        ada = company.client("Ada")
        invoice = company.invoice(ada, 50)
        receipt = company.receipt(ada, {invoice: 50})
        company.sync()
        payment = company.partner(receipt)
        bank = company.there("Account", "AccountType = 'Bank'")[0]["Id"]
        link = {"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}
        body = {"DepositToAccountRef": {"value": bank}, "Line": [{"Amount": 50, "LinkedTxn": [link]}]}
        company.sim.api("POST", "deposit", body, realm=company.connection.realm_id)
        receipt.refresh_from_db()
        receipt.received_on -= dt.timedelta(days=1)
        receipt.save()
        run = company.sync()
        assert_adds_up(run)
        mapping = company.mapping(receipt)
        assert (mapping.state, mapping.reason) == ("failed", "deposited")
        assert company.partner(receipt)["TxnDate"] == payment["TxnDate"]
