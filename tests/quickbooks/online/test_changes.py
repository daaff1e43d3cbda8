"""Reads: which requests, what their answers bring, where the next cycle begins."""

from __future__ import annotations

import json

import pytest

from quicksync.exceptions import ConnectionTrouble, TryLater
from quicksync.quickbooks.messages import Purpose, Read
from quicksync.records import KINDS
from tests.quickbooks.online.make import EDITION, reply

KINDS_OF_ALL = tuple(KINDS)
TIME = "2026-03-14T05:58:07.300-07:00"
CURSOR = "2026-03-14T05:57:07.300-07:00"


def statement(read):
    return dict(EDITION.read_request(read, "r").params)["query"]


def page(name, *records, **more):
    return reply({"QueryResponse": {name: list(records), "startPosition": 1, **more}, "time": TIME})


def test_the_first_sync_reads_everything_set_up_first():
    reads = EDITION.reads(("customer", "tax_code", "invoice"), "")
    assert [read.type for read in reads] == [
        "CompanyInfo",
        "Preferences",
        "TaxCode",
        "TaxRate",
        "Customer",
        "Vendor",
        "Employee",
        "Invoice",
    ]
    assert statement(reads[0]) == "SELECT * FROM CompanyInfo"
    assert (
        statement(reads[4])
        == "SELECT * FROM Customer WHERE Active IN (true, false) STARTPOSITION 1 MAXRESULTS 1000"
    )
    assert statement(reads[7]) == "SELECT * FROM Invoice STARTPOSITION 1 MAXRESULTS 1000"


def test_afterwards_one_call_reads_all_changes():
    (read,) = EDITION.reads(KINDS_OF_ALL, CURSOR)
    request = EDITION.read_request(read, "r")
    assert (request.method, request.path, request.purpose) == ("GET", "cdc", Purpose.READ)
    asked = dict(request.params)
    assert asked["changedSince"] == CURSOR
    lists = "Account,Term,PaymentMethod,Class,Department"
    others = "Customer,Vendor,Employee,Item"
    documents = "Estimate,Invoice,CreditMemo,SalesReceipt,RefundReceipt,Bill,Payment"
    assert asked["entities"] == f"{lists},{others},{documents}"
    assert EDITION.reads(("tax_code",), CURSOR) == ()


def test_what_the_change_feed_lacks_is_read_daily():
    reads = EDITION.reads_daily(KINDS_OF_ALL)
    read, counted = (
        [one.type for one in reads if (one.how == "count") is count] for count in (False, True)
    )
    assert read == ["CompanyInfo", "Preferences", "TaxCode", "TaxRate"]
    # what was merged away is told by nothing but their number (C19)
    assert counted == ["Customer", "Vendor", "Employee", "Item"]
    assert EDITION.read_reply(reads[0], page("CompanyInfo", {"Id": "1"})).cursor is None


def test_currencies_are_read_once_the_preferences_tell_of_several_a9():
    """A company with one currency is never asked for them: QuickBooks would refuse the question."""
    read = EDITION.reads(("term",), "")[1]
    several = {"Id": "1", "CurrencyPrefs": {"MultiCurrencyEnabled": True}}
    (more,) = EDITION.read_reply(read, page("Preferences", several)).more
    assert statement(more).startswith("SELECT * FROM CompanyCurrency WHERE Active IN (true, false)")
    (found,) = EDITION.read_reply(
        more, page("CompanyCurrency", {"Id": "5", "Code": "EUR", "Name": "Euro"})
    ).remotes
    assert (found.type, found.kind, found.name) == ("CompanyCurrency", "", "EUR")
    for one in ({"Id": "1"}, {"Id": "1", "CurrencyPrefs": {"MultiCurrencyEnabled": False}}):
        assert EDITION.read_reply(read, page("Preferences", one)).more == ()


def test_the_cursor_is_quickbooks_time_of_the_first_read_with_an_overlap():
    first, second, *_ = EDITION.reads(("invoice",), "")
    assert EDITION.read_reply(first, page("CompanyInfo", {"Id": "1"})).cursor == CURSOR
    assert EDITION.read_reply(second, page("Preferences", {"Id": "1"})).cursor is None


def test_a_page_of_customers():
    read = Read(how="query", type="Customer")
    payload = {
        "Id": "58",
        "SyncToken": "3",
        "DisplayName": "Amy (deleted)",
        "Active": False,
        "MetaData": {"LastUpdatedTime": "2026-03-01T00:00:00-08:00"},
        "Balance": 10.50,
    }
    (found,) = EDITION.read_reply(read, page("Customer", payload)).remotes
    assert (found.type, found.kind, found.id, found.token, found.active) == (
        "Customer",
        "customer",
        "58",
        "3",
        False,
    )
    assert (found.name, found.modified) == ("Amy", "2026-03-01T00:00:00-08:00")
    assert json.loads(found.payload) == payload


def test_payloads_are_kept_as_received_and_compact():
    text = (
        b'{"QueryResponse":{"Item":[{\n "Id": "5",\n "UnitPrice": 100.00\n}]},"time":"'
        + TIME.encode()
        + b'"}'
    )
    (found,) = EDITION.read_reply(Read(how="query", type="Item"), reply(text)).remotes
    assert found.payload == '{"Id":"5","UnitPrice":100.00}'


def test_folders_of_the_product_list_are_no_products():
    records = (
        {"Id": "1", "Type": "Category"},
        {"Id": "2", "Type": "Group"},
        {"Id": "3", "Type": "Service"},
    )
    found = EDITION.read_reply(Read(how="query", type="Item"), page("Item", *records)).remotes
    assert [remote.kind for remote in found] == ["item_category", "", "item"]


def changed(number, seconds):
    """A record that was changed so many seconds into the day."""
    time = f"2026-03-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}-08:00"
    return {"Id": str(number), "MetaData": {"LastUpdatedTime": time}}


class TestPaging:
    """16: no page rests on an order of Ids; the key is when a record was changed last."""

    FIRST = Read(how="query", type="Invoice", kinds=("invoice",))

    def after(self, read, *seconds):
        """What is read after a full page of records that were changed at these seconds, the last
        one often.
        """
        times = [*seconds, *[seconds[-1]] * (1000 - len(seconds))]
        return EDITION.read_reply(
            read, page("Invoice", *(changed(n, at) for n, at in enumerate(times)))
        ).more

    def test_a_type_of_one_page_needs_no_order(self):
        assert "ORDERBY" not in statement(self.FIRST)
        assert EDITION.read_reply(self.FIRST, page("Invoice", {"Id": "1"})).more == ()

    def test_a_full_page_is_read_again_in_order(self):
        (more,) = self.after(self.FIRST, 9, 5, 1)
        assert (
            statement(more)
            == "SELECT * FROM Invoice ORDERBY MetaData.LastUpdatedTime STARTPOSITION 1 MAXRESULTS"
            " 1000"
        )

    def test_each_page_begins_where_the_last_one_ended(self):
        (more,) = self.after(self.FIRST, 1)
        (more,) = self.after(more, *range(1000))
        assert (
            statement(more) == "SELECT * FROM Invoice WHERE MetaData.LastUpdatedTime >="
            " '2026-03-01T00:16:39-08:00' "
            "ORDERBY MetaData.LastUpdatedTime STARTPOSITION 1 MAXRESULTS 1000"
        )

    def test_the_last_page_asks_for_the_number(self):
        (more,) = self.after(self.FIRST, 1)
        (count,) = EDITION.read_reply(more, page("Invoice", changed(1, 1))).more
        assert statement(count) == "SELECT COUNT(*) FROM Invoice"

    def test_more_than_a_page_of_one_moment_is_counted_through_with_an_overlap(self):
        (more,) = self.after(self.FIRST, 1)
        (more,) = self.after(more, *range(600), 700)
        (same,) = self.after(more, 700)
        assert (same.after, same.position) == (more.after, 951)
        (on,) = self.after(same, 700, 800)
        assert (on.after, on.position) == ("2026-03-01T00:13:20-08:00", 1)

    def test_an_order_that_is_not_kept_is_not_relied_on(self):
        (more,) = self.after(self.FIRST, 1)
        (more,) = self.after(more, 900, 800, 700)
        assert (more.after, more.position) == ("", 951)

    def test_records_without_a_time_are_counted_through(self):
        (more,) = self.after(self.FIRST, 1)
        nameless = page("Invoice", *({"Id": str(number)} for number in range(1000)))
        (more,) = EDITION.read_reply(more, nameless).more
        assert (more.after, more.position) == ("", 951)


def test_an_empty_answer_is_no_record():
    read = Read(how="query", type="Invoice")
    assert EDITION.read_reply(read, reply({"QueryResponse": {}, "time": TIME})).remotes == ()


def changes(*parts):
    return reply({"CDCResponse": [{"QueryResponse": list(parts)}], "time": TIME})


def test_changes_and_deletions():
    (read,) = EDITION.reads(("invoice", "customer"), CURSOR)
    result = EDITION.read_reply(read, changes(
        {"Customer": [{"Id": "58", "DisplayName": "Amy"}], "startPosition": 1, "maxResults": 1},
        {"Invoice": [{"domain": "QBO", "status": "Deleted", "Id": "130"}], "totalCount": 1},
        {},
    ))  # fmt: skip
    assert [(remote.id, remote.deleted) for remote in result.remotes] == [
        ("58", False),
        ("130", True),
    ]
    assert result.cursor == CURSOR
    assert result.more == ()


def test_a_full_answer_is_read_type_by_type_then_by_query():
    (read,) = EDITION.reads(("invoice", "payment"), CURSOR)
    many = [{"Id": str(number)} for number in range(1000)]
    result = EDITION.read_reply(read, changes({"Invoice": many}))
    assert [(more.how, more.type, more.since) for more in result.more] == [
        ("changes-of-one", "Invoice", CURSOR), ("changes-of-one", "Payment", CURSOR),
    ]  # fmt: skip
    again = EDITION.read_reply(result.more[0], changes({"Invoice": many}))
    assert again.cursor is None
    words = ["FROM Invoice WHERE MetaData.LastUpdatedTime >=", f"'{CURSOR}'", "STARTPOSITION 1"]
    assert " ".join(words) in statement(again.more[0])


def test_a_change_without_an_id_is_asked_for_again_by_query():
    """Whose change it is nobody knows, and the feed tells of it once only."""
    (read,) = EDITION.reads(("customer", "invoice"), "2026-11-20T08:00:00+00:00")
    result = EDITION.read_reply(
        read, changes({"Customer": [{"Id": "1"}, {"DisplayName": "x"}]}, {"Invoice": [{"Id": "2"}]})
    )
    assert [(one.type, one.since) for one in result.more] == [("Customer", read.since)]
    assert statement(result.more[0]).endswith(
        f"MetaData.LastUpdatedTime >= '{read.since}' STARTPOSITION 1 MAXRESULTS 1000"
    )


def test_the_number_of_records_is_asked_for_where_deletions_may_be_missing():
    """Pain 10: a feed that is full says nothing of the deletions that did not fit."""
    (read,) = EDITION.reads(("customer",), CURSOR)
    many = [{"Id": str(number)} for number in range(1000)]
    alone = next(
        more
        for more in EDITION.read_reply(read, changes({"Customer": many})).more
        if more.type == "Customer"
    )
    count = EDITION.read_reply(alone, changes({"Customer": many})).more[1]
    assert statement(count) == "SELECT COUNT(*) FROM Customer WHERE Active IN (true, false)"
    found = EDITION.read_reply(count, reply({"QueryResponse": {"totalCount": 1234}, "time": TIME}))
    assert (found.totals, found.remotes, found.cursor) == ({"Customer": 1234}, (), None)
    with pytest.raises(TryLater):
        EDITION.read_reply(count, reply({"QueryResponse": {}, "time": TIME}))


def test_single_records_by_id_and_those_that_are_gone():
    (read,) = EDITION.read_again("Invoice", ["130", "131", "130"])
    assert read.ids == ("130", "131")
    assert "WHERE Id IN ('130', '131')" in statement(read)
    result = EDITION.read_reply(read, page("Invoice", {"Id": "130"}))
    assert [(remote.id, remote.deleted, remote.kind) for remote in result.remotes] == [
        ("130", False, "invoice"), ("131", True, "invoice"),
    ]  # fmt: skip
    assert len(EDITION.read_again("Invoice", [str(number) for number in range(250)])) == 3


def test_long_statements_travel_in_the_body():
    ids = [str(10**15 + number) for number in range(100)]
    (read,) = EDITION.read_again("Invoice", ids)
    request = EDITION.read_request(read, "r")
    assert (request.method, request.content_type) == ("POST", "application/text")
    assert request.body.startswith(b"SELECT * FROM Invoice WHERE Id IN (")


def test_quotes_in_ids_stay_inside_their_quotes():
    (read,) = EDITION.read_again("Customer", ["1' OR '\\"])
    assert r"Id IN ('1\' OR \'\\')" in statement(read)


DEEP = b'{"QueryResponse":' + b"[" * 5000 + b"]" * 5000 + b"}"


@pytest.mark.parametrize(
    "body",
    [b'{"time":"x"}', b'{"QueryResponse":{"Invoice":5}}', b"{", b'{"QueryResponse":[]}', DEEP],
)
def test_damaged_answers_are_tried_again_later(body):
    # What is no object at all is not taken for an answer in the first place.
    with pytest.raises(TryLater, match=r"damaged|no proper answer"):
        EDITION.read_reply(Read(how="query", type="Invoice"), reply(body))


def test_a_change_answer_without_its_time_does_not_move_the_cursor():
    (read,) = EDITION.reads(("invoice",), CURSOR)
    with pytest.raises(TryLater):
        EDITION.read_reply(read, reply({"CDCResponse": [{"QueryResponse": [{}]}]}))
    with pytest.raises(TryLater):
        EDITION.read_reply(read, reply({"time": TIME}))


def test_a_refused_read_says_what_quickbooks_said():
    refusal = {
        "Fault": {
            "Error": [
                {"Message": "Invalid query", "Detail": "QueryValidationError: x", "code": "4001"}
            ]
        }
    }
    with pytest.raises(ConnectionTrouble, match="QueryValidationError: x"):
        EDITION.read_reply(Read(how="query", type="Invoice"), reply(refusal, status=400))
