"""What every kind of record tells of itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from quicksync.records import (
    KINDS,
    Account,
    Address,
    Allocation,
    Customer,
    Invoice,
    Item,
    Payment,
    PaymentMethod,
    Record,
    Ref,
    SalesLine,
    TaxCode,
    Term,
    kind_info,
    record_class,
)
from quicksync.records.kinds import named_there_as
from quicksync.records.limits import FieldLimit, cleaned


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_described_by_fields_that_it_has(kind):
    info, record = kind_info(kind), record_class(kind)
    fields = set(record.__struct_fields__)
    assert record.kind == kind
    assert info.record is record
    assert {*record.required, *record.computed, *record.create_only, *record.labels} <= fields
    assert not {*record.required} & record.computed
    grouped = [name for names in record.together for name in names]
    assert {*grouped} <= fields - record.computed - record.create_only, (
        "all of a group can go over together"
    )
    assert len(grouped) == len({*grouped}), "a field is in one group only"
    assert all(record.field_label(name) for name in fields)
    assert info.singular != info.plural


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_needs_nothing_to_be_made_and_is_frozen(kind):
    record = record_class(kind)()
    assert isinstance(record.label(), str)
    with pytest.raises(AttributeError):
        setattr(record, record.__struct_fields__[0], "x")


def test_a_word_that_is_no_kind_is_refused():
    with pytest.raises(KeyError):
        kind_info("ghost")
    with pytest.raises(KeyError):
        record_class("ghost")


def test_ranks_put_parents_before_children():
    assert kind_info("term").rank < kind_info("customer").rank < kind_info("item").rank
    assert kind_info("item").rank < kind_info("invoice").rank < kind_info("payment").rank


@pytest.mark.parametrize(
    ("record", "key", "label"),
    [
        (Customer(name="Acme"), "Acme", "Acme"),
        (Item(name="Hammer"), "Hammer", "Hammer"),
        (Account(name="Sales", full_name="Income:Sales"), "Income:Sales", "Income:Sales"),
        (Account(name="Sales"), "Sales", "Sales"),
        (TaxCode(name="VAT"), "VAT", "VAT"),
        (Term(name="Net 30"), "Net 30", "Net 30"),
        (PaymentMethod(name="Cash"), "Cash", "Cash"),
        (Invoice(number="7"), "7", "Invoice 7"),
        (Invoice(), "", "Invoice without a number"),
        (Payment(reference="r"), "", "Payment r"),
        (Payment(paid_on=dt.date(2026, 5, 4)), "", "Payment 2026-05-04"),
        (Payment(), "", "Payment undated"),
        (Record(), "", ""),
    ],
)
def test_natural_keys_and_labels(record, key, label):
    assert (record.natural_key(), record.label()) == (key, label)


def test_amounts_of_documents():
    assert Invoice(total=Decimal("9.99")).amount() == Decimal("9.99")
    assert Invoice().amount() is None
    assert Payment(total=Decimal(5)).amount() == Decimal(5)
    assert Customer().amount() is None


TAXED = (
    SalesLine(amount=Decimal("10.10"), tax_code=Ref("tax_code", "S")),
    SalesLine(amount=Decimal(20)),
)
NET = (SalesLine(amount=Decimal("10.10")), SalesLine(amount=Decimal("20.01")))


@pytest.mark.parametrize(
    ("invoice", "amount"),
    [
        (Invoice(lines=NET), "30.11"),
        (Invoice(lines=NET, discount=Decimal(5)), "25.11"),
        (Invoice(lines=NET, discount_percent=Decimal(50)), "15.05"),
        (Invoice(lines=NET, discount_percent=Decimal(50), currency="JPY"), "15"),
        (Invoice(lines=TAXED, tax=Decimal("0.81")), "30.91"),
        (Invoice(lines=TAXED), None),
        (Invoice(lines=TAXED, prices_include_tax=True), "30.10"),
        (Invoice(lines=TAXED, prices_include_tax=True, tax=Decimal("0.81")), "30.10"),
        (Invoice(lines=NET, total=Decimal(7)), "7"),
        (Invoice(lines=NET, voided=True), "0"),
    ],
)
def test_a_total_that_is_not_stated_is_worked_out_where_it_can_be_known_i12(invoice, amount):
    assert invoice.amount() == (Decimal(amount) if amount else None)


def test_references_are_found_wherever_they_stand():
    lines = (
        SalesLine(item=Ref("item", "1"), tax_code=Ref("tax_code", "S")),
        SalesLine(item=Ref("item", "2")),
    )
    invoice = Invoice(
        customer=Ref("customer", "c"),
        term=Ref("term", "30"),
        lines=lines,
        billing=Address(city="Rome"),
    )
    assert list(invoice.refs()) == [
        ("customer", Ref("customer", "c")),
        ("term", Ref("term", "30")),
        ("lines", Ref("item", "1")),
        ("lines", Ref("tax_code", "S")),
        ("lines", Ref("item", "2")),
    ]
    payment = Payment(allocations=(Allocation(document=Ref("invoice", "7"), amount=Decimal(1)),))
    assert list(payment.refs()) == [("allocations", Ref("invoice", "7"))]


def test_copies_with_changes():
    old = Customer(name="Acme", phone="1")
    assert old.replace(phone="2") == Customer(name="Acme", phone="2")
    assert msgspec.structs.asdict(old)["phone"] == "1"


def test_addresses_know_whether_they_say_anything():
    assert not Address()
    assert Address(postcode="1")


def test_words_of_fields():
    assert Customer.field_label("billing") == "Billing address"
    assert Customer.field_label("given_name") == "Given name"


@pytest.mark.parametrize(
    ("text", "limit", "clean"),
    [
        (" a:b ", None, " a:b "),
        (" a:\tb ", FieldLimit(forbidden=":\t"), "a b"),
        ("a  b", FieldLimit(forbidden=":"), "a  b"),
        ("abcd ef", FieldLimit(length=5), "abcd"),
        ("abc", FieldLimit(length=5), "abc"),
    ],
)
def test_texts_as_the_other_side_takes_them(text, limit, clean):
    assert cleaned(text, limit) == clean


def test_references_in_quickbooks_name_a_kind_by_its_own_word_unless_its_row_says_otherwise():
    assert {kind: info.named_there for kind, info in KINDS.items()} == {
        kind: info.named_as or kind for kind, info in KINDS.items()
    }
    assert named_there_as("customer")[0] == "customer"


def test_a_document_that_pays_nothing_has_nothing_besides_its_fields():
    assert Invoice().besides(frozenset()) == 0
