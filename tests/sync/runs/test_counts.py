"""Counts of a run through its whole life: each record once, as it ended (invariant 1, I5, I6)."""

from __future__ import annotations

import contextlib
import random
from unittest import mock

import pytest

from quicksync.admin.run import sections
from quicksync.books.models import Invoice
from quicksync.models import Operation, SyncRun
from quicksync.sync.actions import skipping
from quicksync.sync.drivers import direct
from quicksync.sync.plan import approve
from quicksync.sync.runs import starting
from quicksync.sync.worker import counts, lease
from tests.company import connected
from tests.counts import differences

pytestmark = pytest.mark.django_db(transaction=True)

# Products come along with the invoices that name them.
KINDS = ("customer", "invoice")


def listed(run, **where):
    return list(run.operations.filter(**where).values_list("label", flat=True))


def attention(run):
    return {g.title: (g.count, [s.amounts for s in g.sections]) for g in sections.groups(run)}[
        "Needs your attention"
    ]


def approved(company, run):
    approve.approve(run, user=None)
    return company.work(run)


def test_what_waits_is_listed_and_summed_once_after_the_approval():
    """Look again after the writes of an approved preview: what is held still is held, and no second
    record.
    """
    with connected(kinds=KINDS) as company:
        client = company.client()
        company.invoice(client, 100, number="GOOD")
        Invoice.objects.create(client=client, number="EMPTY", currency="USD")
        run = company.preview()
        before = attention(run)
        assert before[0] == 1
        run = approved(company, run)
        assert run.state == "done"
        assert run.passes >= 1
        assert attention(run) == before
        assert len(listed(run, state="skipped")) == 1
        assert counts.sums(run.counts) == {
            "created": 3,
            "updated": 0,
            "unchanged": 0,
            "skipped": 1,
            "failed": 0,
        }
        assert not differences(run)


def test_what_waits_no_more_is_not_listed_as_waiting():
    """Mended between the preview and its approval: it is created, and counts so."""
    with connected(kinds=KINDS) as company:
        client = company.client()
        company.invoice(client, 100, number="GOOD")
        empty = Invoice.objects.create(client=client, number="EMPTY", currency="USD")
        run = company.preview()
        product = company.product("Other")
        empty.lines.create(
            product=product, description="Work", quantity=1, unit_price=7, position=0
        )
        empty.save()
        run = approved(company, run)
        assert not listed(run, state="skipped")
        assert counts.sums(run.counts)["skipped"] == 0
        assert run.counts["invoice"] == {"push": {"created": 2}}


def test_found_unchanged_then_edited_and_written_in_the_same_run_counts_as_updated():
    with connected(kinds=("customer",)) as company:
        kept, edited = company.client("Kept"), company.client("Edited")
        company.sync()
        kept.phone = "1"
        kept.save()
        edited.save()  # noticed, though nothing has changed
        moved = []

        def edit(*args, **values):
            if not moved:
                moved.append(1)
                edited.phone = "2"
                edited.save()
            return mock.DEFAULT

        real = approve.promote
        with mock.patch.object(approve, "promote", side_effect=edit, wraps=real):
            run = company.sync()
        assert company.partner(edited)["PrimaryPhone"]["FreeFormNumber"] == "2"
        assert run.counts == {"customer": {"push": {"updated": 2}}}


def test_a_plan_that_waited_while_others_ran_counts_nothing_twice():
    """Between the preview and its approval automatic runs look at the same records."""
    with connected(kinds=("customer",)) as company:
        clients = [company.client(f"Client {number}") for number in range(4)]
        company.sync()
        for client in clients:
            client.save()
        clients[0].phone = "1"
        clients[0].save()
        run = company.preview()
        assert counts.sums(run.counts)["unchanged"] == 3
        clients[1].phone = "2"
        clients[1].save()
        company.sync(trigger=SyncRun.Trigger.AUTOMATIC)
        run = approved(company, run)
        assert run.done == len(clients)
        assert not differences(run)


def test_i6_a_skip_counts_once():
    with connected(kinds=("customer",)) as company:
        for number in range(4):
            company.client(f"Client {number}")
        run = company.preview()
        two = list(run.operations.all()[:2])
        skipping.skip(two, user="me", why="Not ours")
        run.refresh_from_db()
        (row,) = sections.overview(run, sections.groups(run))
        assert tuple(map(str, row.cells)) == ("0", "2", "0", "0", "0", "0", "0", "2")
        run = approved(company, run)
        assert counts.sums(run.counts) == {
            "created": 2,
            "updated": 0,
            "unchanged": 0,
            "skipped": 2,
            "failed": 0,
        }


def test_progress_comes_to_its_end_and_not_beyond():
    """What was found unchanged at first and is written in a later pass is not expected twice."""
    with connected(kinds=KINDS) as company:
        company.invoice(company.client(), 100)
        run = company.sync()
        assert run.done == run.total == 3


def test_a_run_that_was_killed_between_any_two_of_its_steps_adds_up(monkeypatch):
    """The worker dies again and again, wherever it has just kept its lease; another one goes on."""
    with connected(kinds=KINDS) as company:
        for number in range(3):
            company.invoice(company.client(f"Client {number}"), 10, number=f"K-{number}")
        real, dice = lease.keep, random.Random(7)

        class Killed(BaseException):
            """Nothing catches it."""

        def dies(run, **values):
            real(run, **values)
            if dice.random() < 0.4:
                raise Killed

        monkeypatch.setattr(lease, "keep", dies)
        run = starting.start(company.connection, trigger="manual")
        # Two in five steps die, so that it takes hundreds of workers to come to the end.
        for _ in range(5_000):
            with contextlib.suppress(Killed):
                direct.work(run.pk, lease.new_holder())
            # However fast the machine is: what is put off for seconds is due at once.
            SyncRun.objects.filter(pk=run.pk).update(lease_until=None, resume_at=None)
            Operation.objects.filter(run=run, state__in=Operation.OPEN).update(retry_at=None)
            assert not differences(run)
            run.refresh_from_db()
            if not run.is_active:
                break
        assert run.state == "done"
        made = (
            Operation.objects.filter(run=run, state="done", action="create")
            .values("mapping")
            .distinct()
            .count()
        )
        assert counts.sums(run.counts)["created"] == made == 7
