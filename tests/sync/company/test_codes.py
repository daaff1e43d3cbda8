"""Codes of this side find their namesakes in QuickBooks' lists by themselves, if there is no doubt
(A13).
"""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from quicksync.models import CodeMapping, RemoteRecord
from quicksync.quickbooks.messages import Facts
from quicksync.records import Ref
from quicksync.sync.company import codes
from quicksync.sync.pairs.at_hand import AtHand
from tests.models import make
from tests.quickbooks.online.make import EDITION

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    return make.connection()


def entry(company, kind, id_, name, *, active=True, **payload):
    """One entry of a list in QuickBooks."""
    RemoteRecord.objects.create(
        connection=company,
        kind=kind,
        type=kind.title().replace("_", ""),
        remote_id=id_,
        name=name,
        name_key=name.casefold(),
        payload=json.dumps({"Name": name.rpartition(":")[2], **payload}),
        active=active,
    )


def proposed(company, *refs, **facts):
    at_hand = AtHand(company, EDITION, Facts(**facts))
    codes.propose(at_hand, [Ref(kind, code) for kind, code in refs])
    rows = CodeMapping.objects.filter(connection=company)
    return {(row.kind, row.code): row.remote_id for row in rows}


def test_by_name_whatever_the_case(company):
    entry(company, "term", "3", "Net 30")
    assert proposed(company, ("term", "NET 30")) == {("term", "NET 30"): "3"}


def test_i1_a_guess_and_what_a_person_made_of_it_are_in_the_audit(company, admin_user):
    entry(company, "term", "3", "Net 30")
    entry(company, "term", "4", "Net 60")
    proposed(company, ("term", "NET 30"))
    proposed(company, ("term", "NET 30"))
    codes.choose(company, "term", "NET 30", "4", Facts(), user=admin_user)
    told = list(CodeMapping.history.order_by("history_id"))
    assert [(row.history_type, row.remote_id, str(row.history_user or "")) for row in told] == [
        ("+", "3", ""),
        ("~", "4", "admin"),
    ]
    assert told[0].history_change_reason == "Found by name or number"


def test_an_account_by_its_number(company):
    entry(company, "account", "79", "Sales of Product Income", AcctNum="4000")
    assert proposed(company, ("account", "4000")) == {("account", "4000"): "79"}


def test_an_account_by_the_last_part_of_its_name(company):
    entry(company, "account", "5", "Travel:Meals")
    assert proposed(company, ("account", "Meals")) == {("account", "Meals"): "5"}


def test_two_of_a_name_are_nobody(company):
    """A person chooses."""
    entry(company, "account", "5", "Travel:Meals")
    entry(company, "account", "6", "Office:Meals")
    assert proposed(company, ("account", "Meals")) == {}


def test_an_inactive_entry_is_nobody(company):
    entry(company, "payment_method", "1", "Cash", active=False)
    assert proposed(company, ("payment_method", "Cash")) == {}


def test_a_name_of_another_list_is_nobody(company):
    entry(company, "term", "1", "Cash")
    assert proposed(company, ("payment_method", "Cash")) == {}


def test_records_that_are_no_list_are_left_out(company):
    assert proposed(company, ("customer", "1")) == {}


def test_a_persons_choice_stays(company):
    entry(company, "term", "3", "Net 30")
    CodeMapping.objects.create(connection=company, kind="term", code="Net 30", remote_id="9")
    assert proposed(company, ("term", "Net 30")) == {("term", "Net 30"): "9"}


def test_the_rate_is_kept_to_notice_when_it_changes(company):
    """A12"""
    entry(company, "tax_code", "2", "20.0% S")
    proposed(company, ("tax_code", "20.0% S"), tax_codes={"2": "20"})
    row = CodeMapping.objects.get()
    assert (row.rate, row.origin) == (Decimal("20.0000"), "proposed")


def test_an_unknown_rate_is_no_rate(company):
    """US automated tax says no percentage."""
    entry(company, "tax_code", "TAX", "TAX")
    proposed(company, ("tax_code", "TAX"), tax_codes={"TAX": ""})
    assert CodeMapping.objects.get().rate is None
