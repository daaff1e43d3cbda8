"""Whatever QuickBooks stores, a page gives as many records, read or held, as it has rows (invariant
5, V7, V11).
"""

from __future__ import annotations

import json
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quicksync.quickbooks.messages import Read, Remote, moment
from quicksync.quickbooks.online import company_facts
from quicksync.records import Record, codec
from quicksync.sync.company.known import payload_of
from quicksync.sync.pairs import matching_keys
from quicksync.sync.pairs.sides import decode
from tests.quickbooks.online.make import AUTOMATED, EDITION, GB, US, reply

TIME = "2026-03-14T05:58:07.300-07:00"
META = {"CreateTime": "2026-03-01T00:00:00-08:00", "LastUpdatedTime": "2026-03-01T00:00:00-08:00"}
HEAD = {
    "Id": "58",
    "SyncToken": "3",
    "MetaData": META,
    "Active": True,
    "domain": "QBO",
    "sparse": False,
}
LINE = {
    "Id": "1",
    "LineNum": 1,
    "Description": "Rock",
    "Amount": 275.5,
    "DetailType": "SalesItemLineDetail",
    "SalesItemLineDetail": {
        "ItemRef": {"value": "5"},
        "Qty": 1,
        "UnitPrice": 275.5,
        "TaxInclusiveAmt": 300.1,
        "TaxCodeRef": {"value": "TAX"},
        "ServiceDate": "2026-02-01",
    },
}
GROUP = {
    "Id": "2", "Description": "Set", "DetailType": "GroupLineDetail", "Amount": 3,
    "GroupLineDetail": {"GroupItemRef": {"value": "9"}, "Quantity": 2, "Line": [LINE]},
}  # fmt: skip
DISCOUNT = {
    "Amount": 10,
    "DetailType": "DiscountLineDetail",
    "DiscountLineDetail": {
        "PercentBased": True,
        "DiscountPercent": 10,
        "DiscountAccountRef": {"value": "86"},
    },
}
NAMED = {
    "DisplayName": "Amy",
    "CompanyName": "Amy's",
    "GivenName": "Amy",
    "FamilyName": "Lauterbach",
    "Taxable": True,
    "PrimaryEmailAddr": {"Address": "a@example.com"},
    "PrimaryPhone": {"FreeFormNumber": "1"},
    "Balance": 239.5,
    "WebAddr": {"URI": "http://birds.example"},
    "Notes": "n",
    "CurrencyRef": {"value": "USD"},
    "BillAddr": {
        "Id": "2",
        "Line1": "4581 Finch St.",
        "City": "Bayshore",
        "PostalCode": "94326",
        "Country": "USA",
    },
    "ParentRef": {"value": "1"},
    "SalesTermRef": {"value": "3"},
    "PaymentMethodRef": {"value": "2"},
    "Job": True,
}
REMARK = {"DetailType": "DescriptionOnly", "Id": "4", "Description": "x"}
ROWS = {
    "Customer": HEAD | NAMED,
    "Vendor": HEAD | NAMED,
    "Item": HEAD
    | {
        "Name": "Rock",
        "Type": "Inventory",
        "Sku": "R",
        "UnitPrice": 1.5,
        "PurchaseCost": 1,
        "IncomeAccountRef": {"value": "79"},
        "ExpenseAccountRef": {"value": "80"},
        "Taxable": False,
    },
    "Invoice": HEAD
    | {
        "DocNumber": "1001",
        "CustomerRef": {"value": "1"},
        "TxnDate": "2026-02-01",
        "DueDate": "2026-03-01",
        "SalesTermRef": {"value": "3"},
        "CurrencyRef": {"value": "USD"},
        "Line": [LINE, GROUP, DISCOUNT, REMARK],
        "GlobalTaxCalculation": "TaxInclusive",
        "BillEmail": {"Address": "a@example.com"},
        "BillAddr": {"Line1": "x"},
        "CustomerMemo": {"value": "m"},
        "PrivateNote": "Voided - n",
        "TxnTaxDetail": {"TotalTax": 1.5, "TxnTaxCodeRef": {"value": "3"}},
        "TotalAmt": 0,
        "Balance": 10,
    },
    "Payment": HEAD
    | {
        "PaymentRefNum": "7",
        "CustomerRef": {"value": "1"},
        "TxnDate": "2026-02-01",
        "TotalAmt": 10.5,
        "Line": [{"Amount": 10.5, "LinkedTxn": [{"TxnId": "130", "TxnType": "Invoice"}]}],
        "DepositToAccountRef": {"value": "35"},
        "PrivateNote": "n",
        "UnappliedAmt": 0,
    },
    "Account": HEAD
    | {
        "Name": "Sales",
        "FullyQualifiedName": "Income:Sales",
        "AcctNum": "4000",
        "AccountType": "Income",
        "AccountSubType": "SalesOfProductIncome",
        "Classification": "Revenue",
        "CurrentBalance": 1.5,
        "ParentRef": {"value": "1"},
        "CurrencyRef": {"value": "USD"},
    },
    "TaxCode": HEAD
    | {
        "Name": "Tucson",
        "Description": "d",
        "Taxable": True,
        "SalesTaxRateList": {"TaxRateDetail": [{"TaxRateRef": {"value": "58"}}]},
    },
    "TaxRate": HEAD
    | {
        "Name": "AZ",
        "RateValue": 7.1,
        "EffectiveTaxRate": [{"RateValue": 7.1, "EndDate": "2026-01-01"}, {"RateValue": 7.2}],
    },
    "Term": HEAD | {"Name": "Net 30", "DueDays": 30, "DayOfMonthDue": 3},
    "PaymentMethod": HEAD | {"Name": "Cash", "Type": "CREDIT_CARD"},
    "Class": HEAD | {"Name": "A", "FullyQualifiedName": "B:A", "ParentRef": {"value": "1"}},
    "CompanyCurrency": HEAD | {"Code": "EUR", "Name": "Euro"},
    "CompanyInfo": HEAD
    | {
        "CompanyName": "Craig's",
        "LegalName": "Craig",
        "Country": "US",
        "FiscalYearStartMonth": "May",
        "LegalAddr": {"Line1": "x", "City": "y"},
        "NameValue": [{"Name": "OfferingSku", "Value": "Q"}],
    },
    "Preferences": HEAD
    | {
        "AccountingInfoPrefs": {"BookCloseDate": "2025-12-31", "TrackDepartments": True},
        "SalesFormsPrefs": {"CustomTxnNumbers": True, "DefaultDiscountAccount": "86"},
        "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}},
        "TaxPrefs": {
            "UsingSalesTax": True,
            "PartnerTaxEnabled": False,
            "TaxGroupCodeRef": {"value": "3"},
        },
    },
}
DEEP = "\x01deep\x01"
STRANGE = (
    None,
    "",
    "x",
    "\0",
    "true",
    "False",
    "next Friday",
    "0000-01-01T00:00:00-08:00",
    "9999-12-31T23:59:59+00:00",
    "2026-03-01T00:00:00",
    "NaN",
    "1e999999",
    "\U0001f600" * 400,
    "\u00e9" * 5000,
    0,
    1,
    -1,
    7,
    10**30,
    10**400,
    1e-300,
    1e300,
    123.456789012345,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    [1],
    ["x"],
    [{}],
    {"value": 1},
    {"value": None},
    {"value": {"value": 2}},
    {"value": ["1"]},
    DEEP,
)


def places(value, path=()):
    """Every place in a payload."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, part in inner:
        yield (*path, name)
        yield from places(part, (*path, name))


def spoilt(row, spoils):
    """The payload with other values at these places; a place that is gone already is left alone."""
    tree = deepcopy(row)
    for path, value in spoils:
        part = tree
        try:
            for name in path[:-1]:
                part = part[name]
            if value is DROP:
                del part[path[-1]]
            else:
                part[path[-1]] = deepcopy(value)
        except (LookupError, TypeError):
            continue
    return tree


DROP = object()


@st.composite
def rows(draw):
    """A type, and a row of it with up to three strange places."""
    name = draw(st.sampled_from(sorted(ROWS)))
    where = st.sampled_from(list(places(ROWS[name])))
    strange = st.one_of(st.sampled_from(STRANGE), st.just(DROP))
    spoils = draw(st.lists(st.tuples(where, strange), max_size=3))
    return name, spoilt(ROWS[name], spoils)


def text_of(value, depth=3000):
    return json.dumps(value).replace(json.dumps(DEEP), "[" * depth + "]" * depth)


def answer(name, *pieces, how="query"):
    listed = f'"{name}":[{",".join(pieces)}],"startPosition":1,"maxResults":{len(pieces)}'
    if how == "query":
        return reply(f'{{"QueryResponse":{{{listed}}},"time":"{TIME}"}}'.encode())
    return reply(f'{{"CDCResponse":[{{"QueryResponse":[{{{listed}}}]}}],"time":"{TIME}"}}'.encode())


def page(name, *pieces, how="query"):
    since = TIME if how == "changes" else ""
    return EDITION.read_reply(Read(how=how, type=name, since=since), answer(name, *pieces, how=how))


def check(remote: Remote):
    """What can be kept in the tables, and either becomes a whole record or is told apart by a
    sentence.
    """
    assert 0 < len(remote.id) <= 40
    assert len(remote.token) <= 40
    assert not remote.modified or moment(remote.modified)
    for text in (remote.id, remote.token, remote.payload, remote.name):
        assert isinstance(text, str)
        assert "\0" not in text
    assert isinstance(remote.active, bool)
    for facts in (US, GB, AUTOMATED):
        found = decode(EDITION, remote, facts)
        assert (
            found is None
            or isinstance(found, Record)
            or (isinstance(found, str) and len(found) < 1000)
        ), found
        if isinstance(found, Record):
            usable(found)


def usable(record: Record):
    stored = json.dumps(codec.dump(record))
    assert codec.load(json.loads(stored)) == record
    assert "\\u0000" not in stored
    assert len(getattr(record, "currency", "")) <= 3
    amount = record.amount()
    assert amount is None or abs(amount) < 10**16
    matching_keys.keys_of(record)
    assert isinstance(record.label(), str)
    assert all(ref.id for _, ref in record.refs())


@settings(max_examples=500)
@given(rows(), st.sampled_from(["query", "changes"]))
def test_a_page_gives_as_many_records_as_it_has_rows(row, how):
    name, strange = row
    good = text_of(ROWS[name])
    result = page(name, good, text_of(strange), text_of(ROWS[name] | {"Id": "59"}), how=how)
    assert [remote.type for remote in result.remotes] == [name] * 3
    assert (result.remotes[0].id, result.remotes[2].id) == ("58", "59")
    for remote in result.remotes:
        check(remote)


@pytest.mark.parametrize(
    "piece",
    ["5", "null", '"x"', "[]", "{}", "[[[]]]", "true", '{"Id":{}}', '{"Id":"' + "9" * 60 + '"}'],
)
def test_a_row_that_is_no_record_is_one_all_the_same(piece):
    (strange, good) = page("Customer", piece, text_of(ROWS["Customer"])).remotes
    assert (strange.id[0], good.id) == ("?", "58")
    check(strange)
    assert isinstance(decode(EDITION, strange, US), str)


def test_the_same_row_without_an_id_is_the_same_record_each_time():
    row = {name: value for name, value in ROWS["Customer"].items() if name != "Id"}
    first, again = (page("Customer", text_of(row)).remotes[0] for _ in range(2))
    other = page("Customer", text_of(row | {"DisplayName": "Bob"})).remotes[0]
    assert first.id == again.id != other.id
    assert (first.name, first.kind) == ("Amy", "customer")
    assert "without an Id" in decode(EDITION, first, US)


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({"Active": "true"}, ("58", "3", True, "Amy")),
        ({"Active": "false"}, ("58", "3", False, "Amy")),
        ({"DisplayName": 123}, ("58", "3", True, "123")),
        ({"SyncToken": None}, ("58", "", True, "Amy")),
        ({"Id": 58}, ("58", "3", True, "Amy")),
        ({"Notes": DEEP}, ("58", "3", True, "Amy")),
    ],
)
def test_heads_are_read_leniently(more, shown):
    (found,) = page("Customer", text_of(ROWS["Customer"] | more)).remotes
    assert (found.id, found.token, found.active, found.name) == shown


def test_numbers_and_words_where_others_belong_are_read_as_what_they_say():
    row = ROWS["Invoice"] | {
        "DocNumber": 1001,
        "CustomerRef": {"value": 1},
        "Active": "false",
        "TotalAmt": "12.50",
    }
    (found,) = page("Invoice", text_of(row)).remotes
    record = decode(EDITION, found, US)
    assert (found.name, record.number, record.customer.id, str(record.total)) == (
        "1001",
        "1001",
        "1",
        "12.50",
    )
    (inactive,) = page(
        "Customer", text_of(ROWS["Customer"] | {"Active": "false", "ParentRef": 7})
    ).remotes
    customer = decode(EDITION, inactive, US)
    assert (customer.active, customer.parent.id) == (False, "7")


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("Invoice", {"DueDate": "next Friday"}, 'Due date (DueDate): "next Friday" is no date'),
        ("Invoice", {"Line": {"Id": "1"}}, "stands where a list of lines belongs"),
        ("Invoice", {"TotalAmt": "NaN"}, "Total (TotalAmt)"),
        ("Customer", {"DisplayName": {"first": "Amy"}}, "stands where a text belongs"),
        ("Customer", {"BillAddr": "4581 Finch St."}, "stands where an address belongs"),
        ("Customer", {"CurrencyRef": {"value": "Dollars"}}, "is no code of a currency"),
        ("Term", {"DueDays": "soon"}, "Due days (DueDays)"),
    ],
)
def test_what_cannot_be_read_is_told_in_words(name, more, words):
    (found,) = page(name, text_of(ROWS[name] | more)).remotes
    assert words in decode(EDITION, found, US)


@pytest.mark.parametrize(
    "time", ["0000-01-01T00:00:00-08:00", "2026-13-45", "x", 5, None, "9999-12-31T23:59:59-08:00"]
)
def test_an_impossible_time_is_no_time(time):
    (found,) = page(
        "Customer", text_of(ROWS["Customer"] | {"MetaData": {"LastUpdatedTime": time}})
    ).remotes
    assert found.modified == ""


@settings(max_examples=200)
@given(st.lists(rows(), min_size=1, max_size=6))
def test_the_company_is_learnt_whatever_its_set_up_holds(many):
    payloads = {name: [ROWS[name]] for name in ROWS}
    for name, row in many:
        plain = payload_of(text_of(row))
        if plain is not None:
            payloads[name].append(plain)
            payloads[name].insert(0, plain)
    found = company_facts.facts(payloads)
    assert "\\u0000" not in json.dumps(found, default=str)
    codec.dump_value(
        {name: value for name, value in found.items() if name in {"defaults", "tax_codes"}}
    )


def test_an_answer_about_others_is_not_believed_about_those_that_were_asked_for():
    """V11: by id, a record under another Id is nobody's, and nothing is gone because of it."""
    read = Read(how="records", type="Customer", kinds=("customer",), ids=("58", "60"))
    other = EDITION.read_reply(read, answer("Customer", text_of(ROWS["Customer"] | {"Id": "99"})))
    assert other.remotes == ()
    nameless = EDITION.read_reply(
        read, answer("Customer", text_of(ROWS["Customer"]), text_of({"DisplayName": "x"}))
    )
    assert [remote.id for remote in nameless.remotes] == ["58"]
    plain = EDITION.read_reply(read, answer("Customer", text_of(ROWS["Customer"])))
    assert [(remote.id, remote.deleted) for remote in plain.remotes] == [
        ("58", False),
        ("60", True),
    ]
