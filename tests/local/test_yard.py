"""A host with whole cents, multi-table inheritance and lines in a JSON column, in both directions
(J2).
"""

import datetime as dt
from decimal import Decimal

import pytest

import quicksync
from quicksync.exceptions import BadValue
from quicksync.local.messages import Write
from quicksync.records import Address, Allocation, Ref, SalesLine
from tests.host.models import Takings
from tests.hosts.yard.models import Firm, Good, Job, Pay, Person, Sale, SaleRow, Share

DAY = dt.date(2026, 3, 1)


def adapter_of(registry, model):
    (adapter,) = registry.for_model(model)
    return adapter


def landed(adapter, record, key=None, fields=None):
    (written,) = adapter.write(None, [Write("1", key, record, fields or adapter.writable())])
    return written


def line(**values):
    return SalesLine(
        **{name: Decimal(value) if name != "item" else value for name, value in values.items()}
    )


@pytest.fixture
def sold(yard):
    person = Person.objects.create(first="Ada", last="Byron", street="1 Main", town="Ulm")
    good = Good.objects.create(title="Nail", price_cents=1250)
    sale = Sale.objects.create(party=person, day=DAY)
    SaleRow.objects.create(sale=sale, good=good, pieces=3, price_cents=1250)
    return sale


def test_no_adapter_of_the_yard_is_wrong(yard):
    assert [problem for adapter in yard.all() for problem in adapter.problems()] == []
    assert [problem for adapter in yard.all() for problem in adapter.look_alikes()] == []


def test_cents_are_read_as_money(yard, sold):
    """12.50, not 1,250.00."""
    record = adapter_of(yard, Good).found(Good.objects.get()).record
    assert record.unit_price == Decimal("12.50")
    invoice = adapter_of(yard, Sale).found(sold).record
    assert [(one.quantity, one.unit_price, one.amount) for one in invoice.lines] == [
        (Decimal(3), Decimal("12.50"), Decimal("37.50"))
    ]


def test_what_was_read_is_written_back_the_same(yard, sold):
    adapter = adapter_of(yard, Sale)
    before = adapter.found(sold).record
    written = landed(adapter, before, str(sold.pk))
    assert written.error == ""
    assert written.record.lines == before.lines
    assert Sale.objects.get().total_cents == 3750


@pytest.mark.parametrize(
    ("quantity", "price", "amount", "pieces", "cents"),
    [
        ("100", "0.125", "12.50", 1, 1250),
        ("2.5", "10", "25", 1, 2500),
        ("4", "0.25", "1", 4, 25),
        (None, None, "7.01", 1, 701),
    ],
)
def test_a_line_with_more_decimals_than_cents_comes_to_the_same_amount(
    yard, sold, quantity, price, amount, pieces, cents
):
    adapter = adapter_of(yard, Sale)
    given = {"quantity": quantity, "unit_price": price, "amount": amount}
    wanted = line(**{name: value for name, value in given.items() if value is not None})
    record = adapter.found(sold).record.replace(lines=(wanted,))
    written = landed(adapter, record, str(sold.pk))
    assert written.error == ""
    row = SaleRow.objects.get()
    assert (row.pieces, row.price_cents) == (pieces, cents)
    assert written.record.lines[0].amount == Decimal(amount)


def test_a_price_for_one_unit_is_rounded_half_up(yard):
    adapter = adapter_of(yard, Good)
    record = adapter.table.record(name="Wire", type="non_inventory", unit_price=Decimal("0.125"))
    assert landed(adapter, record).error == ""
    assert Good.objects.get().price_cents == 13
    empty = adapter.table.record(name="Rope", type="non_inventory")
    assert landed(adapter, empty).error == ""
    assert Good.objects.get(title="Rope").price_cents is None


def test_an_amount_with_more_decimals_than_cents_is_told_not_rounded(yard, sold):
    """No total is ever stored as another one."""
    payments = adapter_of(yard, Pay)
    owed = yard.ref(adapter_of(yard, Sale), str(sold.pk))
    payer = quicksync.ref_to("customer", Person.objects.get())
    record = payments.table.record(customer=payer, paid_on=DAY, total=Decimal("10.005"))
    assert "10.005 is not a whole number of cents" in landed(payments, record).error
    shared = record.replace(
        total=Decimal(10), allocations=(Allocation(document=owed, amount=Decimal("1.005")),)
    )
    assert "1.005 is not a whole number of cents" in landed(payments, shared).error
    assert not Pay.objects.exists()
    good = record.replace(
        total=Decimal(10), allocations=(Allocation(document=owed, amount=Decimal("1.05")),)
    )
    assert landed(payments, good).error == ""
    assert (Pay.objects.get().cents, Share.objects.get().cents) == (1000, 105)


def test_a_decimal_column_never_holds_another_amount_either(yard):
    adapter = type("Made", (quicksync.PaymentAdapter,), {"fields": {"customer": None}})(Takings)
    put = adapter.table.fields["total"].put
    with pytest.raises(BadValue, match=r"cannot hold 10\.005: it would become 10\.01"):
        put(Takings(), Decimal("10.005"), {})


@pytest.mark.parametrize(
    ("places", "value", "whole"), [(0, "1500", 1500), (3, "1.234", 1234), (2, "12.5", 1250)]
)
def test_cents_of_other_currencies(yard, places, value, whole):
    """Yen have no cents, fils are thousandths."""
    fields = {"customer": None, "total": quicksync.Cents("cents", places=places)}
    bound = type("Made", (quicksync.PaymentAdapter,), {"fields": fields})(Pay).table.fields["total"]
    pay = Pay()
    bound.put(pay, Decimal(value), {})
    assert (pay.cents, bound.get(pay)) == (whole, Decimal(value))


def test_an_address_may_be_worked_out_by_functions(yard, sold):
    adapter = adapter_of(yard, Person)
    person = Person.objects.get()
    assert adapter.found(person).record.billing == Address(lines="1 Main", city="Ulm")
    record = adapter.found(person).record.replace(billing=Address(lines="2 Side", city="Bonn"))
    assert landed(adapter, record, str(person.pk), frozenset({"billing"})).error == ""
    person.refresh_from_db()
    assert (person.street, person.town) == ("2 Side", "Bonn")
    read_only = {"name": "title", "billing": lambda firm: quicksync.Address(city=firm.town)}
    made = type("Made", (quicksync.CustomerAdapter,), {"fields": read_only})(Firm)
    assert made.problems() == []
    assert made.found(Firm(title="F", town="T")).record.billing == Address(city="T")


def test_what_is_no_address_and_no_line_holds_the_object_only(yard):
    fields = {"name": "title", "billing": lambda firm: firm.town}
    made = type("Made", (quicksync.CustomerAdapter,), {"fields": fields})(Firm)
    assert made.found(Firm(title="F", town="T")).error == "'T' is not a quicksync.Address."
    for given, sentence in (
        (7, "7 is not a list of quicksync.SalesLine."),
        (["x"], "'x' is not a quicksync.SalesLine."),
    ):
        lines = type(
            "Made",
            (quicksync.InvoiceAdapter,),
            {"fields": {"customer": None}, "lines": lambda job, it=given: it},
        )
        assert lines(Job).found(Job(day=DAY)).error == sentence
    float_price = [SalesLine(quantity=1, unit_price=1.5)]
    floats = type(
        "Made",
        (quicksync.InvoiceAdapter,),
        {"fields": {"customer": None}, "lines": lambda job: float_price},
    )
    assert "1.5 is a float" in floats(Job).found(Job(day=DAY)).error
    strange = {"name": "title", "term": lambda firm: "N30"}
    assert (
        "'N30' is not a quicksync.Ref"
        in type("M", (quicksync.CustomerAdapter,), {"fields": strange})(Firm).found(Firm()).error
    )
    other = {"name": "title", "term": lambda firm: Ref("account", "1")}
    told = type("M", (quicksync.CustomerAdapter,), {"fields": other})(Firm).found(Firm()).error
    assert told == "term expects a term, not a account."


def test_lines_in_a_json_column_go_both_ways(yard, sold):
    adapter = adapter_of(yard, Job)
    good = Good.objects.get()
    stored = [{"id": "7", "good": str(good.pk), "text": "Fit", "quantity": "2", "price": "1.50"}]
    job = Job.objects.create(party=Person.objects.get(), day=DAY, lines=stored)
    record = adapter.found(job).record
    ours = SalesLine(id="7", item=Ref("item", str(good.pk)), description="Fit", quantity=Decimal(2),
                     unit_price=Decimal("1.50"), amount=Decimal("3.00"))  # fmt: skip
    assert record.lines == (ours,)
    written = landed(adapter, record, str(job.pk))
    assert (written.error, written.record.lines) == ("", (ours,))
    new = SalesLine(description="Travel", amount=Decimal(5))
    written = landed(adapter, record.replace(lines=(ours, new)), str(job.pk))
    assert written.error == ""
    assert Job.objects.get().lines[1] == {
        "id": "1",
        "good": "",
        "text": "Travel",
        "quantity": "1",
        "price": "5",
    }
    # Their ids are known to the pair, so that an edited line is that line, and no second one.
    assert written.line_ids == ("7", "1")


def test_a_reference_to_the_table_that_several_inherit_from_finds_the_heir(
    yard, sold, django_assert_num_queries
):
    """A customer is named by the model that has an adapter, in one query for all invoices."""
    firm = Firm.objects.create(title="Acme")
    other = Sale.objects.create(party=firm, day=DAY)
    adapter, person = adapter_of(yard, Sale), Person.objects.get()
    with django_assert_num_queries(2):
        found = adapter.find(None, [str(sold.pk), str(other.pk)])
    assert found[str(sold.pk)].record.customer == Ref("customer", f"yard.person:{person.pk}")
    assert found[str(other.pk)].record.customer == Ref("customer", f"yard.firm:{firm.pk}")
    record = found[str(sold.pk)].record.replace(customer=Ref("customer", f"yard.firm:{firm.pk}"))
    assert landed(adapter, record, str(sold.pk), frozenset({"customer"})).error == ""
    sold.refresh_from_db()
    assert sold.party_id == firm.pk


def test_an_object_that_is_neither_heir_is_held(yard, sold):
    sold.party = sold.party.__class__.objects.get(pk=sold.party_id).party_ptr
    plain = type(sold.party).objects.create(mail="x@example.com")
    sale = Sale.objects.create(party=plain, day=DAY)
    found = adapter_of(yard, Sale).find(None, [str(sale.pk)])[str(sale.pk)]
    assert found.error == f"The party Party {plain.pk} is neither person nor firm."


def test_functions_give_references_by_object(yard, sold):
    person = Person.objects.get()
    pay = Pay.objects.create(party=person, day=DAY, cents=105)
    record = adapter_of(yard, Pay).find(None, [str(pay.pk)])[str(pay.pk)].record
    assert record.customer == Ref("customer", f"yard.person:{person.pk}")
    assert quicksync.object_of(record.customer) == person
    assert quicksync.object_of(None) is None
    assert quicksync.ref_to("customer", None) is None
    with pytest.raises(ValueError, match=r"yard\.Good has no adapter of kind customer"):
        quicksync.ref_to("customer", Good.objects.get())
