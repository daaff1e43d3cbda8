"""Which reference here is which there: asked once, and let go when there are many."""

from __future__ import annotations

import pytest

from quicksync.quickbooks import loading
from quicksync.records import Ref
from quicksync.sync.pairs import links
from tests.models import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(monkeypatch):
    """Links of a company with one entry of a list and four customers, of which two may be kept."""
    monkeypatch.setattr(links, "PARTNERS", 2)
    company = make.connection()
    term = {"kind": "term", "model_label": "books.term", "remote_type": "Term"}
    make.half(company, "30 days", **term, remote_id="7")
    for number in range(4):
        make.half(company, str(number), remote_type="Customer", remote_id=f"1{number}")
    return links.Links(company, loading.edition_for("online"))


def there(*numbers):
    return [Ref("customer", f"1{number}") for number in numbers]


def test_many_partners_are_let_go_and_asked_for_again(known):
    known.ask_there(there(0, 1, 2, 3))
    known.ask_here([Ref("customer", "9")])
    assert set(there(0, 1, 2, 3)) < known.to_here.keys()
    known.trim()
    assert not set(there(0, 1, 2, 3)) & known.to_here.keys()
    assert Ref("customer", "0") not in known.to_there
    known.ask_there(there(3))
    known.ask_here([Ref("customer", "0")])
    assert known.to_here[there(3)[0]] == Ref("customer", "3")
    assert known.to_there[Ref("customer", "0")] == there(0)[0]


def test_lists_stay(known):
    """They are loaded whole, and never asked for."""
    known.ask_there(there(0, 1, 2, 3))
    known.trim()
    assert known.to_here[Ref("term", "7")] == Ref("term", "30 days")


def test_a_few_stay(known, django_assert_num_queries):
    known.ask_there(there(0, 1))
    known.trim()
    with django_assert_num_queries(0):
        known.ask_there(there(0, 1))
    assert known.to_here[there(1)[0]] == Ref("customer", "1")
