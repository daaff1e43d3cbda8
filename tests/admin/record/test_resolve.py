"""Questions that only a person can answer, asked and answered on the record's page, against a real
company (X4).
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from quicksync.exceptions import BadValue, NotAllowed
from quicksync.models import EntityMapping, SyncRun
from quicksync.sync.actions import answers
from tests.options.choosing import choose

pytestmark = pytest.mark.django_db(transaction=True)


def page(mapping):
    return reverse("admin:quicksync_entitymapping_change", args=[mapping.pk])


def answer(client, company, mapping, **data):
    """Answer by the page's form, and do the work that follows."""
    response = client.post(
        reverse("admin:quicksync_entitymapping_resolve", args=[mapping.pk]), data
    )
    assert response.status_code == 302
    return company.work(SyncRun.objects.latest("id"))


@pytest.fixture
def edited(company):
    """A client that was changed on both sides since they agreed; the settings say to ask."""
    choose(wins="ask")
    ada = company.client("Ada Lovelace", notes="Old")
    company.sync()
    company.sim.edit(
        "update", "Customer", company.partner(ada)["Id"], values={"Notes": "From there"}
    )
    ada.notes = "From here"
    ada.save()
    company.sync()
    return ada


def test_i8_a_conflict_is_answered_by_field(company, edited, admin_client):
    mapping = company.mapping(edited)
    assert mapping.state == "conflict"
    text = admin_client.get(page(mapping)).content.decode()
    for words in ("Which side is right?", "Last agreed", "Old", "From here", "From there"):
        assert words in text
    answer(admin_client, company, mapping, **{"field-notes": "there"})
    edited.refresh_from_db()
    assert edited.notes == "From there"
    assert company.mapping(edited).state == "in_sync"


def test_i8_a_conflict_is_answered_as_a_whole(company, edited, admin_client):
    answer(admin_client, company, company.mapping(edited), all="here")
    assert company.partner(edited)["Notes"] == "From here"
    assert company.mapping(edited).choice == {}


def test_a_side_must_be_chosen(company, edited, admin_client):
    mapping = company.mapping(edited)
    url = reverse("admin:quicksync_entitymapping_resolve", args=[mapping.pk])
    assert "Choose for each field" in admin_client.post(url, {}, follow=True).content.decode()
    with pytest.raises(BadValue):
        answers.answer(mapping, {"notes": "left"}, user=None)


@pytest.fixture
def alike(company):
    """Two names that look like one."""
    company.sim.api("POST", "customer", {"DisplayName": "ACME Limited"})
    acme = company.client("Acme Ltd")
    company.sync()
    assert company.mapping(acme).state == "held"
    return acme


def test_x6_likely_twins_are_offered_and_become_one(company, alike, admin_client):
    """B17: nothing is created while an unreviewed likely match exists."""
    mapping = company.mapping(alike)
    text = admin_client.get(page(mapping)).content.decode()
    assert "Are they the same record?" in text
    twin = EntityMapping.objects.get(kind="customer", object_key=None, label="ACME Limited")
    assert f'value="{twin.pk}"' in text
    answer(admin_client, company, mapping, same=twin.pk)
    assert company.mapping(alike).remote_id == twin.remote_id
    assert not EntityMapping.objects.filter(pk=twin.pk).exists()
    assert len(company.there("Customer")) == 1


def test_x6_none_of_them_is_created(company, alike, admin_client):
    answer(admin_client, company, company.mapping(alike), same="none")
    assert {one["DisplayName"] for one in company.there("Customer")} == {"ACME Limited", "Acme Ltd"}


def test_only_two_halves_of_one_kind_become_one(company, alike):
    twin = EntityMapping.objects.get(kind="customer", object_key=None, label="ACME Limited")
    other = EntityMapping.objects.filter(object_key=None).exclude(kind="customer").first()
    mapping = company.mapping(alike)
    with pytest.raises(NotAllowed, match="Only a record that exists just here"):
        answers.same(mapping, other, user=None)
    with pytest.raises(NotAllowed, match="Only a record"):
        answers.same(twin, twin, user=None)
    EntityMapping.objects.filter(pk=twin.pk).update(version=99)
    with pytest.raises(NotAllowed, match="changed in the meantime"):
        answers.same(mapping, twin, user=None)
    assert EntityMapping.objects.filter(pk=twin.pk).exists()


def test_answers_need_their_permission(company, edited, staff):
    mapping = company.mapping(edited)
    url = reverse("admin:quicksync_entitymapping_resolve", args=[mapping.pk])
    assert staff("view_entitymapping").post(url, {"all": "here"}).status_code == 403
    assert (
        "Which side is right?"
        not in staff("view_entitymapping").get(page(mapping)).content.decode()
    )


def test_a_name_that_a_vendor_has_is_no_question(company, admin_client):
    company.sim.api("POST", "vendor", {"DisplayName": "Hicks"})
    hicks = company.client("Hicks")
    company.sync()
    mapping = company.mapping(hicks)
    assert mapping.reason == "name-taken"
    text = admin_client.get(page(mapping)).content.decode()
    assert "Are they the same record?" not in text
    assert "already used in QuickBooks by" in text
