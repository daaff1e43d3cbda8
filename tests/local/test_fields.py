"""Field objects: each reads, writes, or says in a sentence what is wrong with it (J2, J6)."""

import datetime as dt
from decimal import Decimal

import pytest

import quicksync
from quicksync.exceptions import BadValue
from quicksync.local.convert import Shape, to_column, to_date, to_record
from quicksync.records import Address, Ref
from tests.host.models import Bill, BillRow, Levy, Patron, Takings, Ware


def made(base, model, **attributes):
    return type("Made", (base,), attributes)(model)


def customer(**fields):
    return made(quicksync.CustomerAdapter, Patron, fields={"name": "full_name", **fields})


def complaints(adapter):
    return [f"{what} {hint}" for what, hint in adapter.problems()]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"email": "male"},
            "email reads 'male', which shop.Patron does not have. Did you mean 'mail'?",
        ),
        ({"email": "bills__xyz"}, "leads through 'bills' (in 'bills__xyz')"),
        ({"email": "qqq"}, "It has: id, full_name, mail"),
        ({"billing": "street"}, "billing is an address in one text. Use AddressField"),
        ({"term": quicksync.Reference("town")}, "term reads 'town', which is not a foreign key"),
        (
            {"term": quicksync.Reference("none")},
            "term reads 'none', which shop.Patron does not have",
        ),
        ({"notes": quicksync.Code("term", "town")}, "notes is not a reference"),
    ],
)
def test_a_wrong_field_is_told_with_the_fix_j6(shop, fields, sentence):
    (told,) = complaints(customer(**fields))
    assert sentence in told


def test_floats_are_no_prices(shop):
    (told,) = complaints(
        made(quicksync.ItemAdapter, Ware, fields={"name": "title", "unit_price": "weight"})
    )
    assert told == "Made: unit_price reads 'weight', a float. Amounts need a DecimalField."


def test_a_reference_to_a_model_without_adapter_is_told(shop):
    with shop.snapshot(empty=True):
        bills = made(
            quicksync.InvoiceAdapter,
            Bill,
            fields={"customer": "patron"},
            lines=quicksync.Lines("rows"),
        )
        assert (
            "points at shop.Patron, which has no adapter of kind customer" in complaints(bills)[0]
        )


def test_what_quickbooks_requires_is_missed(shop):
    told = complaints(made(quicksync.InvoiceAdapter, Bill))
    assert (
        "has no customer: QuickBooks does not accept a record of kind invoice without it" in told[0]
    )
    assert "Set lines = quicksync.Lines" in told[1]
    assert "has no name" in complaints(made(quicksync.CustomerAdapter, Patron))[0]


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            quicksync.Lines("lines"),
            "lines are 'lines', which shop.Bill does not have. Its related rows: rows",
        ),
        (quicksync.Lines("rows", colour="text"), "lines have no field 'colour'"),
        (
            quicksync.Lines("rows", order="nowhere"),
            "ordered by 'nowhere', which shop.BillRow does not have",
        ),
        (quicksync.Lines("rows", unit_price=None), "lines need 'unit_price'"),
        (quicksync.Lines("rows", quantity="amount"), "Made.lines: quantity reads 'amount'"),
    ],
)
def test_wrong_lines_are_told(shop, lines, sentence):
    adapter = made(quicksync.InvoiceAdapter, Bill, fields={"customer": "patron"}, lines=lines)
    assert any(sentence in told for told in complaints(adapter))


def test_a_modification_time_that_is_none(shop):
    (told,) = complaints(
        made(quicksync.CustomerAdapter, Patron, fields={"name": "full_name"}, modified="town")
    )
    assert "modified = 'town', which is not a DateTimeField" in told


def test_bulk_needs_a_table_of_its_own(shop, monkeypatch):
    monkeypatch.setattr(Patron._meta, "parents", {Ware: None})
    (told,) = complaints(
        made(quicksync.CustomerAdapter, Patron, fields={"name": "full_name"}, bulk=True)
    )
    assert "inherits another one's table" in told


def test_paths_methods_properties_and_callables_read(shop, monkeypatch):
    monkeypatch.setattr(Bill, "shout", lambda self: self.ref.upper(), raising=False)
    monkeypatch.setattr(Bill, "whisper", property(lambda self: self.ref.lower()), raising=False)
    fields = {
        "number": "shout",
        "memo": "whisper",
        "email": "patron__mail",
        "private_note": lambda bill: bill.state,
        "customer": "patron",
        "issued_on": None,
        "currency": quicksync.Const("USD"),
    }
    adapter = made(quicksync.InvoiceAdapter, Bill, fields=fields)
    bill = Bill(ref="b", patron=Patron(full_name="P", mail="p@example.com"))
    record = adapter.found(bill).record
    assert (record.number, record.memo, record.email, record.private_note) == (
        "B",
        "b",
        "p@example.com",
        "open",
    )
    assert adapter.writable() == {"customer"}


def test_properties_with_a_setter_are_written(shop, monkeypatch):
    monkeypatch.setattr(
        Patron,
        "upper",
        property(lambda p: p.town.upper(), lambda p, v: setattr(p, "town", v)),
        raising=False,
    )
    adapter = customer(notes="upper")
    assert "notes" in adapter.writable()
    patron = Patron()
    adapter.table.fields["notes"].put(patron, "ulm", {})
    assert patron.town == "ulm"


def test_custom_functions_read_and_write(shop):
    field = quicksync.Custom(
        lambda patron: patron.town[:3], lambda patron, value: setattr(patron, "town", value + "!")
    )
    adapter = customer(notes=field, website=quicksync.Custom(lambda patron: "x"))
    patron = Patron(town="Bayshore")
    assert adapter.found(patron).record.notes == "Bay"
    assert adapter.writable() >= {"notes"}
    assert "website" not in adapter.writable()
    adapter.table.fields["notes"].put(patron, "Ulm", {})
    assert patron.town == "Ulm!"


def test_a_choice_keeps_a_host_value_that_means_the_same(shop):
    bound = customer(
        active=quicksync.Choice("state", {"live": True, "new": True, "gone": False})
    ).table.fields["active"]
    patron = Patron(state="new")
    bound.put(patron, True, {})
    assert patron.state == "new"
    bound.put(patron, False, {})
    assert (patron.state, bound.get(patron)) == ("gone", False)
    bound.put(patron, True, {})
    assert patron.state == "live"
    with pytest.raises(BadValue, match="state has no value for None"):
        bound.put(patron, None, {})


def test_fields_that_are_the_hosts_own_are_not_written(shop):
    adapter = made(quicksync.InvoiceAdapter, Bill, fields={"total": "net", "customer": "patron"})
    assert "total" not in adapter.writable()
    told = made(quicksync.InvoiceAdapter, Bill, fields={"total": quicksync.Attr("net", write=True)})
    assert "total" in told.writable()
    kept = customer(email=quicksync.Attr("mail", write=False))
    assert "email" not in kept.writable()


@pytest.mark.parametrize(
    ("lines", "street", "street2"),
    [
        ("", "", ""),
        ("One", "One", ""),
        ("One\nTwo", "One", "Two"),
        ("One\nTwo\nThree", "One", "Two, Three"),
    ],
)
def test_an_address_goes_into_as_many_lines_as_there_are(shop, lines, street, street2):
    bound = customer(
        billing=quicksync.AddressField(("street", "street2"), city="town")
    ).table.fields["billing"]
    patron = Patron(street="Old", town="Old")
    bound.put(patron, Address(lines=lines, city="Ulm") if lines else None, {})
    assert (patron.street, patron.street2, patron.town) == (street, street2, "Ulm" if lines else "")
    back = bound.get(patron)
    assert back == (
        Address(lines="\n".join(filter(None, (street, street2))), city="Ulm") if lines else None
    )


def test_a_single_attribute_takes_all_lines(shop):
    bound = customer(billing=quicksync.AddressField("street")).table.fields["billing"]
    patron = Patron()
    bound.put(patron, Address(lines="One\nTwo"), {})
    assert patron.street == "One\nTwo"


def test_codes_are_read_and_written_as_text(shop):
    bound = made(quicksync.InvoiceAdapter, Bill, fields={"term": "terms"}).table.fields["term"]
    bill = Bill(terms="")
    assert bound.get(bill) is None
    bound.put(bill, Ref("term", "N30"), {})
    assert (bill.terms, bound.get(bill)) == ("N30", Ref("term", "N30"))
    bound.put(bill, None, {})
    assert bill.terms == ""


def test_a_code_behind_a_relation_is_read_only(shop):
    lines = quicksync.Lines("rows", item=None, tax_code=quicksync.Code("tax_code", "levy__code"))
    rows = made(
        quicksync.InvoiceAdapter, Bill, fields={"customer": "patron"}, lines=lines
    ).table.rows["lines"]
    (code,) = [bound for bound in rows.columns if bound.name == "tax_code"]
    assert code.put is None
    assert code.related == ("levy",)
    assert code.get(BillRow(levy=Levy(code="VAT"))) == Ref("tax_code", "VAT")
    assert code.get(BillRow()) is None


def test_references_to_models_that_no_adapter_serves_are_not_guessed(shop):
    with shop.snapshot(empty=True):
        payments = made(quicksync.PaymentAdapter, Takings, fields={"customer": None})
        assert payments.carried() == {"total"}


def test_guessing_can_be_turned_off(shop):
    assert made(
        quicksync.PaymentAdapter, Takings, guess=False, fields={"paid_on": "day"}
    ).carried() == {"paid_on"}


def test_numbers_that_are_not_exact_are_refused():
    with pytest.raises(BadValue, match="float"):
        to_record(Shape(Decimal, optional=False))(1.5)
    assert to_record(Shape(Decimal, optional=False))(None) == 0
    assert to_record(Shape(Decimal, optional=True))(None) is None
    assert to_record(Shape(int, optional=True))("7") == 7
    with pytest.raises(BadValue, match="is not a date"):
        to_date("2026-01-01")


def test_moments_are_the_date_they_have_here(settings):
    settings.TIME_ZONE = "Pacific/Auckland"
    assert to_date(dt.datetime(2026, 1, 1, 20, tzinfo=dt.UTC)) == dt.date(2026, 1, 2)
    naive = dt.datetime(2026, 1, 1, 20, tzinfo=dt.UTC).replace(tzinfo=None)
    assert to_date(naive) == dt.date(2026, 1, 1)
    assert to_date(None) is None


def test_values_fit_their_columns():
    def column(model, name):
        return model._meta.get_field(name)

    assert to_column(Decimal("1.23456"), column(BillRow, "price"), None) == Decimal("1.2346")
    assert to_column(Decimal(7), column(Bill, "saves"), 0) == 7
    with pytest.raises(BadValue, match=r"whole numbers only, not 7\.5"):
        to_column(Decimal("7.5"), column(Bill, "saves"), 0)
    assert to_column(None, column(Ware, "price"), None) is None
    assert to_column(None, column(Bill, "rebate"), None) == 0
    assert to_column(None, column(Patron, "mail"), "x") == ""
    assert to_column("", column(Patron, "mail"), "x") == ""
