"""A condition that is told as one parameter finds what Django's own `__in` finds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from quicksync.among import Among
from quicksync.books.models import Client, Invoice, Product

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

NAMES = ("Ada", "", "50%", "d'Arc", 'two "words"', "Ünal\\n")


@pytest.fixture(autouse=True)
def rows():
    clients = [Client.objects.create(name=name, phone=name) for name in NAMES]
    days = [dt.date(2026, 1, number) for number in (1, 2)]
    for day in days:
        Invoice.objects.create(client=clients[0], number=str(day), issued_on=day)


@pytest.mark.parametrize(
    "values",
    [[], ["Ada"], list(NAMES), ["Ada", "Ada"], ["nobody"], ["Ada", None], [None], [5]],
    ids=repr,
)
def test_texts(values):
    for rows_, column in ((Client.objects.all(), "name"), (Client.objects.filter(pk=1), "phone")):
        assert set(rows_.filter(Among(column, values))) == set(
            rows_.filter(**{f"{column}__in": values})
        )


def test_keys_and_what_they_are_joined_with():
    ada = Client.objects.get(name="Ada")
    assert set(Client.objects.filter(Among("id", [ada.pk, 10**6]))) == {ada}
    assert Invoice.objects.filter(Among("client", [ada.pk])).count() == 2
    assert Invoice.objects.filter(Among("client__name", ["Ada"])).count() == 2
    assert Invoice.objects.filter(Among("client__name", ["Bob"])).count() == 0


def test_what_only_its_field_can_prepare():
    """Days, numbers with decimals: the column's own field is asked, as ever."""
    day = dt.date(2026, 1, 2)
    assert [one.issued_on for one in Invoice.objects.filter(Among("issued_on", [day]))] == [day]
    product = Product.objects.create(name="Hours", unit_price="1.50")
    assert list(Product.objects.filter(Among("unit_price", [product.unit_price]))) == [product]


def test_with_other_conditions():
    either = Q(Among("name", ["Ada"])) | Q(Among("phone", ["50%"]))
    assert set(Client.objects.filter(either).values_list("name", flat=True)) == {"Ada", "50%"}
    assert set(Client.objects.filter(either | Q(Among("name", [])))) == set(
        Client.objects.filter(either)
    )
    assert Client.objects.filter(Among("name", ["Ada"]), phone="5").count() == 0
    assert Client.objects.exclude(Among("name", ["Ada"])).count() == len(NAMES) - 1
    assert Client.objects.exclude(Among("name", [])).count() == len(NAMES)


def test_it_is_one_statement_whatever_the_number():
    """So that the database knows it again."""
    told = []
    for number in (2, 700):
        with CaptureQueriesContext(connection) as found:
            list(Client.objects.filter(Among("name", [f"{n}" for n in range(number)])))
        told.append(found[0]["sql"].partition(" WHERE ")[2].partition("'")[0])
    assert told[0] == told[1]
