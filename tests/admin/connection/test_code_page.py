"""The page of codes: what wants a person first, one click for each answer, all sure ones by one
button (A13, H10).
"""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from quicksync.books.models import TaxCode, Term
from quicksync.models import CodeMapping, Connection, EntityMapping


@pytest.fixture
def entry(rows):
    """Makes an entry of a list in QuickBooks."""

    def make(kind, id_, name, **payload):
        words = {"tax_code": "TaxCode", "term": "Term"}
        return rows.remote(
            type=words[kind],
            kind=kind,
            remote_id=id_,
            name=name,
            name_key=name.casefold(),
            payload=json.dumps({"Id": id_, "Name": name, **payload}),
            active=payload.pop("active", True),
        )

    return make


def page(connection):
    return reverse("admin:quicksync_connection_codes", args=[connection.pk])


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def mapped(connection, code, entry, confidence=100, origin="proposed", kind="term", **more):
    return CodeMapping.objects.create(
        connection=connection,
        kind=kind,
        code=code,
        remote_id=entry,
        confidence=confidence,
        origin=origin,
        **more,
    )


@pytest.fixture
def terms(connection, entry):
    """Three codes here: sure, unsure and unknown."""
    for code, days in (("Net 30", 30), ("Fortnight", 14), ("Barter", 99)):
        Term.objects.create(code=code, name=code, due_days=days)
    entry("term", "1", "Net 30", DueDays=30)
    entry("term", "2", "Net 14", DueDays=14)
    entry("term", "3", "Net 60", DueDays=60)
    mapped(connection, "Net 30", "1", 96)
    mapped(connection, "Fortnight", "2", 60)
    return connection


def test_what_wants_a_person_comes_first(terms, admin_client):
    text = text_of(admin_client, page(terms))
    assert "2 codes need your choice" in text
    places = [
        text.index(words)
        for words in ("Not mapped yet", "Suggested, 60% sure", "Suggested, 96% sure")
    ]
    assert places == sorted(places)
    assert "1 mapped code" in text


def test_what_records_wait_for_comes_before_everything(terms, rows, admin_client):
    rows.mapping(
        state=EntityMapping.State.HELD,
        reason="term-unmapped",
        reason_values={"kind": "term", "ref": "Fortnight"},
    )
    text = text_of(admin_client, page(terms))
    assert "1 record is waiting for it." in text
    assert text.index("Fortnight") < text.index("Barter")
    asked = text_of(admin_client, f"{page(terms)}?kind=term&code=Barter")
    assert asked.index("Barter") < asked.index("Fortnight")
    assert "qs-asked" in asked


def test_h10_one_click_settles_a_code_and_frees_what_waits(terms, rows, admin_client, admin_user):
    waits = rows.mapping(
        state=EntityMapping.State.HELD,
        reason="term-unmapped",
        reason_values={"kind": "term", "ref": "Fortnight"},
    )
    EntityMapping.objects.filter(pk=waits.pk).update(touched_at=None)
    assert (
        '<button type="submit" class="button qs-tiny" name="entry" value="2">Net 14</button>'
        in text_of(admin_client, page(terms))
    )
    response = admin_client.post(
        page(terms), {"kind": "term", "code": "Fortnight", "entry": "2"}, follow=True
    )
    assert "Fortnight is mapped" in response.content.decode()
    row = CodeMapping.objects.get(code="Fortnight")
    assert (row.remote_id, row.origin, row.confidence) == ("2", "chosen", 100)
    assert row.history.first().history_user == admin_user
    waits.refresh_from_db()
    assert waits.touched_at is not None
    terms.refresh_from_db()
    assert terms.clock.next_sync_at is not None, "the company runs again at once"


def test_h10_another_entry_is_chosen_by_its_name(terms, admin_client):
    admin_client.post(page(terms), {"kind": "term", "code": "Barter", "text": "Net 60"})
    assert CodeMapping.objects.get(code="Barter").remote_id == "3"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "term", "code": "Barter", "text": "Net 61"}, "has no entry “Net 61”"),
        ({"kind": "term", "code": "Barter", "entry": "99"}, "no longer has this entry"),
        ({"kind": "customer", "code": "Barter", "text": "x"}, "no entry"),
        ({"kind": "nothing", "code": "Barter", "text": "x"}, "no such list"),
    ],
)
def test_what_is_no_entry_is_refused_with_a_sentence(data, words, terms, admin_client):
    response = admin_client.post(page(terms), data, follow=True)
    assert words in response.content.decode()
    assert not CodeMapping.objects.filter(code="Barter").exists()


def test_all_sure_ones_are_confirmed_by_one_button(terms, admin_client, admin_user):
    assert "Confirm 1 suggestion" in text_of(admin_client, page(terms))
    response = admin_client.post(page(terms), {"confirm": "sure"}, follow=True)
    assert "1 code confirmed." in response.content.decode()
    origins = dict(CodeMapping.objects.values_list("code", "origin"))
    assert origins == {"Net 30": "chosen", "Fortnight": "proposed"}
    change = CodeMapping.objects.get(code="Net 30").history.first()
    assert (change.history_user, change.history_change_reason) == (
        admin_user,
        "Confirmed, suggested with 96 %",
    )


def test_a12_a_changed_rate_offers_the_new_one(connection, entry, admin_client):
    TaxCode.objects.create(code="VAT", rate=20)
    entry("tax_code", "5", "VAT")
    Connection.objects.filter(pk=connection.pk).update(facts={"tax_codes": {"5": "17.5"}})
    mapped(connection, "VAT", "5", origin="chosen", kind="tax_code", rate=20)
    text = text_of(admin_client, page(connection))
    assert "Rate changed in QuickBooks" in text
    assert "The rate there is now 17.5 %." in text
    admin_client.post(page(connection), {"kind": "tax_code", "code": "VAT", "entry": "5"})
    assert CodeMapping.objects.get().rate == 17.5


def test_an_entry_that_is_gone_is_told(connection, rows, entry, admin_client):
    Term.objects.create(code="Net 30", name="Net 30", due_days=30)
    row = entry("term", "1", "Net 30", DueDays=30)
    mapped(connection, "Net 30", "1", origin="chosen")
    assert "Every code is mapped" in text_of(admin_client, page(connection))
    type(row).objects.filter(pk=row.pk).update(active=False)
    assert "Inactive or gone in QuickBooks" in text_of(admin_client, page(connection))


def test_a_pair_needs_no_code(connection, rows, entry, admin_client):
    Term.objects.create(code="T30", name="Thirty", due_days=30)
    entry("term", "1", "Net 30", DueDays=30)
    rows.mapping(
        kind="term", model_label="books.term", object_key="T30", remote_id="1", state="in_sync"
    )
    text = text_of(admin_client, page(connection))
    assert "Kept in sync" in text
    assert "Every code is mapped" in text


def test_without_codes_there_is_nothing_to_map(connection, admin_client):
    assert "No codes here yet" in text_of(admin_client, page(connection))


def test_who_only_looks_sees_no_buttons(terms, staff):
    client = staff("view_codemapping")
    text = text_of(client, page(terms))
    assert "Suggested, 60% sure" in text
    assert 'name="entry"' not in text
    assert 'name="confirm"' not in text
    assert client.post(page(terms), {"confirm": "sure"}).status_code == 403


def test_queries_do_not_grow_with_the_codes(
    terms, entry, admin_client, django_assert_max_num_queries
):
    for number in range(40):
        Term.objects.create(code=f"More {number}", name=f"More {number}", due_days=number)
        entry("term", f"1{number}", f"Term {number}", DueDays=number)
    with django_assert_max_num_queries(90):
        admin_client.get(page(terms))
