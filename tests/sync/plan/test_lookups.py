"""What is looked up for each parcel or chunk is found by an index, so that size does not slow a run
down.
"""

from __future__ import annotations

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from quicksync.sync.exchange import landing_lane
from quicksync.sync.pairs import links as references
from quicksync.sync.plan import planner
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)


def plans(caught, *parts):
    """How SQLite looks for the rows of the statements that contain these parts."""
    found = {row["sql"] for row in caught if all(part in row["sql"] for part in parts)}
    assert found, f"no statement with {parts}"
    with database.cursor() as cursor:
        for sql in found:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            yield [row[3] for row in cursor.fetchall()]


@pytest.fixture
def caught():
    """The statements of a run that sends an invoice and reads it back."""
    with connected(kinds=("customer", "item", "invoice")) as company:
        company.invoice(company.client(), 100)
        with CaptureQueriesContext(database) as caught:
            company.sync()
            company.sync()
        yield list(caught)


def test_the_operations_of_a_parcel_are_found_by_the_parcel(caught):
    """Not among all operations that the connection ever had."""
    for plan in plans(caught, 'SELECT "quicksync_operation".', '"parcel" = ', "LEFT OUTER JOIN"):
        assert any("(parcel=?" in step or "(run_id=? AND state=?" in step for step in plan), plan


def test_what_references_lead_to_is_found_by_its_id(caught):
    """Not among all records of its kind."""
    for plan in plans(caught, ' OR "quicksync_remoterecord"."deleted"'):
        assert any("(connection_id=? AND type=? AND remote_id=?)" in step for step in plan), plan


def test_the_lane_looks_for_no_key_among_all_records_of_a_company(monkeypatch):
    """What comes from QuickBooks and is nobody's here is looked up by name and by key."""
    monkeypatch.setattr(landing_lane, "LEAST", 1)
    with connected(kinds=("customer",)) as company:
        for number in range(30):
            company.sim.api("POST", "customer", {"DisplayName": f"Customer {number}"})
        with CaptureQueriesContext(database) as told:
            run = company.sync()
    assert run.operations.filter(state="done", claims="").count() == 30, "the lane took them"
    for plan in plans(list(told), "json_each"):
        assert not [step for step in plan if step.endswith("(connection_id=?)")], plan


def test_a_plan_of_many_chunks_remembers_few_halves(monkeypatch):
    """Every invoice names a customer that is not there yet; what is forgotten is asked again."""
    monkeypatch.setattr(planner, "CHUNK", 2)
    monkeypatch.setattr(references, "HALVES", 2)
    known = []
    trim = references.Links.trim
    monkeypatch.setattr(
        references.Links, "trim", lambda links: (trim(links), known.append(len(links.halves)))
    )
    with connected(kinds=("customer", "item", "invoice")) as company:
        for number in range(7):
            company.invoice(company.client(f"Client {number}"), 100)
        run = company.sync()
        assert len(company.there("Invoice")) == len(company.there("Customer")) == 7
    assert_adds_up(run)
    assert known
    assert max(known) <= 2
