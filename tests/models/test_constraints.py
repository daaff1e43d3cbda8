"""Invariant 2 and its like: what may never stand twice is refused by the database itself, on both
databases.
"""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from quicksync.models import (
    Category,
    CodeMapping,
    Connection,
    EntityMapping,
    FieldRule,
    Operation,
    RemoteRecord,
    SyncRun,
)
from tests.models import make

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def refused(act, *args, **kwargs):
    """Whether the database refuses."""
    try:
        with transaction.atomic():
            act(*args, **kwargs)
    except IntegrityError:
        return True
    return False


@pytest.fixture
def company():
    return make.connection()


class TestRuns:
    """At most one running run per connection."""

    @pytest.mark.parametrize("state", SyncRun.ACTIVE)
    def test_a_second_active_run_is_refused(self, company, state):
        make.run(company)
        assert refused(make.run, company, state=state)
        assert not refused(make.run, make.connection("2"), state=state)

    @pytest.mark.parametrize("state", sorted(set(SyncRun.State.values) - set(SyncRun.ACTIVE)))
    def test_others_may_be_many(self, company, state):
        make.run(company)
        assert not refused(make.run, company, state=state)

    def test_an_ended_run_does_not_come_back_beside_another(self, company):
        ended = make.run(company, state="done")
        make.run(company)
        assert refused(SyncRun.objects.filter(pk=ended.pk).update, state="running")


class TestOperations:
    """At most one open operation per mapping."""

    @pytest.mark.parametrize("state", Operation.OPEN)
    def test_a_second_open_one_is_refused(self, company, state):
        run, mapping = make.run(company), make.half(company)
        make.operation(run, mapping, state="unknown")
        assert refused(make.operation, run, mapping, state=state)
        assert not refused(make.operation, run, make.half(company, "2"), state=state)

    @pytest.mark.parametrize("state", sorted(set(Operation.State.values) - set(Operation.OPEN)))
    def test_others_may_be_many(self, company, state):
        run, mapping = make.run(company), make.half(company)
        make.operation(run, mapping, state="sending")
        assert not refused(make.operation, run, mapping, state=state)

    def test_a_closed_one_is_not_reopened_beside_another(self, company):
        run, mapping = make.run(company), make.half(company)
        closed = make.operation(run, mapping, state="done")
        make.operation(run, mapping, state="pending")
        assert refused(Operation.objects.filter(pk=closed.pk).update, state="pending")


class TestMappings:
    """A record is in one pair only, on either side."""

    def test_a_host_object_once(self, company):
        make.half(company, "1")
        assert refused(make.half, company, "1")
        assert not refused(make.half, make.connection("2"), "1")
        assert not refused(make.half, company, "1", model_label="shop.patron")

    def test_a_quickbooks_record_once(self, company):
        there = {"key": None, "remote_type": "Customer", "remote_id": "7"}
        make.half(company, **there)
        assert refused(make.half, company, **there)
        assert not refused(make.half, make.connection("2"), **there)

    def test_halves_of_one_side_may_be_many(self, company):
        """Nothing there yet is not the same as the same thing there."""
        for number in range(3):
            make.half(company, str(number))
        for number in range(3):
            make.half(company, None, remote_type="Customer", remote_id=str(number))
        assert EntityMapping.objects.count() == 6

    def test_one_side_at_least(self, company):
        assert refused(make.half, company, None)


class TestConnections:
    """A8: one company has at most one live connection."""

    @pytest.mark.parametrize("status", ["connected", "expired"])
    def test_the_same_company_twice(self, company, status):
        assert refused(Connection.objects.create, name="Again", realm_id="1", status=status)

    @pytest.mark.parametrize("status", ["new", "disconnected"])
    def test_not_live(self, company, status):
        assert not refused(Connection.objects.create, name="Again", realm_id="1", status=status)

    def test_another_world(self, company):
        assert not refused(make.connection, environment="sandbox")

    def test_no_company_yet(self):
        for name in "ab":
            Connection.objects.create(name=name, status="expired")
        assert Connection.objects.count() == 2


class TestSettings:
    """One row for each thing that is set."""

    def test_one_category_for_each_kind(self, company):
        category = Category.objects.create(connection=company, kind="item")
        assert refused(Category.objects.create, connection=company, kind="item")
        FieldRule.objects.create(category=category, field="notes")
        assert refused(FieldRule.objects.create, category=category, field="notes")

    def test_one_partner_for_each_code(self, company):
        CodeMapping.objects.create(connection=company, kind="tax_code", code="T20", remote_id="1")
        assert refused(
            CodeMapping.objects.create,
            connection=company,
            kind="tax_code",
            code="T20",
            remote_id="2",
        )

    def test_one_row_for_each_quickbooks_record(self, company):
        RemoteRecord.objects.create(connection=company, type="Customer", remote_id="1")
        assert refused(
            RemoteRecord.objects.create, connection=company, type="Customer", remote_id="1"
        )
