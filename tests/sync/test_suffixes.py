"""A client who is a supplier too: QuickBooks has one list of names for customers, vendors and
employees, so the second of the two is called "Acme (v)" there and stays "Acme" here (C14).
"""

from __future__ import annotations

import pytest
from django.utils import timezone

from quicksync.books.models import Client, Vendor
from quicksync.models import Operation, SyncRun
from quicksync.sync.actions import single_records
from quicksync.sync.monitor import reconcile
from quicksync.sync.runs import starting
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)

DUPLICATE = {
    "Fault": {"Error": [{"Message": "Duplicate Request ID", "Detail": "Duplicate", "code": "600"}]}
}
KINDS = ("customer", "vendor")


@pytest.fixture
def company(db):
    with connected(kinds=KINDS) as found:
        found.enable("vendor", name_suffix="(v)")
        yield found


def look(company):
    run = company.sync()
    assert_adds_up(run)
    return run


def names(company, entity="Vendor"):
    return sorted(one["DisplayName"] for one in company.there(entity, "Active IN (true, false)"))


def quiet(company):
    """Nothing is left to do, and both sides count the same."""
    company.enable(*KINDS)
    run = look(company)
    done = run.operations.values_list("kind", "label", "direction", "action", "reason", "changes")
    assert not [*done]
    assert all(line.explained for line in reconcile.reconcile(company.connection))


def reason(company, obj):
    found = company.mapping(obj)
    return found.state, found.reason


def make_there(company, entity, name, **values):
    return company.sim.api("POST", entity.lower(), {"DisplayName": name, **values})[entity]


# --- Sent -----------------------------------------------------------------------------------------


def test_a_vendor_whose_name_a_customer_has_there_gets_the_suffix_c14(company):
    make_there(company, "Customer", "Acme")
    look(company)
    twin = company.vendor("Acme")
    look(company)
    assert company.partner(twin)["DisplayName"] == "Acme (v)"
    twin.refresh_from_db()
    assert twin.name == "Acme"
    assert reason(company, twin)[0] == "in_sync"
    quiet(company)
    assert Vendor.objects.get().name == "Acme"


def test_both_new_in_one_plan_the_customer_keeps_the_name_c14(company):
    vendor, client = company.vendor("Acme"), company.client("ACME")
    look(company)
    assert company.partner(client)["DisplayName"] == "ACME"
    assert company.partner(vendor)["DisplayName"] == "Acme (v)"
    quiet(company)


@pytest.mark.parametrize("entity", ["Customer", "Employee"])
def test_an_inactive_one_has_its_name_still_c14(company, entity):
    more = {"FamilyName": "Acme"} if entity == "Employee" else {}
    found = make_there(company, entity, "Acme", **more)
    company.sim.edit("update", entity, found["Id"], values={"Active": False})
    twin = company.vendor("Acme")
    look(company)
    assert company.partner(twin)["DisplayName"] == "Acme (v)"
    quiet(company)


def test_a_free_name_is_sent_as_it_is_c14(company):
    vendor = company.vendor("Mason")
    look(company)
    assert company.partner(vendor)["DisplayName"] == "Mason"


def test_without_a_suffix_it_waits_as_before_c14(company):
    company.enable("vendor", name_suffix="")
    company.client("Acme")
    vendor = company.vendor("Acme")
    look(company)
    assert reason(company, vendor) == ("held", "name-taken")


def test_a_customer_gets_the_suffix_of_its_own_category_c14(company):
    make_there(company, "Vendor", "Acme")
    company.enable("vendor", enabled=False)
    company.enable("customer", name_suffix="(c)")
    client = company.client("Acme")
    look(company)
    assert company.partner(client)["DisplayName"] == "Acme (c)"
    client.refresh_from_db()
    assert client.name == "Acme"


def test_a_long_name_is_cut_and_the_suffix_is_not_c14(company):
    name = "A" * 99
    client, vendor = company.client(name), company.vendor(name)
    look(company)
    assert company.partner(client)["DisplayName"] == name
    assert company.partner(vendor)["DisplayName"] == "A" * 96 + " (v)"
    quiet(company)
    vendor.refresh_from_db()
    assert vendor.name == name


def test_where_the_suffixed_name_is_taken_as_well_it_waits_c14(company):
    make_there(company, "Customer", "Acme")
    make_there(company, "Customer", "Acme (v)")
    vendor = company.vendor("Acme")
    look(company)
    assert reason(company, vendor) == ("held", "name-taken")


def test_the_preview_shows_the_name_that_is_sent_c14(company):
    company.client("Acme")
    vendor = company.vendor("Acme")
    run = company.preview()
    operation = run.operations.get(mapping=company.mapping(vendor))
    (name,) = [one for one in operation.changes if one["name"] == "name"]
    assert (name["here"], name["will"]) == ("Acme", "Acme (v)")
    assert [one["code"] for one in operation.warnings] == ["name-suffixed"]
    company.approve(run)
    assert company.partner(vendor)["DisplayName"] == "Acme (v)"
    quiet(company)


def test_one_that_came_there_since_the_preview_is_met_under_its_name_there_c14_c11(company):
    company.client("Acme")
    vendor = company.vendor("Acme")
    run = company.preview()
    found = make_there(company, "Vendor", "Acme (v)")
    assert_adds_up(company.approve(run))
    look(company)
    assert names(company) == ["Acme (v)"]
    assert company.mapping(vendor).remote_id == found["Id"]
    quiet(company)


# --- Found there ----------------------------------------------------------------------------------


@pytest.mark.parametrize("also", [True, False], ids=["with the customer", "alone"])
def test_a_vendor_with_the_suffix_there_is_the_one_without_here_c14(company, also):
    if also:
        make_there(company, "Customer", "Acme")
    found = make_there(company, "Vendor", "Acme (v)")
    vendor = company.vendor("Acme")
    look(company)
    assert company.mapping(vendor).remote_id == found["Id"]
    assert names(company) == ["Acme (v)"]
    quiet(company)
    vendor.refresh_from_db()
    assert vendor.name == "Acme"


def test_it_is_found_however_many_lie_between_c14(company, monkeypatch):
    monkeypatch.setattr("quicksync.sync.plan.planner.CHUNK", 2)
    found = make_there(company, "Vendor", "Acme (v)")
    for number in range(6):
        make_there(company, "Vendor", f"Other {number}")
    vendor = company.vendor("Acme")
    look(company)
    assert company.mapping(vendor).remote_id == found["Id"]
    assert Vendor.objects.filter(name__startswith="Acme").count() == 1


@pytest.mark.parametrize("many", [1, 30], ids=["planned", "in the lane"])
def test_it_comes_here_without_the_suffix_c14(company, many):
    for number in range(many):
        make_there(company, "Customer", f"Acme {number}")
        make_there(company, "Vendor", f"Acme {number} (V)")
    look(company)
    assert {*Vendor.objects.values_list("name", flat=True)} == {f"Acme {n}" for n in range(many)}
    quiet(company)


@pytest.mark.parametrize("many", [1, 30], ids=["planned", "in the lane"])
def test_two_vendors_there_stay_two_names_here_c14(company, many):
    """Nobody called that one after a customer: it stands beside a vendor of the plain name."""
    for number in range(many):
        make_there(company, "Vendor", f"Acme {number}")
        make_there(company, "Vendor", f"Acme {number} (v)")
    look(company)
    found = sorted(Vendor.objects.values_list("name", flat=True))
    assert found == sorted(name for n in range(many) for name in (f"Acme {n}", f"Acme {n} (v)"))
    quiet(company)


def test_one_typed_with_the_suffix_here_is_the_same_one_c14(company):
    found = make_there(company, "Vendor", "Acme (v)")
    vendor = company.vendor("Acme (v)")
    look(company)
    assert company.mapping(vendor).remote_id == found["Id"]
    quiet(company)
    vendor.refresh_from_db()
    assert vendor.name == "Acme (v)"


# --- Later ----------------------------------------------------------------------------------------


@pytest.fixture
def twins(company):
    client, vendor = company.client("Acme"), company.vendor("Acme")
    look(company)
    return client, vendor


def edit_there(company, obj, **values):
    mapping = company.mapping(obj)
    company.sim.edit("update", mapping.remote_type, mapping.remote_id, values=values)


def test_a_change_there_brings_no_suffix_c14(company, twins):
    _, vendor = twins
    edit_there(company, vendor, PrimaryPhone={"FreeFormNumber": "555"})
    look(company)
    vendor.refresh_from_db()
    assert (vendor.name, vendor.phone) == ("Acme", "555")
    edit_there(company, vendor, DisplayName="Acme Ltd (v)")
    look(company)
    vendor.refresh_from_db()
    assert vendor.name == "Acme Ltd"
    assert names(company) == ["Acme Ltd (v)"]
    quiet(company)


def test_a_change_here_leaves_the_name_there_c14(company, twins):
    client, vendor = twins
    client.name = "Acme of old"
    client.save()
    look(company)
    vendor.phone = "777"
    vendor.save()
    look(company)
    assert company.partner(vendor)["DisplayName"] == "Acme (v)"
    quiet(company)


def test_renamed_here_it_has_the_suffix_only_where_it_must_c14(company, twins):
    _, vendor = twins
    vendor.name = "Free"
    vendor.save()
    look(company)
    assert names(company) == ["Free"]
    vendor.name = "Acme"
    vendor.save()
    look(company)
    assert names(company) == ["Acme (v)"]
    vendor.refresh_from_db()
    assert vendor.name == "Acme"
    quiet(company)


def ask(company, obj, direction):
    label, key = obj._meta.label_lower, str(obj.pk)
    runs = single_records.send(label, [key], user=None, direction=direction, resend=True)
    for run in runs:
        company.work(run)


def test_get_and_send_bring_and_keep_the_same_names_c14(company, twins):
    _, vendor = twins
    ask(company, vendor, "pull")
    vendor.refresh_from_db()
    assert vendor.name == "Acme"
    ask(company, vendor, "push")
    assert company.partner(vendor)["DisplayName"] == "Acme (v)"
    quiet(company)


@pytest.mark.parametrize("suffix", ["", "(supplier)"])
def test_another_suffix_or_none_changes_no_name_by_itself_c14(company, twins, suffix):
    _, vendor = twins
    company.enable("vendor", name_suffix=suffix)
    look(company)
    edit_there(company, vendor, PrimaryPhone={"FreeFormNumber": "555"})
    look(company)
    vendor.refresh_from_db()
    assert (vendor.name, vendor.phone) == ("Acme", "555")
    assert names(company) == ["Acme (v)"]
    quiet(company)


def test_the_name_without_it_may_be_given_back_there_c14(company, twins):
    client, vendor = twins
    edit_there(company, client, DisplayName="Acme of old")
    edit_there(company, vendor, DisplayName="Acme")
    look(company)
    vendor.refresh_from_db()
    assert vendor.name == "Acme"
    assert Client.objects.get().name == "Acme of old"
    quiet(company)


def test_a_creation_whose_answer_was_lost_is_found_by_the_name_that_was_sent_c14(company):
    company.client("Acme")
    look(company)
    vendor = company.vendor("Acme")
    sent = {"path": "/batch$", "entity": "Vendor"}
    company.sim.fault(**sent, drop_after_commit=True, times=1)
    run = company.work(starting.start(company.connection, trigger="manual"))
    company.sim.clear_faults()
    company.sim.fault(**sent, status=400, body=DUPLICATE, times=1)
    for _ in range(40):
        run.refresh_from_db()
        if run.is_active:
            Operation.objects.filter(retry_at__isnull=False).update(retry_at=timezone.now())
            SyncRun.objects.update(resume_at=None)
            run = company.work(run)
    assert names(company) == ["Acme (v)"]
    vendor.refresh_from_db()
    assert vendor.name == "Acme"
    quiet(company)
