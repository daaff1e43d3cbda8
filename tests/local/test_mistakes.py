"""Every mistake in an adapter is a check's message with the nearest right name and the fix, never a
traceback (J6).
"""

import pytest
from django.core import checks as django_checks

import quicksync
from quicksync import checks
from quicksync.local.registry import registry
from tests.host.models import Bill, BillRow, Levy, Partner, Patron, Takings, Ware
from tests.hosts.yard.models import Good, Pay, Sale

CUSTOMER, ITEM, INVOICE = quicksync.CustomerAdapter, quicksync.ItemAdapter, quicksync.InvoiceAdapter
PAYMENT, ACCOUNT, TERM = quicksync.PaymentAdapter, quicksync.AccountAdapter, quicksync.TermAdapter


def told(base, model, **attributes):
    """The checks' messages about one registered adapter, by id."""
    if base is CUSTOMER and "fields" not in attributes:
        attributes["fields"] = {"name": "full_name"}
    with registry.snapshot(empty=True):
        quicksync.register(model)(type("Made", (base,), attributes))
        found = checks.check_adapters(None)
    assert all(isinstance(one, django_checks.CheckMessage) and one.hint for one in found)
    return [(one.id, f"{one.msg} {one.hint}") for one in found]


def only(found, code, *parts):
    ((given, text),) = found
    assert given == code
    for part in parts:
        assert part in text, text


class Halves(quicksync.Field):
    """A field class of a host's own that breaks while it is made ready."""

    def bind(self, place):
        return {}["nothing"]


CUSTOMERS = [
    (
        {"email": ("mail",)},
        ["email is ('mail',), which is not a field.", "an attribute's name in quotes"],
    ),
    ({"email": 5}, ["email is 5, which is not a field."]),
    ({"billing": quicksync.AddressField}, ["billing is the class AddressField, not made."]),
    ({"billing": quicksync.AddressField(())}, ["an address without a street"]),
    ({"billing": quicksync.AddressField("streat")}, ["'streat'", "Did you mean 'street'?"]),
    (
        {"billing": quicksync.AddressField(5)},
        ["billing cannot be made ready: TypeError", "Look at what 'billing'"],
    ),
    ({"email": quicksync.AddressField("street")}, ["email is not an address."]),
    ({"email": quicksync.Attr(7)}, ["email reads 7, which is not a name."]),
    ({"email": Halves()}, ["email cannot be made ready: KeyError"]),
    (
        {"email": quicksync.Field()},
        ["email is a Field, which cannot be read.", "get_value(self, obj)"],
    ),
    (
        {"email": quicksync.Custom("mail")},
        ["'mail' for get, which is not a function.", "lambda obj: ..."],
    ),
    ({"email": lambda: "x"}, ["a function for get with other arguments."]),
    (
        {"email": quicksync.Custom(lambda p: "", lambda p: None)},
        ["put with other arguments.", "lambda obj, value: ..."],
    ),
    (
        {"email": quicksync.Custom(lambda p: "", related=("bils",))},
        ["'bils', which shop.Patron does not have."],
    ),
    (
        {"email": quicksync.Custom(lambda p: "", related="bills")},
        ["related='bills'", "related=('contact',)"],
    ),
    (
        {"email": quicksync.Custom(lambda p: "", columns=("male",))},
        ["sets 'male'", "Did you mean 'mail'?"],
    ),
    ({"email": quicksync.Custom(lambda p: "", columns="mail")}, ["columns='mail'"]),
    (
        {"active": "state"},
        [
            "active reads 'state', a CharField.",
            "Choice('state', {'a value here': True}, default=False)",
        ],
    ),
    ({"active": "changed"}, ["active reads 'changed', a DateTimeField."]),
    ({"active": quicksync.Const("yes")}, ["active cannot be 'yes'. It can be: True, False."]),
    ({"currency": quicksync.Const("usd")}, ["currency cannot be 'usd'.", "'USD'"]),
    (
        {
            "active": quicksync.Choice(
                "state", {"life": True, "gone": False, "new": True, "live": True}
            )
        },
        ["'life', which 'state' cannot be.", "Did you mean 'live'?"],
    ),
    (
        {"active": quicksync.Choice("state", {True: "live", False: "gone"})},
        ["the wrong way round. Yours first: Choice('state', {'live': True, 'gone': False})"],
    ),
    (
        {"active": quicksync.Choice("state", {"live": True, "gone": False})},
        ["does not say what every value means.", "default=..."],
    ),
    ({"active": quicksync.Choice("town", {"Ulm": True})}, ["does not say what every value means."]),
    (
        {"active": quicksync.Choice("state", {"live": "yes"}, default="no")},
        ["active cannot be 'yes'. It can be: True, False."],
    ),
    (
        {"active": quicksync.Choice("state", {"live": True}, default="no")},
        ["active cannot be 'no'."],
    ),
    ({"active": quicksync.Choice("state", ["live"])}, ["['live'] for its values."]),
    (
        {"term": quicksync.Code("terms", "town")},
        ["kind 'terms', which does not exist. Did you mean 'term'?"],
    ),
    (
        {"term": quicksync.Code("account", "town")},
        ["expects a term, not a account. Use Code('term', 'town')."],
    ),
    ({"name": quicksync.Cents("full_name")}, ["name is not an amount of money."]),
    ({"notes": quicksync.Lines("bills")}, ["notes has Lines, but is none."]),
]


@pytest.mark.parametrize(("fields", "parts"), CUSTOMERS)
def test_a_mistake_in_a_field_is_told(shop_tables, db, fields, parts):
    only(told(CUSTOMER, Patron, fields={"name": "full_name", **fields}), "quicksync.E002", *parts)


@pytest.mark.parametrize(
    ("attributes", "part"),
    [
        (
            {"fields": {"name": "full_name", 5: "x"}},
            "names 5, which a record of kind customer does not have.",
        ),
        ({"bookmark_lookups": None}, "bookmark_lookups = None, which is not a list."),
        ({"table": 5}, "Made cannot be examined: AttributeError"),
        ({"label": "x"}, "a label that is not a method."),
    ],
)
def test_the_strangest_mistakes_are_told_all_the_same(shop_tables, db, attributes, part):
    only(told(CUSTOMER, Patron, **attributes), "quicksync.E002", part)


@pytest.mark.parametrize("models", [(), (type("Bare", (CUSTOMER,), {}),)])
def test_registering_without_a_model_is_told(models):
    """Also `@quicksync.register` without parentheses, which would do nothing in silence."""
    with registry.snapshot(empty=True):
        quicksync.register(*models)
        (message,) = checks.check_adapters(None)
    assert message.id == "quicksync.E007"
    assert "@quicksync.register(Customer)" in message.hint


def test_fields_that_are_no_map_are_told(shop_tables, db):
    first, second = told(CUSTOMER, Patron, fields=["full_name"])
    assert first[1].startswith(
        "Made says fields = ['full_name'], which is not a map. Set fields = {"
    )
    assert "has no name" in second[1]


@pytest.mark.parametrize(
    ("base", "model", "fields", "parts"),
    [
        (
            ITEM,
            Good,
            {"name": "title", "unit_price": "price_cents", "type": None},
            [
                "unit_price reads 'price_cents', which holds whole numbers.",
                "Cents('price_cents')",
                "places=0",
            ],
        ),
        (
            ITEM,
            Good,
            {"name": "title", "unit_price": None, "type": "sort"},
            [
                "type cannot be 'stock'.",
                "It can be: 'service', 'non_inventory', 'inventory'.",
                "Choice('sort', {",
            ],
        ),
        (
            ITEM,
            Good,
            {"name": "title", "unit_price": None, "type": quicksync.Const("servce")},
            ["type cannot be 'servce'. Did you mean 'service'?"],
        ),
        (
            ITEM,
            Good,
            {
                "name": "title",
                "unit_price": None,
                "type": quicksync.Choice("sort", {"service": "work", "inventory": "stock"}),
            },
            [
                (
                    "the wrong way round. Yours first: "
                    "Choice('sort', {'work': 'service', 'stock': 'inventory'})"
                )
            ],
        ),
        (
            ITEM,
            Good,
            {"name": "title", "type": None, "unit_price": quicksync.Cents("title")},
            ["unit_price reads 'title', a CharField."],
        ),
        (
            ITEM,
            Ware,
            {"name": "title", "unit_price": quicksync.Cents("price")},
            ["unit_price reads 'price', a DecimalField.", "named as it is: 'price'"],
        ),
        (
            ITEM,
            Ware,
            {"name": "title", "unit_price": "title"},
            ["unit_price reads 'title', a CharField."],
        ),
        (
            ITEM,
            Ware,
            {"name": "title", "unit_price": quicksync.Const(1.5)},
            ["unit_price cannot be 1.5."],
        ),
        (
            ACCOUNT,
            Levy,
            {"name": "code", "number": None, "type": quicksync.Const("Revenue")},
            ["type cannot be 'Revenue'.", "'Income'"],
        ),
        (TERM, Levy, {"name": "code", "due_days": "code"}, ["due_days reads 'code', a CharField."]),
    ],
)
def test_columns_and_values_that_cannot_be_are_told(
    shop_tables, yard_tables, db, base, model, fields, parts
):
    only(told(base, model, fields=fields), "quicksync.E002", *parts)


def test_a_text_is_no_date_and_no_foreign_key_is_a_name(shop_tables, db):
    with registry.snapshot(empty=True):
        quicksync.register(Patron)(type("P", (CUSTOMER,), {"fields": {"name": "full_name"}}))
        fields = {
            "customer": "patron",
            "paid_on": "means",
            "reference": "patron",
            "total": "amount",
        }
        quicksync.register(Takings)(type("T", (PAYMENT,), {"fields": fields}))
        texts = [one.msg + " " + one.hint for one in checks.check_adapters(None)]
    assert any(
        "reference reads 'patron', a foreign key. Name what is wanted of it: 'patron__name'." in t
        for t in texts
    )
    assert any(
        "paid_on reads 'means', a CharField. Dates need a DateField" in text for text in texts
    )
    assert len(texts) == 2


def test_whole_numbers_found_under_a_usual_name_are_told_too(yard_tables, db):
    """What nobody named is not left out in silence when it is money."""
    with registry.snapshot(empty=True):
        quicksync.register(Pay)(
            type("P", (PAYMENT,), {"fields": {"customer": None, "total": "cents"}})
        )
        texts = [one.msg for one in checks.check_adapters(None)]
    assert any("total reads 'cents', which holds whole numbers." in text for text in texts)


@pytest.mark.parametrize(
    ("lines", "part"),
    [
        ("rows", "lines are 'rows'. Set lines = quicksync.Lines('rows', ...)."),
        (
            quicksync.Lines("rows", unit_prize="price"),
            "have no field 'unit_prize'. Did you mean 'unit_price'?",
        ),
        (quicksync.Lines("rows", quantity=("qty",)), "quantity is ('qty',), which is not a field."),
        (quicksync.Lines(7), "lines are 7, which shop.Bill does not have."),
        (quicksync.Allocations("rows"), "lines has Allocations, but is none."),
        (5, "lines is 5, which is not a field."),
    ],
)
def test_mistakes_in_lines_are_told(shop_tables, db, lines, part):
    found = told(INVOICE, Bill, fields={"customer": lambda bill: None}, lines=lines)
    only(found, "quicksync.E002", part)


def test_whole_numbers_as_the_price_of_a_line_are_told(yard_tables, db):
    found = told(
        INVOICE,
        Sale,
        fields={"customer": lambda sale: None, "total": None},
        lines=quicksync.Lines("rows", quantity="pieces", unit_price="price_cents", item=None),
    )
    only(found, "quicksync.E002", "unit_price reads 'price_cents', which holds whole numbers.")


@pytest.mark.parametrize(
    ("attributes", "code", "parts"),
    [
        (
            {"key_field": "mial"},
            "E002",
            ["key_field = 'mial', which shop.Patron does not have. Did you mean 'mail'?"],
        ),
        ({"key_field": "town"}, "E002", ["key_field = 'town', which is not unique."]),
        ({"modified": "changd"}, "E002", ["which is not a DateTimeField. Did you mean 'changed'?"]),
        (
            {"modifed": "changed"},
            "W007",
            ["an attribute 'modifed' that quicksync does not know. Did you mean 'modified'?"],
        ),
        ({"querysets": None}, "W007", ["Did you mean 'queryset'?"]),
        (
            {"queryset": lambda self: None},
            "E002",
            ["a method queryset with other arguments. Write def queryset(self, connection"],
        ),
        ({"queryset": Patron.objects}, "E002", ["a queryset that is not a method."]),
        (
            {"finish": lambda self, obj, created: None, "prepare": lambda self, obj: None},
            "E002",
            ["a method prepare with other"],
        ),
        (
            {"finish": lambda self, obj, new: None},
            "E002",
            ["a method finish with other arguments.", "created: bool"],
        ),
        (
            {"ignored_filters": "state"},
            "E002",
            ["ignored_filters = 'state', which is not a list. Set ignored_filters = ('state',)."],
        ),
        (
            {"bookmark_lookups": ("bils__ref",)},
            "E002",
            ["a bookmark lookup 'bils__ref' that leads to no field."],
        ),
        ({"refusals": ValueError}, "E002", ["refusals = <class 'ValueError'>.", "(MyError,)"]),
    ],
)
def test_mistakes_in_attributes_and_methods_are_told(shop_tables, db, attributes, code, parts):
    only(told(CUSTOMER, Patron, **attributes), f"quicksync.{code}", *parts)


def test_a_wrong_key_field_breaks_nobody_elses_adapter(shop_tables, db):
    """Bills name patrons by their key: the mistake is told once, where it was made."""
    with registry.snapshot(empty=True):
        quicksync.register(Patron)(
            type("P", (CUSTOMER,), {"fields": {"name": "full_name"}, "key_field": "nope"})
        )
        quicksync.register(Bill)(
            type(
                "B",
                (INVOICE,),
                {"fields": {"customer": "patron"}, "lines": quicksync.Lines("rows")},
            )
        )
        only(
            [(one.id, one.msg) for one in checks.check_adapters(None)],
            "quicksync.E002",
            "key_field = 'nope'",
        )


@pytest.mark.parametrize(
    ("model", "adapter", "part"),
    [
        (
            "shop.Patron",
            type("Made", (CUSTOMER,), {}),
            "Made is registered for 'shop.Patron', which is not a model.",
        ),
        (
            Patron,
            type("Made", (quicksync.ModelAdapter,), {"kind": "custmer"}),
            "'custmer', which does not exist. Did you mean 'customer'?",
        ),
        (
            Patron,
            type("Made", (CUSTOMER,), {"kind": ["customer"]}),
            "the kind ['customer'], which does not exist.",
        ),
        (Patron, quicksync.ModelAdapter, "ModelAdapter has the kind '', which does not exist."),
        (Patron, "PatronAdapter", "'PatronAdapter' is not an adapter."),
    ],
)
def test_what_cannot_be_registered_is_told(shop_tables, db, model, adapter, part):
    with registry.snapshot(empty=True):
        quicksync.register(model)(adapter)
        assert registry.all() == ()
        (message,) = checks.check_adapters(None)
    assert message.id == "quicksync.E007"
    assert part in f"{message.msg} {message.hint}"


def test_a_second_adapter_of_one_kind_is_told_and_the_first_stays(shop_tables, db):
    with registry.snapshot(empty=True):
        first = type("First", (CUSTOMER,), {"fields": {"name": "name"}})
        quicksync.register(Partner)(first)
        quicksync.register(Partner)(type("Second", (CUSTOMER,), {"fields": {"name": "name"}}))
        (message,) = checks.check_adapters(None)
        assert [type(one) for one in registry.all()] == [first]
    assert message.id == "quicksync.E007"
    assert "remove one of the two" in message.hint.lower()
    assert registry.refused == []


def test_rows_of_the_print_shop_are_what_they_were(shop):
    assert [told for adapter in shop.all() for told in adapter.problems()] == []
    assert BillRow in [one.model for one in shop.for_kind("invoice")[0].related_models()]
