"""The query language."""

from __future__ import annotations

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import Refused, sale


@pytest.fixture
def names(books):
    for name, given in (("Ann", "A"), ("bob", "B"), ("Cat's & Dogs", "C"), ("D\\slash", "D")):
        books.customer(name, GivenName=given)
    return books


def found(api, statement):
    return [row["DisplayName"] for row in api.rows(statement)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("DisplayName = 'ANN'", ["Ann"]),
        ("displayname = 'ann'", ["Ann"]),
        (r"DisplayName = 'Cat\'s & Dogs'", ["Cat's & Dogs"]),
        (r"DisplayName = 'D\\slash'", ["D\\slash"]),
        ("DisplayName LIKE '%a%'", ["Ann", "Cat's & Dogs", "D\\slash"]),
        ("DisplayName like 'a_n'", []),
        ("GivenName IN ('A', 'C')", ["Ann", "Cat's & Dogs"]),
        ("GivenName > 'A' AND GivenName < 'C'", ["bob"]),
        ("GivenName >= 'C'", ["Cat's & Dogs", "D\\slash"]),
        ("GivenName != 'A'", ["bob", "Cat's & Dogs", "D\\slash"]),
        ("Balance = '0' and Active = true and GivenName = 'A'", ["Ann"]),
        ("Balance > '0'", []),
        ("Active = TRUE AND GivenName='B'", ["bob"]),
        ("PrintOnCheckName = 'B'", ["bob"]),
        ("MetaData.LastUpdatedTime > '2020-01-01T00:00:00-08:00' and GivenName = 'A'", ["Ann"]),
        ("MetaData.CreateTime < '2020-01-01'", []),
    ],
)
def test_where(names, where, expected):
    assert found(names, f"select * from Customer where {where}") == expected


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("orderby DisplayName desc maxresults 2", ["D\\slash", "Cat's & Dogs"]),
        ("ORDER BY GivenName ASC STARTPOSITION 2 MAXRESULTS 2", ["bob", "Cat's & Dogs"]),
        ("MAXRESULTS 1 STARTPOSITION 3", ["Cat's & Dogs"]),
        ("maxresults 0", []),
        ("startposition 9", []),
    ],
)
def test_order_and_pages(names, tail, expected):
    assert found(names, f"select * from Customer {tail}") == expected


def test_shape_of_answers(names):
    page = names.query("select * from Customer startposition 2 maxresults 2")
    assert (page["startPosition"], page["maxResults"], set(page)) == (
        2,
        2,
        {"Customer", "startPosition", "maxResults"},
    )
    assert names.query("select * from Vendor") == {}
    assert names.query("select count(*) from Customer where GivenName in ('A','B')") == {
        "totalCount": 2
    }


def test_projections_answer_partial_objects(names):
    row = names.rows("select DisplayName, Active from Customer maxresults 1")[0]
    assert set(row) == {"DisplayName", "Active", "Id", "sparse", "domain"}
    assert row["sparse"] is True
    assert "GivenName" in names.rows("select *, Notes from Customer maxresults 1")[0]


def test_transactions_by_reference_date_and_number(books):
    customer = books.customer()
    books.invoice(customer, 10, TxnDate="2026-01-05", DocNumber="X1")
    books.invoice(customer, 20, TxnDate="2026-02-05")
    where = f"CustomerRef = '{customer['Id']}'"
    assert len(books.rows(f"select * from Invoice where {where}")) == 2
    assert len(books.rows(f"select * from Invoice where {where} and TxnDate > '2026-01-31'")) == 1
    assert len(books.rows("select * from Invoice where DocNumber = 'x1'")) == 1
    assert len(books.rows("select * from Invoice where TotalAmt > '15.5'")) == 1
    assert len(books.rows("select * from Invoice where TxnDate < CURRENT_DATE")) == 2


def test_statements_may_be_posted(names):
    status, _, body = names.raw(
        "POST", "query", b"select count(*) from Customer", Content_Type="application/text"
    )
    assert (status, b'"totalCount":4' in body) == (200, True)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("select * from", 4000),
        ("selec * from Customer", 4000),
        ("select * from Customer where Name ~ 'x'", 4000),
        ("select * from Customer where DisplayName = 'x' or GivenName = 'y'", 4000),
        ("select * from Customer where DisplayName = 'x", 4000),
        ("select * from Custmoer", 4001),
        ("select * from Customer where Shoe = '9'", 4001),
        ("select * from Customer startposition 0", 4001),
        ("select * from Customer maxresults 1001", 4001),
        ("select * from Customer where Id > '5'", 4001),
        ("select * from Customer where Balance > 'much'", 4001),
        ("select * from Customer where BillAddr = 'x'", 4001),
        ("select * from Customer where MetaData.CreateTime > 'yesterday'", 4001),
        ("", 4000),
        ("select * from where", 4000),
        ("select * from Customer maxresults 5 where Active = true", 4000),
        ("select * from Customer iterator", 4000),
    ],
)
def test_statements_that_fail(books, statement, expected):
    assert code(books.query, statement) == expected


def test_the_message_names_the_wrong_entity(books):
    with pytest.raises(Refused) as caught:
        books.query("select * from Custmoer")
    assert caught.value.detail == "QueryValidationError: invalid context declaration: Custmoer"


def test_every_entity_can_be_queried_by_its_own_properties(sample):
    for name in (
        "Account",
        "Item",
        "Bill",
        "Payment",
        "Term",
        "TaxRate",
        "Employee",
        "JournalEntry",
        "CompanyInfo",
    ):
        rows = sample.rows(
            f"select * from {name} where MetaData.LastUpdatedTime > '2000-01-01' orderby Id"
            " maxresults 5"
        )
        assert rows, name


def test_sql_cannot_be_smuggled_in(books):
    books.invoice(books.customer(), Line=[sale(1)])
    for text in ("'; drop table entity; --", "') or 1=1 --", '" or "1"="1'):
        assert code_or_rows(books, text) in ([], 4000)
    assert books.query("select count(*) from Invoice")["totalCount"] == 1


def code_or_rows(api, text):
    try:
        return api.rows(f"select * from Customer where DisplayName = '{text}'")
    except Refused as refused:
        return refused.code
