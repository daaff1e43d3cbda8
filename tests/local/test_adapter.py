"""Adapters on a host's own models: reading, writing, removing (J2)."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from quicksync.local.messages import Write
from quicksync.records import Address, Allocation, Customer, Invoice, Payment, Ref, SalesLine
from tests.host.models import Bill, BillRow, Levy, Patron, Share, Takings, Ware

DAY = dt.date(2026, 3, 1)


@pytest.fixture
def patron(shop):
    return Patron.objects.create(
        full_name="Zoë's Café", mail="zoe@example.com", street="1 Main St", town="Bayshore"
    )


@pytest.fixture
def bill(patron):
    vat = Levy.objects.create(code="VAT", percent=Decimal("7.5"))
    card = Ware.objects.create(title="Card", price=Decimal("1.25"))
    bill = Bill.objects.create(
        ref="B-1", patron=patron, made_at=dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), terms="N30"
    )
    BillRow.objects.create(
        bill=bill, ware=card, text="Cards", qty=100, price=Decimal("0.1234"), levy=vat, place=1
    )
    BillRow.objects.create(bill=bill, text="Delivery", qty=1, price=5, place=2)
    return bill


def adapter(registry, kind):
    return registry.for_kind(kind)[0]


def only(registry, obj, kind):
    return adapter(registry, kind).find(None, [str(obj.pk)])[str(obj.pk)]


def write(registry, record, key=None, fields=None):
    one = adapter(registry, record.kind)
    names = one.carried() if fields is None else frozenset(fields)
    return one.write(None, [Write("1", key, record, names)])[0]


def test_a_customer_of_ones_own_reads_as_a_record_j2(shop, patron):
    found = only(shop, patron, "customer")
    assert found.record == Customer(
        name="Zoë's Café", email="zoe@example.com", currency="USD", active=True,
        billing=Address(lines="1 Main St", city="Bayshore"),
    )  # fmt: skip
    assert found.label == "Zoë's Café"
    assert found.modified == patron.changed
    assert found.date is None


def test_an_invoice_reads_with_lines_references_and_codes_j2(shop, bill, patron):
    found = only(shop, bill, "invoice")
    record = found.record
    assert (record.number, record.customer, record.term) == (
        "B-1",
        Ref("customer", str(patron.pk)),
        Ref("term", "N30"),
    )
    assert record.issued_on == DAY == found.date
    assert record.email == "zoe@example.com"
    assert record.memo == "Thank you, Zoë's Café"
    cards, delivery = record.lines
    assert cards.tax_code == Ref("tax_code", "VAT")
    assert cards.item == Ref("item", str(Ware.objects.get().pk))
    assert (cards.quantity, cards.unit_price, cards.amount) == (
        Decimal(100),
        Decimal("0.1234"),
        Decimal("12.34"),
    )
    assert (delivery.item, delivery.tax_code, delivery.amount) == (None, None, Decimal("5.00"))


def test_an_invoice_is_made_through_save_with_its_lines_and_total(shop, bill, patron):
    card = Ref("item", str(Ware.objects.get().pk))
    record = Invoice(
        number="B-2",
        customer=Ref("customer", str(patron.pk)),
        issued_on=DAY,
        discount=Decimal(1),
        lines=(
            SalesLine(
                item=card,
                description="More",
                quantity=Decimal(3),
                unit_price=Decimal("1.5"),
                amount=Decimal("4.5"),
            ),
            SalesLine(
                description="Amount only", amount=Decimal(9), tax_code=Ref("tax_code", "VAT")
            ),
        ),
    )
    written = write(shop, record)
    assert written.error == ""
    made = Bill.objects.get(ref="B-2")
    assert (written.key, made.saves, made.net) == (str(made.pk), 1, Decimal("12.50"))
    assert written.line_ids == tuple(str(row.pk) for row in made.rows.order_by("place"))
    assert [line.amount for line in written.record.lines] == [Decimal("4.50"), Decimal("9.00")]
    assert written.record.total == Decimal("12.50")


def test_an_update_keeps_lines_by_id_then_by_content_and_deletes_the_rest(shop, bill):
    cards, delivery = bill.rows.order_by("place")
    before = only(shop, bill, "invoice").record
    lines = (
        SalesLine(
            id=str(delivery.pk),
            description="Express",
            quantity=Decimal(1),
            unit_price=Decimal(8),
            amount=Decimal(8),
        ),
        SalesLine(description="New", quantity=Decimal(1), unit_price=Decimal(2), amount=Decimal(2)),
    )
    written = write(shop, before.replace(lines=lines), str(bill.pk), {"lines"})
    rows = list(bill.rows.order_by("place"))
    assert [row.text for row in rows] == ["Express", "New"]
    assert rows[0].pk == delivery.pk
    assert not BillRow.objects.filter(pk=cards.pk).exists()
    assert written.line_ids == tuple(str(row.pk) for row in rows)


@pytest.mark.parametrize("bulk", [False, True])
@pytest.mark.parametrize(
    "texts",
    [
        ("New", "Cards", "Delivery"),
        ("Delivery", "Cards"),
        ("Delivery",),
        ("Delivery", "New", "Cards"),
        ("New", "Newer"),
    ],
)
def test_lines_change_places_where_a_place_is_unique(shop, bill, monkeypatch, bulk, texts):
    """Put in front, swapped, removed: no row passes through a place where another one stands."""
    monkeypatch.setattr(type(adapter(shop, "invoice")), "bulk", bulk)
    present = {line.description: line for line in only(shop, bill, "invoice").record.lines}
    lines = [
        msgspec.structs.replace(
            present.get(text, SalesLine(description=text)),
            quantity=Decimal(number), unit_price=Decimal(2), amount=Decimal(2 * number),
        )
        for number, text in enumerate(texts, start=1)
    ]  # fmt: skip
    written = write(shop, Invoice(lines=tuple(lines)), str(bill.pk), {"lines"})
    assert written.error == ""
    assert [(row.text, row.place) for row in bill.rows.order_by("place")] == list(
        zip(texts, range(1, len(texts) + 1), strict=True)
    )
    ids = {row.text: str(row.pk) for row in bill.rows.all()}
    assert all(ids[text] == line.id for text, line in present.items() if text in ids)


class NotOurs(Exception):
    """A host's own word for "not this one"."""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("We keep whole cents."), "We keep whole cents."),
        (NotOurs("That money is not ours."), "That money is not ours."),
        (RuntimeError("The drawer is locked."), "The drawer is locked."),
        (NotOurs(), "This site's own code gave no reason (NotOurs)."),
        (KeyError("rate"), "This site's own code failed (KeyError: 'rate')."),
    ],
)
def test_a_refusal_of_the_host_is_told_in_its_own_words(shop, patron, monkeypatch, error, told):
    def save(self, *args, **kwargs):
        raise error

    monkeypatch.setattr(Patron, "save", save)
    monkeypatch.setattr(type(adapter(shop, "customer")), "refusals", (NotOurs,))
    assert write(shop, Customer(name="Zoë"), str(patron.pk), {"name"}).error == told


def test_lines_without_ids_continue_those_that_sell_the_same(shop, bill):
    before = only(shop, bill, "invoice").record
    ids = {line.description: line.id for line in before.lines}
    nameless = tuple(
        SalesLine(
            item=line.item,
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            tax_code=line.tax_code,
        )
        for line in reversed(before.lines)
    )
    written = write(shop, before.replace(lines=nameless), str(bill.pk), {"lines"})
    assert written.line_ids == (ids["Delivery"], ids["Cards"])


def test_fields_that_are_not_named_stay(shop, bill):
    record = Invoice(number="CHANGED", term=Ref("term", "N60"))
    assert write(shop, record, str(bill.pk), {"term"}).error == ""
    bill.refresh_from_db()
    assert (bill.ref, bill.terms, bill.rows.count()) == ("B-1", "N60", 2)


def test_the_time_of_a_moment_stays_when_its_day_does(shop, bill):
    record = only(shop, bill, "invoice").record
    write(shop, record, str(bill.pk), {"issued_on"})
    bill.refresh_from_db()
    assert bill.made_at.hour == 12
    write(shop, record.replace(issued_on=dt.date(2026, 3, 2)), str(bill.pk), {"issued_on"})
    bill.refresh_from_db()
    assert bill.made_at == dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def test_one_bad_record_never_loses_another(shop, patron):
    one = adapter(shop, "customer")
    writes = [
        Write("good", None, Customer(name="Good"), one.carried()),
        Write("refused", None, Customer(name="Test patron"), one.carried()),
        Write("taken", None, Customer(name="Zoë's Café"), one.carried()),
        Write("gone", "00000000-0000-0000-0000-000000000000", Customer(name="X"), one.carried()),
        Write("long", None, Customer(name="x" * 81), one.carried()),
        Write("fine", None, Customer(name="Fine"), one.carried()),
    ]
    written = one.write(None, writes)
    assert [one.op for one in written] == ["good", "refused", "taken", "gone", "long", "fine"]
    assert written[1].error == "Full name: We keep no test patrons."
    assert "already exists" in written[2].error
    assert "no longer exists here" in written[3].error
    assert "80 characters" in written[4].error
    assert set(Patron.objects.values_list("full_name", flat=True)) == {"Zoë's Café", "Good", "Fine"}


def test_a_reference_that_is_not_here_refuses_the_record_only(shop, patron):
    written = write(shop, Invoice(number="B-9", customer=Ref("customer", "nobody"), issued_on=DAY))
    assert written.error == "The customer nobody is not here."
    assert not Bill.objects.exists()


def test_a_payment_with_its_allocations_g4_g5(shop, bill, patron):
    document = Ref("invoice", str(bill.pk))
    record = Payment(
        customer=Ref("customer", str(patron.pk)),
        paid_on=DAY,
        total=Decimal(20),
        method=Ref("payment_method", "CASH"),
        allocations=(Allocation(document=document, amount=Decimal(12)),),
    )
    written = write(shop, record)
    assert written.error == ""
    share = Share.objects.get()
    assert (share.bill, share.part) == (bill, Decimal(12))
    changed = record.replace(allocations=(Allocation(document=document, amount=Decimal(15)),))
    write(shop, changed, written.key, {"allocations"})
    assert Share.objects.get().pk == share.pk
    found = only(shop, Takings.objects.get(), "payment")
    assert found.record.allocations == (Allocation(document=document, amount=Decimal(15)),)
    assert found.record.method == Ref("payment_method", "CASH")


@pytest.mark.parametrize("number", [1, 30])
def test_reading_takes_the_same_number_of_queries_for_one_and_for_many(
    shop, bill, number, django_assert_num_queries
):
    for place in range(number - 1):
        extra = Bill.objects.create(ref=f"N-{place}", patron=bill.patron, made_at=bill.made_at)
        BillRow.objects.create(bill=extra, text="One", qty=1, price=1, levy=Levy.objects.get())
    keys = [str(pk) for pk in Bill.objects.values_list("pk", flat=True)]
    invoices = adapter(shop, "invoice")
    with django_assert_num_queries(2):
        assert len(invoices.find(None, keys)) == number
    with django_assert_num_queries(1):
        assert len(list(invoices.seen(None))) == number


def test_seen_since_a_moment(shop, patron):
    customers = adapter(shop, "customer")
    assert [seen.key for seen in customers.seen(None, since=patron.changed)] == [str(patron.pk)]
    assert not list(customers.seen(None, since=patron.changed + dt.timedelta(seconds=1)))


def test_unknown_keys_are_simply_not_found(shop, patron):
    assert not adapter(shop, "customer").find(None, ["17", "no uuid"])


def test_an_object_that_cannot_be_read_says_why_and_stops_no_other(shop, bill, monkeypatch):
    invoices = adapter(shop, "invoice")
    other = Bill.objects.create(ref="B-7", patron=bill.patron, made_at=bill.made_at)
    monkeypatch.setattr(Bill, "mood", property(lambda self: 1 / (self.pk - bill.pk)), raising=False)
    with shop.snapshot():
        one = type("MoodAdapter", (type(invoices),), {"fields": {"memo": "mood"}})(Bill)
        found = one.find(None, [str(bill.pk), str(other.pk)])
    assert (
        found[str(bill.pk)].error
        == "This site's own code failed (ZeroDivisionError: division by zero)."
    )
    assert found[str(bill.pk)].record == Invoice()
    assert found[str(other.pk)].error == ""


def test_voiding_deleting_and_why_not_f4(shop, bill, patron):
    invoices, customers = adapter(shop, "invoice"), adapter(shop, "customer")
    assert invoices.remove(None, str(bill.pk), "void") == ""
    bill.refresh_from_db()
    assert bill.state == "void"
    assert only(shop, bill, "invoice").record.voided
    assert "protected" in customers.remove(None, str(patron.pk), "delete")
    assert customers.remove(None, str(patron.pk), "void") == ""
    patron.refresh_from_db()
    assert patron.state == "gone"
    assert invoices.remove(None, str(bill.pk), "delete") == ""
    assert invoices.remove(None, str(bill.pk), "delete") == ""
    assert not Bill.objects.exists()


def test_voiding_what_has_no_flag_is_refused_with_a_sentence(shop):
    Levy.objects.create(code="VAT", percent=1)
    assert (
        adapter(shop, "tax_code").remove(None, "VAT", "void")
        == "This site has no way to deactivate a levy."
    )


def test_related_models_lead_to_the_document(shop, bill):
    (rows,) = adapter(shop, "invoice").related_models()
    assert rows.model is BillRow
    assert rows.keys(bill.rows.first()) == (str(bill.pk),)


def test_list_kinds_are_named_by_code(shop, bill):
    levies = adapter(shop, "tax_code")
    assert levies.key_field == "code"
    found = levies.find(None, ["VAT"])["VAT"]
    assert (found.record.name, found.record.rate) == ("VAT", Decimal("7.5"))


def test_a_model_without_admin_page_has_no_address(shop, patron):
    assert adapter(shop, "customer").admin_url(str(patron.pk)) == ""
