"""Registration: what is refused, and how references stay unambiguous (J2)."""

import pytest

import quicksync
from quicksync.exceptions import ConfigurationError
from quicksync.local.registry import Registry, registry
from quicksync.records import Customer, Ref
from tests.host.models import Bill, Partner, Patron


class PartnerAdapter(quicksync.CustomerAdapter):
    """Partners are customers, too."""


def test_adapters_are_found_by_kind_model_and_label(shop):
    (patrons,) = shop.for_kind("customer")
    assert shop.for_model(Patron) == (patrons,)
    assert shop.for_label("shop.Patron") is shop.for_label("shop.patron", "customer") is patrons
    assert shop.for_label("shop.patron", "invoice") is None
    assert shop.for_kind("payment_method") == ()
    assert len(shop.all()) == 9
    assert repr(patrons) == "<PatronAdapter: shop.Patron as customer>"


def test_the_decorator_serves_several_models_and_gives_the_class_back():
    with registry.snapshot(empty=True):
        assert quicksync.register(Partner, Patron)(PartnerAdapter) is PartnerAdapter
        assert [adapter.model for adapter in registry.all()] == [Partner, Patron]
    assert registry.for_model(Partner) == ()


def test_a_second_adapter_of_the_same_kind_for_a_model_is_refused(shop):
    with pytest.raises(
        ConfigurationError, match="already has an adapter of kind customer: PatronAdapter"
    ):
        shop.register(Patron, PartnerAdapter)


def test_a_kind_that_does_not_exist_is_refused():
    """Where it is registered, so that `manage.py check` can tell: the class harms nobody."""
    wrong = type("Wrong", (quicksync.ModelAdapter,), {"kind": "client"})
    with pytest.raises(ConfigurationError, match="kind 'client', which does not exist"):
        Registry().register(Patron, wrong)
    with pytest.raises(ConfigurationError, match="kind '', which does not exist"):
        Registry().register(Patron, quicksync.ModelAdapter)


def test_a_record_field_that_does_not_exist_is_told_with_the_nearest_that_does(shop):
    """A check's message (E002), no traceback while the site starts."""
    wrong = type(
        "Wrong", (quicksync.CustomerAdapter,), {"fields": {"name": "full_name", "emial": "mail"}}
    )(Patron)
    (problem,) = wrong.problems()
    assert (
        problem.what
        == "Wrong (shop.Patron) names 'emial', which a record of kind customer does not have."
    )
    assert problem.hint.startswith("Did you mean 'email'?")


def test_a_wrong_column_of_the_lines_is_the_only_thing_that_is_told(shop):
    """The lines are there: nobody is told that they are missing, or their price."""
    (bills,) = shop.for_kind("invoice")
    lines = quicksync.Lines("rows", item="ware", quantity="quantities", unit_price="price")
    (problem,) = type("Wrong", (type(bills),), {"lines": lines})(Bill).problems()
    assert "quantities" in problem.what
    price = quicksync.Lines("rows", item="ware", quantity="qty", unit_price="prize")
    (problem,) = type("Wrong", (type(bills),), {"lines": price})(Bill).problems()
    assert "prize" in problem.what
    assert problem.hint == "Did you mean 'price'?"


def test_after_the_start_nothing_is_registered():
    late = Registry()
    late.freeze()
    with pytest.raises(ConfigurationError, match="is registered too late"):
        late.register(Patron, PartnerAdapter)


def test_a_bare_key_names_an_object_while_its_kind_has_one_adapter(shop):
    (patrons,) = shop.for_kind("customer")
    assert shop.ref(patrons, "a:b") == Ref("customer", "a:b")
    assert shop.split(Ref("customer", "a:b")) == (patrons, "a:b")
    assert shop.split(Ref("payment_method", "CASH")) == (None, "CASH")


def test_with_several_adapters_references_name_the_model(shop):
    (patrons,) = shop.for_kind("customer")
    with shop.snapshot():
        partners = shop.register(Partner, PartnerAdapter)
        assert shop.ref(partners, "7") == Ref("customer", "shop.partner:7")
        assert shop.split(Ref("customer", "shop.partner:7")) == (partners, "7")
        assert shop.split(Ref("customer", "7")) == (patrons, "7")
        patron = Patron.objects.create(full_name="P")
        bill = Bill.objects.create(ref="1", patron=patron, made_at="2026-01-01T00:00Z")
        (bills,) = shop.for_kind("invoice")
        found = bills.find(None, [str(bill.pk)])[str(bill.pk)]
        assert found.record.customer == Ref("customer", f"shop.patron:{patron.pk}")
    assert bills.find(None, [str(bill.pk)])[str(bill.pk)].record.customer == Ref(
        "customer", str(patron.pk)
    )


def test_fields_of_the_class_above_stay(shop):
    (patrons,) = shop.for_kind("customer")
    own = type("Own", (type(patrons),), {"fields": {"email": None, "notes": "town"}})(Patron)
    assert "email" not in own.carried()
    assert own.find(None, []) == {}
    patron = Patron.objects.create(full_name="P", town="T")
    assert own.found(patron).record == Customer(
        name="P", notes="T", currency="USD", billing=own.found(patron).record.billing
    )
