"""Employees of the books: what they may be called, their files and pages."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from quicksync import records
from quicksync.books.exporting import RESOURCES
from quicksync.books.importing import Refused, Result, import_bytes
from quicksync.books.models import Client, Employee
from quicksync.local.messages import Write
from quicksync.local.registry import registry
from quicksync.records import Address

pytestmark = pytest.mark.django_db


def test_names_differ_in_more_than_case_but_a_client_may_have_the_same():
    Employee.objects.create(name="Emily Platt")
    with pytest.raises(ValidationError, match="There is an employee of this name already"):
        Employee(name="EMILY PLATT").full_clean()
    Client(name="Emily Platt").full_clean()


def test_a_file_makes_and_changes_employees():
    text = "name,given_name,number,hired_on,street\nEmily Platt,Emily,7,2019-04-01,1 Oak St.\n"
    assert import_bytes(text.encode(), "employee") == Result(1, 0, 0)
    made = Employee.objects.get()
    assert (made.number, made.hired_on, made.street) == ("7", dt.date(2019, 4, 1), "1 Oak St.")
    changed = b"name,released_on,active\nemily platt,2025-12-31,no\n"
    assert import_bytes(changed, "employee") == Result(0, 1, 0)
    made.refresh_from_db()
    assert (made.name, made.active, made.number) == ("emily platt", False, "7")
    assert import_bytes(changed, "employee") == Result(0, 0, 1)


def test_a_day_that_is_none_is_told_by_its_column():
    with pytest.raises(Refused) as refused:
        import_bytes(b"name,hired_on\nEmily,2019-02-30\n", "employee")
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (2, "hired_on")


def test_what_is_exported_can_be_imported_again():
    Employee.objects.create(name="Emily", hired_on=dt.date(2019, 4, 1), street="1 Oak St.\nUnit 2")
    table = RESOURCES["employee"]().export(Employee.objects.all())
    assert import_bytes(table.csv.encode(), "employee") == Result(0, 0, 1)


def test_an_employee_lands_and_reads_back_the_same():
    record = records.Employee(
        name="Emily Platt",
        given_name="Emily",
        family_name="Platt",
        email="emily@example.com",
        phone="1",
        mobile="2",
        billing=Address(lines="1 Oak St.\nUnit 2", city="Bayshore", country="USA"),
        number="1001",
        hired_on=dt.date(2019, 4, 1),
        released_on=dt.date(2025, 12, 31),
        active=False,
    )
    (adapter,) = registry.for_kind("employee")
    (written,) = adapter.write(None, [Write("1", None, record, adapter.writable())])
    assert (written.error, written.record) == ("", record)
    assert Employee.objects.get(pk=written.key).street == "1 Oak St.\nUnit 2"


def test_the_page_and_the_list_show_an_employee(admin_client):
    emily = Employee.objects.create(name="Emily Platt", number="1001")
    page = admin_client.get(f"/admin/books/employee/{emily.pk}/change/").content.decode()
    assert "1001" in page
    assert "Emily Platt" in admin_client.get("/admin/books/employee/?q=1001").content.decode()
