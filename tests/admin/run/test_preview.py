"""The preview and the history of a run: groups, amounts, differences, reasons with their fix,
paging (X2, X33).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from quicksync.admin.run import sections
from quicksync.admin.run.progress import progress
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.actions import skipping
from quicksync.sync.pairs import ground
from quicksync.sync.plan import approve


def page(run, query=""):
    return reverse("admin:quicksync_syncrun_change", args=[run.pk]) + query


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def change(**values):
    usual = {
        "name": "memo",
        "label": "Message",
        "agreed": None,
        "here": None,
        "there": None,
        "will": None,
    }
    return usual | {"conflict": False} | values


def test_i2_groups_by_kind_with_numbers_and_amounts(rows):
    run = rows.draft()
    rows.operation(run)
    rows.operation(run, amount=Decimal("7.50"))
    rows.operation(run, kind="customer", amount=None, direction="pull")
    groups = {group.kind: group for group in sections.groups(run)}
    assert list(groups) == ["customer", "invoice"]
    (section,) = groups["invoice"].sections
    assert (section.count, section.amounts, str(section.title)) == (
        2,
        "20.00 USD",
        "To be created in QuickBooks",
    )


def test_i4_what_wants_a_person_comes_first_of_all_kinds(rows):
    run = rows.draft()
    rows.operation(run, kind="customer")
    rows.held(run)
    rows.operation(run, kind="payment", state="failed", reason="quickbooks-refused")
    first = sections.groups(run)[0]
    assert first.kind == "attention"
    assert [(section.kind, section.key) for section in first.sections] == [
        ("invoice", "hold"),
        ("payment", "failed"),
    ]


def test_i3_differences_stand_here_there_and_will_be(rows, admin_client):
    """X1"""
    run = rows.draft()
    rows.operation(
        run,
        action="update",
        changes=[change(here="From here", there="From there", will="From here", conflict=True)],
    )
    text = text_of(admin_client, page(run))
    for words in ("Message", "From here", "From there", "Afterwards", "changed on both sides"):
        assert words in text


def test_references_and_lines_are_shown_by_name(rows):
    run = rows.draft()
    rows.mapping(kind="customer", model_label="books.client", object_key="7", label="Ada Lovelace")
    rows.remote(type="Customer", kind="customer", remote_id="41", name="Ada in QuickBooks")
    line = {"description": "Hours", "quantity": "2", "unit_price": "50", "amount": "100.00"}
    rows.operation(
        run,
        changes=[
            change(
                name="customer",
                here={"kind": "customer", "id": "7"},
                there={"kind": "customer", "id": "41"},
            ),
            change(name="lines", will=[line]),
            change(name="issued_on", will="2026-02-01"),
        ],
    )
    customer, lines, day = sections.groups(run)[0].sections[0].rows[0].differences
    assert (customer.here, customer.there) == ("Ada Lovelace", "Ada in QuickBooks")
    assert lines.will == "Hours · 2 \N{MULTIPLICATION SIGN} 50.00 = 100.00"
    assert "2026" in day.will
    assert day.will != "2026-02-01"


def test_h10_an_unmapped_code_offers_its_partner(rows, admin_client):
    run = rows.draft()
    rows.held(run)
    text = text_of(admin_client, page(run))
    codes = reverse("admin:quicksync_connection_codes", args=[rows.connection.pk])
    assert f"{codes}?kind=tax_code&amp;code=VAT20" in text
    assert "VAT20 is not mapped" in text


def test_names_of_people_are_escaped(rows, admin_client):
    run = rows.draft()
    rows.operation(
        run, label="<script>alert(1)</script>", changes=[change(will="<b>x</b>\nsecond")]
    )
    text = text_of(admin_client, page(run))
    assert "<script>alert(1)" not in text
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;<br>second" in text


def test_paging_by_a_hundred_and_constant_queries(rows, admin_client):
    run = rows.draft()
    for _ in range(3):
        rows.operation(run)
    url = page(run)
    admin_client.get(url)
    with CaptureQueriesContext(database) as few:
        admin_client.get(url)
    for _ in range(120):
        rows.operation(run, changes=[change(will={"kind": "customer", "id": "1"})])
    rows.held(run)
    with CaptureQueriesContext(database) as many:
        text = text_of(admin_client, url)
    # the names of what the differences mention, on mappings and on objects
    assert len(many) <= len(few) + 2
    assert "100 of 123 shown" in text
    last = run.operations.order_by("id")[99].pk
    assert f"?kind=invoice&amp;section=create-push&amp;after={last}" in text
    rest = text_of(admin_client, page(run, f"?kind=invoice&section=create-push&after={last}"))
    assert rest.count('name="operation"') == 23


@pytest.mark.parametrize(
    "query", ["?after=x", "?kind=invoice&section=none", "?kind=&section=&after=-1"]
)
def test_a_strange_address_still_shows_the_page(query, rows, admin_client):
    run = rows.draft()
    rows.operation(run)
    text_of(admin_client, page(run, query))


def test_an_unsafe_plan_needs_its_own_tick(rows, admin_client):
    unsafe = [
        {
            "kind": "invoice",
            "code": "unsafe-plan",
            "values": {"changed": 40, "deleted": 2, "pairs": 50, "plural": "invoices"},
        }
    ]
    run = rows.draft(unsafe=unsafe)
    rows.operation(run)
    text = text_of(admin_client, page(run))
    assert "40 of 50 invoices" in text
    assert 'name="force"' in text
    approve_url = reverse("admin:quicksync_syncrun_approve", args=[run.pk])
    assert "Confirm that this is intended" in text_of_post(admin_client, approve_url)
    run.refresh_from_db()
    assert run.state == "draft"
    admin_client.post(approve_url, {"force": "yes"})
    run.refresh_from_db()
    assert (run.state, run.forced) == ("approved", True)


def text_of_post(client, url, data=None):
    return client.post(url, data or {}, follow=True).content.decode()


def test_a_preview_says_what_moved_since(rows, admin_client):
    run = rows.draft()
    operation = rows.operation(run)
    assert "since this preview" not in text_of(admin_client, page(run))
    EntityMapping.objects.filter(pk=operation.mapping_id).update(version=9)
    assert "1 record has changed since this preview was made" in text_of(admin_client, page(run))


def test_i6_skip_ticked_rows_with_a_reason(rows, admin_client):
    run = rows.draft()
    kept, left, held = rows.operation(run), rows.operation(run), rows.held(run)
    url = reverse("admin:quicksync_syncrun_skip", args=[run.pk])
    assert "Give a reason" in text_of_post(admin_client, url, {"operation": [left.pk]})
    assert "Select the records" in text_of_post(admin_client, url, {"why": "test"})
    text = text_of_post(admin_client, url, {"operation": [left.pk, held.pk], "why": "Not ours"})
    assert "2 records skipped" in text
    assert "admin: Not ours" in text
    states = dict(EntityMapping.objects.values_list("pk", "state"))
    assert states[left.mapping_id] == states[held.mapping_id] == "excluded"
    assert states[kept.mapping_id] == "pending"


def test_i6_skip_all_of_one_kind(rows, admin_client):
    run = rows.draft()
    rows.operation(run, kind="customer")
    rows.operation(run)
    url = reverse("admin:quicksync_syncrun_skip", args=[run.pk])
    admin_client.post(url, {"skip_kind": "customer", "why": "Later"})
    assert set(EntityMapping.objects.filter(state="excluded").values_list("kind", flat=True)) == {
        "customer"
    }


def test_approve_discard_and_cancel(rows, admin_client):
    run = rows.draft()
    rows.operation(run)
    assert "1 change approved" in text_of_post(
        admin_client, reverse("admin:quicksync_syncrun_approve", args=[run.pk])
    )
    assert "used or replaced" in text_of_post(
        admin_client, reverse("admin:quicksync_syncrun_approve", args=[run.pk])
    )
    assert "Cancelled" in text_of_post(
        admin_client, reverse("admin:quicksync_syncrun_cancel", args=[run.pk])
    )
    other = rows.draft()
    assert "discarded" in text_of_post(
        admin_client, reverse("admin:quicksync_syncrun_discard", args=[other.pk])
    )


def test_progress_is_told_in_words_and_numbers(rows, admin_client):
    run = rows.run(
        state="running", done=30, total=120, counts={"invoice": {"push": {"created": 30}}}
    )
    answer = admin_client.get(reverse("admin:quicksync_syncrun_progress", args=[run.pk]))
    found = answer.json()
    assert (found["percent"], found["finished"], found["summary"]) == (25, False, "30 created")
    assert "no-store" in answer["Cache-Control"]
    assert 'data-progress-url="' in text_of(admin_client, page(run))


def test_i5_history_tells_what_became_of_everything(rows, admin_client):
    counts = {"invoice": {"push": {"created": 3, "failed": 1}, "none": {"unchanged": 7}}}
    run = rows.run(state="done", counts=counts, calls=4)
    rows.operation(
        run, state="failed", reason="quickbooks-refused", reason_values={"message": "No"}
    )
    text = text_of(admin_client, page(run))
    assert "Finished, with failures" in text
    assert "4 API calls" in text
    assert "Invoices: Failed" in text


def test_i5_csv_of_a_run_and_of_the_history(rows, admin_client):
    """X34; a name that begins like a formula stays a text."""
    run = rows.run(state="done", counts={"invoice": {"push": {"created": 1}}})
    rows.operation(run, state="done", label='=HYPERLINK("http://x")')
    answer = admin_client.get(reverse("admin:quicksync_syncrun_csv", args=[run.pk]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Kind,Record,What,State")
    assert "'=HYPERLINK" in text
    answer = admin_client.post(
        reverse("admin:quicksync_syncrun_changelist"),
        {"action": "download", "_selected_action": [run.pk]},
    )
    assert b"Main" in b"".join(answer.streaming_content)


def test_a_skipped_record_is_added_back(rows, admin_client):
    """I6: B, one of many."""
    run = rows.draft()
    operation = rows.operation(run)
    skipping.skip([operation], user="me", why="Test")
    url = reverse("admin:quicksync_skippedrecord_changelist")
    assert "me: Test" in text_of(admin_client, url)
    text = text_of_post(
        admin_client, url, {"action": "add_back", "_selected_action": [operation.mapping_id]}
    )
    assert "1 record will be added back" in text
    operation.mapping.refresh_from_db()
    assert operation.mapping.state == "pending"
    assert operation.mapping.touched_at


def test_i9_held_records_are_tried_again(rows, admin_client):
    mapping = rows.mapping(state="held", reason="account-unmapped")
    url = reverse("admin:quicksync_skippedrecord_changelist")
    text = text_of_post(
        admin_client, url, {"action": "try_again", "_selected_action": [mapping.pk]}
    )
    assert "tried again" in text
    run = rows.connection.runs.get()
    assert run.scope.mappings == (mapping.pk,)


def test_skipping_from_the_list_asks_why(rows, admin_client):
    mapping = rows.mapping(state="pending")
    url = reverse("admin:quicksync_entitymapping_changelist")
    chosen = {"action": "leave_out", "_selected_action": [mapping.pk]}
    assert "Reason for skipping" in text_of_post(admin_client, url, chosen)
    assert "Give a reason" in text_of_post(admin_client, url, chosen | {"confirmed": "yes"})
    text_of_post(admin_client, url, chosen | {"confirmed": "yes", "why": "Internal"})
    mapping.refresh_from_db()
    assert (mapping.state, mapping.note) == ("excluded", "admin: Internal")


def test_discarding_leaves_no_trace_on_the_records(rows):
    run = rows.draft()
    operation = rows.operation(run)
    approve.discard(run, user=None)
    operation.mapping.refresh_from_db()
    assert operation.mapping.state == "pending"


def test_an_approved_run_says_whether_it_waits_or_is_under_way(rows):
    now = timezone.now()
    run = rows.run(state="approved", approved_at=now, done=2, total=8)
    assert progress(run).words == "Waiting in line"
    run.heartbeat_at = now + dt.timedelta(seconds=1)
    assert progress(run).words == "Syncing changes: 2 of 8"


def test_i2_a_plan_that_waits_takes_no_time(rows, admin_client):
    """The page said "took 3 min 38 s" of a preview that was made in a second, and more each time it
    was opened.
    """
    began = timezone.now() - dt.timedelta(hours=2)
    run = rows.draft(heartbeat_at=began + dt.timedelta(seconds=3))
    SyncRun.objects.filter(pk=run.pk).update(started_at=began)
    assert "took 3 seconds" in text_of(admin_client, page(run))
    SyncRun.objects.filter(pk=run.pk).update(
        state="done",
        approved_at=began + dt.timedelta(hours=1),
        finished_at=began + dt.timedelta(hours=1, seconds=7),
    )
    assert "took 7 seconds" in text_of(admin_client, page(run))


def test_i5_what_was_overtaken_is_named(rows, admin_client):
    """Its reason is written by one UPDATE for many records, without their names."""
    run = rows.run(state="done")
    one = rows.operation(run)
    ground.overtaken([one.pk])
    told = text_of(admin_client, page(run))
    assert f"{one.label} was changed after the preview." in told
    assert "This record was changed" not in told


def test_i2_the_money_stands_with_the_number_it_belongs_to(rows, admin_client):
    """Four amounts with arrows stood below the kind, one of them a void, and none said which."""
    run = rows.draft()
    rows.operation(run, amount=Decimal(10))
    rows.operation(run, action="update", amount=Decimal(20))
    rows.operation(run, action="void", amount=Decimal(40))
    rows.operation(run, action="update", direction="pull", amount=Decimal(80))
    (row,) = sections.overview(run, sections.groups(run))
    assert [(cell.number, cell.amounts) for cell in row.cells[1:5]] == [
        ("1", ("10.00 USD",)),
        ("2", ("20.00 USD", "40.00 USD removed")),
        ("0", ()),
        ("1", ("80.00 USD",)),
    ]
    assert "40.00 USD removed" in text_of(admin_client, page(run))


def test_i4_what_waits_for_somebody_is_not_called_skipped(rows, admin_client):
    """Skipped is what a person wants left out."""
    one = rows.held(rows.run(state="done"))
    told = text_of(admin_client, reverse("admin:quicksync_operation_change", args=[one.pk]))
    assert "Nothing sent" in told
    assert "</span>Skipped</span>" not in told
