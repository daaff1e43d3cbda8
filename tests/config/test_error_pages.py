"""What people read when a page cannot be shown: what is the matter, and what they can do."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_page_that_does_not_exist(admin_client):
    answer = admin_client.get("/admin/nothing/")
    assert answer.status_code == 404
    assert "There is no page at this address." in answer.content.decode()
    assert 'href="/admin/"' in answer.content.decode()


def test_a_page_without_permission(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("clerk", is_staff=True))
    answer = client.get("/admin/books/invoice/")
    assert answer.status_code == 403
    assert "Your account lacks a permission for it." in answer.content.decode()


def test_a_form_without_its_cookie_tells_what_to_do(settings):
    """Django's own page told developers to set DEBUG, with a style that the policy refuses."""
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "ada"})
    text = answer.content.decode()
    assert answer.status_code == 403
    assert "Nothing was saved" in text
    assert "Go back, reload the page and try again." in text
    assert "DEBUG" not in text
    assert "<style" not in text


def test_an_error_of_the_program_needs_nothing_to_be_told():
    assert "the error is in its log" in render_to_string("500.html")
