"""The engine's contract over vendors, employees, bills, estimates, credit notes, sales receipts and
refunds, for either driver (C17, H5, F5, F12, F13, F18, F23).
"""

from __future__ import annotations

import pytest

from quicksync.books.invoicing import invoice_of
from quicksync.books.models import Vendor
from quicksync.models import Category
from tests.company import assert_adds_up
from tests.options.choosing import choose_for


def a_bill(world):
    return world.bill(world.vendor(), "12.50", 30)


def a_credit_note(world):
    return world.credit_note(world.client(), "12.50", 30)


def a_sales_receipt(world):
    return world.sale("12.50", 30, client=world.client())


def a_refund(world):
    return world.refund("12.50", 30, client=world.client())


def an_estimate(world):
    return world.estimate(world.client(), "12.50", 30)


DOCUMENTS = pytest.mark.parametrize(
    "made", [a_bill, an_estimate, a_credit_note, a_sales_receipt, a_refund]
)


def kind_of(world, obj):
    return world.mapping(obj).kind


@DOCUMENTS
def test_a_document_arrives_with_what_it_names(world, made):
    """D5"""
    document = made(world)
    run = world.sync_through()
    assert_adds_up(run)
    there, kind = world.shown(document), kind_of(world, document)
    assert (there.kind, there.number) == (kind, document.number)
    assert [line.amount for line in there.lines] == [12.5, 30]
    assert there.owner().id == world.mapping(document.partner).remote_id
    assert {line.item.id for line in there.lines} == {
        world.mapping(document.lines.first().product).remote_id
    }
    assert not world.sync_through().operations.exists()


@DOCUMENTS
@pytest.mark.parametrize("after_commit", [True, False], ids=["after", "before"])
@pytest.mark.parametrize("number", [1, 3])
def test_there_is_one_of_each_however_many_answers_are_lost(world, made, after_commit, number):
    """Invariant 4"""
    document = made(world)
    world.lose_answers(number, after_commit=after_commit)
    assert_adds_up(world.sync_through())
    assert world.names(kind_of(world, document)) == [document.number]
    assert world.names(kind_of(world, document.partner)) == [document.partner.name]


@DOCUMENTS
def test_lines_that_are_changed_here_change_there(world, made):
    document = made(world)
    world.sync_through()
    line = document.lines.last()
    line.delete()
    assert_adds_up(world.sync_through())
    assert [line.amount for line in world.shown(document).lines] == [12.5]


@DOCUMENTS
def test_a_note_that_is_written_there_lands_here(world, made):
    document = made(world)
    world.sync_through()
    world.edit(document, private_note="Checked by Bob")
    assert_adds_up(world.sync_through())
    document.refresh_from_db()
    assert "Checked by Bob" in (document.memo, getattr(document, "private_note", ""))


@DOCUMENTS
def test_what_was_deleted_there_is_not_created_again(world, made):
    """Invariant 8"""
    document = made(world)
    world.sync_through()
    world.delete(document)
    document.memo = "Still wanted here"
    document.save()
    for _ in range(2):
        assert_adds_up(world.sync_through())
    assert world.names(kind_of(world, document)) == []
    assert world.mapping(document).state in ("drifted", "conflict")


@DOCUMENTS
def test_a_deletion_here_deletes_there_if_the_settings_say_so(world, made):
    """F4"""
    document = made(world)
    world.sync_through()
    kind = kind_of(world, document)
    choose_for(Category.objects.filter(kind=kind), on_delete_here="delete")
    document.delete()
    assert_adds_up(world.sync_through())
    assert world.names(kind) == []


def test_a_vendor_is_merged_field_by_field(world):
    """C5, C17"""
    mason = world.vendor()
    world.sync_through()
    world.edit(mason, email="mason@example.com")
    mason.phone = "1"
    mason.save()
    assert_adds_up(world.sync_through())
    there = world.shown(mason)
    assert (there.phone, there.email) == ("1", "mason@example.com")
    mason.refresh_from_db()
    assert (mason.phone, mason.email) == ("1", "mason@example.com")


def test_an_employee_is_merged_field_by_field(world):
    """C5, C14"""
    emily = world.employee(given_name="Emily", family_name="Platt")
    assert_adds_up(world.sync_through())
    world.edit(emily, email="emily@example.com")
    emily.phone = "1"
    emily.save()
    assert_adds_up(world.sync_through())
    there = world.shown(emily)
    assert (there.phone, there.email) == ("1", "emily@example.com")
    emily.refresh_from_db()
    assert (emily.phone, emily.email) == ("1", "emily@example.com")
    assert not world.sync_through().operations.exists()


@pytest.mark.parametrize("after_commit", [True, False], ids=["after", "before"])
def test_there_is_one_employee_however_many_answers_are_lost(world, after_commit):
    """Invariant 4"""
    world.employee(family_name="Platt")
    world.lose_answers(3, after_commit=after_commit)
    assert_adds_up(world.sync_through())
    assert world.names("employee") == ["Emily Platt"]


def test_two_vendors_may_use_the_same_number(world):
    """F16"""
    for name in ("Mason", "Nursery"):
        world.bill(world.vendor(name), 10, number="17")
    assert_adds_up(world.sync_through())
    assert world.names("bill") == ["17", "17"]
    assert Vendor.objects.count() == len(world.names("vendor")) == 2


def test_an_invoice_names_the_estimate_that_it_was_made_of(world):
    """F18: one run, the estimate first."""
    estimate = an_estimate(world)
    invoice = invoice_of(estimate.pk)
    assert_adds_up(world.sync_through())
    assert world.shown(invoice).estimate.id == world.mapping(estimate).remote_id
    assert_adds_up(world.sync_through())
    invoice.refresh_from_db()
    invoice.memo = "Thank you"
    invoice.save()
    assert_adds_up(world.sync_through())
    assert world.shown(invoice).estimate.id == world.mapping(estimate).remote_id
    assert not world.sync_through().operations.exists()


def test_an_invoice_goes_without_an_estimate_that_stays_here(world):
    """F18, B2"""
    Category.objects.filter(kind="estimate").update(enabled=False)
    invoice = invoice_of(an_estimate(world).pk)
    assert_adds_up(world.sync_through())
    assert world.shown(invoice).estimate is None
    assert world.names("estimate") == []
    assert not world.sync_through().operations.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_a_link_is_made_once_however_many_answers_are_lost(world, number):
    """F18, invariant 4"""
    estimate = an_estimate(world)
    world.sync_through()
    invoice = invoice_of(estimate.pk)
    world.lose_answers(number, after_commit=True)
    assert_adds_up(world.sync_through())
    assert len(world.names("invoice")) == 1
    assert world.shown(invoice).estimate.id == world.mapping(estimate).remote_id
