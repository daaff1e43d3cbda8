"""Searches of the long lists find numbers and names anywhere in a text, amounts, and ids that are
typed in full; on PostgreSQL by an index, if it has pg_trgm.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import transaction
from django.urls import reverse

from quicksync import text_search
from quicksync.admin.parts import searching
from quicksync.checks import check_search
from quicksync.models import Attempt, EntityMapping
from quicksync.models.mapping import RECORDS
from quicksync.models.operation import PROPOSALS
from tests.admin.parts.plans import at_size, plan_of

pytestmark = pytest.mark.postgres


@pytest.fixture
def found(admin_client):
    """The names of what a list finds."""

    def search(model, term, **filters):
        url = reverse(f"admin:quicksync_{model}_changelist")
        response = admin_client.get(url, {"q": term, **filters})
        assert response.status_code == 200
        return {str(row) for row in response.context_data["cl"].result_list}

    return search


@pytest.mark.parametrize("term", ["1042", "INV-10", "inv-1042", "voice INV", "1042 invoice"])
def test_a_record_is_found_by_a_part_of_its_number_or_name(term, rows, found):
    rows.mapping(label="Invoice INV-1042/b")
    rows.mapping(label="Invoice INV-2077")
    assert found("entitymapping", term) - found("entitymapping", "2077") == {"Invoice INV-1042/b"}


def test_a_record_is_found_by_its_key_and_its_id_in_full(rows, found):
    rows.mapping(label="Here", object_key="40917")
    rows.mapping(label="There", object_key=None, remote_type="Invoice", remote_id="40917")
    rows.mapping(label="Longer", object_key="1409176", remote_type="Invoice", remote_id="5409171")
    assert found("entitymapping", "40917") == {"Here", "There"}


def test_what_is_shorter_than_three_signs_is_a_word_of_its_own(rows, found):
    rows.mapping(label="Apartment 42")
    rows.mapping(label="Apartment 4217")
    rows.mapping(label="Key", object_key="42")
    assert found("entitymapping", "42") == {"Apartment 42", "Key"}
    assert found("entitymapping", "apartment 42") == {"Apartment 42"}


@pytest.mark.parametrize("term", ["100%", "a_b", "'; --", "\\", "   "])
def test_signs_that_a_database_knows_are_texts(term, rows, found):
    rows.mapping(label="100% cotton a_b '; -- \\ abc")
    rows.mapping(label="1000 axb")
    wanted = {"100% cotton a_b '; -- \\ abc"} | ({"1000 axb"} if not term.strip() else set())
    assert found("entitymapping", term) == wanted


def test_a_search_keeps_to_the_filters(rows, found):
    rows.mapping(label="Client 777", state="held")
    rows.mapping(label="Client 7778")
    assert found("entitymapping", "777", state__exact="held") == {"Client 777"}
    assert found("skippedrecord", "777") == {"Client 777"}


def test_a_record_that_only_a_preview_has_named_is_found(rows, found):
    unnamed = rows.mapping(label="", object_key="1")
    rows.operation(rows.draft(), mapping=unnamed, label="Invoice 30815")
    assert found("operation", "0815") == {"Invoice 30815"}
    assert found("entitymapping", "0815") == {"Invoice 30815"}


@pytest.mark.parametrize("term", ["1234.50", "1,234.5", "1234,50", "1 234.50"])
def test_an_operation_is_found_by_its_amount(term, rows, found):
    run = rows.run(state="done")
    rows.operation(run, label="That", amount=Decimal("1234.50"), state="done")
    rows.operation(run, label="Other", amount=Decimal("12345.00"), state="done")
    rows.operation(run, label="None", amount=None, state="done")
    assert found("operation", term) == {"That"}


def test_an_operation_is_found_by_name_or_amount_or_request_id(rows, found):
    run = rows.run(state="done")
    rows.operation(run, mapping=rows.mapping(label="Bill 5000"), state="done")
    rows.operation(run, label="Paid", amount=Decimal(5000), state="done")
    rows.operation(run, label="Sent", parcel="5000", state="done")
    rows.operation(run, label="Not at all", state="done")
    assert found("operation", "5000") == {"Bill 5000", "Paid", "Sent"}


def test_a_record_of_quickbooks_is_found_by_its_pair_and_an_entry_of_a_list_by_its_name(
    rows, found
):
    rows.mapping(label="Invoice 81-77", remote_type="Invoice", remote_id="9")
    rows.remote(type="Invoice", kind="invoice", remote_id="9", name="81-77")
    rows.remote(type="Invoice", kind="invoice", remote_id="10", name="82")
    rows.remote(name="Travel 1-77", remote_id="11")
    assert found("remoterecord", "1-77") == {"81-77", "Travel 1-77"}


def test_an_attempt_is_found_by_trace_id_request_id_and_code(rows, found):
    operation = rows.operation(rows.run(state="done"), state="done")
    for number, values in enumerate(
        [{"trace_id": "1-abc"}, {"parcel": "p9"}, {"fault": "6000"}, {}], start=200
    ):
        Attempt.objects.create(operation=operation, outcome="done", status=number, **values)
    every = {Attempt.objects.get(status=status).pk for status in (200, 201, 202)}
    assert every == {
        row
        for term in ("1-abc", "p9", "6000")
        for row in searched_attempts(term).values_list("pk", flat=True)
    }


def searched_attempts(term):
    """What the list of attempts finds."""
    from django.contrib import admin

    own = admin.site.get_model_admin(Attempt)
    return own.get_search_results(None, Attempt.objects.all(), term)[0]


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("1,200", "1200"),
        ("1,200.75", "1200.75"),
        ("12,50", "12.50"),
        ("-3.10", "-3.10"),
        ("1 000", "1000"),
    ],
)
def test_what_is_an_amount(typed, amount):
    assert searching.amount(typed) == Decimal(amount)


@pytest.mark.parametrize("typed", ["", "INV-12", "1.2.3", "12.", ".5", "1,2", "9" * 16, "12e5"])
def test_what_is_no_amount(typed):
    assert searching.amount(typed) is None


# --- Indexes --------------------------------------------------------------------------------------


def goes_by(index, rows):
    """Whether a search reads that index, where the database has such; SQLite reads the table."""
    return not trigrams() or index in plan_of(rows)


def trigrams():
    """Whether the database can have such indexes."""
    if database.vendor != "postgresql":
        return False
    assert text_search.extension("default"), "the server has no pg_trgm"
    return True


def test_the_search_of_records_goes_by_its_index(rows):
    at_size(rows, EntityMapping, 20_000)
    found = RECORDS.holding(EntityMapping.objects.order_by("-id"), "00012345")
    assert goes_by("quicksync_record_text", found[:100])
    assert [one.label for one in found] == ["Row 00012345"]


def test_the_search_of_proposals_goes_by_its_index(rows):
    from quicksync.models import Operation

    at_size(rows, Operation, 20_000, state="draft")
    found = PROPOSALS.holding(Operation.objects.all(), "00012345")
    assert goes_by("quicksync_proposal_text", found)
    assert [one.label for one in found] == ["Row 00012345"]


def test_a_site_without_the_extension_searches_all_the_same(rows):
    """And gets the index with the next migrate after somebody has made it. SQLite never has one,
    and needs none.
    """
    had = trigrams()
    rows.mapping(label="Invoice INV-1042")
    with transaction.atomic():
        drop_extension()
        assert text_search.lacks_index(RECORDS) is had
        found = RECORDS.holding(EntityMapping.objects.all(), "1042")
        assert [one.label for one in found] == ["Invoice INV-1042"]
        told = [one.id for one in check_search(None, databases=["default"])]
        assert told == (["quicksync.W012"] if had else [])
        assert [RECORDS.ensure("default"), PROPOSALS.ensure("default")] == [had, had]
        assert check_search(None, databases=["default"]) == []


def test_where_the_extension_cannot_be_made_nothing_breaks(rows, monkeypatch, caplog):
    had = trigrams()
    monkeypatch.setattr(text_search, "EXTENSION", "no_such_extension")
    with transaction.atomic():
        drop_extension()
        assert not RECORDS.ensure("default")
        assert ("searches read whole tables" in caplog.text) is had
        assert EntityMapping.objects.count() == 0, "the transaction goes on"


def drop_extension():
    """As on a server where nobody has made it."""
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("DROP EXTENSION pg_trgm CASCADE")
