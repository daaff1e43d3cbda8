"""Lists that may hold millions of rows: counted as far as anybody pages, sorted while short."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from quicksync.admin.parts import long_lists
from quicksync.books.models import Client

# Of both apps, whatever joins them.
LISTS = sorted(
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model in admin.site._registry
    if model._meta.app_label in ("quicksync", "books")
)
RECORDS = "quicksync_entitymapping"


@pytest.fixture
def short(monkeypatch):
    """Five rows are many."""
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 5)


def text_of(client, name, query=""):
    """A list as text, without markup."""
    response = client.get(reverse(f"admin:{name}_changelist") + query)
    assert response.status_code == 200
    return " ".join(re.sub("<[^>]+>", " ", response.content.decode()).split())


def names(client, query=""):
    """The records in the order of their list."""
    response = client.get(reverse(f"admin:{RECORDS}_changelist") + query)
    return [row.label for row in response.context_data["cl"].result_list]


@pytest.mark.parametrize("name", LISTS)
def test_no_list_counts_everything(name, admin_client, rows):
    rows.mapping()
    url = reverse(f"admin:{name}_changelist")
    for query in ("", "?q=12345", "?_facets=True"):
        with CaptureQueriesContext(database) as captured:
            assert admin_client.get(url + query).status_code == 200
        every = [one["sql"] for one in captured if "COUNT(*)" in one["sql"]]
        assert every, "a list has pages, so it counts its rows"
        assert [sql for sql in every if "LIMIT" not in sql] == []


def test_a_long_list_says_more_than(short, admin_client, rows):
    for _ in range(6):
        rows.mapping()
    text = text_of(admin_client, RECORDS)
    assert "5+ records" in text


def test_a_list_at_the_cap_is_counted_to_its_end(short, admin_client, rows):
    for _ in range(5):
        rows.mapping()
    text = text_of(admin_client, RECORDS)
    assert "5 records" in text
    assert "5+" not in text


def test_a_long_list_of_the_books_says_so_too(short, admin_client):
    Client.objects.bulk_create(Client(name=f"Client {number}") for number in range(6))
    assert "5+ clients" in text_of(admin_client, "books_client")


def test_choosing_all_of_a_long_list_names_no_number(short, monkeypatch, admin_client, rows):
    monkeypatch.setattr("quicksync.admin.record.mapping_admin.EntityMappingAdmin.list_per_page", 2)
    for _ in range(6):
        rows.mapping()
    text = text_of(admin_client, RECORDS)
    assert "Select all 5+ records" in text
    assert "All 5+ selected" in text


def test_a_search_with_many_results_names_no_number(short, admin_client, rows):
    for _ in range(6):
        rows.mapping()
    text = text_of(admin_client, RECORDS, "?q=Invoice")
    assert "5+ records" in text
    assert "6 results" not in text
    assert "5 results" not in text


def test_a_short_list_is_sorted_by_its_columns(admin_client, rows):
    for label in ("Beech", "Ash", "Cedar"):
        rows.mapping(label=label)
    assert names(admin_client, "?o=1") == ["Ash", "Beech", "Cedar"]


def test_a_long_list_is_not_sorted_by_what_would_read_all_of_it(short, admin_client, rows):
    for label in ("Beech", "Ash", "Fir", "Cedar", "Elm", "Dogwood"):
        rows.mapping(label=label)
    assert names(admin_client, "?o=1") == names(admin_client)
    page = admin_client.get(reverse(f"admin:{RECORDS}_changelist") + "?o=1").content.decode()
    assert "sortable" not in page
    assert "o=1" not in page, "filters and pages do not carry it on"
