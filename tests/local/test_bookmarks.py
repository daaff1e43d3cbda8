"""Bookmarks: a changelist's address as a filter (B14, B15, B16)."""

import datetime as dt

import pytest
from django.contrib.auth.models import User
from django.db.models import Q

import quicksync
from quicksync.exceptions import BadValue
from quicksync.local import bookmarks
from tests.host.models import Bill, Patron


@pytest.fixture
def bills(shop):
    for name, ref in (("A", "1"), ("B", "2"), ("C", "3")):
        patron = Patron.objects.create(full_name=name, mail=f"{name}@example.com")
        Bill.objects.create(
            ref=ref,
            patron=patron,
            made_at=dt.datetime(2026, int(ref), 1, tzinfo=dt.UTC),
            terms=name,
        )
    return shop.for_kind("invoice")[0]


def taken(adapter, query):
    objects, ignored = bookmarks.apply(adapter, adapter.queryset(None), query)
    return sorted(objects.values_list("ref", flat=True)), dict(ignored)


@pytest.mark.parametrize(
    ("query", "refs"),
    [
        ("", ["1", "2", "3"]),
        ("ref__exact=2", ["2"]),
        ("?ref__in=1,3&o=-1&p=2&all=", ["1", "3"]),
        ("made_at__gte=2026-02-01&made_at__lt=2026-03-01", ["2"]),
        ("terms__exact=A&terms__exact=B", ["1", "2"]),
        ("terms__isnull=False", ["1", "2", "3"]),
        ("terms__isnull=1", []),
    ],
)
@pytest.mark.filterwarnings("ignore:DateTimeField Bill.made_at received a naive datetime")
def test_conditions_of_the_address_filter_b14(bills, query, refs):
    assert taken(bills, query) == (refs, {})


def test_relations_by_key(bills):
    patron = Patron.objects.get(full_name="B")
    for lookup in ("patron", "patron__id__exact", "patron__pk", "patron__exact", "patron__in"):
        assert taken(bills, f"{lookup}={patron.pk}") == (["2"], {})
    assert taken(bills, f"pk={Bill.objects.get(ref='3').pk}") == (["3"], {})


def test_ignored_filters_are_named_with_the_reason_b15(bills):
    refs, ignored = taken(bills, "state__exact=open&q=needle&ref=1")
    assert refs == ["1"]
    assert set(ignored) == {"state__exact", "q"}
    assert "no fixed condition" in ignored["q"]


@pytest.mark.parametrize("query", ["patron__mail__startswith=A", "nothing=1", "mood=good"])
def test_what_is_not_understood_never_widens_the_filter(bills, query):
    with pytest.raises(BadValue, match=r"cannot be used: shop\.Bill has no such field"):
        taken(bills, query)


@pytest.mark.parametrize("query", ["made_at=yesterday", "ref__like=1", "patron=no-uuid"])
def test_values_that_cannot_be_are_told(bills, query):
    with pytest.raises(BadValue, match="The bookmark's condition"):
        taken(bills, query)


def test_the_adapter_can_allow_and_explain_conditions(bills):
    class Own(type(bills)):
        bookmark_lookups = ("patron__mail__startswith",)

        def bookmark_filter(self, name, value):
            return Q(ref=value) if name == "mood" else None

    with_own = Own(Bill)
    assert taken(with_own, "patron__mail__startswith=C") == (["3"], {})
    assert taken(with_own, "mood=2") == (["2"], {})
    assert issubclass(Own, quicksync.InvoiceAdapter)


@pytest.mark.parametrize(
    "query",
    [
        "terms__regex=(a%2B)%2B$",
        "terms__iregex=a",
        "ref__exact=%00",
        "&".join(f"ref__exact={number}" for number in range(60)),
        "ref__in=" + ",".join(map(str, range(2000))),
    ],
)
def test_what_no_list_asks_is_refused_with_a_sentence(bills, query):
    """An endless pattern, a character that no record has, more conditions than any filter makes."""
    with pytest.raises(BadValue, match="bookmark"):
        taken(bills, query)


def test_what_the_hosts_own_list_refuses_no_bookmark_may_ask(monkeypatch):
    """Django's own list of users refuses lookups into the password hash: they would find it out by
    trying.
    """
    adapter = quicksync.CustomerAdapter(User)
    with pytest.raises(BadValue, match="password__startswith"):
        bookmarks.apply(adapter, User.objects.all(), "password__startswith=pbkdf2")
    assert bookmarks.apply(adapter, User.objects.all(), "username__startswith=a")[1] == ()
