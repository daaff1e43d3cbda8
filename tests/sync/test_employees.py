"""Employees both ways (C14): they share their names with customers and vendors, and what only a
payroll needs is kept nowhere.
"""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command
from django.utils import timezone

from quicksync.books.models import Employee
from quicksync.models import ConnectionClock, EntityMapping, Operation, RemoteRecord
from quicksync.sync.monitor import reconcile
from tests.company import assert_adds_up, connected

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("customer", "vendor", "employee")
SECRET = {"SSN": "987-65-4321", "BirthDate": "1990-01-02", "Gender": "Female"}


@pytest.fixture
def company(db):
    with connected(kinds=KINDS) as found:
        yield found


def look(company):
    run = company.sync()
    assert_adds_up(run)
    return run


def quiet(company):
    company.enable(*KINDS)
    assert not look(company).operations.exists()
    assert all(line.agrees for line in reconcile.reconcile(company.connection))


def made_there(company, name="Emily Platt", **values):
    given, _, family = name.rpartition(" ")
    body = {"DisplayName": name, "GivenName": given, "FamilyName": family, **values}
    return company.sim.api("POST", "employee", body)["Employee"]


def test_an_employee_goes_there_and_changes_both_ways(company):
    emily = company.employee(number="1001", hired_on=dt.date(2019, 4, 1), city="Bayshore")
    look(company)
    there = company.partner(emily)
    assert (there["DisplayName"], there["GivenName"], there["FamilyName"]) == (
        "Emily Platt",
        "Emily",
        "Platt",
    )
    assert (there["EmployeeNumber"], there["HiredDate"]) == ("1001", "2019-04-01")
    values = {"ReleasedDate": "2025-12-31", "Mobile": {"FreeFormNumber": "555"}}
    company.sim.edit("update", "Employee", there["Id"], values=values)
    look(company)
    emily.refresh_from_db()
    assert (emily.released_on, emily.mobile) == (dt.date(2025, 12, 31), "555")
    # QuickBooks has made them of the name; here nobody has entered any.
    assert (emily.given_name, emily.family_name) == ("", "")
    emily.phone = "777"
    emily.save()
    look(company)
    assert company.partner(emily)["PrimaryPhone"]["FreeFormNumber"] == "777"
    quiet(company)


def test_an_employee_comes_here_without_what_is_nobodys_business(company, caplog):
    made_there(company, HiredDate="2019-04-01", **SECRET)
    look(company)
    emily = Employee.objects.get()
    assert (emily.name, emily.hired_on) == ("Emily Platt", dt.date(2019, 4, 1))
    emily.phone = "1"
    emily.save()
    look(company)
    kept = [*RemoteRecord.objects.values_list("payload", flat=True)]
    kept += [f"{one.record}{one.body}{one.changes}" for one in Operation.objects.all()]
    kept += [f"{one.agreed_here}{one.agreed_there}" for one in EntityMapping.objects.all()]
    everything = "".join(kept) + caplog.text
    assert not [word for word in (*SECRET, "4321", "1990-01-02", "Female") if word in everything]
    there = company.partner(emily)
    assert (there["BirthDate"], there["SSN"][-4:]) == ("1990-01-02", "4321"), "and it stays there"
    quiet(company)


def test_the_same_employee_on_both_sides_is_paired(company):
    found = made_there(company, PrimaryEmailAddr={"Address": "emily@example.com"})
    emily = company.employee("emily  platt", email="emily@example.com")
    look(company)
    assert company.mapping(emily).remote_id == found["Id"]
    assert Employee.objects.count() == len(company.there("Employee")) == 1


@pytest.mark.parametrize("made", ["client", "vendor"])
def test_names_are_shared_with_customers_and_vendors_c14(company, made):
    getattr(company, made)("Emily Platt")
    emily = company.employee()
    look(company)
    mapping = company.mapping(emily)
    assert (mapping.state, mapping.reason) == ("held", "name-taken")
    company.enable("employee", name_suffix="(staff)")
    look(company)
    assert company.partner(emily)["DisplayName"] == "Emily Platt (staff)"
    assert company.partner(emily)["FamilyName"] == "Platt"
    emily.refresh_from_db()
    assert emily.name == "Emily Platt"
    quiet(company)


def test_who_is_deleted_here_is_inactive_there(company):
    emily = company.employee()
    look(company)
    mapping = company.mapping(emily)
    emily.delete()
    EntityMapping.objects.filter(pk=mapping.pk).update(touched_at=timezone.now())
    look(company)
    (there,) = company.there("Employee", "Active = false")
    assert there["Id"] == mapping.remote_id


def test_employees_that_an_earlier_version_knew_by_name_only_come_here_as_well(company):
    """It kept their text as it came; now they are read again."""
    made_there(company, **SECRET)
    look(company)
    Employee.objects.all().delete()
    EntityMapping.objects.filter(kind="employee").delete()
    RemoteRecord.objects.filter(type="Employee").update(kind="", payload="", fingerprint="")
    ConnectionClock.objects.update(read_kinds=["customer", "vendor"])
    look(company)
    assert Employee.objects.get().name == "Emily Platt"


def test_what_an_earlier_version_kept_is_deleted(company):
    """The migration, on a table as that version left it."""
    made_there(company)
    look(company)
    rows = RemoteRecord.objects.filter(type="Employee")
    rows.update(payload='{"Id":"1","SSN":"000-00-4321"}')
    call_command("migrate", "quicksync", "0027", verbosity=0)
    call_command("migrate", "quicksync", verbosity=0)
    assert [*rows.values_list("payload", flat=True)] == [""]
